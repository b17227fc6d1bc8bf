"""
Run an audit on a cluster
=========================

Shadow models are trained apart from each other, so that they can be trained on other
machines. Everything that is parallel in skmia goes through joblib: who names another
backend uses another cluster, and nothing else of the audit changes, the numbers
included.

Here the cluster is two processes of this machine
(``pip install "skmia[distributed]"``).
"""

# %%
# A model to audit
# ----------------

from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

from skmia import audit

X, y = load_digits(return_X_y=True)
sets = X[:600:2], y[:600:2], X[1:600:2], y[1:600:2]
model = RandomForestClassifier(20, n_jobs=2, random_state=0).fit(*sets[:2])
how = {"attacks": ["lira-offline"], "n_shadows": 8, "random_state": 0}

# %%
# On a cluster
# ------------
# The records are sent to every worker once. The forests would train their trees in
# parallel; in a worker they do not, since the other cores have forests of their own.

import joblib

try:
    from dask.distributed import Client, LocalCluster
except ImportError:
    LocalCluster = None


def on_a_cluster():
    """The audit, by two workers."""
    size = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with (
        LocalCluster(**size) as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
    ):
        return audit(model, *sets, **how)


# %%
# The same numbers
# ----------------
# Seeds are drawn before anything is sent, so that nothing depends on who trains what,
# to the last bit.

here = audit(model, *sets, **how)
# Where workers are started anew, a script has to be importable: hence the condition.
if __name__ == "__main__" and LocalCluster is not None:
    there = on_a_cluster()
    assert there.records.equals(here.records)
print(here)
