"""
An attack without data, behind a prediction API
===============================================

The adversary has an interface that answers records with probabilities, and no record of
the population. It asks, makes shadow data of the answers, and attacks.
"""

# %%
# The victim
# ----------
# A tree that recognises digits, behind an interface with a budget of questions. Nobody
# sees more of it than ``BlackBox`` lets through.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, observe
from skmia.attacks import ClasswiseAttack
from skmia.generators import FeatureSchema, QueryGenerator, probe
from skmia.targets import BlackBox

X, y = load_digits(return_X_y=True)
X, X_elsewhere, y, y_elsewhere = train_test_split(X, y, test_size=0.5, random_state=0)
member = np.arange(len(y)) < len(y) // 2
target = DecisionTreeClassifier(random_state=0).fit(X[member == 1], y[member == 1])

# %%
# What does the interface take and answer?
# ----------------------------------------
# 64 numbers in, ten probabilities out, all of them 0 or 1: a tree that was not pruned.
# What kind of number each feature is would take more questions.

print(probe(BlackBox(target, max_queries=500), max_queries=500, random_state=0))

# %%
# Shadow data from questions
# --------------------------
# Hill climbing towards confident answers, from nothing but the range of a pixel: many
# climbers ask side by side, so that thousands of questions are a few calls. The
# questions about the candidates come on top of them: one each.

SIGNALS = ["true_label", "posterior"]


def attack_auc(X_shadow, y_shadow):
    """AUC on the victim's records of an attack learned from shadow models."""
    shadows = ShadowModels(
        DecisionTreeClassifier(), n_shadows=4, signals=SIGNALS, random_state=0
    ).fit(X_shadow, y_shadow)
    Z, was_member, _ = shadows.observations()
    attack = ClasswiseAttack(LogisticRegression()).fit(Z, was_member)
    seen = observe(target, X, y, SIGNALS, classes=shadows.classes_)
    return roc_auc_score(member, attack.decision_function(seen[Z.columns]))


schema = FeatureSchema.from_bounds(np.zeros(64), 16, integer=range(64))
budgets = [1_000, 3_000, 10_000, 30_000]
found = []
for budget in budgets:
    api = BlackBox(target, max_queries=budget)
    generator = QueryGenerator(schema=schema, random_state=0).fit()
    with warnings.catch_warnings():
        # With few questions not every row that is wanted is found.
        warnings.simplefilter("ignore", UserWarning)
        X_shadow, y_shadow = generator.sample(600, target=api)
    found.append(attack_auc(X_shadow, y_shadow))
    print(
        f"{api.n_queries_} questions in {generator.n_calls_} calls: "
        f"{len(y_shadow)} records, AUC {found[-1]:.3f}"
    )

# %%
# What real data would have been worth
# ------------------------------------
# The generated records look like noise to the eye, and shadow models of them give away
# their members as those of real records do: by being wrong about the others.

real = attack_auc(X_elsewhere, y_elsewhere)
print(f"{len(y_elsewhere)} real records: AUC {real:.3f}")

_, ax = plt.subplots()
ax.semilogx(budgets, found, "o-", label="shadow data from questions")
ax.axhline(real, color="tab:green", label="real records of the population")
ax.axhline(0.5, color="grey", linestyle=":", label="guessing")
ax.set(xlabel="questions", ylabel="AUC of the attack")
ax.legend()
plt.show()

# %%

_, axes = plt.subplots(1, 5, figsize=(8, 2))
for label, ax in enumerate(axes):
    ax.imshow(X_shadow[y_shadow == label][0].reshape(8, 8), cmap="gray_r")
    ax.set(title=f"a {label}, it says", xticks=[], yticks=[])
plt.show()
