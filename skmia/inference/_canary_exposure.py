"""Canaries that were inserted in the training data, found by the model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from skmia.attacks import set_membership_test
from skmia.inference._exposure import exposure
from skmia.inference._insert_canaries import InsertedCanaries
from skmia.signals import get_signal, observe
from skmia.utils._sklearn import HasMethods, validate_params
from skmia.utils._typing import FittedClassifier, RandomStateLike


@dataclass(frozen=True, eq=False, repr=False)
class CanaryExposure:
    """Result of :func:`canary_exposure`.

    .. versionadded:: 0.2

    Attributes
    ----------
    exposure : ndarray of shape (n_canaries,)
        In bits, see :func:`exposure`.
    unseen : float
        Mean exposure that canaries have which were never seen.
    pvalue : float
        Probability of canaries that rank so high together, if none was seen.
    """

    exposure: np.ndarray
    unseen: float
    pvalue: float

    @property
    def mean(self) -> float:
        """Mean exposure of the canaries, in bits."""
        return float(self.exposure.mean())

    def __repr__(self):
        return (
            f"CanaryExposure(mean {self.mean:.2f} bits of {len(self.exposure)} "
            f"canaries, {self.unseen:.2f} if never seen, p-value {self.pvalue:.2g})"
        )


@validate_params(
    model=[HasMethods("predict")],
    canaries=[InsertedCanaries],
    signal=[str],
    random_state=["random_state"],
)
def canary_exposure(
    model: FittedClassifier,
    canaries: InsertedCanaries,
    *,
    signal: str = "loss",
    method: Literal["rank", "skew-normal"] = "rank",
    random_state: RandomStateLike = None,
) -> CanaryExposure:
    """Exposure of canaries by a classifier that was trained on them.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted classifier
        Fitted on ``canaries.X, canaries.y``, or on other records: then it has never
        seen them.
    canaries : InsertedCanaries
        From :func:`insert_canaries`.
    signal : str, default="loss"
        What is seen of each, one number with a side for members, see
        :func:`skmia.signals.get_signal_names`.
    method : {"rank", "skew-normal"}, default="rank"
        See :func:`exposure`.
    random_state : int, RandomState instance or None, default=None
        Seed of the permutations of the p-value.

    Returns
    -------
    result : CanaryExposure
        Exposure of each canary, and a p-value for all together.

    Raises
    ------
    ValueError
        The signal is of several numbers, or no side of it is that of members.

    See Also
    --------
    insert_canaries : Make them.
    skmia.auditing.record_risk : The risk of the records that are there.

    Notes
    -----
    Level: records. Threat model: the attacker knows how canaries are drawn and asks
    the model for what the signal needs, of as many as there are references.

    References
    ----------
    N. Carlini, C. Liu, Ú. Erlingsson, J. Kos, D. Song, "The Secret Sharer: Evaluating
    and Testing Unintended Memorization in Neural Networks", USENIX Security 2019,
    :arxiv:`1802.08232`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skmia.inference import canary_exposure, insert_canaries
    >>> X, y = load_iris(return_X_y=True)
    >>> canaries = insert_canaries(X, y, random_state=0)
    >>> model = RandomForestClassifier(random_state=0)
    >>> canary_exposure(model.fit(canaries.X, canaries.y), canaries, random_state=0)
    CanaryExposure(mean 3.63 bits of 20 canaries, 1.44 if never seen, p-value 0.0001)
    >>> canary_exposure(model.fit(X, y), canaries, random_state=0)
    CanaryExposure(mean 1.19 bits of 20 canaries, 1.44 if never seen, p-value 0.94)
    """
    side = get_signal(signal).greater_is_member
    if side is None:
        raise ValueError(
            f"The signal {signal!r} of canary_exposure must be a number on one side of "
            "which members lie. Use 'loss', 'confidence' or another of one column."
        )
    seen, references = (
        observe(model, X, y, signals=signal).to_numpy()
        for X, y in (
            (canaries.X_canary, canaries.y_canary),
            (canaries.X_reference, canaries.y_reference),
        )
    )
    sign = 1 if side else -1
    seen, references = sign * seen[:, 0], sign * references[:, 0]
    found = exposure(seen, references, method=method)
    tested = set_membership_test(seen, references, random_state=random_state)
    return CanaryExposure(found, _unseen_mean(len(references)), tested.pvalue)


def _unseen_mean(n):
    """Mean exposure of one more canary like `n` references, without equal scores."""
    return math.log2(n + 1) - math.lgamma(n + 2) / math.log(2) / (n + 1)
