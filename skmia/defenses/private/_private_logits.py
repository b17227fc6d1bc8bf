"""Few answers, each with enough noise for a proof."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.special import softmax
from sklearn.utils import _safe_indexing, check_array, get_tags
from sklearn.utils.validation import validate_data

from skmia.defenses.private._declared import declared_classes
from skmia.defenses.private._logit_grid import STEPS, logit_steps, step_noise
from skmia.defenses.private._private import SecretNoise
from skmia.defenses.queries._query_budget import QueryBudget
from skmia.defenses.queries._query_control import QueryLedger
from skmia.utils._accounting import (
    concentrated_epsilon,
    concentrated_noise_multiplier,
)
from skmia.utils._card import DefenseCard
from skmia.utils._labels import align_columns
from skmia.utils._record_keys import exact_keys
from skmia.utils._sklearn import COUNT, INNER_FRACTION, POSITIVE
from skmia.utils._typing import Classifier, RandomStateLike
from skmia.utils._values import check_values, holds_numbers

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant


class PrivateLogits(SecretNoise, QueryLedger):
    """Classifier that answers a limited number of records with noise on the logits.

    The logits of a record are centred, shortened to a norm of at most `clip`, and get
    Gaussian noise, on a grid. The noise is as large as it takes for the answers to
    `max_queries` different records to be differentially private together, whatever the
    model inside is and however it was trained. The released posterior and its label
    come from the noisy logits.

    The first answer to a record is kept and repeated. New records beyond `max_queries`
    are refused, a call as a whole.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    epsilon : float, default=1.0
        Privacy of all answers to one client together, larger than 0; smaller is more
        private.
    delta : float, default=1e-5
        Chance, in (0, 1), that the promise of `epsilon` does not hold; less than one
        over the number of training records.
    max_queries : int, default=100
        Different records that each client may ask. The noise grows with its square
        root.
    clip : float, default=1.0
        Largest norm of the centred logits. The noise is proportional to it, so it sets
        how far apart confident answers can be, not how much of them survives.
    classes : array-like of shape (n_classes,), default=None
        All class labels. None takes those of the fitted model and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`: they are not covered by the
        guarantee.
    budget : QueryBudget, default=None
        Ledger to use instead of one in memory that starts again after every `fit`. Its
        own `max_queries` must not be larger than this one's. If it limits epsilon, each
        new record costs what one answer alone would, with ``delta / max_queries``: a
        coarser sum, that answers of other models can be part of.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    noise_multiplier_ : float
        Standard deviation of the noise divided by the largest distance between the
        logits of two models, ``2 * clip``.
    epsilon_ : float
        What `max_queries` answers spend, asked or not.
    delta_ : float
        The delta of that.
    budget_ : QueryBudget
        The ledger in force. It belongs to the owner.
    queries_left_ : int or float
        New records that the client None may still ask.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    QueryBudget : The ledger, in memory or in a file.
    QueryLimit : A limit without noise.
    PrivateLogisticRegression : A model that may be released itself.

    Notes
    -----
    Threat model: the adversary sees answers, and knows all training records but one.
    Guarantee: all that one client is told is (epsilon, delta)-differentially private
    when one record, features and label, is replaced by another; the number of records
    is public. Any two models are at most ``2 * clip`` apart, so nothing is assumed of
    the training, and nothing is gained from a stable one: the noise of a single answer
    is larger than the signal, unless epsilon is large or queries are few. Assumed:
    classes and parameters say nothing of the data, the ledger is the only one, and
    `random_state` is None. `accountant` is told all of `max_queries` in `fit`.

    The guarantee covers neither the parameters of the model, nor clients who pool their
    answers, nor the sum over refits and other models on the same records. The fitted
    object holds the model and the key of the noise, since it goes on answering: it
    stays with the owner, pickled or not. Copies of it in other processes count on their
    own, unless `budget` has a ``path``; so does every `fit` without `budget`. That
    `fit` fails, and how long an answer takes, is not hidden.

    What a client does wrong is told, and not charged: another number of features or
    other names than the model was fitted with, no numbers where all training records
    were numbers, or values that are not finite, unless a part of the model takes
    missing values. This depends on the kind of the model and of the records only.
    Whatever the fitted model then makes of a record is answered and charged: where it
    raises an error, or its row is not finite, the noise is added to a uniform
    posterior.

    Noise comes from SHAKE-256 keyed by the operating system and the record. It is
    exact: logits are integers, of which one is a 2**-20th of `clip`, and so is their
    noise (Canonne et al. 2020); there is no floating point below the guarantee. Integer
    noise is accounted by moments, which asks for 6 to 11 % more of it than continuous
    noise at an epsilon from 0.1 to 8 and a delta of 1e-5. Needs dp-accounting (extra:
    dp).

    What breaks it outside of the budget is the sampling attack of the paper: labels of
    many perturbed copies of a record recover its scores. The paper bounds the
    sensitivity in its own way; clipping is ours.

    A record that differs from another in the last bit of a number is another record,
    with noise and a price of its own.

    References
    ----------
    S. Rahimian, T. Orekondy, M. Fritz, "Differential Privacy Defenses and Sampling
    Attacks for Membership Inference", AISec 2021. :doi:`10.1145/3474369.3486876`

    C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy",
    NeurIPS 2020. :arxiv:`2004.00010`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import PrivateLogits
    >>> X, y = load_iris(return_X_y=True)
    >>> model = PrivateLogits(
    ...     GaussianNB(), epsilon=8, max_queries=5, classes=[0, 1, 2]
    ... )
    >>> model.fit(X, y).predict_proba(X[:5]).shape
    (5, 3)
    >>> round(model.noise_multiplier_, 2)
    1.43
    >>> model.budget_
    QueryBudget(max_queries=5): 5 queries spent
    """

    _card = DefenseCard(
        family="query control",
        addresses=("scores", "label"),
        broken_by="clients who pool their answers; refits on the same records",
        paper="Rahimian et al. 2021",
        guarantee="(epsilon, delta)-DP of all answers to a client, replace one record",
    )

    _asks = "predict_proba"

    _parameter_constraints: dict = {
        **QueryLedger._parameter_constraints,
        **SecretNoise._parameter_constraints,
        "epsilon": [POSITIVE],
        "delta": [INNER_FRACTION],
        "max_queries": [COUNT],
        "clip": [POSITIVE],
        "classes": ["array-like", None],
        "budget": [QueryBudget, None],
    }

    # A ledger of its own: for more queries there would be other noise.
    _without_budget = {"budget": None}

    def __init__(
        self,
        estimator: Classifier,
        *,
        epsilon: float = 1.0,
        delta: float = 1e-5,
        max_queries: int = 100,
        clip: float = 1.0,
        classes: ArrayLike | None = None,
        budget: QueryBudget | None = None,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.epsilon = epsilon
        self.delta = delta
        self.max_queries = max_queries
        self.clip = clip
        self.classes = classes
        self.budget = budget
        self.accountant = accountant
        self.random_state = random_state

    @property
    def classes_(self) -> np.ndarray:
        """Class labels, in the order of the columns of a posterior."""
        return self._labels

    def _learn(self, X, y, sample_weight):
        budget = self._ledger()
        multiplier = concentrated_noise_multiplier(
            self.epsilon, self.delta, count=self.max_queries
        )
        learned = super()._learn(X, y, sample_weight)
        own = learned["estimator_"].classes_
        labels = declared_classes(self.classes, own, type(self).__name__)
        return {
            **learned,
            "noise_multiplier_": float(multiplier),
            "epsilon_": float(self.epsilon),
            "delta_": float(self.delta),
            "budget_": budget,
            "_labels": labels,
            "_price": self._price_of_one(budget, multiplier),
            "_numbers": holds_numbers(X),
            "_sparse": sparse.issparse(X),
            "_key": self._open_key(self.epsilon, self.delta),
            # Not from the seed: two fits with one seed must not share their answers.
            "_fit_id": uuid.uuid4().bytes,
        }

    def _ledger(self):
        if self.budget is None:
            return QueryBudget(self.max_queries)
        limit = self.budget.max_queries
        if limit is None or limit > self.max_queries:
            raise ValueError(
                "The 'budget' parameter of PrivateLogits must have a max_queries of at "
                f"most {self.max_queries}, for which the noise is made. Got {limit} "
                "instead; raise the 'max_queries' of PrivateLogits or lower the "
                "budget's."
            )
        return self.budget

    def _price_of_one(self, budget, multiplier):
        """What the answer to one record costs by itself, if the ledger asks."""
        if budget.epsilon is None:
            return {}
        delta = self.delta / self.max_queries
        epsilon = concentrated_epsilon(1 / (2 * multiplier**2), delta)
        return {"epsilon": epsilon, "delta": delta}

    def _answer(self, X, ask, client_id):
        X = self._check_queries(X)
        # Of the noise and of the ledger: were those of the noise coarser, two answers
        # would have the same, and their difference none.
        keys = exact_keys(X, self)
        records = [self._fit_id + key for key in keys]
        with self.budget_.for_client(client_id).charge(
            records, **self._price
        ) as answers:
            released = self._noisy_posterior(self._posterior(ask, X), keys)
            answers.extend(row.tobytes() for row in released)
        # What is told is always the first answer: in another batch or in single
        # precision the model may answer a record otherwise in the last digits, and
        # under the same noise the difference would show.
        return np.frombuffer(b"".join(answers)).reshape(released.shape).copy()

    def _is_new(self, X):
        return super()._is_new(self._check_queries(X))

    def _check_queries(self, X):
        """Queries that such a model can be asked, whatever the training records are."""
        takes_sparse = self._sparse or get_tags(self.estimator).input_tags.sparse
        if not hasattr(X, "iloc"):
            X = check_array(
                X,
                accept_sparse="csr" if takes_sparse else False,
                dtype=None,
                ensure_all_finite=False,
            )
        validate_data(self, X, reset=False, skip_check_array=True)
        name = type(self).__name__
        check_values(X, self.estimator, name, numbers=self._numbers)
        return X

    def _posterior(self, ask, X):
        """What the model says, uniform for each record of which it says nothing.

        Whether a model raises an error for some record, or divides by a variance of 0,
        can depend on a single training record: it must not show.
        """
        P = self._try(ask, X)
        if P is None:
            uniform = np.full((1, len(self.classes_)), 1 / len(self.classes_))
            singly = (self._try(ask, _safe_indexing(X, [i])) for i in range(X.shape[0]))
            P = np.concatenate([uniform if p is None else p for p in singly])
        return P

    def _try(self, ask, X):
        """Posterior with a column for each declared class, or None if there is none."""
        try:
            own = self.estimator_.classes_
            P = align_columns(np.asarray(ask(X), dtype=np.float64), own, self.classes_)
        except Exception:
            return None
        return P if P.shape == (X.shape[0], len(self.classes_)) else None

    def _noisy_posterior(self, P, keys):
        noise = [
            step_noise(self._key, key, self.noise_multiplier_, P.shape[1])
            for key in keys
        ]
        steps = logit_steps(P, self.clip) + np.array(noise)
        return softmax(steps.astype(np.float64) / STEPS * self.clip, axis=1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # at a small epsilon, by design
        return tags
