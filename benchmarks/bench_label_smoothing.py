"""Do smoothed labels leak more than hard ones? Adaptive attacks on both.

    OMP_NUM_THREADS=1 python benchmarks/bench_label_smoothing.py

prints, per model and smoothing, the accuracy on non-members and the AUC of attacks
whose shadow models are smoothed like the target; and how much higher the AUC is than
with hard labels, paired by seed. Means over seeds with 95 % t-intervals: an interval
above 0 supports the claim that smoothing can raise leakage.

The task: two classes, 20 features, 20 % of the labels flipped, 200 members and 200
non-members. A smoothed model is given every record once per class, so a network takes
more steps; "hard" is therefore given every record as often, with its own label ("hard,
once" is ordinary training).
"""

import argparse
import warnings

import pandas as pd
from scipy import stats
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.defenses import AugmentedClassifier, LabelSmoothedClassifier

ATTACKS = [
    "gap",
    "loss-threshold",
    "shadow",
    "lira-offline",
    "lira-online",
    "rmia-offline",
]
MODELS = {
    "logistic": LogisticRegression(C=100, max_iter=500),
    "tree": DecisionTreeClassifier(random_state=0),
    "MLP": MLPClassifier((64,), learning_rate_init=0.01, max_iter=60, random_state=0),
}


def trainings(model):
    return {
        "hard, once": model,
        "hard": AugmentedClassifier(model, strength=0),
        **{
            f"smoothing {s}": LabelSmoothedClassifier(model, smoothing=s)
            for s in (0.05, 0.2, 0.5)
        },
    }


def measure(model, seed):
    """Accuracy on non-members, and AUC per attack."""
    X, y = make_classification(
        400,
        n_features=20,
        n_informative=8,
        n_redundant=0,
        n_clusters_per_class=1,
        flip_y=0.4,  # half of these get the label they had
        random_state=seed,
    )
    parts = X[:200], y[:200], X[200:], y[200:]
    model.fit(*parts[:2])
    report = audit(model, *parts, attacks=ATTACKS, n_shadows=8, random_state=seed)
    return {"accuracy": model.score(*parts[2:]), **report.summary["auc"]}


def interval(values):
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return f"{values.mean():+.3f} ± {half:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    for name, base in MODELS.items():
        tables = {
            training: pd.DataFrame(
                [measure(model, seed) for seed in range(options.seeds)]
            )
            for training, model in trainings(base).items()
        }
        means = {training: table.agg(interval) for training, table in tables.items()}
        rises = {
            training: (table - tables["hard"]).agg(interval)
            for training, table in tables.items()
            if training.startswith("smoothing")
        }
        print(f"\n## {name}\n\n{pd.DataFrame(means).T.to_string()}")
        print(f"\nMinus hard:\n\n{pd.DataFrame(rises).T.to_string()}", flush=True)


if __name__ == "__main__":
    main()
