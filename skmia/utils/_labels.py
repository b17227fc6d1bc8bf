"""Class labels of any type, and columns of posteriors that agree on their order."""

import numpy as np
import pandas as pd


def joint_layout(layout, classes):
    """Labels of `layout` in their order, then those that only `classes` has."""
    known = pd.Index(layout)
    extra = [label for label in classes if label not in known]
    return known.append(pd.Index(extra)) if extra else known


def encode_labels(y, layout):
    """Position of every label in `layout`; -1 where it is not there.

    Raises
    ------
    ValueError
        No label at all is in `layout`: the labels are of another kind.
    """
    layout = pd.Index(layout)
    codes = layout.get_indexer(pd.Index(np.asarray(y)))
    if len(codes) and (codes < 0).all():
        raise ValueError(
            "None of the labels in y is a class of the model: y holds "
            f"{pd.unique(np.asarray(y))[:5].tolist()}, the classes are "
            f"{layout[:5].tolist()}. Pass the labels as the model was given them."
        )
    return codes


def align_columns(posterior, classes, layout):
    """Posterior with one column per label of `layout`, 0 where a class was never seen.

    Parameters
    ----------
    posterior : ndarray of shape (n_samples, n_classes)
        One column per label of `classes`.
    classes : array-like of shape (n_classes,)
        Labels of the columns of `posterior`; all of them are in `layout`.
    layout : array-like of shape (n_labels,)
        Labels of the columns of the result.

    Returns
    -------
    aligned : ndarray of shape (n_samples, n_labels)
    """
    position = pd.Index(layout).get_indexer(pd.Index(classes))
    if np.array_equal(position, np.arange(len(layout))):
        return posterior
    aligned = np.zeros((len(posterior), len(layout)), dtype=posterior.dtype)
    aligned[:, position] = posterior
    return aligned
