"""
Members of a teacher, found through its student
===============================================

A teacher was trained on records of some classes. Its lower layer was handed on, and a
student of other classes was trained on it. Only the student can be asked. What do its
answers tell of the teacher's records?
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from skmia import audit
from skmia.tasks import TaughtStudent

warnings.simplefilter("ignore", ConvergenceWarning)

# %%
# Records of many features that are 0 or 1, ten classes; the teacher knows the first
# five. Half of its records are not shown to it.

rng = np.random.RandomState(0)
liked = rng.rand(10, 150) < 0.1
y = rng.permutation(np.repeat(np.arange(10), 30))
X = (rng.rand(300, 150) < np.where(liked[y], 0.5, 0.1)).astype(float)
low, high = np.flatnonzero(y < 5), np.flatnonzero(y >= 5)
members, others = low[::2], low[1::2]

# %%
# The model is fitted on the teacher's records; the student's are a part of it. Shadow
# models, which the audit trains, imitate both.

teacher = MLPClassifier((32,), max_iter=60, learning_rate_init=0.01, random_state=0)
model = TaughtStudent(
    teacher, LogisticRegression(), X_student=X[high], y_student=y[high]
)
model.fit(X[members], y[members])
sets = X[members], y[members], X[others], y[others]
through = audit(model, *sets, n_shadows=8, random_state=0)
print(through.summary[["status", "auc", "auc_low", "auc_high"]])

# %%
# No answer of the student is one of the teacher's classes: attacks that need the true
# label say so. The teacher itself tells more.

print(
    audit(model, *sets, attacks="loss-threshold", random_state=0)
    .summary["status"]
    .item()
)
plain = audit(model.teacher_, *sets, n_shadows=8, random_state=0)
print(plain.summary["auc"].round(3).to_dict())
