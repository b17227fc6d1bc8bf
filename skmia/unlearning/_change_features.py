"""What the answers of two versions of a model are compared by."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array

from skmia.utils._sklearn import StrOptions, validate_params

FORMS = ("direct_concat", "sorted_concat", "direct_diff", "sorted_diff", "l2_distance")


@validate_params(
    before=["array-like"], after=["array-like"], form=[StrOptions(set(FORMS))]
)
def change_features(
    before: ArrayLike,
    after: ArrayLike,
    form: Literal[
        "direct_concat", "sorted_concat", "direct_diff", "sorted_diff", "l2_distance"
    ] = "sorted_diff",
) -> np.ndarray:
    """Features of the answers before and after records were forgotten.

    .. versionadded:: 0.2

    Parameters
    ----------
    before, after : array-like of shape (n_records, n_classes)
        Answers of the two versions about the same records, with the same columns:
        posteriors, or decision values.
    form : {"direct_concat", "sorted_concat", "direct_diff", "sorted_diff", \
"l2_distance"}, default="sorted_diff"
        Both answers beside each other, their difference (before minus after), or its
        Euclidean norm. Sorted: columns in the order of the answer before, descending,
        for both. Differences suit models that generalise, concatenations those that
        overfit.

    Returns
    -------
    features : ndarray of shape (n_records, n_features)
        Twice as many columns as classes, as many, or one.

    See Also
    --------
    deletion_leak : How well deleted records are told by them.

    Notes
    -----
    Level: observations. Threat model: who has the answers of both versions.

    References
    ----------
    M. Chen et al., "When Machine Unlearning Jeopardizes Privacy", ACM CCS 2021,
    arXiv:2005.02205.

    Examples
    --------
    >>> from skmia.unlearning import change_features
    >>> change_features([[0.25, 0.75]], [[0.5, 0.5]])
    array([[ 0.25, -0.25]])
    """
    before, after = (
        check_array(answer, dtype=np.float64, input_name=name)
        for name, answer in (("before", before), ("after", after))
    )
    if before.shape != after.shape:
        raise ValueError(
            "'before' and 'after' must be answers about the same records, with the "
            f"same columns. Got shapes {before.shape} and {after.shape}."
        )
    if form.startswith("sorted"):
        order = np.argsort(-before, axis=1, kind="stable")
        before, after = (
            np.take_along_axis(answer, order, axis=1) for answer in (before, after)
        )
    if form.endswith("concat"):
        return np.hstack([before, after])
    if form.endswith("diff"):
        return before - after
    return np.linalg.norm(before - after, axis=1, keepdims=True)
