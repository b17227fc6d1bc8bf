"""
A network of one's own, and a defense in its training
======================================================

``NetClassifier`` takes any ``torch.nn.Module``. What it is trained for is an
*objective*: plain cross-entropy, or one of the published defenses. Here a convolutional
network for small images is trained in three ways, each attacked by someone who trains
shadow models in the same way.
"""

# %%
# The network
# -----------
# Arguments of the module go into ``module_params``. ``n_outputs`` is told to whoever
# asks for it.

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from torch import nn

from skmia import audit
from skmia.defenses import defended_by
from skmia.neural import NetClassifier
from skmia.neural.objectives import ConfidencePenalty, Mixup, RelaxLoss

X, y = load_digits(return_X_y=True)
X = X.reshape(-1, 1, 8, 8) / 16


class SmallConv(nn.Module):
    def __init__(self, n_outputs, n_channels=8):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, n_channels, 3),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(36 * n_channels, n_outputs),
        )

    def forward(self, x):
        return self.layers(x)


plain = NetClassifier(
    SmallConv,
    module_params={"n_channels": 16},
    max_epochs=60,
    learning_rate=3e-3,
    random_state=0,
)

# %%
# Objectives
# ----------
# Some have an effect together, such as a way to change batches and a term of the loss.

models = {
    "plain": plain,
    "mixup and penalty": NetClassifier(
        **plain.get_params(deep=False)
        | {"objective": [Mixup(0.5), ConfidencePenalty(0.1)]}
    ),
    "RelaxLoss": NetClassifier(
        **plain.get_params(deep=False) | {"objective": RelaxLoss(0.5)}
    ),
}
print(defended_by(models["mixup and penalty"]))

# %%
# What attackers find
# -------------------

members, others, test = slice(0, 200), slice(200, 400), slice(400, None)
rows = {}
for name, model in models.items():
    model.fit(X[members], y[members])
    report = audit(
        model,
        *(X[members], y[members], X[others], y[others]),
        attacks=["loss-threshold", "lira-offline"],
        n_shadows=4,
        random_state=0,
    )
    rows[name] = {"accuracy": model.score(X[test], y[test]), **report.summary["auc"]}
table = pd.DataFrame(rows).T
print(table.round(2))

# %%

table.plot.bar(rot=0, ylim=(0.4, 1), ylabel="accuracy, and AUC of attacks")
plt.tight_layout()
plt.show()
