"""An insider of a federation names the party that owns a record."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.federated._federation import LooseFederation
from skmia.federated._owners import OwnerAttack
from skmia.utils._labels import encode_labels
from skmia.utils._membership import membership_score
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._records import check_labelled
from skmia.utils._secret_stream import secret_key
from skmia.utils._sklearn import COUNT_OR_0, HasMethods, StrOptions, _fit_context
from skmia.utils._tags import pass_records_to
from skmia.utils._threads import Boosting
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike


class InsiderAttack(OwnerAttack):
    """Name the party of a federation that was trained on a record.

    The insider sees what each of the other parties answers, not only their mean, and
    knows or suspects that the record belongs to one of them. Its owner is the party
    whose answer is better than that of any other.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    federation : LooseFederation
        The fitted federation under attack, asked as it is. A clone of the attack holds
        an unfitted one, unless it is a :class:`~sklearn.frozen.FrozenEstimator`.
    adversary : int, default=None
        Place of the insider among the parties, which is no candidate. None: whoever
        computes the mean; all parties are candidates.
    method : {"rule", "learned"}, default="rule"
        How two parties are compared. "rule": by the probability that they give to the
        true label. "learned": by a classifier trained on a federation that the insider
        sets up with its own records.
    estimator : classifier, default=None
        The classifier of "learned". None: ``HistGradientBoostingClassifier()``. What
        counts is the difference in the column of the label: a linear one misses it.
    random_state : int, RandomState instance or None, default=None
        Seed of the choice between equals, of the insider's own federation and of
        `estimator`. It replaces the ``random_state`` of both.

    Attributes
    ----------
    estimator_ : classifier
        The fitted `estimator`: class 1 says that the record belongs to the first of
        two parties. Only for "learned".
    classes_ : ndarray of shape (n_classes,)
        Class labels of the insider's own records. Only for "learned".
    n_features_in_ : int
        Number of features of the insider's records, where `fit` was given any.
    feature_names_in_ : ndarray of str
        Names of the features, if the insider's records came with names.

    See Also
    --------
    LooseFederation : What is attacked.
    SourceInferenceAttack : The same of rounds of training.
    owner_accuracy : An interval.
    in_class_distance : How far apart two parties are.

    Notes
    -----
    Threat model: the answers of every party, and a record with its true label that is
    known or suspected to belong to one of them. With one insider among three parties a
    guess is right half of the time.

    Both methods compare parties in pairs. The advantage a(i, j) of i over j is the
    difference of their probabilities of the true label, or the score of the classifier
    for (i, j) minus its score for (j, i); so a(j, i) = -a(i, j), and renaming the
    parties renames the answer. The score of a party is its least advantage over any
    other candidate; by the rule, its probability minus the largest of the others.

    "learned" deals the insider's records to as many pseudo-parties as there are
    candidates, trains a copy of the insider's own model on each, and describes a pair
    of them by both posteriors, their difference and the label in one-hot form, once in
    either order. Pseudo-parties are smaller than parties. A class that the insider has
    no record of has no column.

    Between equals, as with unpruned trees that are all right, the owner is drawn by a
    keyed hash of the record: the same one each time it is asked, in any batch.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019, section 4.7. :arxiv:`1807.09173`

    H. Hu, Z. Salcic, L. Sun, G. Dobbie, X. Zhang, "Source Inference Attacks in
    Federated Learning", ICDM 2021. :arxiv:`2109.05659`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.federated import InsiderAttack, LooseFederation, owner_accuracy
    >>> X, y = load_digits(return_X_y=True)
    >>> federation = LooseFederation([DecisionTreeClassifier()] * 3, random_state=0)
    >>> owner = federation.fit(X, y).owner_
    >>> insider = InsiderAttack(federation, adversary=2, random_state=0)
    >>> known, others = owner == 2, owner != 2
    >>> guess = insider.fit(X[known], y[known]).predict_owner(X[others], y[others])
    >>> owner_accuracy(owner[others], guess, n_candidates=2).low > 0.5
    True
    """

    _parameter_constraints = {
        "federation": [HasMethods("party_proba")],
        "adversary": [COUNT_OR_0, None],
        "method": [StrOptions({"rule", "learned"})],
        "estimator": [HasMethods("fit"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        federation: LooseFederation,
        *,
        adversary: int | None = None,
        method: Literal["rule", "learned"] = "rule",
        estimator: Classifier | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.federation = federation
        self.adversary = adversary
        self.method = method
        self.estimator = estimator
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike | None = None, y: ArrayLike | None = None) -> Self:
        """Learn from the insider's own records; the rule has nothing to learn.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features), \
default=None
            The insider's records. None: only for "rule".
        y : array-like of shape (n_samples,), default=None
            Their class labels.

        Returns
        -------
        self : object
        """
        self._check_candidates()
        rng = check_random_state(self.random_state)
        if X is not None:
            X, y = check_labelled(X, y)
            validate_data(self, X, skip_check_array=True)
        for name in ("classes_", "estimator_"):  # of an earlier fit
            self.__dict__.pop(name, None)
        if self.method == "learned":
            self._learn(X, y, rng)
        self._secret = secret_key(rng)
        return self

    def _check_candidates(self):
        n_parties = len(self.federation.estimators)
        if self.adversary is not None and self.adversary >= n_parties:
            raise ValueError(
                "The 'adversary' parameter of InsiderAttack must be the place of one "
                f"of the {n_parties} parties. Got {self.adversary} instead."
            )
        n_candidates = len(self._candidates())
        if n_candidates < 2:
            raise ValueError(
                "InsiderAttack needs at least two parties that may own a record. Got "
                f"{n_candidates}."
            )

    def _candidates(self):
        """Places of the parties that may own a record."""
        places = np.arange(len(self.federation.estimators))
        return places[places != self.adversary]

    def _learn(self, X, y, rng):
        if self.adversary is None or X is None:
            raise ValueError(
                "The method 'learned' of InsiderAttack needs an 'adversary' that is "
                "one of the parties, and its records X, y in fit."
            )
        parties = [self.federation.estimators[self.adversary]] * len(self._candidates())
        own = LooseFederation(parties, random_state=draw_seeds(rng)).fit(X, y)
        P, codes = own.party_proba(X), encode_labels(y, own.classes_)
        pairs, owned = [], []
        for i, j in _ordered_pairs(len(parties)):
            rows = np.flatnonzero((own.owner_ == i) | (own.owner_ == j))
            pairs.append(_describe(P[i, rows], P[j, rows], codes[rows]))
            owned.append(own.owner_[rows] == i)
        base = self.estimator
        base = Boosting() if base is None else clone(base)
        model = set_random_states(base, rng)
        self.classes_ = own.classes_
        self.estimator_ = model.fit(
            np.concatenate(pairs), np.concatenate(owned).astype(int)
        )

    def owner_scores(self, X: MatrixLike, y: ArrayLike) -> np.ndarray:
        """Score of every party that may own the records.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, each of which belongs to one of the candidates.
        y : array-like of shape (n_samples,)
            Their true labels. One that no party knows makes all candidates equal.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_candidates)
            Least advantage over another candidate. Candidates are in the order of the
            federation's ``parties_``, without the insider.
        """
        check_is_fitted(self, "_secret")
        check_is_fitted(self.federation)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        P = self.federation.party_proba(X)[self._candidates()]
        compare = self._by_rule if self.method == "rule" else self._by_model
        advantage = compare(P, y)
        # No party is compared with itself.
        advantage[np.diag_indices(len(P))] = np.inf
        return advantage.min(axis=1).T

    def _by_rule(self, P, y):
        """Advantages (n_candidates, n_candidates, n_samples)."""
        codes = encode_labels(y, self.federation.classes_)
        truth = np.where(codes < 0, 0, P[:, np.arange(len(codes)), codes])
        return truth[:, None] - truth

    def _by_model(self, P, y):
        """Advantages (n_candidates, n_candidates, n_samples)."""
        # Columns as the classifier knows them, without classes it never saw.
        place = encode_labels(self.classes_, self.federation.classes_)
        P = np.where(place < 0, 0, P[:, :, place])
        codes = encode_labels(y, self.classes_)
        score = np.zeros((len(P), len(P), len(codes)))
        for i, j in _ordered_pairs(len(P)):
            pair = _describe(P[i], P[j], codes)
            score[i, j] = membership_score(self.estimator_, pair)
        return score - score.swapaxes(0, 1)

    def __sklearn_tags__(self):
        models = self.federation.estimators
        tags = pass_records_to(super().__sklearn_tags__(), models)
        if self.method == "rule":  # what records it has does not matter
            tags.no_validation = tags.input_tags.sparse = True
            tags.target_tags.required = False
        return tags


def _ordered_pairs(n):
    return [(i, j) for i in range(n) for j in range(n) if i != j]


def _describe(P_i, P_j, codes):
    """Rows that show a classifier two parties in this order."""
    onehot = (codes[:, None] == np.arange(P_i.shape[1])).astype(float)
    return np.hstack([P_i, P_j, P_i - P_j, onehot])
