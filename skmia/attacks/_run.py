"""How an attack is run: one conductor for audits, games, searches, the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import check_random_state

from skmia.attacks._random_records import random_records
from skmia.attacks._recipe import SOURCES, TRAINS, of_random_records, own_signal
from skmia.attacks._some_pairs import some_pairs
from skmia.attacks.models._reference import ReferenceAttack
from skmia.exceptions import QueryBudgetExceeded
from skmia.targets._pairs import as_pairs
from skmia.utils._membership import membership_score
from skmia.utils._parallel import at_home
from skmia.utils._random import deal_groups, set_random_states
from skmia.utils._threads import fitting_threads
from skmia.utils._typing import FittedOn

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from skmia.shadow._shadow_models import ShadowModels
    from skmia.targets._session import Session

N_FOLDS = 5


def run(
    attack: Pipeline,
    fitted_on: FittedOn | None,
    session: Session,
    *,
    shadows: ShadowModels | None = None,
    other: ShadowModels | None = None,
    member: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    seed: int = 0,
) -> tuple[np.ndarray, NDArray[np.int_]]:
    """Score and decision of an attack for every record in question.

    .. versionadded:: 0.2

    Parameters
    ----------
    attack : Pipeline
        Not fitted, see :func:`make_attack`; it is cloned.
    fitted_on : {"shadows", "other-task", "members", "nonmembers", "random-records", \
"candidates"} or None
        Where pairs with known membership come from, see :class:`AttackRecipe`.
    session : skmia.targets.Session
        The target and the records in question.
    shadows : ShadowModels, default=None
        Fitted; for "shadows".
    other : ShadowModels, default=None
        Fitted on another task; for "other-task".
    member : array-like of {0, 1} of shape (n_records,), default=None
        Known membership, for "members" and "nonmembers". It is cross-fitted: no record
        helps to judge itself.
    groups : array-like of shape (n_records,), default=None
        Who a record is of: a person, or the row that it copies. No record of a group
        helps to judge another one of it.
    seed : int, default=0
        Seed of the attack model, the folds and the random records.

    Returns
    -------
    score : ndarray of shape (n_records,)
        Higher = more likely a member; nan for records that the model, for want of a
        budget, was not asked about. Nothing is learned from these either.
    called : ndarray of int of shape (n_records,)
        Decisions: 1 = member.

    Raises
    ------
    QueryBudgetExceeded
        Too little was answered to learn anything, or there is no budget for the
        random records.

    See Also
    --------
    lacks : Why an attack cannot be run.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.metrics import roc_auc_score
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import get_attack, run
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> shadows = ShadowModels(tree, n_shadows=4, random_state=0).fit(X, y)
    >>> recipe = get_attack("lira-online")
    >>> session = Session(tree, X, y)
    >>> score, called = run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    >>> member = [1, 0] * 898 + [1]
    >>> roc_auc_score(member, score) > 0.6
    True
    """
    if fitted_on not in SOURCES:
        raise ValueError(
            f"The 'fitted_on' parameter of run must be one of {list(SOURCES)}. Got "
            f"{fitted_on!r} instead."
        )
    attack = seeded(attack, seed)
    if fitted_on in TRAINS:
        models: Any = shadows if fitted_on == "shadows" else other
        pairs, inside, _ = models.pairs(getattr(attack[0], "n_models", None))
        return judge(fit(attack, pairs, inside), session)
    evidence = attack[0].fit(session)
    strangers = None
    if fitted_on == "random-records":
        strangers = _strangers(attack, session, seed)
        # First: candidates may be left out for want of a budget, and these may not.
        see(evidence, strangers)
        session.count(strangers)
    Z, answered = see(evidence, session)
    score = np.full(len(session), np.nan)
    called = np.zeros(len(session), dtype=int)
    rows = np.flatnonzero(answered)
    if not len(rows):
        pass
    elif fitted_on in ("members", "nonmembers"):
        member = np.asarray(member)
        folds = _folds(member, groups, rows, seed)
        found, called[rows] = _cross_fitted(attack, Z, session, rows, member, folds)
        score[rows] = _ranking(attack, Z, rows, found)
    elif fitted_on == "random-records":
        found, called[rows] = _against_nobody(attack, session, rows, strangers)
        score[rows] = _ranking(attack, Z, rows, found)
    elif fitted_on == "candidates":
        score[rows] = called[rows] = attack.fit_predict(session[rows])
    else:
        score[rows] = _rule(Z)[rows]
        called = (score > 0.5).astype(int)
    return score, called


def _rule(Z):
    """The one column of an attack that learns nothing: it says who is a member."""
    values = Z.to_numpy()
    seen = values[~np.isnan(values)]
    if values.shape[1] > 1 or seen.min(initial=0) < 0 or seen.max(initial=1) > 1:
        raise ValueError(
            "An attack with fitted_on=None learns nothing: what it sees must be one "
            "column from 0 to 1, members above one half, such as 'correctness'. Got "
            f"{list(Z)[:3]}."
        )
    return values[:, 0]


def lacks(attack: Pipeline, session: Session | None = None) -> str | None:
    """Why an attack cannot be run on a model, in words.

    .. versionadded:: 0.2

    Parameters
    ----------
    attack : Pipeline
        See :func:`make_attack`.
    session : skmia.targets.Session, default=None
        The target and the records in question. None: look at the attack only.

    Returns
    -------
    reason : str or None
        None where nothing is lacking.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import LinearSVC
    >>> from skmia.attacks import get_attack, lacks
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> session = Session(LinearSVC(random_state=0).fit(X, y), X, y)
    >>> lacks(get_attack("shokri").attack, session)
    'the model gives no probabilities'
    >>> lacks(get_attack("gap").attack, session) is None
    True
    """
    evidence = attack[0]
    return evidence.lacks(session) if hasattr(evidence, "lacks") else None


def recorded(attack):
    """Signals to record of shadow models, so that none is kept; None to keep them."""
    evidence = attack[0]
    return evidence.recorded() if hasattr(evidence, "recorded") else None


def seeded(attack, seed):
    """Clone of an attack with seeds of its own.

    The evidence gets the seed itself, where it has none: every model is observed alike.
    """
    attack = clone(attack)
    set_random_states(attack[-1], check_random_state(seed))
    unset = [
        name
        for name, value in attack[0].get_params().items()
        if value is None and f"__{name}".endswith("__random_state")
    ]
    attack[0].set_params(**dict.fromkeys(unset, seed))
    return attack


def tampered(attack, estimator, X, y):
    """What is trained where the adversary acts before: the estimator, mostly as it is.

    `X` and `y` are the records in question.
    """
    # What is no federation is refused once it is seen, for want of rounds.
    where = getattr(attack[0], "acts_through", "hooks")
    acts = hasattr(attack[0], "tamper") and hasattr(estimator, where)
    return attack[0].tamper(estimator, X, y) if acts else estimator


def see(evidence, pairs):
    """What a fitted evidence sees of pairs, and which of them could be asked about."""
    pairs = _not_asked_yet(pairs)
    return evidence.transform(pairs), ~pairs.unanswered


def _not_asked_yet(pairs):
    pairs = as_pairs(pairs)
    for part in pairs.parts:
        part.unanswered[:] = False
    return pairs


def fit(attack, pairs, member):
    """Fit an attack, as ``attack.fit`` does, on the pairs that could be asked about.

    Here, with no more threads than it needs, and on no more pairs than its model takes.
    """
    pairs, member = _not_asked_yet(pairs), np.asarray(member)
    pairs, member = some_pairs(attack, pairs, member)
    Z, there = attack[0].fit_transform(pairs, member), ~pairs.unanswered
    if len(np.unique(member[there])) < len(np.unique(member)):
        raise QueryBudgetExceeded(
            f"Of {len(there)} pairs that the attack learns from {there.sum()} were "
            "answered: too few."
        )
    with fitting_threads(len(Z)), at_home():
        _judges(attack).fit(_rows(Z, there), member[there])
    return attack


def judge(attack, pairs):
    """Score and decision of a fitted attack for pairs, each seen once."""
    return judge_seen(attack, *see(attack[0], pairs))


def judge_seen(attack, Z, answered):
    """Score and decision of a fitted attack for what was seen; nan for what was not."""
    model = _judges(attack)
    score, called = np.full(len(Z), np.nan), np.zeros(len(Z), dtype=int)
    if answered.any():
        Z = _rows(Z, answered)
        with fitting_threads(len(Z)), at_home():
            score[answered] = membership_score(model, Z)
            called[answered] = model.predict(Z)
    return score, called


def _rows(Z, there):
    return Z if there.all() else Z[there]


def _judges(attack):
    """What comes after the evidence."""
    return attack[1:] if len(attack) > 2 else attack[-1]


def _folds(member, groups, rows, seed):
    """Train and test places among the rows; groups stay together, if there are any."""
    member = member[rows]
    of = rows if groups is None else np.asarray(groups)[rows]
    n_groups = [len(np.unique(of[member == side])) for side in (0, 1)]
    n_folds = min(N_FOLDS, *n_groups)
    if n_folds < 2:
        raise ValueError(
            "To learn from some records of the target and judge others, members and "
            f"others must be of 2 groups, or rows, at least. Got {n_groups[1]} "
            f"and {n_groups[0]}."
        )
    if groups is None:
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
        yield from folds.split(member, member)
        return
    hand = deal_groups(of, member, n_folds, check_random_state(seed))
    for i in range(n_folds):
        yield np.flatnonzero(hand != i), np.flatnonzero(hand == i)


def _cross_fitted(attack, Z, session, rows, member, folds):
    """Fitted on other records of the target than those it is applied to."""
    member = member[rows]
    score, called = np.empty(len(rows)), np.empty(len(rows), dtype=int)
    few = min(np.bincount(member, minlength=2)) < N_FOLDS
    if few and len(rows) < len(session):
        raise QueryBudgetExceeded(
            f"Of {len(session)} records {len(rows)} were answered: too few to learn "
            "from some and judge the others."
        )
    judges = _judges(attack)
    if hasattr(judges, "cross_judge"):  # one cross-fit, not one within every fold
        with fitting_threads(len(rows)), at_home():
            return judges.cross_judge(Z.iloc[rows], member, folds)
    for train, test in folds:
        model = fit(clone(attack), session[rows[train]], member[train])
        score[test], called[test] = judge(model, session[rows[test]])
        if isinstance(model[-1], ReferenceAttack):
            # Relative to the threshold of the fold, which would only blur the ranking.
            score[test] += model[-1].threshold_
    return score, called


def _strangers(attack, session, seed):
    """Random records, if there is a budget for them and the candidates."""
    n, price = of_random_records(attack)
    asks = getattr(attack[0], "asks", frozenset()) - {"parameters"}
    probing = price > len(asks)
    drawn = random_records(session.X, n, whole=not probing, random_state=seed)
    session.check_budget(asks, drawn, price=price)
    strangers = session.about(drawn)
    if probing:  # a distance is one to another label than its own
        labels = strangers.ask("predict")
        session.count(strangers)
        strangers = session.about(drawn, labels)
    return strangers


def _against_nobody(attack, session, rows, strangers):
    """Random records stand in for non-members."""
    member = np.repeat([1, 0], [len(rows), len(strangers)])
    # The candidates first: it is their records that the evidence is fitted on.
    pairs = session[rows] + strangers
    return judge(fit(attack, pairs, member), session[rows])


def _ranking(attack, Z, rows, score):
    """Scores, or what was seen itself where that is one signal with a direction.

    Cross-fitted scores are relative to the threshold of their fold, which would only
    blur it.
    """
    signal = own_signal(attack)
    if signal is None:
        return score
    value = Z.iloc[rows, 0].to_numpy()
    return value if signal.greater_is_member else -value
