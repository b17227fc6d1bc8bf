"""What the structure of a fitted model gives away about a record.

What a kind of model gives away is a line in a table by exact type: a subclass may have
another structure.
"""

import numpy as np
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    ComplementNB,
    GaussianNB,
    MultinomialNB,
)
from sklearn.neighbors import KNeighborsClassifier, RadiusNeighborsClassifier
from sklearn.svm import SVC, NuSVC
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier
from sklearn.utils import _safe_indexing

from skmia.signals.white_box._leaves import in_leaf, in_leaves
from skmia.signals.white_box._preprocessing import steps_repeat, tested_into_last_step
from skmia.signals.white_box._stages import pulled
from skmia.signals.white_box._stored import (
    are_held,
    by_margins,
    holds_no_rows,
    proves_nothing,
)
from skmia.utils._inside import last_step
from skmia.utils._kinds import name_of
from skmia.utils._labels import encode_labels

# Less than whatever a kind of model says.
_CERTAINLY_OUT = -1.5


def structure(model, X, y, classes, smoothing):
    """How much the structure of a model speaks for a record having been trained on.

    Parameters
    ----------
    model : fitted classifier
        A tree, a forest, bagged or boosted trees, nearest neighbours, a Gaussian
        process or a kernel machine, or a pipeline that ends in one.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y : array-like of shape (n_samples,)
        True labels.
    classes : ignored
    smoothing : float
        Of forests: records that an even number of all classes adds to each leaf. The
        larger it is, the less the sizes of leaves count: of a forest with pure leaves
        what is left in the end are the votes.

    Returns
    -------
    value : ndarray of shape (n_samples,)
        -1.5 for a label that the model does not know, and for what the preprocessing
        of a pipeline proves to be out. Of others it depends on the kind of model: of a
        tree the share of the label in the leaf, and more in a small one; of a forest
        how many times likelier its leaves are with the record; of boosting the steps
        towards the label, most of all those of small leaves; 1 for stored rows, and 0
        for others; of an ``SVC`` what `margin_test` says.
    """
    codes = encode_labels(y, model.classes_)
    value = np.full(len(codes), _CERTAINLY_OUT)
    rows = np.flatnonzero(codes >= 0)
    known = X if len(rows) == len(codes) else _safe_indexing(X, rows)
    seen, last, given = tested_into_last_step(model, known)
    if given is not None:
        rows = rows[~seen.out]
        known = last, given, codes[rows]
        if type(last) in _HOLDING:
            value[rows] = _HOLDING[type(last)](*known, steps_repeat(model))
        else:
            value[rows] = _GROWN[type(last)](*known, smoothing)
    return value


def tells_nothing(model):
    """Why the structure of a model tells nothing of a record, in words, or None."""
    last, _ = last_step(model)
    if type(last) in _NAIVE_BAYES:
        return (
            f"this {name_of(model)} holds means alone, which say nothing of a record "
            "but beside those of a population: the attack leino lays them beside these"
        )
    if type(last) in _HOLDING:
        return holds_no_rows(model)
    if type(last) not in _GROWN:
        return f"what the structure of this {name_of(model)} gives away is not known"
    if type(last) is BaggingClassifier and not _TREES.issuperset(
        map(type, last.estimators_)
    ):
        return f"the members of this {name_of(model)} are no trees"
    return None


def _held(model, X, codes, exact):
    return are_held(model, X, exact)


def _of_machine(model, X, codes, exact):
    if proves_nothing(model):
        return are_held(model, X, exact)
    return by_margins(model, X, model.classes_[codes], exact)


_TREES = {DecisionTreeClassifier, ExtraTreeClassifier}
_NAIVE_BAYES = {BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB}
_GROWN = {
    **dict.fromkeys(_TREES, in_leaf),
    RandomForestClassifier: in_leaves,
    ExtraTreesClassifier: in_leaves,
    BaggingClassifier: in_leaves,
    GradientBoostingClassifier: pulled,
    HistGradientBoostingClassifier: pulled,
}
_HOLDING = {
    KNeighborsClassifier: _held,
    RadiusNeighborsClassifier: _held,
    GaussianProcessClassifier: _held,
    NuSVC: _held,
    SVC: _of_machine,
}
