"""PATE: a student of noisy votes, with a guarantee."""

from __future__ import annotations

import warnings
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skmia.defenses.distillation._teachers import DistillationDefense
from skmia.defenses.private._column_kinds import (
    cast_columns,
    check_numbers,
    column_kinds,
)
from skmia.defenses.private._declared import check_bounds, declared_classes
from skmia.defenses.private._pate_votes import (
    MECHANISMS,
    NOTHING,
    NoisyVotes,
    count_votes,
)
from skmia.defenses.private._private import SecretNoise
from skmia.utils._card import DefenseCard
from skmia.utils._fitting import fit_clone
from skmia.utils._labels import encode_labels
from skmia.utils._parallel import in_parallel
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._records import records_like
from skmia.utils._secret_stream import fresh_random_state
from skmia.utils._sklearn import (
    COUNT,
    INNER_FRACTION,
    JOBS,
    POSITIVE,
    Interval,
    StrOptions,
)
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant


class PateClassifier(SecretNoise, DistillationDefense):
    """Classifier taught public records by a noisy vote of many teachers.

    Private aggregation of teacher ensembles (PATE). Each training record goes to one
    of the teachers at random. They vote on the class of public records, noise is added
    to the counts, and the released student is fitted on the public records with the
    classes that won. It is differentially private, and so is all that it answers.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Kind of the teachers. `fit` clones it.
    student : classifier, default=None
        What is released. None for another clone of `estimator`.
    public : {array-like, sparse matrix, DataFrame}, default=None
        Records without labels that are not secret and in an order that is not, as
        similar to the training records as can be had. None draws them uniformly from
        `bounds`.
    bounds : tuple (low, high), default=None
        Of the features, each a number or one number per feature: declared, not read
        from the data. Used if `public` is None, and required then.
    n_public : int, default=1000
        Records drawn from `bounds`.
    n_teachers : int, default=250
        Parts of the training records. The more, the less one vote matters, and the
        less each teacher knows.
    mechanism : {"confident-gnmax", "gnmax", "lnmax"}, default="confident-gnmax"
        "gnmax": the class of most votes after Gaussian noise. "confident-gnmax": the
        same, where the most votes reach a threshold after noise of their own; other
        questions are refused, which costs less. "lnmax": Laplace noise.
    sigma : float, default=40.0
        Noise of each count: standard deviation, or the scale for "lnmax" (the inverse
        of gamma in the paper).
    sigma_threshold : float, default=150.0
        Standard deviation of the noise at the threshold; "confident-gnmax" only.
    threshold : float, default=200.0
        Votes that an answer takes; "confident-gnmax" only.
    max_queries : int, default=None
        Public records that are asked about, the first ones. None for all.
    delta : float, default=1e-5
        Probability with which the guarantee may fail; far below one over the number
        of training records.
    epsilon_max : float, default=None
        No further question is asked that might exceed it. None for no limit.
    classes : array-like of shape (n_classes,), default=None
        All class labels, declared. None reads them from `y`, which the guarantee does
        not cover, and warns.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise, and parts and seeds of the models. None, which the guarantee needs, takes
        it from the operating system; anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    estimator_ : classifier
        The fitted student.
    epsilon_ : float
        The guarantee, with `delta_`: what all questions cost if all are answered, or
        `epsilon_max` if that is less. It does not depend on the data.
    delta_ : float
        The parameter `delta`.
    epsilon_spent_ : float
        What the questions that were asked and the answers that were given cost. It
        depends on the data, see Notes.
    n_answered_ : int
        Public records that the student was fitted on.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    DistilledClassifier : One teacher and no noise.

    Notes
    -----
    Threat model: the adversary sees scores, labels or the parameters of the student.
    Guarantee: (`epsilon_`, `delta_`)-differential privacy when one training record,
    features and label, is replaced by another; the number of records is public. What is
    released is the student and with it all that it answers, `n_answered_` and
    `epsilon_spent_`. Assumed: public records, bounds, classes and all parameters say
    nothing of the training records, these are finite and of the kind of the public ones
    and have declared labels, and `random_state` is None.

    With "confident-gnmax" the votes decide how many questions are answered.
    `epsilon_spent_`, what the answers came to, tells no more than which questions were
    answered, and may be published. It is no guarantee: a number that is chosen after
    the fact promises nothing, and an `accountant` is told `epsilon_`. The smaller,
    data-dependent bound of the paper is itself private, and not computed.

    A teacher that cannot be fitted to its part, or cannot answer, votes for nothing: an
    error would tell of a single record. What is wrong with `estimator` shows in one
    more teacher, which is fitted to public records with made-up labels, as many as a
    part has, before anything is paid; its error is raised. Errors of the student, and
    that no question was answered, depend on noisy answers only, and cost nothing more.

    Public records alone decide the dtypes of all records: numbers are float64, whatever
    came, categories have the public list, others are text or objects. What cannot be
    cast counts as missing.

    Parts are drawn for each record alone; stratified by label, one record could move
    others. A part of one class votes for it, an empty part not at all. Uniform public
    records suit few features only. Gaussian noise is accounted exactly, Laplace noise
    by privacy loss distributions (needs ``dp-accounting``).

    Noise comes from SHAKE-256 keyed by the operating system; public records, parts and
    seeds from another generator. Noise is added in doubles, of which only the class of
    most votes, or that a threshold was reached, is told: that they are no real numbers
    costs a delta of about the number of classes times 2**-45 for each question, which
    `delta_` leaves out. The time that `fit` takes, and what teachers warn of, is not
    hidden.

    References
    ----------
    N. Papernot, M. Abadi, Ú. Erlingsson, I. Goodfellow, K. Talwar, "Semi-supervised
    Knowledge Transfer for Deep Learning from Private Training Data", ICLR 2017.
    :arxiv:`1610.05755`

    N. Papernot, S. Song, I. Mironov, A. Raghunathan, K. Talwar, Ú. Erlingsson,
    "Scalable Private Learning with PATE", ICLR 2018. :arxiv:`1802.08908`

    A. Smith, A. Thakurta, "Fully Adaptive Composition for Gaussian Differential
    Privacy", 2022. :arxiv:`2210.17520`

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import PateClassifier
    >>> X, y = make_blobs(1000, centers=[(-3, 0), (3, 0)], random_state=0)
    >>> model = PateClassifier(GaussianNB(), bounds=(-5, 5), n_public=100,
    ...                        n_teachers=50, mechanism="gnmax", sigma=20.0,
    ...                        classes=[0, 1])
    >>> model.fit(X, y).score(X, y) > 0.9
    True
    >>> round(model.epsilon_, 2)
    2.94
    """

    _asks = "predict"

    _no_weights = "each teacher has one vote, whatever its records weigh"

    _card = DefenseCard(
        family="distillation",
        addresses=("scores", "label", "white-box"),
        broken_by="nothing inside the bound",
        paper="Papernot et al. 2017, 2018",
        guarantee="(epsilon, delta)-DP of the model when one record (x, y) is replaced",
    )

    _parameter_constraints: dict = {
        **DistillationDefense._parameter_constraints,
        **SecretNoise._parameter_constraints,
        "public": ["array-like", "sparse matrix", None],
        "bounds": [tuple, list, None],
        "n_public": [COUNT],
        "n_teachers": [COUNT],
        "mechanism": [StrOptions(set(MECHANISMS))],
        "sigma": [POSITIVE],
        "sigma_threshold": [POSITIVE],
        "threshold": [Interval(Real, None, None, closed="neither")],
        "max_queries": [COUNT, None],
        "delta": [INNER_FRACTION],
        "epsilon_max": [POSITIVE, None],
        "classes": ["array-like", None],
        "n_jobs": JOBS,
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        student: Classifier | None = None,
        public: MatrixLike | None = None,
        bounds: tuple[Any, Any] | None = None,
        n_public: int = 1000,
        n_teachers: int = 250,
        mechanism: Literal["confident-gnmax", "gnmax", "lnmax"] = "confident-gnmax",
        sigma: float = 40.0,
        sigma_threshold: float = 150.0,
        threshold: float = 200.0,
        max_queries: int | None = None,
        delta: float = 1e-5,
        epsilon_max: float | None = None,
        classes: ArrayLike | None = None,
        n_jobs: int | None = None,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.student = student
        self.public = public
        self.bounds = bounds
        self.n_public = n_public
        self.n_teachers = n_teachers
        self.mechanism = mechanism
        self.sigma = sigma
        self.sigma_threshold = sigma_threshold
        self.threshold = threshold
        self.max_queries = max_queries
        self.delta = delta
        self.epsilon_max = epsilon_max
        self.classes = classes
        self.n_jobs = n_jobs
        self.accountant = accountant
        self.random_state = random_state

    def _train(self, X, y):
        voting = NoisyVotes(
            self.mechanism, self.sigma, self.sigma_threshold, self.threshold
        )
        # Of what is no secret. The noise has a generator of its own, of which nothing
        # here can tell.
        rng = fresh_random_state(self.random_state)
        public = self._public_records(X, rng)
        promised = self._promise(voting, public.shape[0])
        kinds = column_kinds(public)
        check_numbers(X, kinds, self.estimator, type(self).__name__)
        X, public = cast_columns(X, kinds), cast_columns(public, kinds)
        classes = declared_classes(self.classes, y, type(self).__name__)
        self._rehearse(X, public, classes, rng)
        key = self._open_key(promised, self.delta)

        votes = self._votes(X, y, public, classes, rng)
        answers = voting.answer(count_votes(votes, len(classes)), key)
        if self.epsilon_max is not None:
            n_asked = voting.affordable(answers, self.delta, self.epsilon_max)
            answers = answers[:n_asked]
        answered = np.flatnonzero(answers != NOTHING)
        self._check_answered(answered, answers)
        student = set_random_states(clone(self._template), rng)
        student.fit(_safe_indexing(public, answered), classes[answers[answered]])
        return {
            "_labels": classes,
            "estimator_": student,
            "epsilon_": promised,
            "delta_": float(self.delta),
            "epsilon_spent_": voting.epsilon(len(answers), len(answered), self.delta),
            "n_answered_": len(answered),
        }

    def _promise(self, voting, n_questions):
        """Epsilon of the worst case; that it cannot be had is said before any work."""
        if self.epsilon_max is not None:
            least = voting.epsilon(1, 1, self.delta)
            if least > self.epsilon_max:
                raise ValueError(
                    "The 'epsilon_max' parameter of PateClassifier must suffice for "
                    f"one answer, which costs {least:.4g}. Got {self.epsilon_max} "
                    "instead; raise it or 'sigma'."
                )
        return float(voting.promise(n_questions, self.delta, self.epsilon_max))

    def _public_records(self, X, rng):
        """The records that are asked about."""
        public = self.public
        if public is None:
            if self.bounds is None:
                raise ValueError(
                    "PateClassifier needs records that are not private: the 'public' "
                    "parameter, or 'bounds' to draw them from. Got None for both; a "
                    "part of the training records would void the guarantee."
                )
            low, high = check_bounds(self.bounds, X.shape[1], "PateClassifier")
            public = rng.uniform(low, high, size=(self.n_public, X.shape[1]))
        public = records_like(X, public, "public", "PateClassifier")
        return _safe_indexing(public, slice(0, self.max_queries))

    def _rehearse(self, X, public, classes, rng):
        """Raise what is wrong with the estimator, whatever the training records are."""
        if len(classes) == 1:
            return  # a part of one class takes no teacher
        n_rows = max(X.shape[0] // self.n_teachers, len(classes))
        rows = np.resize(rng.permutation(public.shape[0]), n_rows)
        records = _safe_indexing(public, rows)
        if sparse.issparse(X):
            records = type(X)(records)
        labels = np.resize(classes, n_rows)
        with warnings.catch_warnings():
            # Of a model that learns made-up labels they say nothing.
            warnings.simplefilter("ignore")
            self._ask_teacher(
                records, labels, np.arange(n_rows), draw_seeds(rng), public, classes
            )

    def _votes(self, X, y, public, classes, rng):
        """Place of the class that each teacher votes for, for each public record."""
        part = rng.randint(self.n_teachers, size=len(y))
        seeds = draw_seeds(rng, self.n_teachers)
        calls = [
            {"rows": np.flatnonzero(part == j), "seed": seed}
            for j, seed in enumerate(seeds)
        ]
        shared = {"X": X, "y": y, "public": public, "classes": classes}
        votes = in_parallel(self._vote, calls, shared=shared, n_jobs=self.n_jobs)
        return np.stack(list(votes))

    def _vote(self, X, y, rows, seed, public, classes):
        """Votes of the teacher of some rows, whatever becomes of it."""
        found = np.unique(y[rows])
        if len(found) > 1:
            try:
                return self._ask_teacher(X, y, rows, seed, public, classes)
            except Exception:
                # One record can make the teacher fail: raised, it would be told.
                found = []
        # Most classifiers cannot be fitted on one class, and none on nothing.
        vote = encode_labels(found, classes)[0] if len(found) else NOTHING
        return np.full(public.shape[0], vote)

    def _ask_teacher(self, X, y, rows, seed, public, classes):
        """Answers of a model of some rows, as places of classes."""
        teacher = self._check_answers(fit_clone(self.estimator, X, y, rows, seed))
        votes = encode_labels(teacher.predict(public), classes)
        return votes.reshape(public.shape[0])

    def _check_answered(self, answered, answers):
        if len(answered) == 0:
            raise ValueError(
                f"PateClassifier has nothing to teach: all {len(answers)} questions "
                "were refused. Lower the 'threshold' parameter, raise 'n_teachers' or "
                "ask about more public records."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # Noise that hides one record among a thousand hides everything among twenty.
        tags.classifier_tags.poor_score = True
        return tags
