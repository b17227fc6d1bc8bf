"""Signals from the stages that a model went through while it was trained."""

import numpy as np

from skmia.signals._scores import FLOOR, loss
from skmia.utils._inside import before_last, last_step
from skmia.utils._kinds import name_of
from skmia.utils._labels import align_columns, encode_labels


def staged_loss(estimator, X, y, classes, n_snapshots=20, floor=FLOOR):
    """Loss of every record at `n_snapshots` evenly spaced stages of a boosted model.

    Parameters
    ----------
    estimator : fitted classifier
        With ``staged_predict_proba``, or a pipeline that ends in one.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like of shape (n_classes,)
        Labels; all classes of the estimator are among them.
    n_snapshots : int, default=20
        Length of the trajectory. A model with fewer stages repeats some of them, so
        that models that stopped at different stages can be compared.
    floor : float, default=FLOOR
        Smallest probability inside the logarithm.

    Returns
    -------
    losses : ndarray of shape (n_samples, n_snapshots)
        The last column is the loss of the model as it is.
    """
    codes = encode_labels(y, classes)
    losses = [
        loss(codes, align_columns(P, estimator.classes_, classes), floor)
        for P in staged_posteriors(estimator, X)
    ]
    # From the end: the model as it is belongs to every trajectory, even to one of 1.
    kept = np.linspace(len(losses) - 1, 0, n_snapshots).round().astype(int)[::-1]
    return np.column_stack([losses[stage] for stage in kept])


def snapshot_columns(signal):
    """One column per snapshot."""
    return [f"{signal.name}_{i}" for i in range(signal.params["n_snapshots"])]


def has_stages(estimator):
    """Whether the model, or the last step of a pipeline, shows its stages."""
    return hasattr(last_step(estimator)[0], "staged_predict_proba")


def staged_posteriors(estimator, X):
    """Posteriors of a model, or of the last step of a pipeline, after every stage."""
    if hasattr(estimator, "staged_predict_proba"):
        return estimator.staged_predict_proba(X)
    if not hasattr(estimator, "steps"):
        raise AttributeError(
            "The signal 'staged_loss' needs a model with staged_predict_proba, or a "
            "pipeline that ends in one: GradientBoostingClassifier, "
            "HistGradientBoostingClassifier, AdaBoostClassifier. Got "
            f"{name_of(estimator)}, which has no stages."
        )
    return staged_posteriors(estimator[-1], before_last(estimator, X))
