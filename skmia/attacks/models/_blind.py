"""BlindMI: candidates against a few non-members, without any shadow model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.svm import OneClassSVM
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from skmia.attacks.statistics._mmd import Discrepancy, gaussian_kernel
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, StrOptions, _fit_context
from skmia.utils._typing import RandomStateLike

KERNEL_WIDTHS = (
    *(1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 5, 10, 15, 20, 25, 30, 35),
    *(100, 1e3, 1e4, 1e5, 1e6),
)


class BlindAttack(BaseEstimator):
    """Split candidates so that members and non-members answer as differently as can be.

    The attack is transductive: it labels the candidates that it is fitted on, and the
    label of one depends on the others. Hence there is `fit_predict` and no `predict`,
    and no score to draw a ROC curve from. The labels say who is a member; they are no
    clusters that could be named either way.

    Parameters
    ----------
    variant : {"single", "bi", "one-class"}, default="single"
        "single": all candidates start as members; those whose move to the known
        non-members increases the distance between the two sets are expelled, all at
        once, until none is. "bi": start from the median of the largest probability
        and move candidates one by one, both ways, as long as the distance strictly
        increases. "one-class": members are the inliers of a one-class support vector
        machine fitted on the known non-members, see the notes.
    n_initial : int, default=1000
        Without known non-members, the candidates with the smallest largest
        probability stand in for them: so many, at most half of all. Not used by "bi".
    batch_size : int, default=1000
        Candidates that are compared with each other; more than that are dealt to
        batches at random. For "single" no more than there are known non-members,
        since one set that outweighs the other hides what a move does. Time and memory
        grow with its square.
    kernel_widths : sequence of float, default=KERNEL_WIDTHS
        Variances of the Gaussians whose sum is the kernel; by default the 19 of the
        authors' code, from 1e-6 to 1e6.
    floor : float, default=1e-4
        Squared distances below it count as equal, as in the authors' code.
    max_passes : int, default=100
        Bound on the passes over a batch.
    random_state : int, RandomState instance or None, default=None
        Seed of the batches; without effect when there is only one.

    Attributes
    ----------
    labels_ : ndarray of int of shape (n_samples,)
        1 = member, 0 = non-member.
    n_passes_ : int
        Passes over the batch that took most; `max_passes` if it was stopped.
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    ThresholdAttack : One threshold, learned from shadow models.

    Notes
    -----
    Level: observations, in the form of probabilities: "top_posterior", or "confidence"
    beside the two largest probabilities when the true labels are known. Threat model:
    full or top-3 posteriors of a batch of candidates; no shadow model, no member. The
    known non-members are records that the adversary made up (random or distorted
    features) and asked the target about.

    The distance is the biased squared maximum mean discrepancy. A batch without
    members, or of members only, is split all the same. Two differences from the
    authors' code: moves need a strict increase, so that the passes end, and "bi"
    tries candidates in the order of their largest probability, not of their rows.

    The one-class machine is used as in the authors' code, inliers of a fit on
    non-members being members. It works because its sigmoid kernel is no similarity: it
    grows with the length of the posterior, and confident posteriors are long. With few
    made-up records it may call everybody the same.

    References
    ----------
    B. Hui et al., "Practical Blind Membership Inference Attack via Differential
    Comparisons", NDSS 2021. arXiv:2101.01341.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import BlindAttack
    >>> Z = np.array([[0.99, 0.01], [0.6, 0.4], [0.98, 0.02], [0.58, 0.42]])
    >>> attack = BlindAttack(variant="bi")
    >>> attack.fit_predict(Z, nonmembers=[[0.55, 0.45], [0.65, 0.35]])
    array([1, 0, 1, 0])
    """

    _parameter_constraints = {
        "variant": [StrOptions({"single", "bi", "one-class"})],
        "n_initial": [COUNT],
        "batch_size": [COUNT],
        "kernel_widths": ["array-like"],
        "floor": [NOT_NEGATIVE],
        "max_passes": [COUNT],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        variant: Literal["single", "bi", "one-class"] = "single",
        n_initial: int = 1000,
        batch_size: int = 1000,
        kernel_widths: Sequence[float] = KERNEL_WIDTHS,
        floor: float = 1e-4,
        max_passes: int = 100,
        random_state: RandomStateLike = None,
    ) -> None:
        self.variant = variant
        self.n_initial = n_initial
        self.batch_size = batch_size
        self.kernel_widths = kernel_widths
        self.floor = floor
        self.max_passes = max_passes
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, Z: ArrayLike, y: object = None, *, nonmembers: ArrayLike | None = None
    ) -> Self:
        """Label the candidates.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations of the candidates.
        y : Ignored
            Not used, present for API consistency by convention.
        nonmembers : array-like of shape (n_nonmembers, n_columns), default=None
            Observations of records that are surely no members. None: see `n_initial`.

        Returns
        -------
        self : object
        """
        Z = validate_data(self, Z, dtype=np.float64)
        widths = self._check_widths()
        rng = check_random_state(self.random_state)
        self.labels_ = np.ones(len(Z), dtype=np.int64)
        self.n_passes_ = 0
        known, candidates = self._start(Z, nonmembers, rng)
        size = self.batch_size
        if self.variant == "single":
            size = min(size, max(1, len(known)))
        for batch in _deal(candidates, size, rng):
            self.labels_[batch] = self._split(Z[batch], known, widths)
        return self

    def fit_predict(
        self, Z: ArrayLike, y: object = None, *, nonmembers: ArrayLike | None = None
    ) -> NDArray[np.int_]:
        """Label the candidates.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations of the candidates.
        y : Ignored
            Not used, present for API consistency by convention.
        nonmembers : array-like of shape (n_nonmembers, n_columns), default=None
            Observations of records that are surely no members. None: see `n_initial`.

        Returns
        -------
        labels : ndarray of int of shape (n_samples,)
            1 = member, 0 = non-member.
        """
        return self.fit(Z, y, nonmembers=nonmembers).labels_

    def _check_widths(self):
        widths = np.asarray(self.kernel_widths, dtype=float)
        if widths.ndim != 1 or not len(widths) or not (widths > 0).all():
            raise ValueError(
                "The 'kernel_widths' parameter of BlindAttack must be a list of "
                f"positive numbers. Got {self.kernel_widths!r} instead."
            )
        return widths

    def _start(self, Z, nonmembers, rng):
        """Known non-members, and candidates by their largest probability.

        Of equal ones, as those of a tree, first those that say less of the true class,
        then as it comes: the order of the rows may be that of membership.
        """
        order = rng.permutation(len(Z))
        candidates = order[np.lexsort((Z[order].sum(axis=1), Z[order].max(axis=1)))]
        if nonmembers is not None:
            known = validate_data(self, nonmembers, reset=False, dtype=np.float64)
        elif self.variant == "bi":
            known = Z[:0]
        else:
            n_initial = min(self.n_initial, len(Z) // 2)
            initial, candidates = np.split(candidates, [n_initial])
            self.labels_[initial] = 0
            known = Z[initial]
        return known, candidates

    def _split(self, batch, known, widths):
        """Membership of a batch, ordered by largest probability."""
        if self.variant == "one-class":
            return _inliers(batch, known)
        kernel = gaussian_kernel(np.vstack([known, batch]), widths)
        n_known = len(known)
        member = np.arange(len(kernel)) >= n_known
        search = _expel
        if self.variant == "bi":
            confidence = batch.max(axis=1)
            member[n_known:] = confidence >= np.median(confidence)
            search = _exchange
        member, n_passes = search(kernel, n_known, member, self.floor, self.max_passes)
        self.n_passes_ = max(self.n_passes_, n_passes)
        return member[n_known:]


def _deal(candidates, size, rng):
    """Random batches of nearly equal size, each in the order of `candidates`."""
    n_batches = -(-len(candidates) // size)
    if n_batches < 2:
        return [candidates]
    dealt = np.array_split(rng.permutation(len(candidates)), n_batches)
    return [candidates[np.sort(part)] for part in dealt]


def _expel(kernel, n_known, member, floor, max_passes):
    """Expel members whose move to the known non-members increases the distance."""
    known = np.arange(len(kernel)) < n_known
    for n_passes in range(1, max_passes + 1):
        now = Discrepancy(kernel, known, member, floor=floor)
        rows = np.flatnonzero(member)
        expelled = rows[now.if_moved(rows) > now.value()]
        member[expelled] = False
        if not len(expelled):
            return member, n_passes
    return member, max_passes


def _exchange(kernel, n_known, member, floor, max_passes):
    """Move candidates one by one, both ways, while the distance increases."""
    for n_passes in range(1, max_passes + 1):
        # Anew in every pass, lest the rounding of many updates adds up.
        state = Discrepancy(kernel, ~member, member, floor=floor)
        for side in (False, True):
            for row in n_known + np.flatnonzero(member[n_known:] == side):
                if state.if_moved(np.array([row]))[0] > state.value():
                    state.move(row)
        if (state.right == member).all():
            return member, n_passes
        member = state.right
    return member, max_passes


def _inliers(batch, known):
    """Inliers of a one-class machine fitted on the known non-members."""
    if not len(known):
        return np.ones(len(batch), dtype=bool)
    machine = OneClassSVM(kernel="sigmoid", gamma="scale", nu=0.9)
    machine.random_state = 0  # no parameter, yet None draws from the global generator
    return machine.fit(known).predict(batch) > 0
