r"""What each objective of a network costs, and what attacks still find: Location-30.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_neural.py

600 members and 600 non-members of Location-30 are audited; the accuracy is that on the
other records. All rows have one network (one hidden layer of 128 ReLU units), one
optimizer (Adam, step size 1e-3, batches of 64), as many passes (``--epochs``; pruning
has ten more, early stopping fewer). The attacker trains 8 shadow models *with* the
defense on random halves of the audited records. Printed are means over ``--seeds``
draws of the records, then each row minus "none", paired by draw, with the standard
error of the mean; beside them what an earlier prototype had, on draws of its own.
"""

import argparse

import pandas as pd
from data_sets import location30
from sklearn.model_selection import train_test_split

from skmia import audit
from skmia.defenses import EarlyStoppedClassifier
from skmia.neural import HAMPClassifier, NetClassifier
from skmia.neural.objectives import (
    SGLD,
    AdversarialRegularization,
    AdversarialTraining,
    ConfidencePenalty,
    CrossEntropy,
    HAMPTraining,
    Mixup,
    MixupMMD,
    Pruning,
    RelaxLoss,
)

ATTACKS = {
    "loss-threshold": "auc",
    "rmia-offline": "auc",
    "lira-online": "auc",
}
# Accuracy, AUC of LiRA, and its TPR at a FPR of 1 %.
PROTOTYPE = {
    "none": (0.554, 0.996, 0.910),
    "early stopping": (0.550, 0.981, 0.683),
    "L2 5e-3": (0.560, 0.995, 0.881),
    "dropout .5": (0.535, 0.996, 0.891),
    "weight norm": (0.559, 0.992, 0.825),
    "smoothing .5": (0.428, 0.999, 0.991),
    "mixup 1": (0.435, 0.996, 0.914),
    "RelaxLoss(1), paper": (0.458, 0.935, 0.544),
    "HAMP, training alone": (0.385, 0.999, 0.991),
}


def models(epochs):
    """Models by name."""

    def net(objective=None, **settings):
        return NetClassifier(objective=objective, max_epochs=epochs, **settings)

    hamp = {"gamma": 0.5, "alpha": 0.03}  # .001 times 30 classes, as published
    return {
        "none": net(),
        "early stopping": EarlyStoppedClassifier(net()),
        "L2 5e-3": net(weight_decay=0.01),
        "dropout .5": net(module_params={"dropout": 0.5}),
        "weight norm": net(module_params={"weight_norm": True}),
        "smoothing .5": net(CrossEntropy(0.5)),
        "confidence penalty 1": net(ConfidencePenalty(1.0)),
        "mixup 1": net(Mixup(1.0)),
        "mixup .4 + MMD 3": net(MixupMMD(3.0)),
        "mixup 1 + penalty .1": net([Mixup(1.0), ConfidencePenalty(0.1)]),
        **{
            f"RelaxLoss(1), {reading}": net(RelaxLoss(1.0, reading=reading))
            for reading in ("paper", "images", "tables")
        },
        "HAMP, training alone": net(HAMPTraining(**hamp)),
        "HAMP": HAMPClassifier(net(), **hamp),
        "adversary 2": net(AdversarialRegularization(2.0)),
        "FGSM .1": net(AdversarialTraining(0.1)),
        "PGD .1": net(AdversarialTraining(0.1, steps=5)),
        "SGLD": net(SGLD(), learning_rate=0.1),
        "pSGLD": net(SGLD(preconditioned=True)),
        "pruning .7": net(Pruning(0.7)),
    }


def measure(model, X, y, seed):
    """Row of one draw of the records."""
    audited, rest = train_test_split(
        range(len(y)), train_size=1200, stratify=y, random_state=seed
    )
    members, others = audited[:600], audited[600:]
    with_seed = {
        name: seed for name in model.get_params() if name.endswith("random_state")
    }
    model.set_params(**with_seed).fit(X[members], y[members])
    report = audit(
        model,
        *(X[members], y[members], X[others], y[others]),
        attacks=[*ATTACKS, "gap"],
        n_shadows=8,
        random_state=seed,
    ).summary
    return {
        "accuracy": model.score(X[rest], y[rest]),
        "loss": report.loc["loss-threshold", "auc"],
        "gap": report.loc["gap", "auc"],
        "RMIA": report.loc["rmia-offline", "auc"],
        "LiRA": report.loc["lira-online", "auc"],
        "LiRA, TPR at 1 %": report.loc["lira-online", "tpr_at_fpr_0.01"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--only", nargs="*", default=None)
    options = parser.parse_args()
    X, y = location30()
    none, rows = None, {}
    for name, model in models(options.epochs).items():
        if options.only and name not in ["none", *options.only]:
            continue
        found = pd.DataFrame([measure(model, X, y, s) for s in range(options.seeds)])
        none = found if none is None else none
        change = found["LiRA"] - none["LiRA"]
        rows[name] = found.mean().to_dict() | {
            "LiRA minus none": f"{change.mean():+.3f} ± {change.sem():.3f}",
            "prototype": " / ".join(f"{x:.3f}" for x in PROTOTYPE.get(name, ())),
        }
        print(pd.DataFrame({name: rows[name]}).T.round(3).to_string(), flush=True)
    print(pd.DataFrame(rows).T.round(3).to_string())


if __name__ == "__main__":
    main()
