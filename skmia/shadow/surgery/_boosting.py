"""The other side of boosted trees: the record follows its own path through them.

A leaf's value is a ratio of sums over its training records; the record leaves the sums,
or joins them with what it would be then. Splits and the scores of others stay.
"""

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from skmia.shadow.surgery._change import check_trained_on, probabilities
from skmia.shadow.surgery._nodes import NO_PARENT, Nodes
from skmia.shadow.surgery._operation import Operation
from skmia.utils._sklearn import boosted_leaves

# scikit-learn divides by the sum of curvatures, the penalty and this.
TINY = 1e-15


def _boosting(model, X, codes, inside):
    """Follow every record through the stages, without it or with it."""
    baseline, stages = boosted_leaves(model, X)
    side = np.where(codes == 1, 1.0, -1.0)
    sign = np.where(inside, -1.0, 1.0)
    scores = np.full(len(codes), baseline)
    other = scores.copy()
    for nodes, leaves in stages:
        own = _derivatives(scores, side)
        # A record that leaves takes along what it gave; one that joins gives what it
        # would: at the score that it has come to with its own help.
        moved = np.where(inside[:, np.newaxis], own, _derivatives(other, side))
        stage = _Stage(model, nodes, leaves[inside], own[inside])
        other += stage.value(leaves, sign[:, np.newaxis] * moved)
        scores += nodes["value"][leaves]
    return probabilities(other[:, np.newaxis])


def _derivatives(scores, side):
    """Gradient and curvature of each record's loss, and 1 to count it: (n, 3)."""
    wrong = expit(-side * scores)
    return np.column_stack([-side * wrong, wrong * (1 - wrong), np.ones(len(scores))])


class _Stage:
    """One of the trees, and the sums of its training records."""

    def __init__(self, model, nodes, leaves, derivatives):
        self.rate, self.penalty = model.learning_rate, model.l2_regularization
        self.tree = Nodes(nodes["left"], nodes["right"], nodes["is_leaf"])
        self.sums = self.tree.sums(leaves, derivatives)
        at = np.unique(leaves)
        # Gradients are kept in single precision while a model is fitted.
        agrees = np.array_equal(self.sums[at, 2], nodes["count"][at]) and np.allclose(
            self._ratio(self.sums[at]), nodes["value"][at], rtol=1e-3, atol=1e-5
        )
        check_trained_on(agrees, model)

    def value(self, leaves, change):
        """Value of the leaf of each record after the record's own change of the sums.

        Of a leaf without others, that of the nearest node above where there are some.
        """
        n_records = self.sums[:, 2]
        nodes = self.tree.with_others(
            leaves, lambda nodes, rows: n_records[nodes] + change[rows, 2]
        )
        values = self._ratio(self.sums[nodes] + change)
        values[nodes == NO_PARENT] = np.nan
        return values

    def _ratio(self, sums):
        curvature = np.maximum(sums[:, 1], 0)
        return -self.rate * sums[:, 0] / (curvature + self.penalty + TINY)


def _refuses(model):
    if model.n_trees_per_iteration_ > 1:
        return "it learned more than two classes, and the trees of one see the others."
    if model.do_early_stopping_:
        return "early stopping held some of its records out: which is not known."
    if model.class_weight is not None:
        return "class_weight is given: records do not count alike."
    if model.monotonic_cst is not None:
        return "monotonic_cst is given: values of leaves are cut to be in order."
    if model.is_categorical_ is not None and hasattr(model, "feature_names_in_"):
        return "it recodes categories of a DataFrame itself, not those of an array."
    return None


OPERATIONS = {
    HistGradientBoostingClassifier: Operation(_boosting, _refuses, exact=False)
}
