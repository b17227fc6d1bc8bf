"""A loose federation: every party trains alone, the service answers with the mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils import assert_all_finite, check_random_state, get_tags
from sklearn.utils.validation import check_is_fitted

from skmia.federated._split import parties_of
from skmia.utils._fitting import fit_clone
from skmia.utils._groups import number_groups
from skmia.utils._labels import aligned_posterior
from skmia.utils._parallel import in_parallel
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import JOBS, _fit_context
from skmia.utils._tags import pass_records_to
from skmia.utils._typing import (
    Classifier,
    MatrixLike,
    RandomStateLike,
)


class LooseFederation(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Classifiers of several parties, each trained on its own records only.

    The parties share what their models answer, never records or parameters. An
    outsider is given the mean of the posteriors; a party, or whoever computes the
    mean, sees the posterior of each.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimators : list of classifiers
        One for each party, as ``[DecisionTreeClassifier()] * 3`` for three of a kind;
        each needs ``predict_proba``. `fit` clones them.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of every model, and of the parties where `fit` is given none. It replaces
        the ``random_state`` of `estimators`.

    Attributes
    ----------
    estimators_ : list of classifiers
        The fitted models, one for each of `parties_`.
    parties_ : ndarray of shape (n_parties,)
        Names of the parties: those in ``groups`` in sorted order, or 0, 1, ...
    owner_ : ndarray of shape (n_samples,)
        The party that owns each training record. Only after `fit`.
    classes_ : ndarray of shape (n_classes,)
        Class labels of all parties, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    InsiderAttack : What an insider learns from the answers of the others.
    sklearn.ensemble.VotingClassifier : Fits all its models on the same records.

    Notes
    -----
    Without ``groups`` the records are dealt to the parties at random: as many to each,
    to within one, and of every class as many to each, to within one. A class that a
    party never saw has probability 0 in its answer, and so counts in the mean.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019, section 4.7. :arxiv:`1807.09173`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.federated import LooseFederation
    >>> X, y = load_iris(return_X_y=True)
    >>> federation = LooseFederation([DecisionTreeClassifier()] * 3, random_state=0)
    >>> federation.fit(X[::2], y[::2]).party_proba(X[1:3]).shape
    (3, 2, 3)
    >>> federation.predict_proba(X[1:3])
    array([[1., 0., 0.],
           [1., 0., 0.]])
    """

    _parameter_constraints = {
        "estimators": [list],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimators: Sequence[Classifier],
        *,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimators = estimators
        self.n_jobs = n_jobs
        self.random_state = random_state

    @property
    def n_features_in_(self) -> int:
        """Number of features seen by the model of the first party."""
        return self.estimators_[0].n_features_in_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the features, where the models were given names."""
        return self.estimators_[0].feature_names_in_

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit a clone of each party's classifier on the records of the party.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records of all parties, as the classifiers take them.
        y : array-like of shape (n_samples,)
            Class labels of any type.
        groups : array-like of shape (n_samples,), default=None
            The party that owns each record. In sorted order the parties belong to
            `estimators`. None: dealt at random, see the notes.

        Returns
        -------
        self : object
        """
        X, y, models, parties, owner, rng = self._dealt(X, y, groups)
        seeds = draw_seeds(rng, len(models))
        calls = [
            {"estimator": model, "rows": np.flatnonzero(owner == party), "seed": seed}
            for party, (model, seed) in enumerate(zip(models, seeds, strict=True))
        ]
        shared = {"X": X, "y": y}
        fitted = in_parallel(fit_clone, calls, shared=shared, n_jobs=self.n_jobs)
        self._keep(list(fitted), parties)
        self.owner_ = parties[owner]
        return self

    def _dealt(self, X, y, groups, alpha=None):
        """Records, models, names of parties, place of each owner; the generator."""
        if groups is not None:
            number_groups(type(self).__name__, groups)
        X, y, groups = check_labelled(X, y, groups)
        models = self._check_models(self.estimators)
        if not get_tags(self).input_tags.allow_nan:
            # Or a missing value passes where chance deals it to a model that takes it.
            assert_all_finite(X, input_name="X")
        rng = check_random_state(self.random_state)
        parties, owner = parties_of(y, groups, len(models), alpha, rng)
        if len(parties) != len(models):
            raise ValueError(
                "The records must belong to as many parties as there are "
                f"'estimators': {len(models)}. Got {len(parties)} parties, with "
                f"n_samples = {len(y)}."
            )
        return X, y, models, parties, owner, rng

    @classmethod
    def from_models(cls, models: Sequence[Classifier]) -> Self:
        """Federation of models that exist already.

        Parameters
        ----------
        models : list of fitted classifiers
            One for each party. They are asked as they are, and never trained.

        Returns
        -------
        federation : LooseFederation
            Fitted; its parties are 0, 1, ...
        """
        federation = cls([*models])
        models = federation._check_models(federation.estimators)
        for model in models:
            check_is_fitted(model)
        federation._keep(models, np.arange(len(models)))
        return federation

    def _check_models(self, models):
        lacking = [model for model in models if not hasattr(model, "predict_proba")]
        if lacking or not models:
            raise TypeError(
                f"The 'estimators' parameter of {type(self).__name__} must be a list "
                "of at least one classifier, all with predict_proba. Got "
                f"{models!r} instead."
            )
        return models

    def _keep(self, models, parties):
        """Fitted attributes, all at once: a fit that fails leaves nothing behind."""
        known = [model.classes_.tolist() for model in models]
        classes = np.unique(np.concatenate([model.classes_ for model in models]))
        if not set().union(*known) <= set(classes.tolist()):
            raise ValueError(
                "The models of a federation must have labels of one type. Got the "
                f"classes {known}."
            )
        vars(self).update(estimators_=models, parties_=parties, classes_=classes)

    def party_proba(self, X: MatrixLike) -> np.ndarray:
        """Posterior of every party: what an insider sees.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posteriors : ndarray of shape (n_parties, n_samples, n_classes)
            Parties are in the order of `parties_`, columns in that of `classes_`; 0
            for a class that the party never saw.
        """
        check_is_fitted(self)
        return np.stack(
            [aligned_posterior(model, X, self.classes_) for model in self.estimators_]
        )

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Mean of the parties' posteriors: what an outsider sees.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            Rows sum to 1; columns are in the order of `classes_`.
        """
        return self.party_proba(X).mean(axis=0)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Label of the largest entry of the mean; of equal ones the first class.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def __sklearn_tags__(self):
        tags = pass_records_to(super().__sklearn_tags__(), self.estimators)
        inner = [get_tags(model) for model in self.estimators]
        kinds = [own.classifier_tags for own in inner]
        tags.non_deterministic = any(own.non_deterministic for own in inner)
        tags.classifier_tags.multi_class = all(kind.multi_class for kind in kinds)
        tags.classifier_tags.poor_score = any(kind.poor_score for kind in kinds)
        return tags
