"""Settings of trees and forests that leaked most in a study of many of them.

The rules are those of SACRO-ML (AI-SDC/SACRO-ML), learned from the fifth of the
settings with the largest AUC of membership inference (arXiv:2502.09396).
"""

import math

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier


def risky_settings(model, n_records):
    """Whether a tree or a forest may grow as those did that leaked most.

    Parameters
    ----------
    model : fitted classifier
    n_records : int
        That it was trained on; of which shares are.

    Returns
    -------
    risky : bool or None
        None where there is no rule for this kind of model.
    settings : str
        What was looked at.
    """
    rule = _RULES.get(type(model))
    if rule is None:
        return None, ""
    is_risky, names = rule
    settings = ", ".join(f"{name}={_plain(getattr(model, name))!r}" for name in names)
    depth = math.inf if model.max_depth is None else model.max_depth
    leaf, split = (
        _count(getattr(model, name), n_records)
        for name in ("min_samples_leaf", "min_samples_split")
    )
    return bool(is_risky(model, depth, leaf, split)), settings


def _of_tree(tree, depth, leaf, split):
    best, every = tree.splitter == "best", tree.max_features is None
    if depth >= 8 and leaf <= 7:
        return split <= 15 or best or every
    grows = leaf <= 15 if depth >= 8 else depth >= 4 and leaf <= 7
    return best and every and grows


def _of_forest(forest, depth, leaf, split):
    if forest.n_estimators > 35:
        every = forest.max_features is None
        return depth >= 4 and (not every or (split <= 15 and forest.bootstrap))
    some = forest.n_estimators > 15 and not forest.bootstrap
    return some and depth >= 8 and leaf <= 15


def _plain(value):
    """Of a search over numpy's numbers those of Python."""
    return value.item() if isinstance(value, np.generic) else value


def _count(value, n_records):
    """Records of a node; a share, a float, is of all."""
    return math.ceil(value * n_records) if isinstance(value, float) else value


_OF_NODES = ("max_depth", "min_samples_leaf", "min_samples_split", "max_features")
_RULES = {
    DecisionTreeClassifier: (_of_tree, (*_OF_NODES, "splitter")),
    RandomForestClassifier: (_of_forest, ("n_estimators", *_OF_NODES, "bootstrap")),
}
