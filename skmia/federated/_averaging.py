"""Federated averaging: parties train one model together and keep their records."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils import _safe_indexing, assert_all_finite, check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.federated._aggregation import Aggregator, begin_aggregation, hidden_by
from skmia.federated._history import History
from skmia.federated._hooks import Hook
from skmia.federated._learners import learner_of
from skmia.federated._local_training import local_training
from skmia.federated._round import play
from skmia.federated._split import parties_of
from skmia.utils._groups import number_groups
from skmia.utils._labels import aligned_posterior
from skmia.utils._random import draw_seeds, draws_secret_noise
from skmia.utils._records import check_labelled
from skmia.utils._secret_stream import fresh_random_state
from skmia.utils._sklearn import (
    COUNT,
    POSITIVE,
    HasMethods,
    Interval,
    StrOptions,
    _fit_context,
    available_if,
)
from skmia.utils._tags import pass_records_to
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike

if TYPE_CHECKING:
    from skmia.federated._dp_fedavg import DPFedAvg
    from skmia.federated._secure_aggregation import SecureAggregation


def _shows_uploads(federation):
    return "uploads_" not in hidden_by(federation.aggregator)


class Federation(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """A model that parties train together, sending parameters and never records.

    In each round the server broadcasts a model, some parties train it on their own
    records, and the server averages what they upload. Everything that was sent stays
    in a history, which is what insiders see.

    Works on *records*: `X` holds features, `y` class labels.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    estimator : classifier
        What is trained: an ``MLPClassifier``, without hidden layers for softmax
        regression; an ``SGDClassifier`` of constant rate, for "fedavg" only; or a
        :class:`skmia.neural.NetClassifier`.
    algorithm : {"fedavg", "fedsgd"}, default="fedavg"
        What a party does in a round. "fedavg": `local_epochs` passes over its records,
        as `estimator` takes them. "fedsgd": one step by the gradient of all of its
        records at once.
    n_parties : int, default=4
        Number of parties, where `fit` is not told whose the records are.
    alpha : float, default=None
        Label skew of these parties, see :func:`dirichlet_split`. None: all have as many
        records of each class, to within one.
    n_rounds : int, default=20
        Number of rounds.
    local_epochs : int, default=1
        Passes of a party over its records in each round.
    client_fraction : float, default=1.0
        Share of the parties that take part in a round, at least one of them. Of
        :class:`DPFedAvg` the chance of each.
    averaging : {"weighted", "plain"}, default="weighted"
        Whether parties count by their number of records, or alike.
    hooks : list of Hook, default=()
        Who changes messages on their way, in this order; see :class:`Hook`.
    aggregator : SecureAggregation or DPFedAvg, default=None
        How the server makes one model of the uploads of a round, where not by their
        mean, and which of them it does not see.
    random_state : int, RandomState instance or None, default=None
        Seed of the parties, of who takes part, of the initial model and of all
        training. It replaces the ``random_state`` of `estimator`. Noise that a
        guarantee stands on has none of it.

    Attributes
    ----------
    model_ : classifier
        The model after the last round.
    initial_ : classifier
        The model before the first round.
    rounds_ : sequence of n_rounds classifiers
        The model after each round: what every party sees.
    broadcasts_ : list of n_rounds sequences of classifiers
        What was sent to the parties that took part.
    uploads_ : list of n_rounds sequences of classifiers
        What these sent: what the server sees. Of "fedsgd" the model broadcast, less the
        rate times the gradient of the party.
    participants_ : list of n_rounds ndarrays of int
        Places among `parties_` of those that took part, in the order of what was sent.
        These three are not there where an `aggregator` hides them, nor is `owner_`
        with :class:`DPFedAvg`, which does not tell how many records a party has.
    epsilon_, replace_epsilon_, delta_ : float
        The guarantee, where there is one: of :class:`DPFedAvg` for parties, of
        :class:`~skmia.neural.objectives.DPSGD` in every party for records.
    hooks_ : list of Hook
        Who changed messages of this history.
    parties_ : ndarray of shape (n_parties,)
        Names of the parties: those in ``groups`` in sorted order, or 0, 1, ... of those
        that have a record.
    owner_ : ndarray of shape (n_samples,)
        The party that owns each training record.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of str
        Names of the features, if the records came with names.

    See Also
    --------
    LooseFederation : Parties share answers, not parameters.
    SourceInferenceAttack : Names the party that owns a record.
    SecureAggregation, DPFedAvg : Mitigations of the server.
    NoisyUploads, SharedFeatures : Of the parties.
    skmia.attacks.evidence.Rounds : Membership, as insiders see it.

    Notes
    -----
    Only parameters are averaged. What an optimizer remembers (momentum, moments of
    Adam) begins anew in each round, and schedules of the rate are refused. A history
    beyond 64 MB lies in a temporary file and is read when a model is looked at.

    A guarantee is of parties as they are, so give ``groups``. Where records are dealt,
    that is done without a look at them, but with `alpha`, by label: that is a
    simulation, in which one record may move others.

    With "fedsgd", weights, no penalty and no hook the rounds are steps of gradient
    descent on all records. A penalty of ``MLPClassifier`` is divided by the number of
    records, so that it counts more in small parties.

    References
    ----------
    B. McMahan et al., "Communication-Efficient Learning of Deep Networks from
    Decentralized Data", AISTATS 2017. :arxiv:`1602.05629`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = MLPClassifier((), solver="sgd", learning_rate_init=0.1)
    >>> federation = Federation(learner, n_parties=3, local_epochs=2, random_state=0)
    >>> federation.fit(X[::2] / 16, y[::2]).score(X[1::2] / 16, y[1::2]) > 0.9
    True
    >>> len(federation.rounds_), len(federation.uploads_[0])
    (20, 3)
    """

    _parameter_constraints = {
        "estimator": [HasMethods("fit")],
        "algorithm": [StrOptions({"fedavg", "fedsgd"})],
        "n_parties": [COUNT],
        "alpha": [POSITIVE, None],
        "n_rounds": [COUNT],
        "local_epochs": [COUNT],
        "client_fraction": [Interval(Real, 0, 1, closed="right")],
        "averaging": [StrOptions({"weighted", "plain"})],
        "hooks": [list, tuple],
        "aggregator": [Aggregator, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        algorithm: Literal["fedavg", "fedsgd"] = "fedavg",
        n_parties: int = 4,
        alpha: float | None = None,
        n_rounds: int = 20,
        local_epochs: int = 1,
        client_fraction: float = 1.0,
        averaging: Literal["weighted", "plain"] = "weighted",
        hooks: Sequence[Hook] = (),
        aggregator: SecureAggregation | DPFedAvg | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.algorithm = algorithm
        self.n_parties = n_parties
        self.alpha = alpha
        self.n_rounds = n_rounds
        self.local_epochs = local_epochs
        self.client_fraction = client_fraction
        self.averaging = averaging
        self.hooks = hooks
        self.aggregator = aggregator
        self.random_state = random_state

    @property
    def _draws_secret_noise(self):
        """Whether a guarantee stands on noise of the server or of the parties."""
        return any(map(draws_secret_noise, (self.aggregator, self.estimator)))

    @property
    def n_features_in_(self) -> int:
        """Number of features seen by the model."""
        return self.model_.n_features_in_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the features, where the model was given names."""
        return self.model_.feature_names_in_

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Train the model for all rounds.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records of all parties, as `estimator` takes them.
        y : array-like of shape (n_samples,)
            Class labels of any type.
        groups : array-like of shape (n_samples,), default=None
            The party that owns each record. None: `n_parties` are dealt them.

        Returns
        -------
        self : object
        """
        if groups is not None:
            number_groups("Federation", groups)
        X, y, groups = check_labelled(X, y, groups)
        learner = self._learner()
        training = local_training(self)
        declares: Any = (
            self.aggregator if draws_secret_noise(self.aggregator) else training
        )
        classes = declares._known_classes(y)
        if len(classes) < 2:
            raise ValueError(
                "Federation needs at least two classes in y. Got one class only: "
                f"{classes.tolist()}."
            )
        assert_all_finite(X, input_name="X")
        private = self._draws_secret_noise
        rng = (fresh_random_state if private else check_random_state)(self.random_state)
        initial = learner.start(training.estimator, X, y, classes, draw_seeds(rng))
        # Dealt by label, records would have their party from the labels of others.
        labels = np.zeros(len(y)) if private and self.alpha is None else y
        parties, place = parties_of(labels, groups, self.n_parties, self.alpha, rng)
        for hook in self.hooks:
            hook.check(len(parties))
        rows = [np.flatnonzero(place == party) for party in range(len(parties))]
        data = [(_safe_indexing(X, part), y[part]) for part in rows]
        aggregation, learned = begin_aggregation(self, len(parties))
        learned |= training.begin([len(part) for part in rows])
        hides = hidden_by(self.aggregator)
        history = History(initial, learner, aggregation, hides)
        for round_ in range(self.n_rounds):
            play(self, round_, history, data, training, rng)
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)
        learned |= history.learned() | {
            "hooks_": list(self.hooks),
            "parties_": parties,
            "owner_": parties[place],
            "classes_": classes,
        }
        self.__dict__.update({k: v for k, v in learned.items() if k not in hides})
        return self

    def _learner(self):
        learner = learner_of(self.estimator)
        learner.check(self.estimator)
        if not all(isinstance(hook, Hook) for hook in self.hooks):
            raise TypeError(
                "The 'hooks' parameter of Federation must be a list of some Hook. Got "
                f"{self.hooks!r} instead."
            )
        if self.algorithm == "fedsgd" and not learner.batches:
            raise ValueError(
                "The algorithm 'fedsgd' of Federation takes steps by the gradient of "
                "many records, and an SGDClassifier one at every record: take "
                "MLPClassifier((), solver='sgd'), softmax regression."
            )
        return learner

    @available_if(_shows_uploads)
    def party_proba(self, X: MatrixLike) -> np.ndarray:
        """Posterior of what each party uploaded last: what the server can see.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posteriors : ndarray of shape (n_parties, n_samples, n_classes)
            Parties are in the order of `parties_`; one that never took part has the
            model before the first round.
        """
        check_is_fitted(self)
        models = [self._last_upload(party) for party in range(len(self.parties_))]
        return np.stack([aligned_posterior(one, X, self.classes_) for one in models])

    def _last_upload(self, party):
        """What a party sent when it last took part, or the model before the first."""
        for parties, models in zip(
            self.participants_[::-1], self.uploads_[::-1], strict=True
        ):
            if party in parties:
                return models[int(np.flatnonzero(parties == party)[0])]
        return self.initial_

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Posterior of the model after the last round.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self.model_.predict_proba(X)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Most probable class.

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
        return pass_records_to(super().__sklearn_tags__(), [self.estimator])
