"""
An attack of your own, on labels alone
======================================

The transfer attack of Li and Zhang (ACM CCS 2021): the adversary has records of the
population, asks the target for their labels, and trains a model of its own on them. A
record is the more likely a member, the surer that imitation is of its true label. The
package has it by the name "transfer"; here it is written by hand, under another name.
"""

# %%
# The attack
# ----------
# What is seen of a pair of a model and a record is one class, an *evidence*; who judges
# it is any classifier; ``register_attack`` gives the two a name.

import matplotlib.pyplot as plt
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import RocCurveDisplay
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, audit, observe
from skmia.attacks import make_attack, register_attack
from skmia.attacks.evidence import Evidence
from skmia.targets import BlackBox


class Imitated(Evidence):
    """Loss of a record in a model that was trained on the target's labels."""

    asks = frozenset({"predict"})

    def __init__(self, X_public, student):
        self.X_public = X_public
        self.student = student

    def observe(self, session):
        labels = session.ask("predict", self.X_public)
        student = clone(self.student).fit(self.X_public, labels)
        return observe(
            student, session.X, session.y, "loss", classes=self.classes_seen_
        )


X, y = load_digits(return_X_y=True)
X_public, X, y = X[:600], X[600:], y[600:]
student = RandomForestClassifier(n_estimators=50, random_state=0)
transfer = make_attack(Imitated(X_public, student), LogisticRegression())
register_attack("imitated", transfer, paper="Z. Li, Y. Zhang, ACM CCS 2021")

# %%
# In a game
# ---------
# The name is one like any other. The target answers labels only, and so do the
# adversary's shadow models, which are clones of it.

api = BlackBox(DecisionTreeClassifier(), access="label")
game = MembershipGame(api, attack="imitated", n_shadows=4, random_state=0)
outcome = game.fit(X[:600], y[:600]).play(X[600:], y[600:])
RocCurveDisplay.from_predictions(outcome.member, outcome.score, name="imitated")
plt.show()

# %%
# In an audit
# -----------
# Beside the two attacks on labels that come with the package. What asks for
# probabilities is not run, and says so.

tree = DecisionTreeClassifier(random_state=0).fit(X[:600], y[:600])
report = audit(
    BlackBox(tree, access="label"),
    *(X[:600], y[:600], X[600:], y[600:]),
    attacks=["gap", "shadow-label", "imitated", "lira-offline"],
    n_shadows=4,
    random_state=0,
)
print(report.summary[["auc", "auc_low", "status"]])
