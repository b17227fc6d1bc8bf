"""One test of each record from several queries about others."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skmia.attacks.models._combined_pvalues import combine
from skmia.attacks.models._hypothesis import HypothesisTestAttack
from skmia.attacks.models._one_sided import SMALLEST_P


class IndirectTestAttack(HypothesisTestAttack):
    """Combine the tests of several queries that a record influences.

    .. versionadded:: 0.2

    Parameters
    ----------
    cdf : {"pchip", "ecdf", "normal"}, default="pchip"
        Distribution of the signal under the out models, see
        :class:`HypothesisTestAttack`.
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
    combine_pvalues_kost : The rule.
    skmia.attacks.evidence.Indirect : Chooses the queries.

    Notes
    -----
    Level: observations, one signal per query, from
    :meth:`skmia.ShadowModels.reference_observations` or
    :class:`~skmia.attacks.evidence.Indirect`. Threat model: that of these.

    The score is -log of the combined p-value; how much the queries of a record depend
    on each other is seen in its out models. Where the same models chose the queries,
    p-values of non-members are too small: take :meth:`predict`, whose threshold is
    learned on models in the place of the target.

    References
    ----------
    Y. Long et al., "A Pragmatic Approach to Membership Inferences on Machine Learning
    Models", IEEE EuroS&P 2020. J. T. Kost, M. P. McDermott, "Combining dependent
    P-values", Statistics & Probability Letters 60, 2002.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import IndirectTestAttack
    >>> names = ["a|target", "a|0", "a|1", "b|target", "b|0", "b|1"]
    >>> Z = pd.DataFrame([[3, 1, 2, 3, 2, 1], [1, 2, 3, 2, 3, 1]], columns=names)
    >>> attack = IndirectTestAttack(direction="higher").fit(Z, [1, 0])
    >>> attack.predict(Z)
    array([1, 0])
    """

    def pvalues(self, Z: ArrayLike) -> np.ndarray:
        """Combined p-values of "not a member".

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations, of one signal per query.

        Returns
        -------
        p : ndarray of shape (n_samples,)
            1 for a record that has no out model.
        """
        check_is_fitted(self)
        views = self._views(Z)
        p = [
            self._pvalues(view, sign)
            for view, (sign, _) in zip(views, self._states, strict=True)
        ]
        return self._combined(p, views)

    def _mean_score(self, views):
        """-log of the combined p-value, from those that rank best."""
        p = [
            self._ranking_pvalues(view, state)
            for view, state in zip(views, self._states, strict=True)
        ]
        return -np.log(np.maximum(self._combined(p, views), SMALLEST_P))

    def _combined(self, p, views):
        """One p-value per record, by how its queries depend on each other."""
        signs = [sign for sign, _ in self._states]
        signals = np.stack([view.reference for view in views], axis=2) * signs
        outside = ~views[0].in_models
        combined = combine(np.column_stack(p), signals, outside)
        return np.where(outside.any(axis=1), combined, 1.0)
