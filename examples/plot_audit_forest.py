"""
Audit a random forest
=====================

A forest reaches perfect accuracy on its training data and 95 % on new data. How much
does each answer of it give away about who was in the training data? The accuracy gap
alone suggests very little; the audit says otherwise.
"""

# %%
# The model to audit
# ------------------
# Half of the digits train the forest, the other half is held out: records of the same
# population that had no part in training.

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from skmia import audit

X, y = load_digits(return_X_y=True)
X_train, X_holdout, y_train, y_holdout = train_test_split(
    X, y, test_size=0.5, stratify=y, random_state=0
)
model = RandomForestClassifier(random_state=0).fit(X_train, y_train)

# %%
# The audit
# ---------
# One call runs the gap attack, a threshold attack on every score signal, and an
# attack that was trained on shadow models. Every number carries its interval, and
# what the data cannot show is said to be not measurable.

report = audit(model, X_train, y_train, X_holdout, y_holdout, random_state=0)
print(report)
print(report.compact())

# %%
# What an attacker can do at a low false positive rate
# ----------------------------------------------------
# An average hides what matters most: the records that can be pointed out with
# confidence. The log-log ROC shows the left edge. No curve goes further left than one
# false positive among the holdout records.

report.plot_roc()
plt.show()

# %%
# Who is exposed
# --------------
# ``records`` holds the score of every attack for every record. These are the training
# records that the shadow attack is surest about.

members = report.records.loc["train"]
print(members.sort_values("shadow", ascending=False)[["label", "shadow"]].head())
