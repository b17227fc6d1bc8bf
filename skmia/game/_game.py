"""The membership inference game: an adversary, a victim, and who wins."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import accuracy_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, check_memory, validate_data

from skmia.attacks import AttackRecipe, attack_needs, get_attack
from skmia.attacks._reference import ReferenceAttack
from skmia.game._steps import fit_attack, observe_target
from skmia.shadow import BalancedShuffleSplit, ShadowModels
from skmia.signals import Signal
from skmia.signals._registry import check_signals, default_signals
from skmia.utils._cache import cached, fingerprint
from skmia.utils._frozen import is_frozen
from skmia.utils._membership import membership_score
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_membership, check_records
from skmia.utils._sklearn import HasMethods, _fit_context
from skmia.utils._tags import pass_records_to

# What a game gives to an attack; the adversary's shadow models stand in for known
# members and non-members.
GIVEN = ("members", "nonmembers", "shadows", "references", "stages")


@dataclass(frozen=True)
class GameOutcome:
    """One round of the game, seen from above.

    Attributes
    ----------
    member : ndarray of int of shape (n_records,)
        1 where the target was trained on the record.
    score : ndarray of shape (n_records,)
        The attack's score: higher = more likely a member.
    predicted : ndarray of int of shape (n_records,)
        The attack's decision.
    observations : DataFrame of shape (n_records, n_columns)
        What the attack saw.
    target_train_accuracy, target_test_accuracy : float
        Accuracy of the target on members and on non-members; nan when not asked for.
    """

    member: np.ndarray
    score: np.ndarray
    predicted: np.ndarray
    observations: pd.DataFrame
    target_train_accuracy: float = float("nan")
    target_test_accuracy: float = float("nan")


class MembershipGame(MetaEstimatorMixin, BaseEstimator):
    """A target, a generator of shadow models and an attack, as one estimator.

    ``fit(X, y)`` is the adversary's side: train shadow models on ``(X, y)`` and the
    attack on what they give away. ``score(X, y)`` is the challenger's side: train a
    clone of the target on half of other records and ask the attack about both
    halves. Under cross-validation the train fold is therefore the adversary and the
    test fold the victim, disjoint by construction; ``GridSearchCV`` drives the grid
    of targets, generators, attacks and defenses.

    Parameters
    ----------
    target : classifier
        The victim's model, defended or not. A :class:`~sklearn.frozen.FrozenEstimator`
        is asked as it is; then ``score`` must be told the members.
    generator : classifier, list of classifiers or ShadowModels, default=None
        What the adversary trains. None: clones of `target`, so that every defense
        meets an adaptive attack. A :class:`ShadowModels` brings its own design.
    attack : classifier, str or AttackRecipe, default=None
        Attack model, any binary classifier on observations, or the name of a published
        attack (see :func:`skmia.attacks.get_attack_names`), which brings its signals.
        Reference attacks see references that were trained on the adversary's records
        only. None: histogram gradient boosting.
    signals : str, Signal or list of them, default=None
        What the attack sees. None: "posterior" and "loss", or "correctness" where
        there are no probabilities.
    cv : int, splitter or iterable, default=10
        Design of the shadow models, see :class:`ShadowModels`; not used when
        `generator` is a ``ShadowModels``.
    memory : str or joblib.Memory, default=None
        Cache that the cells of a grid share: k targets, k generators and k attacks
        cost k target fits and k families of shadow models a fold, not k to the
        third. Set `random_state` to an int, or nothing is found again.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of shadows, attack and members.
    verbose : bool, default=False
        Show a progress bar (needs ``rich``).

    Attributes
    ----------
    attack_ : classifier
        Fitted attack model.
    signals_ : list of Signal
        What the attack sees.
    classes_seen_ : ndarray of shape (n_classes,)
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
    >>> game = MembershipGame(DecisionTreeClassifier(), cv=4, random_state=0)
    >>> game.fit(X[:900], y[:900]).score(X[900:], y[900:]) > 0.55
    True
    """

    _parameter_constraints = {
        "target": [HasMethods("fit")],
        "generator": [HasMethods("fit"), list, tuple, None],
        "attack": [HasMethods(["fit", "predict"]), str, AttackRecipe, None],
        "signals": [str, Signal, list, tuple, None],
        "cv": ["cv_object"],
        "memory": [str, HasMethods("cache"), None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["boolean"],
    }

    def __init__(
        self,
        target,
        generator=None,
        attack=None,
        *,
        signals=None,
        cv=10,
        memory=None,
        n_jobs=None,
        random_state=None,
        verbose=False,
    ):
        self.target = target
        self.generator = generator
        self.attack = attack
        self.signals = signals
        self.cv = cv
        self.memory = memory
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None):
        """Adversary's side: train the shadow models, then the attack.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The adversary's records.
        y : array-like of shape (n_records,)
            Their labels.
        groups : array-like of shape (n_records,), default=None
            Users: membership of all records of one.

        Returns
        -------
        self : object
        """
        X, y, groups = check_records(X, y, groups)
        validate_data(self, X, skip_check_array=True)
        if self.generator is None and is_frozen(self.target):
            raise ValueError(
                "The target is a fitted model (FrozenEstimator): no shadow models can "
                "be trained from it. Give the 'generator' parameter."
            )
        rng = check_random_state(self.random_state)
        shadow_seed, attack_seed, self.score_seed_ = draw_seeds(rng, 3)
        shadows = self._shadow_models(shadow_seed)
        attack, signals = self._attack_and_signals(shadows.zoo)
        self.signals_ = check_signals(signals)
        shadows.set_params(signals=self.signals_)
        memory = check_memory(self.memory)
        ignore = ["memory", "X", "y", "groups", "n_jobs", "verbose"]
        learn = cached(memory, fit_attack, ignore, attack, shadows)
        self.attack_, self.classes_seen_, self._references = learn(
            attack,
            attack_seed,
            shadows,
            isinstance(attack, ReferenceAttack),
            fingerprint(X, y, groups, estimators=[*shadows.zoo, attack]),
            memory,
            X,
            y,
            groups,
            self.n_jobs,
            self.verbose,
        )
        return self

    def _shadow_models(self, seed):
        """Shadow models, not fitted, without what must not change a cached result."""
        generator = self.target if self.generator is None else self.generator
        if isinstance(generator, ShadowModels):
            shadows = clone(generator)
        else:
            shadows = ShadowModels(clone(generator), cv=self.cv)
        return shadows.set_params(
            random_state=seed, n_jobs=None, memory=None, verbose=False
        )

    def _attack_and_signals(self, zoo):
        """Attack model, not fitted, and what it sees."""
        signals = self.signals
        if isinstance(self.attack, str | AttackRecipe):
            recipe = get_attack(self.attack)
            _check_playable(recipe)
            return recipe.make(), recipe.signals if signals is None else signals
        attack = HistGradientBoostingClassifier()
        if self.attack is not None:
            attack = clone(self.attack)
        if signals is None and isinstance(attack, ReferenceAttack):
            raise ValueError(
                f"{type(attack).__name__} compares one signal of the target with those "
                "of reference models: name it, for example signals=['scaled_logit']."
            )
        return attack, default_signals(
            self.target, *zoo
        ) if signals is None else signals

    def play(self, X, y, *, member=None, groups=None, utility=False):
        """Challenger's side: train the target on half of the records, ask the attack.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The victim's records, none of them the adversary's.
        y : array-like of shape (n_records,)
            Their labels.
        member : array-like of {0, 1} of shape (n_records,), default=None
            Records that the target is (or, if frozen, was) trained on. None: a
            random half, stratified by label.
        groups : array-like of shape (n_records,), default=None
            Users: all records of one are members, or none.
        utility : bool, default=False
            Also measure the accuracy of the target on members and non-members.

        Returns
        -------
        outcome : GameOutcome
        """
        check_is_fitted(self)
        X, y, groups = check_records(X, y, groups)
        validate_data(self, X, reset=False, skip_check_array=True)
        rng = check_random_state(self.score_seed_)
        member = self._members(X, y, member, groups, draw_seeds(rng))
        target = clone(self.target)
        memory = check_memory(self.memory)
        ask = cached(memory, observe_target, ["X", "y"], target, self.signals_)
        Z, correct = ask(
            target,
            draw_seeds(rng),
            self.signals_,
            self.classes_seen_,
            utility,
            fingerprint(X, y, member, estimators=[target]),
            X,
            y,
            member,
        )
        accuracy = []
        if utility:
            accuracy = [correct[member == side].mean() for side in (1, 0)]
        if self._references is not None:
            Z = self._references.reference_observations(Z, self.signals_, X, y)
        score = membership_score(self.attack_, Z)
        return GameOutcome(member, score, self.attack_.predict(Z), Z, *accuracy)

    def _members(self, X, y, member, groups, seed):
        if member is not None:
            member = check_membership(member)
            if len(member) != len(y):
                raise ValueError(
                    f"Membership must be given for every record: {len(y)} records, "
                    f"{len(member)} values."
                )
            return member
        if is_frozen(self.target):
            raise ValueError(
                "The target is a fitted model (FrozenEstimator): its members cannot be "
                "drawn. Pass member= to score or play, 1 where it was trained on the "
                "record."
            )
        halves = BalancedShuffleSplit(2, random_state=seed)
        train, _ = next(halves.split(X, y, groups))
        member = np.zeros(len(y), dtype=int)
        member[train] = 1
        return member

    def score(self, X, y, *, member=None, groups=None):
        """Accuracy of the attack on members and non-members of a fresh target.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The victim's records.
        y : array-like of shape (n_records,)
            Their labels.
        member : array-like of {0, 1} of shape (n_records,), default=None
            Members of the target; see :meth:`play`.
        groups : array-like of shape (n_records,), default=None
            Users; see :meth:`play`.

        Returns
        -------
        accuracy : float
            0.5 is chance when members and non-members are equally many, as they are
            by default. Use :func:`skmia.metrics.game_scorer` for other metrics.
        """
        outcome = self.play(X, y, member=member, groups=groups)
        return accuracy_score(outcome.member, outcome.predicted)

    def __sklearn_tags__(self):
        shadows = self._shadow_models(None)
        tags = super().__sklearn_tags__()
        return pass_records_to(tags, [self.target, *shadows.zoo])


def _check_playable(recipe):
    missing = [need for need in recipe.needs if need not in GIVEN]
    if missing:
        raise ValueError(
            f"The attack {recipe.name!r} cannot be played in a game: it needs "
            f"{attack_needs()[missing[0]]}."
        )
