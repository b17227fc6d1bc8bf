"""Classifiers with several outputs: their classes, one array for each output."""

import numpy as np
from sklearn.utils import get_tags

from skmia.utils._arrays import to_numpy
from skmia.utils._inside import layers
from skmia.utils._kinds import is_regressor


class Outputs(tuple):
    """Classes of a classifier with several outputs: one array for each of them.

    Where the classes of a plain classifier are an array, these stand.
    """

    __slots__ = ()

    @classmethod
    def of_labels(cls, y):
        """Classes among labels, an array of shape (n_records, n_outputs)."""
        return cls(np.unique(column) for column in np.asarray(y).T)

    def __eq__(self, other):
        same = isinstance(other, Outputs) and len(self) == len(other)
        return same and all(map(np.array_equal, self, other))

    __hash__ = None  # type: ignore[assignment]  # Python's own way


def takes_several(estimator):
    """Whether an estimator says that it learns labels of several outputs."""
    if not hasattr(estimator, "__sklearn_tags__"):
        return False
    tags = get_tags(estimator)
    learns_indicators = tags.classifier_tags and tags.classifier_tags.multi_label
    return bool(tags.target_tags.multi_output or learns_indicators)


def takes_columns_only(estimator):
    """Whether labels must have columns, were it only one."""
    if not hasattr(estimator, "__sklearn_tags__"):
        return False
    return not get_tags(estimator).target_tags.single_output


def own_classes(model, layout=None, y=None):
    """Classes of a fitted classifier, whatever it has them in.

    Parameters
    ----------
    model : fitted classifier
    layout : array-like, Outputs or None, default=None
        Classes of the records. Of models that learn indicators, and do not say so when
        they are fitted, it says that there are several outputs.
    y : array-like of shape (n_records,) or (n_records, n_outputs), default=None
        Labels of the records, which say the same.

    Returns
    -------
    classes : ndarray, Outputs or None
        None where the model does not say.
    """
    own = to_numpy(getattr(model, "classes_", None))
    if own is None:  # or a regressor, which may have outputs, too
        return None
    if _are_nested(own):
        return Outputs(np.asarray(to_numpy(one)) for one in own)
    if layout is None and np.ndim(y) == 2:
        layout = Outputs.of_labels(to_numpy(y))
    n_outputs = _n_outputs(model)
    if n_outputs is None and isinstance(layout, Outputs) and takes_several(model):
        # Numbers of the outputs stand where those of classes do.
        n_outputs = len(layout) if np.array_equal(own, range(len(layout))) else 1
    if n_outputs in (None, 1):
        return own
    kinds = [one.dtype for one in layout] if isinstance(layout, Outputs) else []
    return Outputs(
        np.array([0, 1], dtype=bool if kinds[i : i + 1] == [bool] else int)
        for i in range(n_outputs)
    )


def labels_per_record(y):
    """Outputs that labels are of; None of no labels."""
    if y is None:
        return None
    return y.shape[1] if y.ndim == 2 else 1


def check_outputs(model, y, name):
    """Refuse labels of more, or fewer, outputs than a fitted model says it has.

    Parameters
    ----------
    model : fitted classifier or regressor
    y : ndarray of shape (n_records,) or (n_records, n_outputs)
    name : str
        What the caller calls the labels.

    Raises
    ------
    ValueError
    """
    n_own, n_given = _outputs_of(model, y), labels_per_record(y)
    if n_own not in (None, n_given):
        raise ValueError(
            f"The model has {_outputs(n_own)}, and {name} holds {n_given} "
            f"label{'s' * (n_given > 1)} per record: pass one column of labels for "
            "each output, in the order in which the model was given them."
        )


def _outputs_of(model, y):
    """Outputs of a fitted model; None of a regressor that does not say."""
    if is_regressor(model):
        return _n_quantities(model)
    own = own_classes(model, y=y)
    return len(own) if isinstance(own, Outputs) else 1


def _outputs(n):
    return "one output" if n == 1 else f"{n} outputs"


def _are_nested(classes):
    """Whether classes are a list with the classes of each output."""
    return any(np.ndim(to_numpy(one)) for one in classes)


def _n_quantities(model):
    """Outputs of a fitted regressor; None if it does not say."""
    for one in layers(model):
        one = getattr(one, "best_estimator_", one)
        if hasattr(one, "n_outputs_"):  # trees, forests, networks
            return one.n_outputs_
        if hasattr(one, "coef_"):
            return len(one.coef_) if np.ndim(one.coef_) == 2 else 1
    return None


def _n_outputs(model):
    """Outputs of a fitted model that has no list of classes; None if it does not say.

    Such a model has several if it learned indicators.
    """
    for one in layers(model):
        one = getattr(one, "best_estimator_", one)
        if hasattr(one, "multilabel_"):  # one against the rest
            return len(one.classes_) if one.multilabel_ else 1
        if hasattr(one, "out_activation_"):  # networks
            return one.n_outputs_ if one.out_activation_ == "logistic" else 1
        if hasattr(one, "n_outputs_"):  # trees and forests, which else have a list
            return one.n_outputs_
        if hasattr(one, "outputs_2d_"):  # neighbours, likewise
            return 1
    return None
