"""
What follows membership
=======================

Whoever can tell who was in the training data gains more. Two questions to a forest that
knows its records by heart, and to one that does not.
"""

# %%
# An attribute of a member
# ------------------------
# The attacker has a record but for one measurement, asks the model about each value
# that it may have, and takes the one that fits the label best. Most of what is right
# then follows from the other features, and is as true of everybody: an imputer that
# never saw the model is right about it, too. The leak is the *excess* of members.

import matplotlib.pyplot as plt
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split

from skmia.inference import attribute_inference

X, y = load_diabetes(return_X_y=True, as_frame=True)
X_in, X_out, y_in, y_out = train_test_split(X, y, test_size=0.5, random_state=0)
found = {}
for leaf in (1, 20):
    forest = RandomForestRegressor(50, min_samples_leaf=leaf, random_state=0)
    forest.fit(X_in, y_in)
    found[f"leaves of {leaf}"] = attribute_inference(
        forest, X_in, y_in, X_out, y_out, attribute="bmi", n_bins=4, random_state=0
    )
    print(found[f"leaves of {leaf}"])

_, axes = plt.subplots(1, 2, sharey=True, layout="constrained")
for ax, (name, result) in zip(axes, found.items(), strict=True):
    result.summary.loc[["model", "imputation"], ["members", "holdout"]].plot.bar(
        ax=ax, title=name, ylabel="share of right guesses", rot=0
    )

# %%
# A person in a table of means
# ----------------------------
# No model is needed: means of many features are enough.

import numpy as np

from skmia.inference import mean_membership_test

rng = np.random.RandomState(0)
genomes = rng.binomial(1, rng.uniform(size=1000), size=(600, 1000))
X_reference, members, others = np.split(genomes, [400, 500])
for candidates in (members, others):
    print(mean_membership_test(candidates, members.mean(axis=0), X_reference))
