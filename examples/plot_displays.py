"""
Seven questions to ask in pictures
==================================

Every plot of skmia is a ``Display``, as in scikit-learn: a class method draws, ``ax``
says where, and the object keeps the numbers behind the picture.
"""

# %%
# A model to look at
# ------------------
# A small forest that knows its training records by heart, and one with larger leaves.

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedShuffleSplit,
    train_test_split,
)
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, audit, game_scorer
from skmia.attacks import make_attack
from skmia.attacks.evidence import Signals
from skmia.auditing import (
    BeforeAfterDisplay,
    GroupRiskDisplay,
    LogRocDisplay,
    ScoreHistogramDisplay,
)
from skmia.grid import GridHeatmapDisplay, default_models, model_grid
from skmia.model_selection import PrivacyUtilityDisplay

X, y = load_digits(n_class=6, return_X_y=True)
X_in, X_out, y_in, y_out = train_test_split(X, y, test_size=0.5, random_state=0)


def audited(leaf):
    """Report on a forest with leaves of at least so many records."""
    forest = RandomForestClassifier(5, min_samples_leaf=leaf, random_state=0)
    return audit(
        forest.fit(X_in, y_in),
        *(X_in, y_in, X_out, y_out),
        attacks=["loss-threshold", "lira-offline", "gap"],
        random_state=0,
    )


report = audited(1)
print(report)

# %%
# How far do members lie from others?
# -----------------------------------

ScoreHistogramDisplay.from_report(report, "lira-offline")
plt.show()

# %%
# Is anybody recognised for sure?
# -------------------------------

report.plot_roc()
plt.show()

# %%
# Does an attack of my own work?
# ------------------------------
# It is tried on shadow models that it was not fitted on.

forest = RandomForestClassifier(5)
shadows = ShadowModels(forest, n_shadows=4, random_state=0).fit(X, y)
pairs, member, shadow = shadows.pairs()
fitted_on = shadow < 3
attack = make_attack(Signals(["posterior", "loss"]), LogisticRegression())
attack.fit(pairs[fitted_on], member[fitted_on])
LogRocDisplay.from_estimator(attack, pairs[~fitted_on], member[~fitted_on])
plt.show()

# %%
# Who is at risk?
# ---------------
# The classes of digits; any column of the records, sensitive or not, would do.

GroupRiskDisplay.from_report(report, "label", "lira-offline")
plt.show()

# %%
# What does a change of the model change?
# ---------------------------------------

BeforeAfterDisplay.from_reports(report, audited(5))
plt.show()

# %%
# What does privacy cost?
# -----------------------

half = StratifiedShuffleSplit(1, test_size=0.5, random_state=0)
search = GridSearchCV(
    MembershipGame(DecisionTreeClassifier(), n_shadows=2, random_state=0),
    {"target__min_samples_leaf": [1, 5, 20, 100]},
    scoring=game_scorer("auc", "target_test_accuracy"),
    refit=False,
    cv=half,
).fit(X, y)
PrivacyUtilityDisplay.from_search(search)
plt.show()

# %%
# Does the adversary have to know the kind of the model?
# ------------------------------------------------------

models = default_models(["tree", "nb"])
grid = model_grid(X, y, models, n_repeats=2, n_shadows=2, random_state=0)
GridHeatmapDisplay.from_grid(grid, "auc")
plt.show()
