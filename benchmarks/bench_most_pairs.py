"""What attacks lose by learning from some of very many pairs only.

    OMP_NUM_THREADS=1 python benchmarks/bench_most_pairs.py

AUC on a target beside 16 shadow models that answer for both sides, of attacks that
learn from all pairs and of the same that learn from no more than ``most_pairs`` of
their model; CPU seconds of the whole run of an attack on answers that are recorded.
"""

import argparse
import time

import numpy as np
from bench_large import N_SHADOWS, people
from documents import markdown
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.attacks import get_attack, run
from skmia.attacks.models._reference import ReferenceAttack
from skmia.targets import Session
from skmia.utils._threads import Boosting

ATTACKS = ["shadow", "lira-online", "rmia-online"]
SIGNALS = ["posterior", "loss", "scaled_logit", "confidence"]
MODELS = {
    "tree, depth 12": DecisionTreeClassifier(max_depth=12, random_state=0),
    "tree, leaves of 5": DecisionTreeClassifier(min_samples_leaf=5, random_state=0),
    "GaussianNB": GaussianNB(),
}


def judged(name, shadows, session, member, bounded):
    """AUC and seconds of an attack, and from how many pairs it may learn."""
    recipe = get_attack(name)
    kind = Boosting if name == "shadow" else ReferenceAttack
    most = kind.most_pairs
    kind.most_pairs = most if bounded else np.inf
    start = time.process_time()
    try:
        score, _ = run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    finally:
        kind.most_pairs = most
    return roc_auc_score(member, score), time.process_time() - start, most


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-records", type=int, default=300_000)
    X, y = people(parser.parse_args().n_records)
    half, rows = len(X) // 2, []
    member = np.arange(len(X)) < half
    for kind, model in MODELS.items():
        target = clone(model).fit(X[:half], y[:half])
        shadows = ShadowModels(
            model, n_shadows=N_SHADOWS, signals=SIGNALS, both_sides=True, random_state=1
        ).fit(X, y)
        for name in ATTACKS:
            session = Session(target, X, y)
            known = shadows, session, member
            (auc, seconds, _), (less, fewer, most) = (
                judged(name, *known, bounded) for bounded in (False, True)
            )
            rows.append([kind, name, f"{most:,}", f"{auc:.5f}", f"{less:.5f}"])
            rows[-1] += [f"{auc - less:.5f}", f"{seconds:.1f}", f"{fewer:.1f}"]
            print(*rows[-1], sep=" | ", flush=True)
    header = ["model", "attack", "pairs at most", "AUC, all", "AUC", "lost"]
    print(markdown([*header, "all, s", "s"], rows))


if __name__ == "__main__":
    main()
