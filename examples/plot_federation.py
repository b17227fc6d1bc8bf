"""
Whose record is it?
===================

Parties train a model together and send parameters, never records. The server names the
party that a record comes from nevertheless, and the more often the longer parties train
between two averages.
"""

# %%
# Parties and their classes
# -------------------------
# With a small `alpha` most of a class belongs to one party. Then a label alone tells
# much, which is no leak of the record; so there is a guess beside the accuracy that
# always names the largest party.

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from skmia.federated import Federation, SourceInferenceAttack, owner_accuracy

X, y = load_digits(return_X_y=True)
X = X / 16
LEARNER = MLPClassifier((), solver="sgd", learning_rate_init=0.1)
EPOCHS = (1, 4, 16)
_, ax = plt.subplots(layout="constrained")
for alpha in (100.0, 1.0):
    found = []
    for n_epochs in EPOCHS:
        federation = Federation(
            LEARNER, n_rounds=5, alpha=alpha, local_epochs=n_epochs, random_state=0
        ).fit(X, y)
        attack = SourceInferenceAttack(federation, random_state=0).fit()
        named = attack.predict_owner(X, y)
        found.append(owner_accuracy(federation.owner_, named, n_candidates=4))
        print(f"alpha {alpha}, {n_epochs} epochs: {found[-1]}")
    accuracy = [one.accuracy for one in found]
    (line,) = ax.plot(EPOCHS, accuracy, marker="o", label=f"alpha {alpha:g}")
    ax.axhline(found[0].largest, color=line.get_color(), linestyle=":")
ax.set(xlabel="local epochs", ylabel="owners named right", xscale="log")
ax.legend()

# %%
# What a server can do about members
# ----------------------------------
# An insider that watches, and one that raises the loss of the records in question and
# looks at whose training lowers it again.

from skmia import MembershipGame

target = Federation(
    MLPClassifier((16,), learning_rate_init=0.01), n_rounds=6, local_epochs=6
)
for name in ("nasr-global-shadows", "nasr-ascent"):
    game = MembershipGame(
        target, attack=name, access="insider", n_shadows=2, random_state=0
    )
    outcome = game.fit(X[:300], y[:300]).play(X[300:600], y[300:600])
    print(f"{name}: {(outcome.member == outcome.predicted).mean():.2f} right")

plt.show()
