"""Few answers, each with enough noise for a proof."""

import uuid
from numbers import Integral, Real

import numpy as np
from scipy.special import softmax
from scipy.stats import norm

from skmia.defenses._declared import declared_classes
from skmia.defenses._query_budget import QueryBudget
from skmia.defenses._query_control import QueryControl
from skmia.utils._accounting import gaussian_epsilon, gaussian_noise_multiplier
from skmia.utils._card import DefenseCard
from skmia.utils._labels import align_columns
from skmia.utils._record_keys import exact_keys
from skmia.utils._record_noise import draw_secret, record_uniforms
from skmia.utils._sklearn import Interval


class PrivateLogits(QueryControl):
    """Classifier that answers a limited number of records with noise on the logits.

    The logits of a record are centred, shortened to a norm of at most `clip`, and get
    Gaussian noise. The noise is as large as it takes for the answers to `max_queries`
    different records to be differentially private together, whatever the model inside
    is and however it was trained. The released posterior and its label come from the
    noisy logits.

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
    random_state : int, RandomState instance or None, default=None
        Key of the noise. Who knows the seed can take the noise away: keep it secret, or
        None. Two models that share it share their noise.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    noise_multiplier_ : float
        Standard deviation of the noise divided by the largest distance between the
        logits of two models, ``2 * clip``.
    epsilon_ : float
        What `max_queries` answers spend.
    delta_ : float
        The delta of that.
    budget_ : QueryBudget
        The ledger in force. It belongs to the owner.
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
    when one record is replaced, as long as the secret is one and the ledger is the only
    one. Any two models are at most ``2 * clip`` apart, so nothing is assumed of the
    training, and nothing is gained from a stable one: the noise of a single answer is
    larger than the signal, unless epsilon is large or queries are few. The guarantee
    covers neither the parameters of the model, nor clients who pool their answers, nor
    the sum over refits and other models on the same records. Copies of a fitted model
    in other processes count on their own, unless `budget` has a ``path``; so does every
    `fit` without `budget`.

    What breaks it outside of the budget is the sampling attack of the paper: labels of
    many perturbed copies of a record recover its scores. The paper bounds the
    sensitivity in its own way; clipping is ours.

    A record that differs from another in the last bit of a number is another record,
    with noise and a price of its own. Needs dp-accounting (extra: dp).

    References
    ----------
    S. Rahimian, T. Orekondy, M. Fritz, "Differential Privacy Defenses and Sampling
    Attacks for Membership Inference", AISec 2021. :doi:`10.1145/3474369.3486876`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import PrivateLogits
    >>> X, y = load_iris(return_X_y=True)
    >>> model = PrivateLogits(
    ...     GaussianNB(), epsilon=8, max_queries=5, classes=[0, 1, 2], random_state=0
    ... )
    >>> model.fit(X, y).predict_proba(X[:5]).shape
    (5, 3)
    >>> round(model.noise_multiplier_, 2)
    1.34
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
        **QueryControl._parameter_constraints,
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "delta": [Interval(Real, 0, 1, closed="neither")],
        "max_queries": [Interval(Integral, 1, None, closed="left")],
        "clip": [Interval(Real, 0, None, closed="neither")],
        "classes": ["array-like", None],
        "budget": [QueryBudget, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        *,
        epsilon=1.0,
        delta=1e-5,
        max_queries=100,
        clip=1.0,
        classes=None,
        budget=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.epsilon = epsilon
        self.delta = delta
        self.max_queries = max_queries
        self.clip = clip
        self.classes = classes
        self.budget = budget
        self.random_state = random_state

    @property
    def classes_(self):
        """Class labels, in the order of the columns of a posterior."""
        return self._labels

    def _learn(self, X, y, sample_weight):
        budget = self._ledger()
        multiplier = gaussian_noise_multiplier(
            self.epsilon, self.delta, count=self.max_queries
        )
        learned = super()._learn(X, y, sample_weight)
        own = learned["estimator_"].classes_
        return {
            **learned,
            "noise_multiplier_": float(multiplier),
            "epsilon_": float(self.epsilon),
            "delta_": float(self.delta),
            "budget_": budget,
            "_labels": declared_classes(self.classes, own, type(self).__name__),
            "_price": self._price_of_one(budget, multiplier),
            "_secret": draw_secret(self.random_state),
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
        return {"epsilon": gaussian_epsilon(multiplier, delta), "delta": delta}

    def _answer(self, X, ask, client_id):
        # Of the noise and of the ledger: were those of the noise coarser, two answers
        # would have the same, and their difference none.
        keys = exact_keys(X, self)
        records = [self._fit_id + key for key in keys]
        with self.budget_.for_client(client_id).charge(
            records, **self._price
        ) as answers:
            released = self._noisy_posterior(ask(X), keys)
            answers.extend(row.tobytes() for row in released)
        # What is told is always the first answer: in another batch or in single
        # precision the model may answer a record otherwise in the last digits, and
        # under the same noise the difference would show.
        kept = b"".join(self.budget_.recall(records))
        return np.frombuffer(kept).reshape(released.shape).copy()

    def _noisy_posterior(self, P, keys):
        P = align_columns(P, self.estimator_.classes_, self.classes_)
        uniforms = record_uniforms(keys, P.shape[1], self._secret)
        scale = self.noise_multiplier_ * 2 * self.clip
        logits = clipped_logits(P, self.clip) + scale * norm.ppf(uniforms)
        return softmax(logits, axis=1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # at a small epsilon, by design
        return tags


def clipped_logits(P, clip):
    """Logits that sum to 0 and whose norm is at most `clip`.

    Parameters
    ----------
    P : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.
    clip : float

    Returns
    -------
    logits : ndarray of shape (n_samples, n_classes)
        Their softmax is `P` where nothing was cut.
    """
    logits = np.log(np.clip(P, 1e-30, 1))
    logits -= logits.mean(axis=1, keepdims=True)
    length = np.linalg.norm(logits, axis=1, keepdims=True)
    return logits * np.minimum(1, clip / np.maximum(length, clip))
