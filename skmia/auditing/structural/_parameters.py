"""How many numbers a fitted model has learned. By exact type: a subclass may hold more.

Trees are counted as by SACRO-ML (AI-SDC/SACRO-ML): a feature and a threshold for each
split, and the free probabilities of each leaf.
"""

import numpy as np
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from skmia.signals._input_gradients import LINEAR
from skmia.utils._sklearn import n_splits_and_leaves


def n_parameters(model):
    """How many numbers a model has learned, as far as its kind is known.

    Parameters
    ----------
    model : fitted classifier

    Returns
    -------
    n : int or None
        None for kinds that are not known, or that hold training rows.
    """
    count = _COUNTS.get(type(model))
    return None if count is None else count(model)


def _of_tree(model):
    tree = model.tree_
    return _in_tree(tree, model.n_classes_ - 1)


def _in_tree(tree, per_leaf):
    n_leaves = int(tree.n_leaves)
    return 2 * (int(tree.node_count) - n_leaves) + n_leaves * int(per_leaf)


def _of_members(model):
    counts = [n_parameters(one) for one in model.estimators_]
    return None if None in counts else sum(counts)


def _of_boosted_trees(model):
    """Each leaf holds one number."""
    return sum(_in_tree(one.tree_, 1) for one in model.estimators_.ravel())


def _of_histograms(model):
    n_splits, n_leaves = n_splits_and_leaves(model)
    return 2 * n_splits + n_leaves


def _of_lines(model):
    return int(np.size(model.coef_) + np.size(model.intercept_))


def _of_network(model):
    return int(sum(one.size for one in (*model.coefs_, *model.intercepts_)))


def _of_gaussians(model):
    return int(model.theta_.size + model.var_.size) + len(model.classes_) - 1


def _of_counts(model):
    """Shares of a class sum to one."""
    n_classes, n_features = model.feature_log_prob_.shape
    return n_classes * (n_features - 1) + n_classes - 1


def _of_coins(model):
    return int(model.feature_log_prob_.size) + len(model.classes_) - 1


_COUNTS = {
    **dict.fromkeys((DecisionTreeClassifier, ExtraTreeClassifier), _of_tree),
    **dict.fromkeys((RandomForestClassifier, ExtraTreesClassifier), _of_members),
    **dict.fromkeys((AdaBoostClassifier, BaggingClassifier), _of_members),
    GradientBoostingClassifier: _of_boosted_trees,
    HistGradientBoostingClassifier: _of_histograms,
    **dict.fromkeys(LINEAR, _of_lines),
    MLPClassifier: _of_network,
    GaussianNB: _of_gaussians,
    MultinomialNB: _of_counts,
    BernoulliNB: _of_coins,
}
