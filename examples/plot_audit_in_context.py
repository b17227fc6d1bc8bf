"""
A tabular foundation model, whose training set is its context
==============================================================

TabPFN and its like are trained once, by somebody else, on tables that nobody owns. Your
records are no training set but the *context*: ``fit`` stores them, ``predict`` reads
them. So who is in the context is what there is to tell, and the protocol is that of
scikit-learn: shadow models are other contexts. They need no training, and every answer
costs.

TabPFN needs its weights, some hundred MB that its authors give away under a license of
their own. Where the package is installed and ``TABPFN_WEIGHTS`` names the file, that
model is audited here; else a stand-in that attends to its context in one layer.
"""

# %%
# The model
# ---------
# One layer of attention: the answer is the mean label of the context, weighed by how
# near each of its records is, in units of the distance between neighbours.

import importlib.util
import os
import time

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import pairwise_distances
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia import audit
from skmia.auditing import estimate_cost


class OneLayer(ClassifierMixin, BaseEstimator):
    def __init__(self, sharpness=2.0):
        self.sharpness = sharpness

    def fit(self, X, y):
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.context_, self.labels_ = np.asarray(X), np.eye(len(self.classes_))[codes]
        apart = pairwise_distances(self.context_)
        self.unit_ = np.median(np.partition(apart, 1, axis=1)[:, 1])
        return self

    def predict_proba(self, X):
        apart = pairwise_distances(np.asarray(X), self.context_) / self.unit_
        return softmax(-self.sharpness * apart, axis=1) @ self.labels_

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def in_context_model():
    weights = os.environ.get("TABPFN_WEIGHTS")
    if weights and importlib.util.find_spec("tabpfn"):
        from tabpfn import TabPFNClassifier

        return TabPFNClassifier(model_path=weights)
    return make_pipeline(StandardScaler(), OneLayer())


# %%
# Where the time goes
# -------------------
# ``fit`` takes next to nothing, whatever the model. An audit trains its shadow models
# in that time, and asks each about all records: that is what it costs, and what
# ``estimate_cost`` counts. A model that answers slowly is audited on fewer records,
# with ``max_seconds=``, or without "lira-augmented-online", which asks about six moved
# copies of each record.

X, y = load_breast_cancer(return_X_y=True)
train, holdout = np.arange(0, 240, 2), np.arange(1, 240, 2)
sets = X[train], y[train], X[holdout], y[holdout]
begun = time.perf_counter()
model = in_context_model().fit(*sets[:2])
fitted = time.perf_counter()
model.predict_proba(sets[0])
print(f"fit {fitted - begun:.4f} s, answers {time.perf_counter() - fitted:.4f} s")
cost = estimate_cost(model, *sets)
print(f"{cost.n_fits} contexts, {cost.n_queries} answers of the model itself")

# %%
# The audit
# ---------
# A record of the context finds itself there. The sharper the attention, the more an
# answer says of that record alone.

rows = {}
for sharpness in (0.5, 8.0):
    one = make_pipeline(StandardScaler(), OneLayer(sharpness)).fit(*sets[:2])
    report = audit(one, *sets, n_shadows=4, random_state=0)
    rows[f"one layer, sharpness {sharpness:g}"] = report
if not isinstance(model[-1] if hasattr(model, "steps") else model, OneLayer):
    rows[type(model).__name__] = audit(model, *sets, n_shadows=8, random_state=0)

print(
    pd.DataFrame(
        {
            name: {
                "holdout accuracy": report.holdout_accuracy,
                "strongest attack": report.headline["attack"],
                "AUC": report.headline["auc"],
                "epsilon, at least": report.epsilon.epsilon,
            }
            for name, report in rows.items()
        }
    ).T.to_string()
)
