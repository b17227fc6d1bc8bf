"""
Tune privacy and utility in one search
======================================

A defense is a classifier that wraps a classifier, so its parameters are tuned like any
other. Shadow models are clones of the *defended* target: every attack below knows the
defense it faces.
"""

# %%
# Model strength and masking in one grid
# --------------------------------------

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit

from skmia import MembershipGame, game_scorer
from skmia.defenses import LabelOnly, RoundedPosterior

X, y = load_digits(return_X_y=True)
forest = RandomForestClassifier(n_estimators=30)
search = GridSearchCV(
    MembershipGame(forest, cv=4, random_state=0),
    [
        {"target": [forest], "target__min_samples_leaf": [1, 3, 10, 30]},
        {
            "target": [RoundedPosterior(forest)],
            "target__decimals": [1],
            "target__estimator__min_samples_leaf": [1, 10],
        },
        {"target": [LabelOnly(forest)]},
    ],
    scoring=game_scorer("auc", "target_test_accuracy"),
    refit=False,
    cv=StratifiedShuffleSplit(3, test_size=0.5, random_state=0),
    error_score="raise",
).fit(X, y)

# %%
# The front
# ---------
# Rounding the scores hardly helps against an attack that knows it; larger leaves and
# hiding the scores do, at different prices. What remains with labels only is the gap
# between training and test accuracy.

results = pd.DataFrame(search.cv_results_)
leaf = results["param_target__min_samples_leaf"].fillna(
    results["param_target__estimator__min_samples_leaf"]
)
results["defense"] = [type(cell["target"]).__name__ for cell in results["params"]]
results["leaf"] = leaf.fillna(1).astype(int)
columns = ["defense", "leaf", "mean_test_auc", "mean_test_target_test_accuracy"]
print(results[columns].round(3).to_string(index=False))

# %%

fig, ax = plt.subplots()
for defense, part in results.groupby("defense"):
    ax.plot(
        part["mean_test_auc"],
        part["mean_test_target_test_accuracy"],
        "o-",
        label=defense,
    )
    for _, row in part.iterrows():
        ax.annotate(
            f"leaf {row['leaf']}",
            (row["mean_test_auc"], row["mean_test_target_test_accuracy"]),
        )
ax.axvline(0.5, linestyle=":", color="grey")
ax.set(xlabel="attack AUC (left is private)", ylabel="test accuracy of the target")
ax.legend()
plt.show()
