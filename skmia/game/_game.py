"""The membership inference game: an adversary, a victim, and who wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state

from skmia.attacks import AttackRecipe
from skmia.attacks._granted import Granted
from skmia.attacks._run import seeded
from skmia.game._challenger import Challenger
from skmia.game._choices import check_attack
from skmia.game._knowledge import NUMBERS_ONLY, add_noise, choose_records
from skmia.game._learning import learn
from skmia.shadow import ShadowModels
from skmia.shadow._splitters import check_design
from skmia.signals import Signal
from skmia.signals._registry import check_signals
from skmia.utils._cache import hashed_once, open_store
from skmia.utils._deprecation import renamed_parameters
from skmia.utils._fitting import per_record
from skmia.utils._inside import is_frozen
from skmia.utils._labels import classes_of
from skmia.utils._numbers import numeric_records
from skmia.utils._outputs import labels_per_record
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_records, know_features
from skmia.utils._sklearn import (
    COUNT,
    JOBS,
    NOT_NEGATIVE,
    POSITIVE,
    HasMethods,
    _fit_context,
)
from skmia.utils._store import MEMORY
from skmia.utils._tags import pass_records_to
from skmia.utils._typing import (
    Access,
    Classifier,
    Estimator,
    MatrixLike,
    MemoryLike,
    RandomStateLike,
    Splits,
)

if TYPE_CHECKING:
    from skmia.game._protocols import Canaries, Halves
    from skmia.signals._base import SignalsLike


@renamed_parameters(generator="shadow_estimator", since="0.2", until="0.4")
class MembershipGame(Challenger, MetaEstimatorMixin, BaseEstimator):
    """A target, a kind of shadow models and an attack, as one estimator.

    ``fit(X, y)`` is the adversary's side: train shadow models on ``(X, y)`` and the
    attack on what they give away. ``score(X, y)`` is the challenger's side: train a
    clone of the target on half of other records and ask the attack about both
    halves. Under cross-validation the train fold is therefore the adversary and the
    test fold the victim, disjoint by construction; ``GridSearchCV`` drives the grid
    of targets, shadow models, attacks and defenses.

    Parameters
    ----------
    target : classifier
        The victim's model, defended or not. A :class:`~sklearn.frozen.FrozenEstimator`
        is asked as it is; then ``score`` must be told the members.
    shadow_estimator : classifier, list of classifiers or ShadowModels, default=None
        What the adversary trains. None: clones of `target`, so that every defense
        meets an adaptive attack. A :class:`ShadowModels` brings its own design.

        .. versionchanged:: 0.2
           It was called `generator`.
    attack : classifier, Pipeline, str or AttackRecipe, default=None
        Attack model, any binary classifier on observations; a whole attack on pairs
        (see :func:`skmia.attacks.make_attack`), or the name of one (see
        :func:`skmia.attacks.get_attack_names`), which brings its signals. Reference
        attacks see references that were trained on the adversary's records only.
        None: histogram gradient boosting.
    signals : str, Signal or list of them, default=None
        What the attack sees. None: "posterior" and "loss", or "correctness" where
        there are no probabilities.
    access : {"label", "top-k", "scores", "explanations", "timing", "insider", \
"white-box"} or sequence of them, default="scores"
        What the adversary may see of the target, see :func:`skmia.audit`: an attack
        that needs more is an error, and the target answers nothing else.
    top_k : int, default=3
        How many of the largest posteriors "top-k" shows.
    n_shadows : int, default=10
        Number of shadow models, even; see :class:`ShadowModels`.
    cv : splitter or iterable, default=None
        Another design of the shadow models. Like `n_shadows` not used when
        `shadow_estimator` is a ``ShadowModels``.

        .. versionchanged:: 0.2
           The number of models, once an int here, is `n_shadows`.
    shadow_data : generator of records, default=None
        Makes the records that shadow models are trained on: ``fit(X, y)`` is given
        the adversary's records, ``sample(n)`` returns records and labels. None: the
        adversary's records themselves.
    shadow_size : int or float, default=None
        Number of shadow records, or a share of the number of the adversary's: a
        random part of these, stratified by label, or what `shadow_data` samples.
        None: as many as the adversary has.
    shadow_noise : float, default=0.0
        Noise from U[0, `shadow_noise`] in every feature of the shadow records, before
        shadow models are trained and asked. Meant for features scaled to [0, 1].
    target_noise : float, default=0.0
        The same noise in the adversary's copies of the candidates, before the target
        (and reference models) are asked. The target's own records stay clean.
    noise_clip : bool, default=False
        Cut noisy features at 1, the upper end of scaled features.
    protocol : Halves or Canaries, default=None
        How the challenger chooses members and candidates. None: a random half of the
        victim's records are members, and all of them candidates.
    memory : str, path-like, Store or joblib.Memory, default=None
        Cache that the cells of a grid share, models and what they answered: k
        targets, k kinds of shadow models and k attacks cost k target fits and k
        families of shadow models a fold, not k to the third, whatever the attacks
        see. Set `random_state` to an int, or nothing is found again. None: every cell
        is on its own.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of shadows, attack, members and noise.
    verbose : bool, default=False
        Show a progress bar (needs ``rich``).

    Attributes
    ----------
    attack_ : classifier
        Attack model, fitted where shadow models teach it.
    signals_ : list of Signal
        What the attack sees.
    classes_seen_ : ndarray of shape (n_classes,) or None
        The adversary's class labels: the layout of the observations.
    score_seed_ : int
        Seed of the challenger, drawn in ``fit``: ``score`` is repeatable.
    n_features_in_ : int
        Number of features of the records.
    feature_names_in_ : ndarray of str
        Names of the features, if the records came with names.

    See Also
    --------
    skmia.metrics.game_scorer : Several metrics at once for a search.
    skmia.audit : Audit of one fitted model by its owner.

    Notes
    -----
    Level: records. Threat model: the adversary owns records of the same population,
    none of them the victim's, knows or guesses the target's kind, and sees one
    answer per candidate with the access that the signals need.

    What the adversary knows is a parameter each: in the paper exact candidates
    (`target_noise`) matter most, then the number of shadow records, then their
    fidelity. Records of another data set of as many features may be given to ``fit``.
    A `shadow_data` that must ask the victim has none to ask in ``fit``: sample
    outside of the game, and give ``fit`` the sample.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import MembershipGame
    >>> X, y = load_digits(return_X_y=True)
    >>> game = MembershipGame(DecisionTreeClassifier(), n_shadows=4, random_state=0)
    >>> game.fit(X[:900], y[:900]).score(X[900:], y[900:]) > 0.55
    True

    A curve over what the adversary knows, here over the noise in the candidates:

    >>> from sklearn.model_selection import StratifiedShuffleSplit, validation_curve
    >>> cv = StratifiedShuffleSplit(1, test_size=0.5, random_state=0)
    >>> noise = {"param_name": "target_noise", "param_range": [0, 0.5]}
    >>> exact, noisy = validation_curve(game, X / 16, y, cv=cv, **noise)[1]
    >>> bool(exact > noisy)
    True
    """

    _parameter_constraints = {
        "target": [HasMethods("fit")],
        "shadow_estimator": [HasMethods("fit"), list, tuple, None],
        "attack": [HasMethods(["fit", "predict"]), str, AttackRecipe, None],
        "signals": [str, Signal, list, tuple, None],
        "access": [str, list, tuple],
        "top_k": [COUNT],
        "n_shadows": [COUNT],
        "cv": ["cv_object"],
        "shadow_data": [HasMethods(["fit", "sample"]), None],
        "shadow_size": [POSITIVE, None],
        "shadow_noise": [NOT_NEGATIVE],
        "target_noise": [NOT_NEGATIVE],
        "noise_clip": ["boolean"],
        "protocol": [HasMethods("deal"), None],
        "memory": MEMORY,
        "n_jobs": JOBS,
        "random_state": ["random_state"],
        "verbose": ["boolean"],
    }

    def __init__(
        self,
        target: Classifier,
        shadow_estimator: Classifier
        | Sequence[Classifier]
        | ShadowModels
        | None = None,
        attack: Classifier | str | AttackRecipe | None = None,
        *,
        signals: SignalsLike | None = None,
        access: Access | Sequence[Access] = "scores",
        top_k: int = 3,
        n_shadows: int = 10,
        cv: Splits | None = None,
        shadow_data: Estimator | None = None,
        shadow_size: float | None = None,
        shadow_noise: float = 0.0,
        target_noise: float = 0.0,
        noise_clip: bool = False,
        protocol: Halves | Canaries | None = None,
        memory: MemoryLike = None,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
        verbose: bool = False,
    ) -> None:
        self.target = target
        self.shadow_estimator = shadow_estimator
        self.attack = attack
        self.signals = signals
        self.access = access
        self.top_k = top_k
        self.n_shadows = n_shadows
        self.cv = cv
        self.shadow_data = shadow_data
        self.shadow_size = shadow_size
        self.shadow_noise = shadow_noise
        self.target_noise = target_noise
        self.noise_clip = noise_clip
        self.protocol = protocol
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
        """Adversary's side: train the shadow models, then the attack.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The adversary's records.
        y : array-like of shape (n_records,) or (n_records, n_outputs), default=None
            Their labels; None for models that take none.
        groups : array-like of shape (n_records,), default=None
            Users: membership of all records of one.
        **fit_params
            What ``fit`` of the shadow models is given beside records and labels. Of
            what has one value per record each model gets the values of its records.

        Returns
        -------
        self : object
        """
        X, y, groups = check_records(X, y, groups, estimators=self._takers())
        know_features(self, X)
        if self.shadow_estimator is None and is_frozen(self.target):
            raise ValueError(
                "The target is a fitted model (FrozenEstimator): no shadow models can "
                "be trained from it. Give the 'shadow_estimator' parameter."
            )
        n_shadows, cv = check_design("MembershipGame", self.n_shadows, self.cv)
        if self.target_noise:
            numeric_records(X, NUMBERS_ONLY)  # raises now what score would raise
        rng = check_random_state(self.random_state)
        shadow_seed, self._attack_seed, self.score_seed_ = draw_seeds(rng, 3)
        shadows = self._shadow_models(shadow_seed, n_shadows=n_shadows, cv=cv)
        models = [self.target, *shadows.zoo]
        classes_of(y, models)  # raises where a model cannot learn the labels
        attack, self._source = check_attack(
            self.attack, self.signals, models, self._granted()
        )
        self._attack = seeded(attack, self._attack_seed)
        memory = open_store(self.memory)
        lost = per_record(fit_params, X)
        if lost and (self.shadow_data, self.shadow_size) != (None, None):
            raise ValueError(
                "The shadow models are trained on other records than those that "
                f"{lost} of fit has values for: leave out 'shadow_data' and "
                "'shadow_size'."
            )
        X, y, groups = self._shadow_records(X, y, groups, memory, rng)
        self.classes_seen_ = classes_of(y, models)
        self._n_labels = labels_per_record(y)
        if self._learns():
            how = {"n_jobs": self.n_jobs, "verbose": self.verbose}
            records = X, y, groups
            self._attack = learn(
                self._attack, shadows, memory, records, fit_params, **how
            )
        return self

    def _granted(self):
        return Granted.of("MembershipGame", self.access, self.top_k)

    def _learns(self):
        """Whether shadow models teach the attack; they stand in for known members."""
        return self._source in ("shadows", "members", "nonmembers")

    @property
    def attack_(self) -> Estimator:
        """Attack model, fitted where it learns from shadow models."""
        return self._attack[-1]

    @property
    def signals_(self) -> list[Signal]:
        """What the attack sees, as signals."""
        return check_signals(self._attack[0].signals)

    def _shadow_models(self, seed, **design):
        """Shadow models, not fitted, without what must not change a cached result."""
        kind = self.target if self.shadow_estimator is None else self.shadow_estimator
        if isinstance(kind, ShadowModels):
            shadows = clone(kind)
        else:
            shadows = ShadowModels(clone(kind), **design)
        return shadows.set_params(
            random_state=seed, n_jobs=None, memory=None, verbose=False
        )

    def _takers(self):
        """All kinds of models that take the records."""
        return [self.target, *self._shadow_models(None).zoo]

    def _shadow_records(self, X, y, groups, memory, rng):
        """What the shadow models are trained on, made of the adversary's records."""
        if (self.shadow_data, self.shadow_size, self.shadow_noise) == (None, None, 0):
            return X, y, groups
        seed, noise_seed = draw_seeds(rng, 2)
        X, y, groups = choose_records(
            self.shadow_data, self.shadow_size, seed, memory, X, y, groups
        )
        return add_noise(X, self.shadow_noise, noise_seed, self.noise_clip), y, groups

    def __sklearn_tags__(self):
        takers = self._takers()
        if self.shadow_data is not None:
            takers.append(self.shadow_data)
        tags = pass_records_to(super().__sklearn_tags__(), takers)
        if self.shadow_noise or self.target_noise:
            tags.input_tags.sparse = False
        return tags
