"""Scores of reference attacks through ShadowModels, beside plain arrays.

    OMP_NUM_THREADS=1 python benchmarks/bench_reference_path.py

CPU seconds for ``--n-records`` by 64 models that recorded two signals, the smallest of
three runs, and memory beyond what is there before. "Public": pseudo_observations of two
shadow models, fit, reference_observations, decision_function. "Plain": the same
arithmetic, the functions of the attacks, on arrays (n_records, n_models) that are there
already, one model after the other, which is what these functions are fastest on; the
references of a shadow model in the place of the target are a copy without its column,
those of both are put together.
"""

import argparse

import numpy as np
from bench_scoring import measure
from documents import markdown
from sklearn.base import BaseEstimator, ClassifierMixin

from skmia import ShadowModels, observe
from skmia.attacks import LikelihoodRatioAttack, RelativeAttack
from skmia.utils._cut import best_cut
from skmia.utils._reference_table import ReferenceView

N_MODELS, N_PSEUDO = 64, 2
ATTACKS = {
    "LiRA online": ("scaled_logit", LikelihoodRatioAttack(clip=36, scale="auto")),
    "RMIA": ("confidence", RelativeAttack()),
}


class Noise(ClassifierMixin, BaseEstimator):
    """A model that learns nothing and answers at once."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.rng_ = np.random.RandomState(self.random_state)
        return self

    def predict_proba(self, X):
        p = self.rng_.beta(5, 1, size=len(X))
        return np.column_stack([1 - p, p])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def public(shadows, own, signal, attack):
    """Scores of the target's records, as an audit has them."""
    Z, member, _ = shadows.pseudo_observations(signal, N_PSEUDO)
    attack.fit(Z, member)
    return attack.decision_function(shadows.reference_observations(own, signal))


def plain(values, inside, own, attack):
    """The same from plain arrays."""
    pseudo, member = values[:, :N_PSEUDO].T.ravel(), inside[:, :N_PSEUDO].T.ravel()
    others, knows = (
        np.concatenate([np.delete(array, i, axis=1) for i in range(N_PSEUDO)])
        for array in (values, inside)
    )
    view = ReferenceView("", pseudo, others, knows)
    state = attack._learn(view, member.astype(int))
    threshold = best_cut(
        attack._score(view, state), member.astype(int), attack.objective, attack.fpr
    )
    return attack._score(ReferenceView("", own, values, inside), state) - threshold


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-records", type=int, default=300_000)
    n = parser.parse_args().n_records
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(n, 2)), rng.randint(2, size=n)
    signals = [signal for signal, _ in ATTACKS.values()]
    shadows = ShadowModels(Noise(), n_shadows=N_MODELS, signals=signals, random_state=0)
    shadows.fit(X, y)
    inside = shadows.membership_.T
    rows = []
    for name, (signal, attack) in ATTACKS.items():
        own = observe(Noise(random_state=1).fit(X, y), X, y, signal)
        score, *ours = measure(public, shadows, own, signal, attack)
        values = np.asfortranarray(shadows.reference(signal))
        given = values, inside, own.to_numpy(np.float32)[:, 0], attack
        expected, *theirs = measure(plain, *given)
        np.testing.assert_allclose(score, expected, rtol=1e-6, atol=1e-6)
        (seconds, memory), (least, bare) = ours, theirs
        rows.append([name, f"{least:.2f}", f"{seconds:.2f}", f"{seconds / least:.2f}"])
        rows[-1] += [f"{bare:.0f}", f"{memory:.0f}"]
        print(*rows[-1], sep=" | ", flush=True)
    header = ["attack", "plain, s", "public, s", "ratio", "plain, MB", "public, MB"]
    print(markdown(header, rows))


if __name__ == "__main__":
    main()
