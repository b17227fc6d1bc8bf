"""Source inference: the party that a known training record comes from."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.federated._owners import OwnerAttack
from skmia.utils._kinds import name_of
from skmia.utils._labels import aligned_posterior, encode_labels
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_labelled
from skmia.utils._secret_stream import secret_key
from skmia.utils._sklearn import HasMethods, _fit_context
from skmia.utils._tags import pass_records_to
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike

if TYPE_CHECKING:
    from skmia.federated._averaging import Federation
    from skmia.federated._distillation import FederatedDistillation
    from skmia.federated._federation import LooseFederation

# What stands for the probability of a class that a party never saw.
_FLOOR = 1e-12


class SourceInferenceAttack(OwnerAttack):
    """Name the party whose local models have the smallest loss on a record.

    The server sees what each party uploads, and knows that a record was trained on by
    one of them: its model fits the record best.

    Works on *records*: `X` holds features, `y` class labels.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    federation : Federation, LooseFederation or FederatedDistillation
        The fitted federation under attack, asked as it is. A clone of the attack holds
        an unfitted one, unless it is a :class:`~sklearn.frozen.FrozenEstimator`.
    rounds : list of int, default=None
        Rounds whose uploads are looked at; ``[-1]`` is the last. None: all of them. Of
        a federation whose parties are asked there is one.
    surrogate : classifier, default=None
        What the server trains, for each party, on the scores that it shared in a round
        of a `FederatedDistillation`. None: it asks the parties, see Notes.
    random_state : int, RandomState instance or None, default=None
        Seed of the choice between equals.

    Attributes
    ----------
    n_features_in_ : int
        Number of features of the records, where `fit` was given any.
    feature_names_in_ : ndarray of str
        Names of the features, if these records came with names.

    See Also
    --------
    InsiderAttack : Compares parties that share answers.
    owner_accuracy : An interval, and what a guess reaches.

    Notes
    -----
    Threat model: an honest but curious server, which changes nothing. The score of a
    party is minus the mean loss of its uploads in `rounds`: by Bayes' rule, where all
    parties are as likely to own the record, and the probability that a record was
    trained on falls with its loss. The authors report the best round, which takes known
    owners to choose; here it is the mean of all.

    Parties of a `FederatedDistillation` share scores on public records, and two servers
    are possible. With a `surrogate` it is the honest one of the second paper: it knows
    the public records and what was said of them in each round, and the loss of a
    party is that of a model that imitates it; where the record is itself a public one,
    that of the score. Without, it asks each party about the record, as it could if it
    put it among the public records of one more round: there is nothing to imitate,
    and the parties could see that the record is there.

    A party that took part in none of the rounds has score minus infinity.

    References
    ----------
    H. Hu, Z. Salcic, L. Sun, G. Dobbie, X. Zhang, "Source Inference Attacks in
    Federated Learning", ICDM 2021. :arxiv:`2109.05659`

    H. Hu, X. Zhang, Z. Salcic, L. Sun, K.-K. R. Choo, G. Dobbie, "Source Inference
    Attacks: Beyond Membership Inference Attacks in Federated Learning", 2023.
    :arxiv:`2310.00222`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation, SourceInferenceAttack, owner_accuracy
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = MLPClassifier((), solver="sgd", learning_rate_init=0.1)
    >>> federation = Federation(learner, alpha=0.5, local_epochs=5, random_state=0)
    >>> owner = federation.fit(X / 16, y).owner_
    >>> server = SourceInferenceAttack(federation, random_state=0).fit()
    >>> found = owner_accuracy(owner, server.predict_owner(X / 16, y), 4)
    >>> found.low > found.largest > found.chance
    True
    """

    _parameter_constraints = {
        "federation": [HasMethods("party_proba")],
        "rounds": [list, None],
        "surrogate": [HasMethods("fit"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        federation: Federation | LooseFederation | FederatedDistillation,
        *,
        rounds: list[int] | None = None,
        surrogate: Classifier | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.federation = federation
        self.rounds = rounds
        self.surrogate = surrogate
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike | None = None, y: ArrayLike | None = None) -> Self:
        """Draw how equals are told apart; there is nothing to learn.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features), \
default=None
            Not used but for the names of the features.
        y : array-like of shape (n_samples,), default=None
            Not used.

        Returns
        -------
        self : object
        """
        if X is not None:
            X, y = check_labelled(X, y)
            validate_data(self, X, skip_check_array=True)
        rng = check_random_state(self.random_state)
        self._secret, self._seed = secret_key(rng), draw_seeds(rng)
        return self

    def owner_scores(self, X: MatrixLike, y: ArrayLike) -> np.ndarray:
        """Score of every party: minus the mean loss of what it uploaded.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, each of which belongs to one of the parties.
        y : array-like of shape (n_samples,)
            Their true labels. One that no party knows makes all parties equal.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_parties)
            Parties are in the order of the federation's ``parties_``.
        """
        check_is_fitted(self, "_secret")
        check_is_fitted(self.federation)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        codes = encode_labels(y, self.federation.classes_)
        rows = np.arange(len(codes))
        total = np.zeros((len(self.federation.parties_), len(codes)))
        times = np.zeros(len(total))
        for party, posterior in self._uploads(X):
            truth = np.where(codes < 0, 0, posterior[rows, codes])
            total[party] += np.log(np.maximum(truth, _FLOOR))
            times[party] += 1
        seen = times[:, None] > 0
        return np.where(seen, total / np.maximum(times, 1)[:, None], -np.inf).T

    def _uploads(self, X):
        """Place of a party, and the posterior of what it uploaded."""
        federation = self.federation
        if self.surrogate is not None:
            yield from self._imitated(X)
            return
        if not hasattr(federation, "uploads_"):
            yield from enumerate(federation.party_proba(X))
            return
        for round_ in self._places(len(federation.uploads_)):
            parties = federation.participants_[round_]
            for party, model in zip(parties, federation.uploads_[round_], strict=True):
                yield party, aligned_posterior(model, X, federation.classes_)

    def _imitated(self, X):
        """The same, of models that say what a party said of public records."""
        if not hasattr(self.federation, "shared_scores_"):
            raise TypeError(
                "The 'surrogate' parameter of SourceInferenceAttack learns the scores "
                "that parties of a FederatedDistillation share. Got "
                f"{name_of(self.federation)}, which needs none."
            )
        shared = self.federation.shared_scores_
        for round_ in self._places(len(shared)):
            models = shared[round_].imitations(self.surrogate, self._seed)
            for party, model in enumerate(models):
                yield party, model.predict_proba(X)

    def _places(self, n_rounds):
        """The rounds that are looked at."""
        rounds = range(n_rounds) if self.rounds is None else self.rounds
        wrong = [
            round_
            for round_ in rounds
            if not (isinstance(round_, Integral) and -n_rounds <= round_ < n_rounds)
        ]
        if wrong or not len(rounds):
            got = f"{wrong[0]!r} among them" if wrong else "none"
            raise ValueError(
                "The 'rounds' parameter of SourceInferenceAttack must be a list of "
                f"places of the {n_rounds} rounds. Got {got}."
            )
        return rounds

    def _candidates(self):
        """Places of the parties that may own a record: all."""
        return np.arange(len(self.federation.parties_))

    def __sklearn_tags__(self):
        federation = self.federation
        models = getattr(federation, "estimators", None) or [federation]
        tags = pass_records_to(super().__sklearn_tags__(), models)
        # What records it has does not matter.
        tags.no_validation = tags.input_tags.sparse = True
        tags.target_tags.required = False
        return tags
