"""Federated distillation: parties share scores on public records, never parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import (
    _safe_indexing,
    column_or_1d,
)

from skmia.federated._digest import Party, learn
from skmia.federated._exchange import Exchanges
from skmia.federated._federation import LooseFederation
from skmia.utils._hold_out import hold_out
from skmia.utils._labels import aligned_posterior, encode_labels
from skmia.utils._parallel import in_parallel
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_labelled, n_records, records_like
from skmia.utils._sklearn import (
    COUNT,
    COUNT_OR_0,
    INNER_FRACTION,
    POSITIVE,
    _fit_context,
)
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike


class FederatedDistillation(LooseFederation):
    """Classifiers of several parties that learn from each other's scores (FedMD).

    Models may be of different kinds. In each round every party says how probable the
    classes of some public records are, the server averages what they say, and each
    party learns this consensus, then its own records again.

    Works on *records*: `X` holds features, `y` class labels.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    estimators : list of classifiers
        One for each party; each needs ``predict_proba``. `fit` clones them.
    X_public : {array-like, sparse matrix, DataFrame}, default=None
        Public records. None: a part of the training records, with their labels.
    y_public : array-like, default=None
        Their labels, which all parties learn before the first round. None: they have
        none.
    public_fraction : float, default=0.2
        Share of the training records that is public, where `X_public` is None.
    n_rounds : int, default=5
        Number of rounds.
    n_shared : int, default=None
        Public records of a round, drawn anew in each. None: all.
    alpha : float, default=None
        Label skew of the parties, where `fit` is not told whose the records are, see
        :func:`dirichlet_split`. None: all have as many records of each class, to
        within one.
    digest_epochs, revisit_epochs : int, default=5
        Passes over the public and the own records in each round, of models that go on
        from where they are; see Notes.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the parties, of public records and of every model. It replaces the
        ``random_state`` of `estimators`.

    Attributes
    ----------
    shared_scores_ : sequence of n_rounds Exchange
        What the parties said of the public records in each round: what the server sees.
    consensus_ : sequence of n_rounds Exchange
        Its mean over the parties: what a party sees.
    estimators_ : list of classifiers
        The models after the last round, one for each of `parties_`; no scores of these
        were shared.
    parties_ : ndarray of shape (n_parties,)
        Names of the parties: those in ``groups`` in sorted order, or 0, 1, ...
    owner_ : ndarray of shape (n_samples,)
        The party that owns each training record, those that were made public as well.
    public_ : ndarray of bool of shape (n_samples,)
        Whether a training record was made public; none where `X_public` is given.
    classes_ : ndarray of shape (n_classes,)
        Class labels of all parties, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    Federation : Parties share parameters.
    LooseFederation : Parties train alone, and share answers.
    SourceInferenceAttack : Names the party that owns a record.
    skmia.attacks.evidence.SharedScores : Membership, as insiders see it.

    Notes
    -----
    An ``MLPClassifier``, ``SGDClassifier`` or :class:`skmia.neural.NetClassifier` that
    a `Federation` takes goes on from where it is: `digest_epochs` passes over the
    public records, whose labels are drawn from the consensus anew in each, and
    `revisit_epochs` passes over its own. Any other classifier is trained anew in each
    round, on both at once: soft labels are weights of a record that is there once for
    each class, or drawn, where it takes no weights.

    `predict_proba` is the mean of what the parties say after the last round, and
    `party_proba` what each of them says: what the server would see if it put these
    records among the public ones of one more round.

    Shared are probabilities; the paper has scores before the softmax, which not every
    classifier has.

    References
    ----------
    D. Li, J. Wang, "FedMD: Heterogenous Federated Learning via Model Distillation",
    2019. :arxiv:`1910.03581`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.federated import FederatedDistillation
    >>> X, y = load_digits(return_X_y=True)
    >>> parties = [DecisionTreeClassifier(), LogisticRegression(max_iter=2000)]
    >>> federation = FederatedDistillation(parties, n_rounds=2, random_state=0)
    >>> federation.fit(X[::2] / 16, y[::2]).score(X[1::2] / 16, y[1::2]) > 0.8
    True
    >>> federation.shared_scores_[0].posteriors.shape
    (2, 180, 10)
    """

    _parameter_constraints = LooseFederation._parameter_constraints | {
        "X_public": ["array-like", "sparse matrix", None],
        "y_public": ["array-like", None],
        "public_fraction": [INNER_FRACTION],
        "n_rounds": [COUNT],
        "n_shared": [COUNT, None],
        "alpha": [POSITIVE, None],
        "digest_epochs": [COUNT_OR_0],
        "revisit_epochs": [COUNT_OR_0],
    }

    def __init__(
        self,
        estimators: Sequence[Classifier],
        *,
        X_public: MatrixLike | None = None,
        y_public: ArrayLike | None = None,
        public_fraction: float = 0.2,
        n_rounds: int = 5,
        n_shared: int | None = None,
        alpha: float | None = None,
        digest_epochs: int = 5,
        revisit_epochs: int = 5,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(estimators, n_jobs=n_jobs, random_state=random_state)
        self.X_public = X_public
        self.y_public = y_public
        self.public_fraction = public_fraction
        self.n_rounds = n_rounds
        self.n_shared = n_shared
        self.alpha = alpha
        self.digest_epochs = digest_epochs
        self.revisit_epochs = revisit_epochs

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Train the parties for all rounds.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records of all parties, as the classifiers take them.
        y : array-like of shape (n_samples,)
            Class labels of any type.
        groups : array-like of shape (n_samples,), default=None
            The party that owns each record. In sorted order the parties belong to
            `estimators`. None: they are dealt.

        Returns
        -------
        self : object
        """
        dealt = self._dealt(X, y, groups, self.alpha)
        X, y, models, parties, place, rng = dealt
        X_public, y_public, public = self._public(X, y, rng)
        classes = np.unique(y if y_public is None else np.append(y, y_public))
        if len(classes) < 2:
            raise ValueError(
                "FederatedDistillation needs at least two classes in y. Got one class "
                f"only: {classes.tolist()}."
            )
        fitted = [
            self._party(model, X, y, (place == party) & ~public, classes)
            for party, model in enumerate(models)
        ]
        known = None
        if y_public is not None:
            known = np.eye(len(classes))[encode_labels(y_public, classes)]
        fitted = self._learn(fitted, X_public, known, rng)
        scores = Exchanges(X_public, classes)
        consensus = Exchanges(X_public, classes)
        for _ in range(self.n_rounds):
            rows = self._rows(n_records(X_public), rng)
            shared = _safe_indexing(X_public, rows)
            said = [aligned_posterior(one.model, shared, classes) for one in fitted]
            mean = np.mean(said, axis=0)
            scores.add(rows, said)
            consensus.add(rows, [mean])
            fitted = self._learn(fitted, shared, mean, rng)
        self.__dict__.update(
            estimators_=[one.model for one in fitted],
            shared_scores_=scores,
            consensus_=consensus,
            parties_=parties,
            owner_=parties[place],
            public_=public,
            classes_=classes,
        )
        return self

    def _public(self, X, y, rng):
        """Public records, their labels if any, and which of the training records."""
        public = np.zeros(len(y), dtype=bool)
        if self.X_public is None:
            if self.y_public is not None:
                raise ValueError(
                    "The 'y_public' parameter of FederatedDistillation are labels of "
                    "'X_public', and that is None."
                )
            share = self.public_fraction
            *_, X_public, rows = hold_out(self, X, y, share, rng, "X_public")
            public[rows] = True
            return X_public, y[rows], public
        X_public = records_like(X, self.X_public, "X_public", type(self).__name__)
        if self.y_public is None:
            return X_public, None, public
        return *check_labelled(X_public, column_or_1d(self.y_public)), public

    def _party(self, model, X, y, own, classes):
        return Party(model, _safe_indexing(X, np.flatnonzero(own)), y[own], classes)

    def _rows(self, n_public, rng):
        """Public records that scores are shared of, in their order."""
        n_shared = n_public if self.n_shared is None else min(self.n_shared, n_public)
        return np.sort(rng.permutation(n_public)[:n_shared])

    def _learn(self, parties, X, targets, rng):
        """What the parties have become after a consensus, and their own records."""
        seeds = draw_seeds(rng, len(parties))
        calls = [
            {"party": party, "seed": seed}
            for party, seed in zip(parties, seeds, strict=True)
        ]
        shared = {
            "X": X,
            "targets": targets,
            "n_digests": self.digest_epochs,
            "n_revisits": self.revisit_epochs,
        }
        return list(in_parallel(learn, calls, shared=shared, n_jobs=self.n_jobs))
