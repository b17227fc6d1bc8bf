"""RMIA: ratios of likelihoods, compared with those of other people."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from skmia.attacks.models._reference import ReferenceAttack
from skmia.attacks.statistics._ranks import tie_break
from skmia.utils._sklearn import FRACTION, POSITIVE, StrOptions

# The authors' value where nothing is known, first: it is kept where others are no
# better, as for trees, whose answers are 0 and 1.
_DEFAULT_A = 0.3
_GRID_OF_A = (_DEFAULT_A, *(i / 10 for i in (0, 1, 2, 4, 5, 6, 7, 8, 9, 10)))


def relative_score(
    log_ratio: ArrayLike, population_log_ratio: ArrayLike, gamma: float = 1.0
) -> np.ndarray:
    """Fraction of a population that each record dominates.

    Parameters
    ----------
    log_ratio : array-like of shape (n_records,)
        Logarithm of R(x): of the probability of the record under the target, relative
        to that under models in general.
    population_log_ratio : array-like of shape (n_population,)
        Logarithm of R(z) of records that are not members.
    gamma : float > 0, default=1.0
        How much larger R(x) must be.

    Returns
    -------
    score : ndarray of shape (n_records,)
        Fraction of z with R(x) / R(z) strictly greater than `gamma`: multiples of
        ``1 / n_population`` in [0, 1].

    Raises
    ------
    ValueError
        The population is empty, or `gamma` is not positive.

    Notes
    -----
    One sort and one search: (n + m) log m steps for n records and m of the
    population.

    References
    ----------
    S. Zarifzadeh, P. Liu, R. Shokri, "Low-Cost High-Power Membership Inference
    Attacks", ICML 2024, arXiv:2312.03262.

    Examples
    --------
    >>> from skmia.attacks import relative_score
    >>> relative_score([0.0, 0.5, 2.0], [0.0, 1.0, -1.0, 0.5])
    array([0.25, 0.5 , 1.  ])
    """
    population = np.sort(np.asarray(population_log_ratio, dtype=float))
    if not len(population):
        raise ValueError(
            "The 'population_log_ratio' parameter of relative_score must hold at least "
            "one record. Got none."
        )
    if not gamma > 0:
        raise ValueError(
            "The 'gamma' parameter of relative_score must be a float greater than 0. "
            f"Got {gamma!r} instead."
        )
    log_ratio = np.asarray(log_ratio, dtype=float)
    return _n_dominated(log_ratio, population, gamma) / len(population)


def _n_dominated(log_ratio, population, gamma):
    """Number of a sorted population that each record dominates."""
    return np.searchsorted(population, log_ratio - np.log(gamma), side="left")


def mean_probability(reference, inside, a, online=True):
    """Probability of each record under a model that has it or not, at even odds.

    Parameters
    ----------
    reference : ndarray of shape (n_records, n_references)
        Probability of the true class.
    inside : ndarray of bool of shape (n_records, n_references)
        Which reference was trained on which record.
    a : float
        In models are taken to say ``a * p_out + 1 - a`` where there is none; where
        there are no out models, the line is read backwards.
    online : bool or ndarray of bool of shape (n_records,), default=True
        Whether to use the in models of records that have out models.

    Returns
    -------
    p : ndarray of shape (n_records,)
        Half the mean of the in models plus half the mean of the out models.
    """
    return _mean_of_sides(_sides(reference, inside), a, online)


def _sides(reference, inside):
    """Mean of the in and of the out models of each record, and where there are any."""
    return *_masked_mean(reference, inside), *_masked_mean(reference, ~inside)


def _mean_of_sides(sides, a, online):
    p_in, has_in, p_out, has_out = sides
    slope = a or _DEFAULT_A  # the line of a = 0 is level: nothing to read backwards
    backwards = np.clip((p_in + slope - 1) / slope, 0, np.maximum(p_in, 0))
    p_out = np.where(has_out, p_out, backwards)
    use_in = has_in & (online | ~has_out)
    return (np.where(use_in, p_in, a * p_out + 1 - a) + p_out) / 2


def _masked_mean(values, mask):
    """Mean of the chosen values of each row (0 for none), and whether there are any."""
    n_chosen = np.count_nonzero(mask, axis=1)
    total = np.einsum("ij,ij->i", values, mask, dtype=float)
    return total / np.maximum(n_chosen, 1), n_chosen > 0


class RelativeAttack(ReferenceAttack):
    """RMIA: compare the record's likelihood ratio with those of non-members.

    R(x) is the probability of the true class under the target over that under models
    in general. The score is the fraction of non-members z with R(x) > gamma R(z).

    Parameters
    ----------
    mode : {"auto", "online", "offline"}, default="auto"
        "online" takes models in general as half the mean of the references that were
        trained on the record plus half the mean of the others. "offline" replaces the
        former by ``a * p_out + 1 - a``, from the others. "auto" is online for records
        with references of both kinds, if there were such records in ``fit``; online
        records are compared with online non-members, others with offline ones.
    gamma : float > 0, default=1.0
        How much R(x) must be larger. 1, as in the authors' current tool, also works
        for targets that answer 0 or 1, where 2, as in the paper, is never exceeded.
        It changes the scale of the score, not the ranking.
    a : float in [0, 1] or "auto", default="auto"
        How models inflate the probability of their members: 1 not at all, 0 all the
        way to 1. "auto" takes the value with the largest area under the ROC curve on
        the observations seen in ``fit``, scored offline; among equals 0.3. Only used
        offline, and for records that have no in or no out reference.
    floor : float > 0, default=1e-30
        Smallest probability in a ratio.
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
    relative_score : The fraction itself, on arrays.
    ReferenceQuantileAttack : Rank of the target among the references.

    Notes
    -----
    Level: observations, of the signal "confidence", from
    :meth:`skmia.ShadowModels.reference_observations`. Threat model: posterior and true
    label. Online: an auditor, whose references were trained on random halves of a pool
    that contains the candidates. Offline: references trained on data of the
    adversary's own, without the candidates.

    The population are the non-members among the observations seen in ``fit``, which
    must not be those that are audited: fit on
    :meth:`skmia.ShadowModels.pseudo_observations`, whose non-members are known. With
    pool references, a candidate then also stands in the population with what other
    models say of it; compared with an equal it does not win.

    A fraction has few values, and ties where low false positive rates are decided.
    The score is therefore (k + t) / (M + 1) for k of M non-members, with t in (0, 1)
    increasing in R(x): in [0, 1], and the order of R(x) among equals.

    `a` is chosen as in the paper, with a shadow model in the place of the target. That
    is worth AUC where members do not reach a probability of 1, as with neighbours and
    logistic regression: ``benchmarks/bench_references_apart.py``.

    References
    ----------
    S. Zarifzadeh, P. Liu, R. Shokri, "Low-Cost High-Power Membership Inference
    Attacks", ICML 2024, arXiv:2312.03262.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import RelativeAttack
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0)
    >>> shadows = ShadowModels(tree, n_shadows=8, random_state=0).fit(X, y)
    >>> Z, member, _ = shadows.pseudo_observations("confidence", n_targets=2)
    >>> attack = RelativeAttack().fit(Z, member)
    >>> target = tree.fit(X[::2], y[::2])
    >>> Z = shadows.reference_observations(target, "confidence")
    >>> called = attack.predict(Z)
    >>> bool(called[::2].mean() > called[1::2].mean() + 0.1)
    True
    """

    _parameter_constraints = ReferenceAttack._parameter_constraints | {
        "mode": [StrOptions({"auto", "online", "offline"})],
        "gamma": [POSITIVE],
        "a": [FRACTION, StrOptions({"auto"})],
        "floor": [POSITIVE],
    }

    def __init__(
        self,
        *,
        mode: Literal["auto", "online", "offline"] = "auto",
        gamma: float = 1.0,
        a: float | Literal["auto"] = "auto",
        floor: float = 1e-30,
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.mode = mode
        self.gamma = gamma
        self.a = a
        self.floor = floor
        self.objective = objective
        self.fpr = fpr

    def _learn(self, view, member):
        """Inflation `a`, and the sorted log ratios of non-members, off- and online."""
        sides, log_p = self._sides(view), self._log(view.target)

        def log_ratio(a, online=False):
            return log_p - self._log(_mean_of_sides(sides, a, online))

        a = self.a
        if a == "auto":
            # The sum of the members' ranks grows with the area under the curve.
            ranks = [rankdata(log_ratio(a))[member == 1].sum() for a in _GRID_OF_A]
            a = _GRID_OF_A[int(np.argmax(ranks))]
        offline = np.sort(log_ratio(a)[member == 0])
        online = self._has_both(sides) & (member == 0)
        return a, offline, np.sort(log_ratio(a, online)[online])

    def _has_both(self, sides):
        """Which records have in and out models, where in models are to be used."""
        _, has_in, _, has_out = sides
        return has_in & has_out & (self.mode != "offline")

    def _score(self, view, state):
        a, *populations = state
        sides = self._sides(view)
        online = self._has_both(sides) & (len(populations[1]) > 0)
        general = _mean_of_sides(sides, a, online)
        log_ratio = self._log(view.target) - self._log(general)
        score = tie_break(log_ratio)
        for rows, population in zip((~online, online), populations, strict=True):
            score[rows] += _n_dominated(log_ratio[rows], population, self.gamma)
            score[rows] /= len(population) + 1
        return score

    def _sides(self, view):
        if view.inside is None and self.mode == "online":
            raise ValueError(
                "The 'mode' parameter of RelativeAttack must be 'auto' or 'offline' "
                "for observations that do not say which reference was trained on "
                "which record. Got 'online' instead."
            )
        return _sides(view.reference, view.in_models)

    def _log(self, p):
        return np.log(np.maximum(p, self.floor, dtype=float))
