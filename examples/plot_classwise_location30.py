"""
One attack per class on Location-30
===================================

The check-in data of Shokri et al. have 30 classes of very different sizes. How members
look differs between them, so the classic attack trains one model per class. Needs the
Location-30 data: a local folder named by ``SKMIA_DATA``, or a download.
"""

# %%
# Adversary and victim
# --------------------

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from skmia import MembershipGame
from skmia.attacks import ClasswiseAttack, ThresholdAttack
from skmia.datasets import fetch_location30

X, y = fetch_location30(return_X_y=True)
X_adversary, X_victim, y_adversary, y_victim = train_test_split(
    X, y, test_size=0.5, stratify=y, random_state=0
)

# %%
# Pooled against class-wise
# -------------------------
# The same threshold attack, once with one threshold for all records and once with one
# per class; and Shokri's attack, a classifier of the posterior for each class.

attacks = {
    "one threshold": ThresholdAttack("modified_entropy"),
    "threshold per class": ClasswiseAttack(ThresholdAttack("modified_entropy")),
    "model per class": ClasswiseAttack(LogisticRegression(max_iter=1000)),
}
outcomes = {}
for name, attack in attacks.items():
    game = MembershipGame(
        LogisticRegression(C=100, max_iter=200),
        attack=attack,
        signals=["true_label", "modified_entropy", "scaled_logit", "margin"],
        n_shadows=4,
        random_state=0,
    )
    outcomes[name] = game.fit(X_adversary, y_adversary).play(X_victim, y_victim)

for name, outcome in outcomes.items():
    accuracy = np.mean(outcome.predicted == outcome.member)
    auc = roc_auc_score(outcome.member, outcome.score)
    print(f"{name:20s} accuracy {accuracy:.3f}  AUC {auc:.3f}")

# %%
# Leakage differs between classes
# -------------------------------
# Small classes are memorised more visibly than large ones.

outcome = outcomes["threshold per class"]
per_class = pd.DataFrame(
    {
        "label": y_victim,
        "right": outcome.predicted == outcome.member,
    }
).groupby("label")["right"]
fig, ax = plt.subplots()
ax.scatter(per_class.size(), per_class.mean())
ax.axhline(0.5, linestyle=":", color="grey")
ax.set(xlabel="records of the class", ylabel="attack accuracy")
plt.show()
