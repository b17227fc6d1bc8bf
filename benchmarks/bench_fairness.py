"""What models with a fairness constraint give away, beside the same tree without.

    SKMIA_DATA=... OMP_NUM_THREADS=1 python benchmarks/bench_fairness.py

writes the section "fairness" of docs/studies.md (`--repeats` prints only). 400 members
and 400 others of Adult, "sex" is the group; a tree of depth 10, alone, in fairlearn's
reduction (at most 10 iterations) and behind its thresholds, under equalized odds, with
their probabilities. 4 shadow models; "men", "women": the AUC of LiRA within these;
"gap": with the tree as counterpart. Standard errors over repeats.
"""

import warnings
from functools import cache

import numpy as np
import pandas as pd
from data_sets import adult_frame
from documents import table_of
from fairlearn.postprocessing import ThresholdOptimizer
from fairlearn.reductions import EqualizedOdds, ExponentiatedGradient
from parts import run_parts
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.tasks import FairClassifier

N = 400
TREE = DecisionTreeClassifier(max_depth=10, random_state=0)
ODDS = {"constraints": "equalized_odds", "predict_method": "predict_proba"}
MODELS = {
    "none": TREE,
    "reduction": ExponentiatedGradient(TREE, EqualizedOdds(), max_iter=10),
    "thresholds": ThresholdOptimizer(estimator=TREE, **ODDS),
}


@cache
def people():
    """Records as numbers, the first column whether somebody is a man, and labels."""
    X, y = adult_frame()
    man = (X["sex"].astype(str).str.strip() == "Male").to_numpy(float)
    rest = OrdinalEncoder().fit_transform(X.drop(columns="sex"))
    return np.column_stack([man, np.nan_to_num(rest, nan=-1)]), np.asarray(y)


def measured(name, in_training, seed):
    """AUC of attacks on one model, within groups, too."""
    warnings.simplefilter("ignore")
    X, y = people()
    rows = np.random.RandomState(seed).permutation(len(y))
    X, y = X[rows], y[rows]
    trained = slice(N) if in_training else slice(2 * N, 3 * N)
    tree = TREE.fit(X[trained], y[trained])
    model = MODELS[name]
    if name != "none":
        model = FairClassifier(model, release="probabilities", random_state=seed)
        model.fit(X[trained], y[trained])
    names = ["loss-threshold", "lira-online"]
    names += [] if name == "none" else ["fairness-discrepancy"]
    report = audit(
        *(model, X[:N], y[:N], X[N : 2 * N], y[N : 2 * N]),
        attacks=names,
        former=tree,
        n_shadows=4,
        random_state=seed,
    )
    member = np.repeat([1, 0], N)
    score = report.records["lira-online"].to_numpy()
    man = X[: 2 * N, 0] == 1
    auc = report.summary["auc"].reindex(["loss-threshold", "lira-online", names[-1]])
    gap = np.nan if name == "none" else auc.iloc[2]
    row = {"constraint": name, "members": "in" if in_training else "never"}
    row |= {"loss": auc.iloc[0], "LiRA": auc.iloc[1]}
    row["men"], row["women"] = (
        roc_auc_score(member[who], score[who]) for who in (man, ~man)
    )
    return pd.DataFrame([row | {"gap": gap}])


PARTS = {
    "fairness": (measured, lambda found: table_of(found, ["constraint", "members"]))
}
TASKS = {
    "fairness": [
        (name, inside, seed)
        for inside in (True, False)
        for name in MODELS
        for seed in range(2)
    ]
}

if __name__ == "__main__":
    run_parts(__doc__, "studies.md", PARTS, TASKS)
