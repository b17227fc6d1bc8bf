"""
A synthetic table that averages call safe
=========================================

A table of made rows is released so that the records need not be. Whether its rows come
nearer to the records that it was made from than to others is what one looks at first,
*distance to the closest record* (DCR). That is an average, and a few records that the
table gives away do not move it.
"""

# %%
# Rare people, and a generator of many components
# -----------------------------------------------
# One record in twenty lies far from all others. A mixture of thirty components has some
# to spare, and puts them on a single record each.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.mixture import GaussianMixture

from skmia import audit_synthetic
from skmia.metrics import dcr_share
from skmia.targets import Session, SyntheticTable

rng = np.random.RandomState(0)
X = rng.normal(size=(2000, 4))
rare = rng.rand(2000) < 0.05
X[rare] *= rng.uniform(5, 30, size=(rare.sum(), 1))
X_train, X_holdout = X[:1000], X[1000:]
generator = GaussianMixture(
    30, reg_covar=1e-6, init_params="k-means++", max_iter=200, random_state=0
).fit(X_train)
S, _ = generator.sample(1000)

# %%
# The average
# -----------
# As many rows are closer to a training record as to one that was not used: "safe".

print(f"DCR: {dcr_share(S, X_train, X_holdout):.3f}, and 0.5 is expected")

# %%
# Each record
# -----------
# The audit looks at records one by one. Those to which a row comes nearest are nearly
# all training records: a lower bound of epsilon says so with confidence, though the
# mean of all records, the AUC, is that of guessing.

report = audit_synthetic(S, X_train, X_holdout, random_state=0)
print(report.verdict, f"epsilon >= {report.epsilon.epsilon:.2f}")
print(report.summary[["auc", "tpr_at_fpr_0.01"]].round(3).to_string())

# %%
# Whom it gives away
# ------------------
# Far out the nearest row is either at hand or nowhere near.

distance = Session(SyntheticTable(S), X).observe("sample_distance").to_numpy().ravel()
size = np.linalg.norm(X, axis=1)
for rows, name in ((slice(1000, None), "not used"), (slice(1000), "training records")):
    plt.loglog(size[rows], distance[rows], ".", ms=3, label=name)
plt.xlabel("distance of the record from the middle")
plt.ylabel("distance to the nearest row, in spreads")
plt.legend()
plt.show()
