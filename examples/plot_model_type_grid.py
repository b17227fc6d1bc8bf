"""
The target x generator x attack grid as one search
==================================================

Truex et al. asked which kind of model leaks most, and whether the adversary must know
the kind. A membership game is an estimator, so ``GridSearchCV`` drives their grid.
"""

# %%
# A game with three roles
# -----------------------
# ``fit`` is the adversary (train fold: shadow models and the attack), ``score`` is the
# challenger (test fold: a fresh target, trained on half of it). A cache lets all cells
# share the fits: three kinds of target and three kinds of generator cost six families
# of fits, not twenty-seven.

import tempfile

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, game_scorer

X, y = load_digits(return_X_y=True)
zoo = {
    "tree": DecisionTreeClassifier(),
    "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "naive Bayes": GaussianNB(var_smoothing=1e-3),
}
models = list(zoo.values())

with tempfile.TemporaryDirectory() as cache:
    search = GridSearchCV(
        MembershipGame(models[0], n_shadows=4, memory=cache, random_state=0),
        {"target": models, "shadow_estimator": models, "attack": models},
        scoring=game_scorer("accuracy", "auc", "tpr_at_fpr"),
        refit=False,
        cv=StratifiedShuffleSplit(2, test_size=0.5, random_state=0),
        error_score="raise",
    ).fit(X, y)

# %%
# The table of the paper
# ----------------------
# The kind of the target decides. Which model the adversary trains matters much less:
# the attack transfers from one kind to another.

results = pd.DataFrame(search.cv_results_)
names = {type(model): name for name, model in zoo.items()}
for role in ("target", "shadow_estimator", "attack"):
    results[role] = [names[type(model)] for model in results[f"param_{role}"]]
table = results.pivot_table(
    index=["target", "attack"], columns="shadow_estimator", values="mean_test_accuracy"
)
print(table.round(3))

# %%

by_target = results.groupby("target")["mean_test_auc"].agg(["mean", "min", "max"])
fig, ax = plt.subplots()
ax.errorbar(
    by_target["mean"],
    by_target.index,
    xerr=[by_target["mean"] - by_target["min"], by_target["max"] - by_target["mean"]],
    fmt="o",
)
ax.axvline(0.5, linestyle=":", color="grey")
ax.set(xlabel="AUC over generators and attacks", title="The target's kind decides")
plt.show()
