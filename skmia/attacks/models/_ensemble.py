"""Several attacks as one, combined by how rarely a non-member scores as high."""

from __future__ import annotations

import re
from collections.abc import Sequence
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.model_selection import check_cv
from sklearn.utils import _safe_indexing, check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.attacks.models._binary import BinaryAttackMixin
from skmia.utils._columns import column_index
from skmia.utils._cut import OBJECTIVES, best_cut
from skmia.utils._membership import encode_membership, membership_score
from skmia.utils._ranks import mid_ranks
from skmia.utils._sklearn import FRACTION, StrOptions, _fit_context
from skmia.utils._threads import few_threads
from skmia.utils._typing import CrossValidation


def _mean(ranks):
    return ranks.mean(axis=1)


def _max(ranks):
    return ranks.max(axis=1)


def _stouffer(ranks):
    return norm.ppf(ranks).sum(axis=1) / np.sqrt(ranks.shape[1])


_DTYPES = [np.float64, np.float32]
_COMBINE = {"max": _max, "mean": _mean, "stouffer": _stouffer}


class AttackEnsemble(MetaEstimatorMixin, BinaryAttackMixin, BaseEstimator):
    """Several attacks as one: each score becomes a rank among known non-members.

    Raw scores of different attacks have no common unit. The rank of a record under an
    attack, the share of non-members that score lower, has: at rank ``1 - fpr`` every
    attack has the same false positive rate. Each attack is fitted on the train part of
    a cross-validation split and its ranks are taken among the non-members of the test
    part, so that no attack is calibrated on observations that it was fitted on.

    Parameters
    ----------
    attacks : list of (str, classifier) or (str, classifier, columns)
        Named attacks, cloned for every split. Each sees all columns of the
        observations, or those that `columns` says: a name, an index, or a list of them.
    combine : {"mean", "max", "stouffer"}, default="mean"
        Score of a record from its ranks: their mean; the largest, which flags at a
        fixed false positive rate whatever any of the attacks flags (union); or the sum
        of the normal scores (Stouffer), which rewards agreement in the extremes.
    cv : int, splitter or iterable of (train, test), default=5
        Where attacks are fitted and where calibrated. To keep the observations of one
        record, or of one shadow model, on one side pass such splits.
    objective : {"advantage", "accuracy", "tpr_at_fpr"}, default="advantage"
        What the threshold maximises on the training observations: TPR - FPR, the
        fraction of right decisions, or TPR among the thresholds whose FPR is at most
        `fpr`. Among equals the strictest threshold is taken.
    fpr : float, default=0.01
        Bound for ``objective="tpr_at_fpr"``, a fraction.

    Attributes
    ----------
    attacks_ : list of dict of str to classifier
        The fitted attacks of each split, by name.
    threshold_ : float
        A record is called a member when its combined score is greater.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    sklearn.ensemble.VotingClassifier : Averages votes or probabilities.
    skmia.metrics.attack_agreement : Whether there is anything to combine.

    Notes
    -----
    Level: observations. Threat model: the strongest that any of the attacks has.

    Attacks that compare with reference models see the whole table, which may hold more
    of them than in ``fit``; for others name a column such as "loss|target".

    Ties count half in a rank, and ranks lie strictly between 0 and 1. With several
    splits the ranks of a record are averaged over them. A strictly increasing
    transformation of the score of an attack changes nothing.

    The threshold is learned on observations that the attacks had not been fitted on.
    A new observation is ranked by the attacks of all splits: where these disagree,
    its mean rank is less extreme than those that the threshold was learned on, and the
    false positive rate below the one asked for. With a single split, such as
    ``ShuffleSplit(1, test_size=0.5)``, both are of one kind.

    References
    ----------
    Z. Wang et al., "Membership Inference Attacks as Privacy Tools: Reliability,
    Disparity and Ensemble", ACM CCS 2025, arXiv:2506.13972. S. A. Stouffer et al., "The
    American Soldier", vol. 1, Princeton University Press 1949.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skmia.attacks import AttackEnsemble, ThresholdAttack
    >>> rng = np.random.RandomState(0)
    >>> member = np.repeat([0, 1], 100)
    >>> noise = rng.normal(size=(200, 2))
    >>> Z = pd.DataFrame(noise + 2 * member[:, None], columns=["margin", "gradient"])
    >>> attack = AttackEnsemble(
    ...     [
    ...         ("output", ThresholdAttack(), "margin"),
    ...         ("white-box", ThresholdAttack(), ["gradient"]),
    ...     ]
    ... )
    >>> attack.fit(Z, member).predict(Z[:3])
    array([0, 1, 0])
    >>> attack.ranks(Z[:3]).round(2)
       output  white-box
    0    0.90       0.58
    1    0.82       0.97
    2    0.91       0.18
    """

    _parameter_constraints = {
        "attacks": [list, tuple],
        "combine": [StrOptions(set(_COMBINE))],
        "cv": ["cv_object"],
        "objective": [StrOptions(OBJECTIVES)],
        "fpr": [FRACTION],
    }

    def __init__(
        self,
        attacks: Sequence[tuple[Any, ...]],
        *,
        combine: Literal["mean", "max", "stouffer"] = "mean",
        cv: CrossValidation = 5,
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.attacks = attacks
        self.combine = combine
        self.cv = cv
        self.objective = objective
        self.fpr = fpr

    @few_threads
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, Z: ArrayLike, y: ArrayLike) -> Self:
        """Fit and calibrate the attacks on every split, and learn the threshold.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.
        y : array-like of shape (n_samples,)
            Membership: 1 = member, 0 = non-member.

        Returns
        -------
        self : object
        """
        Z, y = validate_data(self, Z, y, dtype=_DTYPES)
        if hasattr(self, "feature_names_in_"):
            Z = pd.DataFrame(Z, columns=self.feature_names_in_)
        self.classes_, member = encode_membership(self, y)
        self._columns = self._resolve_columns()
        self.attacks_: list[Any] = []
        self._nonmember_scores: list[Any] = []
        total, times = np.zeros((len(y), len(self._columns))), np.zeros(len(y))
        for train, test in check_cv(self.cv, y, classifier=True).split(Z, y):
            _check_split(member[train], member[test])
            scores = self._fit_split(Z, y, member, train, test)
            total[test] += self._rank(scores, -1)
            times[test] += 1
        held_out = times > 0
        ranks = total[held_out] / times[held_out, None]
        score = _COMBINE[self.combine](ranks)
        self.threshold_ = best_cut(score, member[held_out], self.objective, self.fpr)
        return self

    def _resolve_columns(self):
        """Positions of the columns that each attack sees, by its name."""
        names = [item[0] for item in self.attacks]
        if not names or len(set(names)) < len(names):
            raise ValueError(
                "The 'attacks' parameter of AttackEnsemble must hold at least one "
                f"attack, each with a name of its own. Got the names {names}."
            )
        return {name: self._resolve(*columns) for name, _, *columns in self.attacks}

    def _resolve(self, columns=None):
        """Names (or positions, without names) of some columns; None for all."""
        if columns is None:
            return None
        names = getattr(self, "feature_names_in_", None)
        columns = [columns] if isinstance(columns, str | Integral) else columns
        positions = [column_index(self, c) for c in columns]
        return positions if names is None else list(names[positions])

    def _fit_split(self, Z, y, member, train, test):
        """Fit the attacks on one part; scores of the other, (n_test, n_attacks)."""
        seen = _safe_indexing(Z, train)
        models = {
            name: clone(attack).fit(self._view(seen, name), y[train])
            for name, attack, *_ in self.attacks
        }
        self.attacks_.append(models)
        scores = self._scores(_safe_indexing(Z, test), models)
        self._nonmember_scores.append(np.sort(scores[member[test] == 0], axis=0))
        return scores

    def _view(self, Z, name):
        """The observations as one of the attacks sees them."""
        columns = self._columns[name]
        return Z if columns is None else _safe_indexing(Z, columns, axis=1)

    def _scores(self, Z, models):
        return np.column_stack(
            [membership_score(m, self._view(Z, name)) for name, m in models.items()]
        )

    def _rank(self, scores, split):
        """Ranks of scores among those of the non-members that calibrate a split."""
        nonmembers = self._nonmember_scores[split]
        return np.column_stack(
            [_rank_among(*pair) for pair in zip(nonmembers.T, scores.T, strict=True)]
        )

    @few_threads
    def ranks(self, Z: ArrayLike) -> pd.DataFrame:
        """Share of the non-members that score lower, under each attack.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        ranks : DataFrame of shape (n_samples, n_attacks)
            Strictly between 0 and 1, one column per attack. ``ranks > 1 - fpr`` flags
            at a false positive rate of about `fpr`. The index is that of `Z` if it has
            one.
        """
        check_is_fitted(self)
        index = getattr(Z, "index", None) if hasattr(Z, "iloc") else None
        Z = self._check_observations(Z)
        ranks = [
            self._rank(self._scores(Z, models), split)
            for split, models in enumerate(self.attacks_)
        ]
        return pd.DataFrame(
            np.mean(ranks, axis=0), columns=list(self._columns), index=index
        )

    def _check_observations(self, Z):
        """Observations to score: with any number of reference models, if named."""
        names = getattr(self, "feature_names_in_", None)
        if names is not None and hasattr(Z, "columns") and self._has_columns(Z.columns):
            return pd.DataFrame(check_array(Z, dtype=_DTYPES), columns=Z.columns)
        Z = validate_data(self, Z, reset=False, dtype=_DTYPES)
        return Z if names is None else pd.DataFrame(Z, columns=names)

    def _has_columns(self, names):
        """Whether names are those of ``fit``, up to the number of reference models."""
        wanted = {c for columns in self._columns.values() for c in columns or ()}
        fixed = _without_references(names)
        known = _without_references(self.feature_names_in_)
        return fixed == known and wanted.issubset(names)

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Combined score relative to the threshold: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        ranks = self.ranks(Z).to_numpy()
        return _COMBINE[self.combine](ranks) - self.threshold_


def _without_references(names):
    return [name for name in names if not re.fullmatch(r".+\|\d+", str(name))]


def _rank_among(reference, scores):
    """Mid-rank of each score in the sorted `reference`, strictly within (0, 1)."""
    return (mid_ranks(reference, scores) + 0.5) / (len(reference) + 1)


def _check_split(train, test):
    """Attacks need both kinds to be fitted, and non-members to be calibrated."""
    if len(np.unique(train)) < 2 or test.all():
        raise ValueError(
            "Every split of AttackEnsemble needs members and non-members in its train "
            "part, and a non-member in its test part. Got "
            f"{np.bincount(train, minlength=2).tolist()} and "
            f"{np.bincount(test, minlength=2).tolist()} non-members and members in one "
            "of them: set 'cv' to fewer splits, or to stratified ones."
        )
