"""Defenses of regressors, on the diabetes data that ships with scikit-learn.

    OMP_NUM_THREADS=1 python benchmarks/bench_regression_defenses.py --write

writes the tables of docs/defenses.md, in a quarter of an hour. The splits are those of
``bench_regression.py``: 221 records for training, the others held out, 10 times. Each
defended model is audited with 16 shadow models, which are defended alike. Means over
the splits, and standard errors of these means.
"""

import argparse

import numpy as np
import pandas as pd
from bench_regression import N_SPLITS, split
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.ensemble import BaggingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skmia import audit
from skmia.defenses import (
    ClippedPrediction,
    CrossDistilledRegressor,
    DistilledRegressor,
    NoisyPrediction,
    PenalizedRegressor,
    PrivateLinearRegression,
    RoundedPrediction,
    SisaRegressor,
)
from skmia.utils._random import set_random_states

N_SHADOWS = 16
ATTACKS = {"loss-threshold": "loss", "lira-online": "LiRA", "rmia-online": "RMIA"}
FOREST, TREE = RandomForestRegressor(10), DecisionTreeRegressor()
# What is known of the data without a look: features of length 1 over 442 records, and a
# measure of progression.
DECLARED = {"bounds": (-0.2, 0.2), "y_bounds": (0, 400), "data_norm": 1.6}


def private(epsilon, delta):
    """A private model that keeps to the declared range."""
    model = PrivateLinearRegression(epsilon=epsilon, delta=delta, **DECLARED)
    return ClippedPrediction(model, bounds=DECLARED["y_bounds"])


FORESTS = {
    "none": FOREST,
    "leaves of 20 records": RandomForestRegressor(10, min_samples_leaf=20),
    "100 trees, each of a tenth (`BaggingRegressor`)": BaggingRegressor(
        TREE, n_estimators=100, max_samples=0.1
    ),
    "`RoundedPrediction(step=0.5)`": RoundedPrediction(FOREST, step=0.5),
    "`RoundedPrediction(step=2)`": RoundedPrediction(FOREST, step=2),
    "`NoisyPrediction(scale=0.3)`": NoisyPrediction(FOREST, scale=0.3),
    "`NoisyPrediction(scale=1)`": NoisyPrediction(FOREST, scale=1),
    "`ClippedPrediction(bounds=(80, 220))`": ClippedPrediction(
        FOREST, bounds=(80, 220)
    ),
    "`SisaRegressor(n_shards=5)`": SisaRegressor(FOREST),
    "`DistilledRegressor`, half held out": DistilledRegressor(FOREST),
    "`CrossDistilledRegressor(cv=5)`": CrossDistilledRegressor(FOREST),
    "`CrossDistilledRegressor(cv=2)`": CrossDistilledRegressor(FOREST, cv=2),
}
# 65 features for 221 records, and their penalties.
SQUARES = make_pipeline(PolynomialFeatures(include_bias=False), StandardScaler())
LINEAR = {
    "squares and products, none": make_pipeline(*SQUARES, Ridge(1e-6)),
    **{
        f"the same, `PenalizedRegressor(strength={strength:g})`": PenalizedRegressor(
            make_pipeline(*SQUARES, Ridge()), strength=strength
        )
        for strength in (0.01, 0.1, 1)
    },
    "linear, none": LinearRegression(),
    **{
        f"`PrivateLinearRegression(epsilon={epsilon}, delta={delta:g})`": private(
            epsilon, delta
        )
        for epsilon in (10, 3, 1)
        for delta in (0, 1e-5)
    },
}


def measured(model, seed):
    """Errors on both sets and AUC of every attack, on one split."""
    sets = split(seed)
    # With a seed for whatever draws; private noise has none.
    model = set_random_states(clone(model), np.random.RandomState(seed))
    report = audit(
        model.fit(*sets[:2]),
        *sets,
        attacks=list(ATTACKS),
        n_shadows=N_SHADOWS,
        random_state=seed,
    )
    errors = {f"RMSE, {side}": report.errors[side]["rmse"] for side in report.errors}
    return errors | report.summary["auc"].rename(ATTACKS).to_dict()


def table(models, n_splits):
    """Rows of a table, one for each defense."""
    rows = []
    for name, model in models.items():
        found = pd.DataFrame([measured(model, seed) for seed in range(n_splits)])
        mean, error = found.mean(), found.sem()
        digits = [1 if column.startswith("RMSE") else 3 for column in found]
        cells = (
            f"{a:.{n}f} ± {b:.{n}f}"
            for a, b, n in zip(mean, error, digits, strict=True)
        )
        rows.append([name, *cells])
        print(rows[-1], flush=True)
    return markdown(["defense", *found], rows)


def main():
    """Print the tables, or write them to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--splits", type=int, default=N_SPLITS)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    for section, models in {
        "defended forests": FORESTS,
        "defended linear models": LINEAR,
    }.items():
        found = table(models, asked.splits)
        print(found)
        if asked.write:
            write_section("defenses.md", section, found)


if __name__ == "__main__":
    main()
