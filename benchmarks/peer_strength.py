"""Scores of SACRO-ML's LiRA and ART's shadow attack on what bench_strength.py attacks.

    python3 -m venv /tmp/peer
    /tmp/peer/bin/pip install -c constraints.txt numpy scipy scikit-learn pandas \
        torch matplotlib pyyaml six setuptools tqdm fpdf pypdf
    /tmp/peer/bin/pip install --no-deps sacroml==2.0.1 \
        adversarial-robustness-toolbox==1.20.1
    python benchmarks/bench_strength.py --export /tmp/strength.npz
    export OMP_NUM_THREADS=1
    /tmp/peer/bin/python benchmarks/peer_strength.py /tmp/strength.npz --jobs 2

leaves the scores in ``--cells FOLDER``, where bench_strength.py finds them. The peers
have an environment of their own (the second command spares it packages that these
attacks never import). Records, target and its seed are the same; with the same
scikit-learn the target is, too. Both peers train shadow models on random halves of all
records, as `audit` does, with what splits they draw; of 64, the first 4 and 10 are
those of a run with 4 or 10.

SACRO-ML: the modes "offline" (its default) and "online-carlini", this one also with
``fix_variance=True``. It sets a ``random_state`` on every model: nearest neighbours and
naive Bayes, which have none and with which it fails, are given one that does nothing.
ART: a random forest on posterior and label, as its notebook has it; with 64 shadow
models it is trained on the examples of seed 0 only, since it takes as long as all else.
"""

import argparse
import logging
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from art.attacks.inference.membership_inference import (
    MembershipInferenceBlackBox,
    ShadowModels,
)
from art.estimators.classification import SklearnClassifier
from joblib import Parallel, delayed
from sacroml.attacks.likelihood_attack import LIRAAttack
from sacroml.attacks.target import Target
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from strength_models import MODELS, N_SHADOWS, make_model

LIRA = {
    "offline": {"mode": "offline"},
    "online": {"mode": "online-carlini"},
    "online, one variance": {"mode": "online-carlini", "fix_variance": True},
}


class SeededNeighbors(KNeighborsClassifier):
    def __init__(self, n_neighbors=5, random_state=None):
        super().__init__(n_neighbors)
        self.random_state = random_state


class SeededGaussianNB(GaussianNB):
    def __init__(self, random_state=None):
        super().__init__()
        self.random_state = random_state


class SeededBernoulliNB(BernoulliNB):
    def __init__(self, random_state=None):
        super().__init__()
        self.random_state = random_state


SEEDED = {
    KNeighborsClassifier: SeededNeighbors,
    GaussianNB: SeededGaussianNB,
    BernoulliNB: SeededBernoulliNB,
}


def seedable(model):
    """The same model, with a parameter random_state."""
    return SEEDED.get(type(model), lambda: model)()


def sacro(model, X, y, member):
    """Name and scores of LiRA in its modes; members come first."""
    inside = member == 1
    model = seedable(model).fit(X[inside], y[inside])
    with tempfile.TemporaryDirectory() as folder:
        for n_shadows in N_SHADOWS:  # shadow models that are there are taken
            for name, params in LIRA.items():
                attack = LIRAAttack(
                    folder,
                    write_report=False,
                    n_shadow_models=n_shadows,
                    report_individual=True,
                    **params,
                )
                records = X[inside], y[inside], X[~inside], y[~inside]
                attack.attack(Target(model, **named(*records)))
                score = np.array(attack.result["member_prob"])
                yield f"SACRO-ML LiRA {name}|{n_shadows}", np.nan_to_num(score)


def named(X_train, y_train, X_test, y_test):
    return {"X_train": X_train, "y_train": y_train, "X_test": X_test, "y_test": y_test}


def art(model, X, y, member, seed):
    """Name and scores of the shadow attack."""
    inside = member == 1
    target = SklearnClassifier(model.fit(X[inside], y[inside]))
    np.random.seed(seed)  # noqa: NPY002 - its attack model draws from there
    shadows = ShadowModels(target, num_shadow_models=N_SHADOWS[-1], random_state=seed)
    examples = shadows.generate_shadow_dataset(X, one_hot(y))
    for n_shadows in N_SHADOWS[: None if seed == 0 else -1]:
        part = n_shadows / N_SHADOWS[-1]
        (_, y_in, P_in), (_, y_out, P_out) = (
            [array[: round(len(array) * part)] for array in side] for side in examples
        )
        attack = MembershipInferenceBlackBox(target, attack_model_type="rf")
        attack.fit(None, y_in, None, y_out, pred=P_in, test_pred=P_out)
        score = attack.infer(X, one_hot(y), probabilities=True)
        yield f"ART shadow|{n_shadows}", score.reshape(len(X), -1)[:, -1]


def one_hot(y):
    return np.eye(y.max() + 1)[y]


def scores(model, X, y, member, seed):
    """All peers; what fails is said and left out."""
    found = {"member": member}
    for name, run in (
        ("SACRO-ML", lambda: sacro(make_model(model, X, seed), X, y, member)),
        ("ART", lambda: art(make_model(model, X, seed), X, y, member, seed)),
    ):
        try:
            found |= {key: score.astype(np.float32) for key, score in run()}
        except Exception as error:
            print(f"{name} fails: {type(error).__name__}: {error}", flush=True)
    return found


def keep(folder, data, model, records, seed):
    """Scores of one cell, in a file; nothing is done where it is there."""
    path = folder / f"{data}, {model}, {seed}.npz"
    if path.exists():
        return
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    start = time.process_time()
    np.savez_compressed(path, **scores(model, *records, seed))
    print(path.stem, f"{time.process_time() - start:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("arrays", help="what bench_strength.py --export wrote")
    parser.add_argument("--only-models", nargs="+", choices=MODELS, default=[*MODELS])
    parser.add_argument("--jobs", type=int, default=1)
    folder = Path(tempfile.gettempdir()) / "skmia-strength"
    parser.add_argument("--cells", type=Path, default=folder, metavar="FOLDER")
    options = parser.parse_args()
    options.cells.mkdir(parents=True, exist_ok=True)
    with np.load(options.arrays) as arrays:
        problems = {
            name.removesuffix("/X"): [
                arrays[name.removesuffix("X") + part] for part in ("X", "y", "member")
            ]
            for name in arrays.files
            if name.endswith("/X")
        }
    Parallel(n_jobs=options.jobs)(
        delayed(keep)(options.cells, data, model, records, int(seed))
        for problem, records in problems.items()
        for data, seed in [problem.split("/")]
        for model in options.only_models
    )


if __name__ == "__main__":
    main()
