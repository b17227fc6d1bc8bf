"""Shadow models: what the adversary trains to learn how members look."""

from __future__ import annotations

from copy import copy
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, Self

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.model_selection import check_cv
from sklearn.utils import check_random_state

from skmia.shadow._adopted import AdoptedModels
from skmia.shadow._lots import train_lots
from skmia.shadow._operated import alone_in_group
from skmia.shadow._splitters import BalancedShuffleSplit, check_design
from skmia.shadow._training import Task, at_hand
from skmia.shadow.engine._trainers import GENERIC, answers_of, choose_trainer
from skmia.signals import Signal
from skmia.signals._registry import check_signals
from skmia.targets._noise import filled
from skmia.utils._budget import unlimited
from skmia.utils._cache import data_key, hashed_once, open_store
from skmia.utils._labels import classes_of
from skmia.utils._quantities import strata_of
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_records, know_features
from skmia.utils._sklearn import COUNT, JOBS, HasMethods, StrOptions, _fit_context
from skmia.utils._store import MEMORY
from skmia.utils._tags import pass_records_to
from skmia.utils._typing import (
    Estimator,
    MatrixLike,
    MemoryLike,
    RandomStateLike,
    Splits,
)

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike


class ShadowModels(AdoptedModels, MetaEstimatorMixin, BaseEstimator):
    """Clones of one estimator, each trained on a part of the adversary's records.

    In and out are the train and test parts of a scikit-learn splitter, so every
    sampling design is a `cv` object. What the shadow models answer about their own
    members and non-members is the training set of an attack.

    Parameters
    ----------
    estimator : estimator or list of estimators
        What is trained: a guess of the target's kind, or several of them. Each
        estimator of a list is trained on every split (model-based and hybrid
        ensembles of Truex et al.).
    n_shadows : int, default=10
        Number of models, even, of a :class:`BalancedShuffleSplit`: every record is a
        member of half of the models. Not used with another `cv`.
    cv : splitter or iterable of (train, test), default=None
        Sampling design. None: `n_shadows` models, balanced. A splitter without
        ``random_state`` draws it from ours.

        .. versionchanged:: 0.2
           The number of models, once an int here, is `n_shadows`.
    signals : str, Signal or list of them, default=None
        What to record of every model while it is trained. The model is then dropped:
        memory grows with records x models x columns, not with the size of the
        models. Where a signal fails the model stays, and what went wrong is raised
        when it is asked for. None keeps the models in ``estimators_``, to be asked
        anything later.
    unpack : bool, default=False
        Use the models inside each trained ensemble instead of the ensemble (boosting
        ensembles of Truex et al. with ``AdaBoostClassifier``).
    both_sides : bool, default=False
        Whether to ask every model, too, what it would say of each record on the
        record's other side, see :func:`other_side`: of its members, trained without
        them, of the others, trained with them. To a reference attack each model is
        then two references for every record, one in and one out. Models that cannot
        be operated on stay as they are. Memory grows with records x models x classes.
    trainer : {"auto", "generic"}, default="auto"
        How models are trained and asked about `X`. "generic": one after the other, by
        their own ``fit`` and ``predict_proba``. "auto": many at once, where that is
        faster and gives the same models up to rounding: ``MLPNet`` as one network,
        ``GaussianNB``, ``BernoulliNB`` and ``MultinomialNB`` from shared sums,
        ``KNeighborsClassifier`` with one search for the neighbours of all,
        ``LogisticRegression`` (lbfgs, dense records) from the optimum of all records,
        which is the same up to its tolerance; each of exactly this type. Of neighbours
        at one distance the first in `X` counts, which in scikit-learn is chance. Others
        are trained as with "generic", and ``why_generic_`` says why.
    memory : str, path-like, Store or joblib.Memory, default=None
        Cache of finished models and of their answers: a killed run resumes, and other
        signals of the same models train nothing. A model is loaded only for what it
        was not asked before. Models that are trained at once are kept when all of them
        are, apart from those of other trainers.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the design and of every model. It replaces the ``random_state`` of
        `estimator`.
    verbose : bool, default=False
        Show a progress bar (needs ``rich``).

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,) or None
        Labels of the adversary's records: the layout of the columns. None where they
        are no classes.
    membership_ : ndarray of bool of shape (n_models, n_records)
        Which record each model was trained on.
    tested_ : ndarray of bool of shape (n_models, n_records)
        Which record is a known non-member of each model.
    estimators_ : list of fitted classifiers
        The models. Only when `signals` is None.
    n_models_ : int
        Number of models.
    trained_by_ : ndarray of object of shape (n_models,)
        What trained each model: "generic", "least-squares", "logistic", "naive-bayes",
        "neighbours" or "stacked-networks"; None for models that were there already. A
        trainer leaves to scikit-learn what it cannot train: single models that lack a
        class, and those that do not converge.
    why_generic_ : ndarray of object of shape (n_models,)
        Why that is not another trainer, in words, where ``trainer="auto"``; else None.
    operated_ : ndarray of bool of shape (n_models,)
        Which models answer for the other side, too.
    refusals_ : ndarray of object of shape (n_models,)
        Why one does not, as a sentence; None where it does, or nobody asked for it.
    n_features_in_ : int
        Number of features of the records, if the models know it.
    feature_names_in_ : ndarray of str
        Names of the features, if the models know them.

    See Also
    --------
    other_side : What one model would say of each record on the record's other side.
    skmia.MembershipGame : Trains shadow models, an attack and a target in one.

    Notes
    -----
    Level: records. Threat model: the adversary owns ``(X, y)``, drawn like the
    target's training data, and knows or guesses the target's kind of model. The pool
    is held once, never one copy per model.

    References
    ----------
    R. Shokri et al., "Membership Inference Attacks Against Machine Learning Models",
    IEEE S&P 2017. S. Truex et al., "Demystifying Membership Inference Attacks in
    Machine Learning as a Service", IEEE TSC 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> X, y = load_digits(return_X_y=True)
    >>> shadows = ShadowModels(DecisionTreeClassifier(), n_shadows=4, random_state=0)
    >>> Z, member, shadow = shadows.fit(X, y).observations(["correctness"])
    >>> Z.shape, member.mean(), sorted(set(shadow.tolist()))
    ((7188, 1), np.float64(0.5), [0, 1, 2, 3])
    """

    _parameter_constraints = {
        "estimator": [HasMethods("fit"), list, tuple],
        "n_shadows": [COUNT],
        "cv": ["cv_object"],
        "signals": [str, Signal, list, tuple, None],
        "unpack": ["boolean"],
        "both_sides": ["boolean"],
        "trainer": [StrOptions({"auto", GENERIC})],
        "memory": MEMORY,
        "n_jobs": JOBS,
        "random_state": ["random_state"],
        "verbose": ["boolean"],
    }

    def __init__(
        self,
        estimator: Estimator | list[Estimator],
        *,
        n_shadows: int = 10,
        cv: Splits | None = None,
        signals: SignalsLike | None = None,
        unpack: bool = False,
        both_sides: bool = False,
        trainer: Literal["auto", "generic"] = "auto",
        memory: MemoryLike = None,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
        verbose: bool = False,
    ) -> None:
        self.estimator = estimator
        self.n_shadows = n_shadows
        self.cv = cv
        self.signals = signals
        self.unpack = unpack
        self.both_sides = both_sides
        self.trainer = trainer
        self.memory = memory
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @hashed_once()
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: MatrixLike,
        y: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        **fit_params: Any,
    ) -> Self:
        """Train the shadow models.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The adversary's records, or whatever else the models take: texts, images.
        y : array-like of shape (n_records,) or (n_records, n_outputs), default=None
            Their labels, classes of any type or what the models predict; None for
            models that take none.
        groups : array-like of shape (n_records,), default=None
            Users, for the splitters that keep all records of one on one side.
        **fit_params
            What ``fit`` of the models is given beside records and labels. Of what has
            one value per record, such as ``sample_weight``, each model gets the values
            of its records; all else is passed as it is.

        Returns
        -------
        self : object
        """
        X, y, groups = check_records(X, y, groups, estimators=self.zoo)
        know_features(self, X)
        if not self.zoo:
            raise ValueError(
                "The 'estimator' parameter of ShadowModels must be an estimator or a "
                "list of at least one. Got an empty list instead."
            )
        rng = check_random_state(self.random_state)
        classes = classes_of(y, self.zoo)
        signals = self.signals
        if signals is not None:
            signals = check_signals(signals, fill=partial(filled, X, y))
        splits = self._design(X, y, groups, classes, draw_seeds(rng))
        zoo = list(map(unlimited, self.zoo))
        trainers = [self._trainer_of(model, X, y, fit_params) for model in zoo]
        runs = list(product(splits, zip(zoo, trainers, strict=True)))
        memory = open_store(self.memory)
        key = data_key(memory, X, y, estimators=self.zoo)
        seeds = draw_seeds(rng, len(runs))
        tasks = [
            Task(model, split[0], seed, key, fit_params, trainer)
            for (split, (model, (trainer, _))), seed in zip(runs, seeds, strict=True)
        ]
        alone = alone_in_group(X, groups) if self.both_sides else None
        asked = signals, classes, self.unpack, alone
        how = {"n_jobs": self.n_jobs, "verbose": self.verbose}
        trained = train_lots(memory, tasks, X, y, *asked, **how)

        pools = answers_of(tasks, X, y)
        used, by, flat = [], [], []
        for (split, (_, trainer)), task, shadows, pool in zip(
            runs, tasks, trained, pools, strict=True
        ):
            used += [split] * len(shadows)
            by += [trainer] * len(shadows)
            flat += [
                one._replace(own=at_hand(memory, task, X, y, one.own, pool))
                for one in shadows
            ]
        self._keep(X, y, classes, used, flat, signals)
        self.trained_by_[:] = [name for name, _ in by]
        self.why_generic_[:] = [reason for _, reason in by]
        return self

    def _trainer_of(self, model, X, y, fit_params):
        """Name of a trainer, and why it is the generic one if nobody asked for it."""
        if self.trainer == GENERIC:
            return GENERIC, None
        return choose_trainer(model, X, y, fit_params)

    def _design(self, X, y, groups, classes, seed):
        """Train and test indices of every split."""
        y = strata_of(y, classes)
        n_shadows, cv = check_design("ShadowModels", self.n_shadows, self.cv)
        if cv is None:
            cv = BalancedShuffleSplit(n_shadows, random_state=seed)
        else:
            cv = check_cv(cv, y, classifier=classes is not None)
            if getattr(cv, "random_state", seed) is None:
                cv = copy(cv)
                cv.random_state = seed
        return list(cv.split(X, y, groups))

    @property
    def zoo(self) -> list[Estimator]:
        """The kinds of models that are trained, as a list."""
        if isinstance(self.estimator, list | tuple):
            return list(self.estimator)
        return [self.estimator]

    def __sklearn_tags__(self):
        return pass_records_to(super().__sklearn_tags__(), self.zoo)
