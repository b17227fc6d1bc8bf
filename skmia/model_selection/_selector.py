"""The most useful one of several models that leak no more than a cap."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.metrics import get_scorer_names
from sklearn.model_selection import StratifiedShuffleSplit, check_cv, cross_val_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.attacks import AttackRecipe
from skmia.exceptions import PrivacyLeakWarning
from skmia.game import MembershipGame
from skmia.metrics import game_scorer
from skmia.model_selection._front import pareto_front
from skmia.shadow._splitters import check_even
from skmia.utils._inside import is_frozen
from skmia.utils._random import draw_seeds, find_private, set_random_states
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import (
    FRACTION,
    JOBS,
    HasMethods,
    Interval,
    StrOptions,
    _fit_context,
    available_if,
)
from skmia.utils._tags import pass_records_to
from skmia.utils._typing import Classifier, CrossValidation, MatrixLike, RandomStateLike


def _is_candidate(item):
    return isinstance(item, tuple) and len(item) == 2 and hasattr(item[1], "fit")


def _has_scores(selector):
    models = [model for _, model in selector.estimators]
    if hasattr(selector, "estimator_"):
        models = [selector.estimator_]
    return all(hasattr(model, "predict_proba") for model in models)


class PrivacyAwareSelector(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Classifier that is the best of several ones which leak no more than a cap.

    Every candidate is scored on records that it was not trained on, and attacked in a
    :class:`~skmia.MembershipGame`. The most useful one whose leakage is at most the
    cap is trained on all records and released. Candidates may be defended models.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimators : list of (str, classifier)
        Candidates, each with a name of its own. `fit` clones them.
    scoring : str or callable, default="accuracy"
        Utility: a scorer of scikit-learn, higher is better.
    attack : classifier, str or AttackRecipe, default=None
        What the candidates are attacked with, as in :class:`~skmia.MembershipGame`.
        The shadow models are clones of the candidate: the attack is adaptive.
    max_leakage : float, default=0.05
        Cap for the mean advantage of the attack, from 0 to 1.
    cv : int, splitter or iterable, default=5
        Splits of the records. A candidate is trained on the train part and scored on
        the test part; in the game, the train part is the adversary's and the test
        part the victim's. An int is a number of random halves, stratified by label.
    n_shadows : int, default=10
        Shadow models of a game, even.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the splits, games and models, the same for every candidate. It
        replaces the ``random_state`` of the candidates.

    Attributes
    ----------
    best_name_ : str
        Name of the chosen candidate. Of equally useful ones it is the one that leaks
        less, then the first.
    results_ : DataFrame
        One row per candidate, by name. "utility" and "leakage" are means over the
        splits, "leakage_std" is the standard deviation over the splits, and
        "on_front" is as in :func:`pareto_front`.
    estimator_ : classifier
        The chosen candidate, fitted on all records. It belongs to the owner, not to
        the interface.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    skmia.grid.model_grid : Attack every model with shadow models of every other one.

    Notes
    -----
    Threat model: that of the attack. The leakage is its advantage, TPR - FPR, at a
    threshold learned from shadow models, on records of a victim who shares none with
    the adversary. Other attacks, and single records, may fare worse. It is an estimate
    of models trained on part of the records (a quarter, for an int `cv`), which leak
    more than those trained on all of them as a rule. It is noisy: take "leakage_std"
    into account, and play a game with fresh records to measure the chosen one.

    Selection is no defense by itself, and it reads the data: which candidate was
    chosen tells a little about the records. Differentially private candidates keep
    their noise (a None of theirs is never seeded), but the guarantee of the chosen one
    is that of its last fit only: `fit` warns with
    :class:`~skmia.exceptions.PrivacyLeakWarning`, and their accountant counts.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019. :arxiv:`1807.09173`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.model_selection import PrivacyAwareSelector
    >>> selector = PrivacyAwareSelector(
    ...     [("tree", DecisionTreeClassifier()), ("nb", GaussianNB())],
    ...     attack="gap",
    ...     max_leakage=0.1,
    ...     cv=2,
    ...     n_shadows=2,
    ...     random_state=0,
    ... )
    >>> selector.fit(*load_digits(return_X_y=True)).best_name_
    'nb'
    >>> (selector.results_["leakage"] < 0.1).to_dict()
    {'tree': False, 'nb': True}
    """

    _parameter_constraints = {
        "estimators": [list, tuple],
        "scoring": [StrOptions(set(get_scorer_names())), callable],
        "attack": [HasMethods(["fit", "predict"]), str, AttackRecipe, None],
        "max_leakage": [FRACTION],
        "cv": ["cv_object"],
        "n_shadows": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimators: Sequence[tuple[str, Classifier]],
        *,
        scoring: str | Callable[..., Any] = "accuracy",
        attack: Classifier | str | AttackRecipe | None = None,
        max_leakage: float = 0.05,
        cv: CrossValidation = 5,
        n_shadows: int = 10,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimators = estimators
        self.scoring = scoring
        self.attack = attack
        self.max_leakage = max_leakage
        self.cv = cv
        self.n_shadows = n_shadows
        self.n_jobs = n_jobs
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: ArrayLike) -> Self:
        """Measure the candidates, choose one and fit it on all records.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, as the candidates take them.
        y : array-like of shape (n_samples,)
            Class labels of any type.

        Returns
        -------
        self : object
        """
        self._check_candidates()
        check_even("PrivacyAwareSelector", "n_shadows", self.n_shadows)
        X, y = check_labelled(X, y)
        rng = check_random_state(self.random_state)
        split_seed, model_seed, game_seed = draw_seeds(rng, 3)
        cv = self.cv
        if isinstance(cv, Integral):
            cv = StratifiedShuffleSplit(cv, test_size=0.5, random_state=split_seed)
        splits = list(check_cv(cv, y, classifier=True).split(X, y))
        seeded = {
            name: set_random_states(clone(model), np.random.RandomState(model_seed))
            for name, model in self.estimators
        }
        results = pd.DataFrame.from_dict(
            {
                name: self._measure(model, X, y, splits, game_seed)
                for name, model in seeded.items()
            },
            orient="index",
        )
        results["on_front"] = pareto_front(results["utility"], results["leakage"])
        best = self._choose(results)
        model = seeded[best].fit(X, y)
        self.results_, self.best_name_, self.estimator_ = results, best, model
        return self

    def _check_candidates(self):
        names = {item[0] for item in self.estimators if _is_candidate(item)}
        if not names or len(names) < len(self.estimators):
            raise ValueError(
                "The 'estimators' parameter of PrivacyAwareSelector must hold at least "
                f"one (name, classifier), each name once. Got {self.estimators!r} "
                "instead."
            )
        frozen = [name for name, model in self.estimators if is_frozen(model)]
        if frozen:
            raise ValueError(
                "The 'estimators' parameter of PrivacyAwareSelector must hold models "
                f"that can be trained. Got frozen ones under the names {frozen}."
            )
        private = [name for name, model in self.estimators if find_private(model)]
        if private:
            warnings.warn(
                "PrivacyAwareSelector fits every candidate many times, and chooses by "
                "scores without noise: the epsilon of the private ones, "
                f"{private}, is that of one fit, not what is spent. An accountant "
                "counts the fits.",
                PrivacyLeakWarning,
                stacklevel=3,
            )

    def _measure(self, model, X, y, splits, seed):
        """Utility and leakage of one candidate, whatever the others are."""
        game = MembershipGame(
            model,
            attack=self.attack,
            n_shadows=self.n_shadows,
            n_jobs=self.n_jobs,
            random_state=seed,
        )
        utility, leakage = (
            cross_val_score(
                estimator, X, y, cv=splits, scoring=scoring, error_score="raise"
            )
            for estimator, scoring in (
                (model, self.scoring),
                (game, game_scorer("advantage")),
            )
        )
        return {
            "utility": utility.mean(),
            "leakage": leakage.mean(),
            "leakage_std": leakage.std(),
        }

    def _choose(self, results):
        """Name of the best candidate under the cap."""
        allowed = results[results["leakage"] <= self.max_leakage]
        if allowed.empty:
            measured = "; ".join(
                f"{row.Index}: utility {row.utility:.3f}, leakage {row.leakage:.3f}"
                for row in results.itertuples()
            )
            raise ValueError(
                f"No candidate leaks at most max_leakage={self.max_leakage}. Measured: "
                f"{measured}. Add defended candidates, or raise the cap."
            )
        order = ["utility", "leakage"]
        ranked = allowed.sort_values(order, ascending=[False, True], kind="stable")
        return ranked.index[0]

    @property
    def classes_(self) -> np.ndarray:
        """Class labels, in the order of the columns of a posterior."""
        return self.estimator_.classes_

    @property
    def n_features_in_(self) -> int:
        """Number of features seen by the chosen candidate."""
        return self.estimator_.n_features_in_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the features, where the chosen candidate was given names."""
        return self.estimator_.feature_names_in_

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Labels that the chosen candidate predicts.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    @available_if(_has_scores)
    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Posterior of the chosen candidate.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            Rows sum to 1; columns are in the order of `classes_`.
        """
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        return pass_records_to(tags, [model for _, model in self.estimators])
