"""
Tune privacy and utility in one search
======================================

A defense is a classifier that wraps a classifier, so its parameters are tuned like any
other. Shadow models are clones of the *defended* target: every attack below knows the
defense it faces.
"""

# %%
# Six defenses in one grid
# ------------------------

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit

from skmia import MembershipGame, game_scorer
from skmia.defenses import (
    AnonymizedClassifier,
    FeatureBaggedClassifier,
    LabelOnly,
    MondrianAnonymizer,
    RoundedPosterior,
    SelenaClassifier,
    defended_by,
)
from skmia.model_selection import pareto_front

X, y = load_digits(return_X_y=True)
forest = RandomForestClassifier(n_estimators=20)
anonymized = AnonymizedClassifier(forest, anonymizer=MondrianAnonymizer())
search = GridSearchCV(
    MembershipGame(forest, n_shadows=4, random_state=0),
    [
        {"target": [forest], "target__min_samples_leaf": [1, 3, 10, 30]},
        {
            "target": [RoundedPosterior(forest)],
            "target__decimals": [1],
            "target__estimator__min_samples_leaf": [1, 10],
        },
        {"target": [LabelOnly(forest)]},
        {
            "target": [FeatureBaggedClassifier(RandomForestClassifier(5))],
            "target__drop": [0.3, 0.6],
        },
        {
            "target": [SelenaClassifier(forest, n_models=6)],
            "target__n_out": [2, 4],
        },
        {"target": [anonymized], "target__anonymizer__k": [3, 10]},
    ],
    scoring=game_scorer("auc", "target_test_accuracy"),
    refit=False,
    cv=StratifiedShuffleSplit(2, test_size=0.5, random_state=0),
    error_score="raise",
).fit(X, y)

# %%
# The front
# ---------
# A setting is on the front when no other one is both more accurate and more private.

results = pd.DataFrame(search.cv_results_)
found = pd.DataFrame(
    {
        "target": [type(cell["target"]).__name__ for cell in results["params"]],
        "setting": [
            ", ".join(
                f"{name.rpartition('__')[2]}={value}"
                for name, value in cell.items()
                if name != "target"
            )
            for cell in results["params"]
        ],
        "auc": results["mean_test_auc"],
        "accuracy": results["mean_test_target_test_accuracy"],
    }
)
found["front"] = pareto_front(found["accuracy"], found["auc"])
print(found.sort_values("auc").round(3).to_string(index=False))

# %%

fig, ax = plt.subplots(layout="constrained")
for target, part in found.groupby("target"):
    ax.plot(part["auc"], part["accuracy"], "o", label=target)
front = found[found["front"]].sort_values("auc")
ax.step(front["auc"], front["accuracy"], where="post", color="grey", zorder=0)
for _, row in found.iterrows():
    ax.annotate(row["setting"], (row["auc"], row["accuracy"]), fontsize=7)
ax.axvline(0.5, linestyle=":", color="grey")
ax.set(xlabel="attack AUC (left is private)", ylabel="test accuracy of the target")
ax.legend()
plt.show()

# %%
# What stands between the model and those who ask
# -----------------------------------------------
# Defenses stack. What each layer is known not to stop is part of the answer.

print(defended_by(LabelOnly(SelenaClassifier(forest))))
