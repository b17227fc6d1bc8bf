r"""Label-only attacks of ART on the targets of bench_art_labels.py.

    python3 -m venv /tmp/peer
    /tmp/peer/bin/pip install adversarial-robustness-toolbox==1.20.1 packaging \
        scikit-learn
    SKMIA_DATA=... python benchmarks/bench_art_labels.py --export /tmp/labels.npz
    OMP_NUM_THREADS=1 /tmp/peer/bin/python benchmarks/peer_art_labels.py /tmp/labels.npz

writes benchmarks/results/art-labels-peer.csv. ART sees labels only (one-hot answers).
Its HopSkipJump has two iterations of 20 and 28 probes and begins at one of 20 uniform
points at most, which asks no fewer rows than ours. Its threshold is that of a shadow
model, of the target's own 300 records in question, members known, or the median of 100
random records.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from art.attacks.evasion.hop_skip_jump import HopSkipJump
from art.attacks.inference.membership_inference import (
    LabelOnlyDecisionBoundary,
    MembershipInferenceBlackBoxRuleBased,
)
from art.estimators.classification import BlackBoxClassifier
from label_targets import (
    FIELDS,
    MEMBERS,
    MODELS,
    N_ATTACKED,
    OTHERS,
    OWN,
    Counted,
    train,
)

RESULTS = Path(__file__).parent / "results" / "art-labels-peer.csv"
SEARCH = {
    "norm": 2,
    "max_iter": 2,
    "init_eval": 20,
    "max_eval": 28,
    "init_size": 20,
    "verbose": False,
}
MEMBER = np.repeat([1, 0], N_ATTACKED)


def answers(model, n_classes, n_features):
    """A model as ART sees it: labels only, features from 0 to 1."""

    def predict(X):
        return np.eye(n_classes)[model.predict(X)]

    box = {"input_shape": (n_features,), "nb_classes": n_classes}
    return BlackBoxClassifier(predict, **box, clip_values=(0.0, 1.0))


def balanced(called):
    called = np.ravel(called)
    return (called[MEMBER == 1].mean() + 1 - called[MEMBER == 0].mean()) / 2


def search_once():
    """Distances of a model to the same records are searched only once."""
    generate = HopSkipJump.generate

    def kept(self, x, y=None, **kwargs):
        found = vars(self.estimator).setdefault("found", {})
        if x.tobytes() not in found:
            found[x.tobytes()] = generate(self, x, y, **kwargs)
        return found[x.tobytes()]

    HopSkipJump.generate = kept


def attacks(name, X, y, n_classes):
    """Method, balanced accuracy, rows asked of the target for each record, seconds."""
    target = Counted(train(name, X, y))
    shadow = Counted(train(name, X[OWN], y[OWN]))
    seen, twin = (answers(one, n_classes, X.shape[1]) for one in (target, shadow))
    sides = X[MEMBERS], y[MEMBERS], X[OTHERS], y[OTHERS]
    records = np.concatenate(sides[::2]), np.concatenate(sides[1::2])

    gap = MembershipInferenceBlackBoxRuleBased(seen)
    yield "ART gap", balanced(gap.infer(*records)), 1, 0

    began, attack = time.perf_counter(), LabelOnlyDecisionBoundary(twin)
    own = X[OWN], y[OWN]
    inside, outside = slice(0, N_ATTACKED), slice(300, 300 + N_ATTACKED)
    attack.calibrate_distance_threshold(
        own[0][inside], own[1][inside], own[0][outside], own[1][outside], **SEARCH
    )
    attack = LabelOnlyDecisionBoundary(seen, attack.distance_threshold_tau)
    target.n_queries = 0
    # In the two parts that the next attack asks about.
    parts = [attack.infer(*part, **SEARCH) for part in (sides[:2], sides[2:])]
    queries, seconds = target.n_queries / len(MEMBER), time.perf_counter() - began
    yield "ART boundary, shadow", balanced(np.concatenate(parts)), queries, seconds

    attack = LabelOnlyDecisionBoundary(seen)
    attack.calibrate_distance_threshold(*sides, **SEARCH)
    parts = [attack.infer(*part, **SEARCH) for part in (sides[:2], sides[2:])]
    yield "ART boundary, known", balanced(np.concatenate(parts)), queries, seconds

    attack = LabelOnlyDecisionBoundary(seen)
    try:
        attack.calibrate_distance_threshold_unsupervised(**SEARCH)
    except RuntimeWarning:  # no random record was ever labelled otherwise
        yield "ART boundary, random", np.nan, queries, seconds
        return
    parts = [attack.infer(*part, **SEARCH) for part in (sides[:2], sides[2:])]
    yield "ART boundary, random", balanced(np.concatenate(parts)), queries, seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("arrays", type=Path)
    arrays = np.load(parser.parse_args().arrays)
    search_once()
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(FIELDS)
        for key in arrays:
            data, seed, what = key.split("/")
            if what != "X":
                continue
            X, y = arrays[key], arrays[f"{data}/{seed}/y"]
            for name in MODELS:
                np.random.seed(int(seed))  # noqa: NPY002  what ART draws from
                for method, accuracy, *cost in attacks(name, X, y, y.max() + 1):
                    cost = [round(float(one), 1) for one in cost]
                    line = [data, seed, name, method, round(accuracy, 4), *cost]
                    lines.writerow(line)
                    print(*line, flush=True)


if __name__ == "__main__":
    main()
