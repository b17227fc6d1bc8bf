"""An audit in a process of its own: what it found, and how many models it fitted.

``python audited_apart.py FITS STORE [MOST_BYTES]`` prints scores and warnings.
"""

import json
import resource
import sys
import time
import warnings

from sklearn.datasets import load_breast_cancer
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.exceptions import StoreWarning

N_SHADOWS = 64


class SlowTree(DecisionTreeClassifier):
    """Writes down every fit in the file `fits`, and takes its time."""

    fits = None

    def fit(self, X, y, sample_weight=None):
        if SlowTree.fits is not None:
            with open(SlowTree.fits, "a") as file:
                file.write(".")
        time.sleep(0.005)
        return super().fit(X, y, sample_weight)


def scores(memory=None):
    """Scores of the records in an audit that is the same each time."""
    X, y = load_breast_cancer(return_X_y=True)
    model = SlowTree(min_samples_leaf=3, random_state=0)
    data = X[:100], y[:100], X[100:200], y[100:200]
    DecisionTreeClassifier.fit(model, *data[:2])
    how = {"attacks": ["lira-offline"], "n_shadows": N_SHADOWS, "random_state": 0}
    return audit(model, *data, memory=memory, **how).records["lira-offline"].tolist()


if __name__ == "__main__":
    # scikit-learn would load them, where they are, when skops asks for all estimators.
    sys.modules |= {"torch": None, "dask": None}
    SlowTree.fits, store, *limit = sys.argv[1:]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]),) * 2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = scores(store)
    said = [str(one.message) for one in caught if one.category is StoreWarning]
    print(json.dumps([found, said]))
