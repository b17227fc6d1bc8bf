"""
Images and lists
================

Models that segment images and recommend items have training data, too. Their records
carry all that there is to know, an image its label map and a user all ratings, and
``audit`` takes them as it takes other models.
"""

# %%
# Who was segmented
# -----------------
# Digits, ink against ground: a pixel is of the ground, or of the ink of one of ten
# digits. A tree of pixels knows the images that it was trained on. What it errs at each
# pixel, the *structured loss map*, tells them from others.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.tasks import (
    MaskedSegmenter,
    NeighbourRecommender,
    PopularityRandomization,
    Segmenter,
    structured_loss_map,
)

digits = load_digits()
ink = (digits.images > 8) * (1 + digits.target[:, None, None])
X = np.stack([digits.images, ink], axis=-1)[:240]
model = Segmenter(DecisionTreeClassifier(min_samples_leaf=3, random_state=0))
model.fit(X[:120])
loss = structured_loss_map(model.predict_proba(X), X[..., -1])

_, axes = plt.subplots(1, 4, layout="constrained", figsize=(8, 2.4))
for ax, i in zip(axes, (0, 1, 120, 121), strict=True):
    ax.imshow(loss[i], vmin=0, vmax=5)
    ax.set(title="member" if i < 120 else "not a member", xticks=[], yticks=[])

# %%
# Labels alone tell less than probabilities, and still enough.

HOW = {"n_shadows": 4, "random_state": 0}
for segmenter in (model, MaskedSegmenter(model).fit(X[:120])):
    report = audit(segmenter, X[:120], X_holdout=X[120:], **HOW)
    print(type(segmenter).__name__)
    print(report.summary["auc"].round(3).to_string())

# %%
# Whose list is personal
# ----------------------
# Users with a taste have rated items. Who was trained on is shown what is like the
# own items, everybody else what is popular.

rng = np.random.RandomState(0)
taste, items = rng.gamma(0.3, size=(200, 8)), rng.gamma(0.3, size=(8, 300))
liked = taste @ (items * rng.gamma(0.5, size=300))
ratings = rng.binomial(1, np.clip(0.1 * liked / liked.mean(), 0, 0.9))

recommender = NeighbourRecommender()
for one in (recommender, PopularityRandomization(recommender, random_state=0)):
    report = audit(
        one.fit(ratings[:100]), ratings[:100], X_holdout=ratings[100:], **HOW
    )
    print(type(one).__name__)
    print(report.summary["auc"].round(3).to_string())
plt.show()
