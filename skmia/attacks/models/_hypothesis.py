"""The hypothesis test of Long et al.: whom to attack, directly and indirectly."""

from numbers import Real

import numpy as np
from scipy.special import chdtrc
from sklearn.preprocessing import normalize
from sklearn.utils import check_array, gen_batches

from skmia.attacks.models._one_sided import (
    OneSidedAttack,
    by_blocks,
    normal_pvalues,
    pchip_pvalues,
    rank_pvalues,
)
from skmia.utils._sklearn import (
    COUNT,
    NOT_NEGATIVE,
    Interval,
    StrOptions,
    validate_params,
)

_TESTS = {"ecdf": rank_pvalues, "normal": normal_pvalues, "pchip": pchip_pvalues}
_BLOCK = 2000  # rows at once: bounds the memory of the distances


class HypothesisTestAttack(OneSidedAttack):
    """Test each record against models that were not trained on it.

    Parameters
    ----------
    cdf : {"pchip", "ecdf", "normal"}, default="pchip"
        Distribution of the signal under the out models: "ecdf" as observed, "pchip"
        interpolated between the observed values, "normal" a Gaussian, whose p-values
        may be smaller than ``1 / (N + 1)``.
    direction : {"auto", "higher", "lower"}, default="auto"
        Side on which members lie. "auto" learns it: the side on which the area under
        the ROC curve is at least one half.
    objective : {"advantage", "accuracy", "tpr_at_fpr"}, default="advantage"
        What the threshold maximises on the training observations: TPR - FPR, the
        fraction of right decisions, or TPR among the thresholds whose FPR is at most
        `fpr`. Among equals the strictest threshold is taken.
    fpr : float, default=0.01
        Bound for ``objective="tpr_at_fpr"``, a fraction.

    Attributes
    ----------
    threshold_ : float
        A record is called a member when its score is greater.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    select_vulnerable : Whom to attack.
    combine_pvalues_kost : One p-value from several queries.

    Notes
    -----
    Level: observations, of the signal "loss", from
    :meth:`skmia.ShadowModels.reference_observations`. Threat model: that of the
    signal, and reference models of the adversary's own; of those in a pool that
    contains the candidates, each record is compared with the ones not trained on it.

    The paper's decision is ``attack.pvalues(Z) <= 0.01``; :meth:`predict` takes a
    learned threshold instead. Every record is tested alone, so that to attack only
    the vulnerable ones is to ask about those rows only.

    The score is -log of a p-value that counts equal signals half, which ranks better,
    and that goes on falling with the distance beyond all out models, which a rank does
    not see. :meth:`pvalues` counts equals in full and stays at the rank. Then
    ``P(p <= u) <= u`` for non-members if `direction` is given: for "ecdf" and "pchip"
    whatever the signal, for "normal" if it is Gaussian.

    References
    ----------
    Y. Long et al., "A Pragmatic Approach to Membership Inferences on Machine Learning
    Models", IEEE EuroS&P 2020. Y. Long et al., "Understanding Membership Inferences
    on Well-Generalized Learning Models", 2018, arXiv:1802.04889.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import HypothesisTestAttack
    >>> loss = np.array([[0.1, 0.5, 0.7, 0.9], [0.6, 0.5, 0.7, 0.9]])
    >>> attack = HypothesisTestAttack(direction="lower").fit(loss, [1, 0])
    >>> attack.pvalues(loss).round(3)
    array([0.25 , 0.625])
    >>> attack.predict(loss)
    array([1, 0])
    """

    _parameter_constraints = OneSidedAttack._parameter_constraints | {
        "cdf": [StrOptions(set(_TESTS))]
    }

    def __init__(
        self, *, cdf="pchip", direction="auto", objective="advantage", fpr=0.01
    ):
        self.cdf = cdf
        self.direction = direction
        self.objective = objective
        self.fpr = fpr

    def _score(self, view, state):
        if self.cdf == "normal":  # knows distances by itself
            return -np.log(by_blocks(normal_pvalues, view, state[0], ties=0.5))
        return -np.log(self._ordered_pvalues(_TESTS[self.cdf], view, state))

    def _pvalues(self, view, sign):
        return by_blocks(_TESTS[self.cdf], view, sign)


@validate_params(
    representation=["array-like"],
    reference_representation=["array-like"],
    n_train=[COUNT],
    radius=[Interval(Real, 0, 2, closed="both")],
    max_neighbors=[NOT_NEGATIVE],
)
def select_vulnerable(
    representation,
    reference_representation,
    *,
    n_train,
    radius=0.5,
    max_neighbors=0.1,
):
    """Select the records that have hardly a neighbour in a training set.

    Parameters
    ----------
    representation : array-like of shape (n_records, n_dimensions)
        What reference models make of the candidates: their posteriors or hidden
        activations, side by side.
    reference_representation : array-like of shape (n_reference, n_dimensions)
        The same of records drawn like the target's training data.
    n_train : int
        Size of the target's training set.
    radius : float, default=0.5
        Neighbours are closer than this in cosine distance, which is 1 to a vector of
        zeros.
    max_neighbors : float, default=0.1
        Vulnerable are records with fewer expected neighbours in the training set.

    Returns
    -------
    vulnerable : ndarray of bool of shape (n_records,)

    Notes
    -----
    Level: records. A neighbour trains the model to say of the candidate what it says
    of a member. Expected are ``n_train / n_reference`` times as many neighbours as
    there are among the reference records.

    References
    ----------
    Y. Long et al., "A Pragmatic Approach to Membership Inferences on Machine Learning
    Models", IEEE EuroS&P 2020.

    Examples
    --------
    >>> from skmia.attacks import select_vulnerable
    >>> reference = [[1.0, 0.0], [0.9, 0.1], [0.8, 0.2]]
    >>> select_vulnerable([[1.0, 0.1], [0.0, 1.0]], reference, n_train=3)
    array([False,  True])
    """
    records = normalize(check_array(representation, dtype=np.float64))
    others = normalize(check_array(reference_representation, dtype=np.float64))
    n_neighbors = np.concatenate(
        [
            np.count_nonzero(1 - records[rows] @ others.T < radius, axis=1)
            for rows in gen_batches(len(records), _BLOCK)
        ]
    )
    return n_neighbors * n_train / len(others) < max_neighbors


def combine_pvalues_kost(pvalues, reference_losses):
    """Combine the p-values of dependent queries into one (Brown's method).

    Parameters
    ----------
    pvalues : array-like of shape (n_queries,) or (n_records, n_queries)
        One-sided p-values.
    reference_losses : array-like of shape (n_references, n_queries)
        Losses of the reference models on the queries: they show how much the queries
        depend on each other. Those without variance count as independent.

    Returns
    -------
    p : float or ndarray of shape (n_records,)

    Raises
    ------
    ValueError
        P-values beyond [0, 1], or of another number of queries than the losses.

    Notes
    -----
    Fisher's statistic is compared with a chi-square distribution that is scaled to
    have its variance under the dependence: Kost and McDermott's polynomial of the
    correlations. It is right for Gaussian statistics; queries that say the same add
    nothing, independent ones are combined by Fisher's method.

    For the indirect attack: ask about records that the candidate influences, never
    about the candidate itself.

    References
    ----------
    J. T. Kost, M. P. McDermott, "Combining dependent P-values", Statistics &
    Probability Letters 60, 2002, doi:10.1016/S0167-7152(02)00310-3. Y. Long et al.,
    "A Pragmatic Approach to Membership Inferences on Machine Learning Models", IEEE
    EuroS&P 2020.

    Examples
    --------
    >>> from skmia.attacks import combine_pvalues_kost
    >>> same = [[0.1, 0.2], [0.5, 0.6], [0.3, 0.4]]
    >>> round(combine_pvalues_kost([0.05, 0.05], same), 4)
    0.05
    >>> unrelated = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> round(combine_pvalues_kost([0.05, 0.05], unrelated), 4)
    0.0175
    """
    losses = check_array(reference_losses, dtype=np.float64)
    p = _check_pvalues(pvalues, losses.shape[1])
    fisher = -2 * np.log(np.maximum(p, np.finfo(float).tiny)).sum(axis=-1)
    mean = 2.0 * losses.shape[1]
    variance = 2 * mean + 2 * _kost_covariances(losses).sum()
    combined = chdtrc(2 * mean**2 / variance, fisher * 2 * mean / variance)
    return combined if combined.ndim else float(combined)


def _check_pvalues(pvalues, n_queries):
    p = np.asarray(pvalues, dtype=float)
    if p.ndim not in (1, 2) or p.shape[-1] != n_queries:
        raise ValueError(
            "The 'pvalues' parameter of combine_pvalues_kost must hold one value for "
            f"each of the {n_queries} queries of 'reference_losses'. Got the shape "
            f"{p.shape} instead."
        )
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(
            "The 'pvalues' parameter of combine_pvalues_kost must lie in [0, 1]. Got "
            f"{p[~((p >= 0) & (p <= 1))][0]} instead."
        )
    return p


def _kost_covariances(losses):
    """Covariances of -2 log p for each pair of queries, from their correlation."""
    deviations = losses - losses.mean(axis=0)
    unit = normalize(deviations, axis=0)
    rho = (unit.T @ unit)[np.triu_indices(losses.shape[1], k=1)]
    return 3.263 * rho + 0.710 * rho**2 + 0.027 * rho**3
