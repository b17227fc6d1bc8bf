"""Attack-R: the rank of the target among models that never saw the record."""

from skmia.attacks.models._one_sided import OneSidedAttack, by_blocks, rank_pvalues


class ReferenceQuantileAttack(OneSidedAttack):
    """Attack-R: rank the target among models that were not trained on the record.

    Parameters
    ----------
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
    PopulationAttack : One threshold for all records, without references.
    HypothesisTestAttack : The same test, smoothed.

    Notes
    -----
    Level: observations, from :meth:`skmia.ShadowModels.reference_observations`. Threat
    model: that of the signal, and reference models; of those in a pool that contains
    the candidates, each record is compared with the ones not trained on it, so that
    references trained on disjoint data do as well.

    The score of a record with N out models is the share of them on the non-members'
    side of the target, equals counted half (mid-ranks): ``(below + equal / 2 + 1/2) /
    (N + 1)``. Beyond all out models it goes on with the distance from the nearest of
    them, by less than half of what leads to the next rank. Counting equals in full
    ranks worse, even worse than a coin, where they are common, as for trees and
    neighbours. :meth:`pvalues` counts them in full, since
    only then ``P(p <= u) <= u`` for non-members: ``attack.pvalues(Z) <= 0.01`` has an
    FPR of at most 1 % if `direction` is given, and calls nobody unless N is at least
    99. A record without an out model has the score one half.

    References
    ----------
    J. Ye et al., "Enhanced Membership Inference Attacks against Machine Learning
    Models", ACM CCS 2022, arXiv:2111.09679.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import ReferenceQuantileAttack
    >>> loss = np.array([[0.1, 0.5, 0.7, 0.9], [0.8, 0.5, 0.8, 0.9]])
    >>> attack = ReferenceQuantileAttack(direction="lower").fit(loss, [1, 0])
    >>> attack.predict(loss)
    array([1, 0])
    >>> attack.pvalues(loss)
    array([0.25, 0.75])
    """

    def _score(self, view, state):
        return 1 - self._ordered_pvalues(rank_pvalues, view, state)

    def _pvalues(self, view, sign):
        return by_blocks(rank_pvalues, view, sign)
