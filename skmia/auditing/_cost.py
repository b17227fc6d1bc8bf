"""What an audit will cost: models trained, questions asked, seconds, memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from math import prod
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_is_fitted

from skmia.attacks import AttackRecipe
from skmia.attacks._granted import Granted
from skmia.attacks._recipe import TRAINS, of_random_records
from skmia.auditing._audit import audit
from skmia.auditing._audited_records import check_answers, pool
from skmia.auditing._choice import (
    N_COPIED,
    REGRESSION_ATTACKS,
    UNLABELLED_ATTACKS,
    choose,
    default_attacks,
    many_queries,
    signals_of,
)
from skmia.auditing._findings import plan
from skmia.auditing._knowledge import Knowledge
from skmia.auditing._performance import SIGNALS
from skmia.auditing._shadow_design import shadow_design
from skmia.auditing._stand_in import stand_in_of
from skmia.auditing._timing import seconds_of, some_of, train_some
from skmia.auditing.validity._positive_control import asks_once
from skmia.signals import get_signal
from skmia.signals._keys import signal_key
from skmia.utils._access import READ, TIMING
from skmia.utils._budget import minds_queries, queries_left
from skmia.utils._kinds import kind_of
from skmia.utils._labels import classes_of
from skmia.utils._records import n_records
from skmia.utils._sklearn import (
    COUNT,
    COUNT_OR_0,
    StrOptions,
    validate_params,
)
from skmia.utils._typing import FittedClassifier, MatrixLike

# Records of the two audits from which it is concluded what more records cost.
_FEW, _MORE = 400, 4000
# Attacks by the kind of the model, of which the first trains nothing; else "gap".
_OF_KINDS = {"regressor": REGRESSION_ATTACKS, **UNLABELLED_ATTACKS}
# Records of models whose memory is counted, which makes them slow.
_COUNTED = 1200
# Seconds of the models whose memory is counted, were it not counted.
_COUNTING = 1.0
_N_TIMED, _N_ALONE = 500, 50


class Cost(NamedTuple):
    """Result of :func:`estimate_cost`.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_fits : int
        Models like the audited one that are trained: shadow models, and a control.
    seconds : float
        Wall time on this machine, with ``n_jobs=None``.
    peak_memory : int
        Bytes beside what is held already, as :mod:`tracemalloc` counts them: of what a
        library allocates by itself nothing is known.
    n_queries : int
        Rows that the audited model is asked, of its budget at most.

    See Also
    --------
    estimate_cost : Where it comes from.

    Examples
    --------
    >>> from skmia.auditing import Cost
    >>> Cost(n_fits=17, seconds=12.5, peak_memory=2**24, n_queries=4870).n_fits
    17
    """

    n_fits: int
    seconds: float
    peak_memory: int
    n_queries: int


@validate_params(
    attacks=[str, AttackRecipe, list, tuple, None],
    access=[str, list, tuple],
    top_k=[COUNT],
    n_shadows=[COUNT_OR_0, StrOptions({"auto"})],
)
def estimate_cost(
    model: FittedClassifier,
    X_train: MatrixLike,
    y_train: ArrayLike | None = None,
    X_holdout: MatrixLike | None = None,
    y_holdout: ArrayLike | None = None,
    *,
    attacks: str | AttackRecipe | Sequence[str | AttackRecipe] | None = None,
    access: str | Sequence[str] = "scores",
    top_k: int = 3,
    n_shadows: int | Literal["auto"] = "auto",
) -> Cost:
    """What an audit of these records with these attacks will cost, before it is run.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted classifier
        It is not changed.
    X_train : {array-like, sparse matrix, DataFrame} of shape (n_train, n_features)
        As :func:`skmia.audit` takes them, and all that follows.
    y_train : array-like of shape (n_train,), default=None
        Their labels, if the model learns from some.
    X_holdout : {array-like, sparse matrix, DataFrame} of shape (n_holdout, n_features)
        Records of the same population.
    y_holdout : array-like of shape (n_holdout,), default=None
        Their labels.
    attacks : str, AttackRecipe or list of them, default=None
        Which attacks.
    access : str or sequence of str, default="scores"
        What an attacker may see of the model.
    top_k : int, default=3
        How many of the largest posteriors "top-k" shows.
    n_shadows : int or "auto", default="auto"
        Number of shadow models.

    Returns
    -------
    cost : Cost
        ``n_fits`` and ``n_queries`` as they will be, ``seconds`` and ``peak_memory``
        as they are likely to be. "noise-robustness" asks less where no noise is best.

    Raises
    ------
    ValueError
        As :func:`skmia.audit` raises.

    See Also
    --------
    plan_audit : What so many records could show.

    Notes
    -----
    Level: records. A shadow model is trained and asked, as the audit does; of models
    that take less than a second more of them, for their memory. What the attacks and
    checks take is concluded from audits of a model of random answers, on 400 and 4,000
    of the records at most: a line through both. This takes some seconds, more than the
    audit where models are trained at once. Attacks that want more than these
    parameters give are not run, and cost nothing.

    Against audits of five kinds of models (``benchmarks/bench_plan.py``) seconds and
    memory were within a factor of 1.5.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.auditing import estimate_cost
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> sets = X[::2], y[::2], X[1::2], y[1::2]
    >>> cost = estimate_cost(tree, *sets, attacks=["gap", "rmia-online"], n_shadows=4)
    >>> cost.n_fits, cost.n_queries
    (5, 300)
    """
    check_answers(model)
    if hasattr(model, "fit"):
        check_is_fitted(model)
    X, y, member, _ = pool(model, X_train, y_train, X_holdout, y_holdout)
    classes = classes_of(y, [model])
    design = shadow_design(
        model,
        n_shadows,
        weighted=False,
        caller="estimate_cost",
        memory=None,
        random_state=0,
    )
    granted = Granted.of("estimate_cost", access, top_k)
    granted = granted.of_classes(classes)
    session = granted.session(model, X, y, classes=classes)
    knowledge = Knowledge(X, y, member, design, 0, granted=granted)
    n_asked = 0
    if attacks is None:
        attacks, _ = default_attacks(model, session, granted)
        n_asked = _asked_of_copies(model, session, granted)
    for recipe in choose("estimate_cost", attacks, session.kind):
        plan(recipe, session, knowledge)
    n_fits = _n_fits(knowledge)
    n_queries = n_asked + _n_queries(knowledge.recipes, session)
    n_queries = int(min(n_queries, queries_left(model)))
    seconds, memory = _of_attacks(knowledge)
    seconds += _of_a_clock(knowledge.recipes, session, model)
    if n_fits:
        fit, peak = _of_a_model(knowledge, n_fits)
        seconds, memory = seconds + n_fits * fit, max(memory, peak + memory // 2)
    seconds += n_queries * _of_a_query(model, X, session.kind)
    return Cost(n_fits, seconds, memory, n_queries)


def _n_fits(knowledge):
    """Shadow models, and one more if an attack can be tried on a control."""
    trained = [r for r in knowledge.recipes if r.fitted_on in TRAINS]
    tried = any(not r.uses_membership and asks_once(r) for r in knowledge.recipes)
    return knowledge.design.n_shadows + tried if trained else 0


def _n_queries(recipes, session):
    """Each method is asked once about all records; a signal that probes asks by itself.

    Last, whether the model is right about each record, or how it scores it.
    """
    n, methods, probes, n_random = len(session), {_asked_last(session.kind)}, {}, 0
    n_own = 0
    for recipe in recipes:
        signals = [get_signal(signal) for signal in recipe.asked_signals]
        for signal in signals:
            if signal.probing:
                probes[signal_key(signal, None)] = signal.price
            else:
                methods |= set(signal.asks)
        if not signals:
            asks = set(getattr(recipe.attack[0], "asks", ()))
            methods |= asks - {"parameters"}
        n_own += getattr(recipe.attack[0], "n_own_queries", 0)
        if recipe.fitted_on == "random-records":
            n_random += prod(of_random_records(recipe.attack))
    methods -= READ
    return n * (len(methods) + sum(probes.values()) + n_own) + n_random


def _asked_of_copies(model, session, granted):
    """Whether attacks of many queries can be run is tried on a few records."""
    names = many_queries(model, session, granted)
    price = 1 + sum(signal.price for signal in signals_of(names))
    return min(N_COPIED, len(session)) * price if names else 0


def _of_attacks(knowledge):
    """Seconds and bytes of an audit without its models, from audits of fewer."""
    n = len(knowledge.member)
    few, more = min(n, _FEW), min(n, _MORE)
    # First: whatever is slow only once is slow here.
    memory = _bytes(_audit_of_stand_in, knowledge, few) * n // few
    seconds = seconds_of(_audit_of_stand_in, knowledge, more)
    if more < n:
        first = seconds_of(_audit_of_stand_in, knowledge, few)
        seconds += max(seconds - first, 0) / (more - few) * (n - more)
    return seconds, memory


def _of_a_clock(recipes, session, model):
    """Seconds of attacks that ask about one record at a time; also shadow models."""
    asked = [
        signal.price * len(session) * (1 + recipe.attack[0].n_models)
        for recipe in filter(_times, recipes)
        for signal in map(get_signal, recipe.signals)
    ]
    if not asked:
        return 0.0
    rows = [_safe_indexing(session.X, [i]) for i in range(min(len(session), _N_ALONE))]
    return sum(asked) * seconds_of(lambda: list(map(model.predict, rows))) / len(rows)


def _times(recipe):
    return TIMING in getattr(recipe.attack[0], "asks", ())


def _audit_of_stand_in(knowledge, n):
    """The same attacks on `n` of the records and a model that answers at random.

    Without those that look at a clock, of which a stand-in tells nothing.
    """
    X, y, member = some_of(knowledge, n)
    sets = [
        None if part is None else _safe_indexing(part, member == side)
        for side in (1, 0)
        for part in (X, y)
    ]
    model = stand_in_of(knowledge.design.estimator).fit(*sets[:2])
    recipes = [one for one in knowledge.recipes if not _times(one)]
    recipes = recipes or _OF_KINDS.get(kind_of(model), ["gap"])[0]
    n_shadows = knowledge.design.n_shadows
    granted = knowledge.granted
    audit(
        model,
        *sets,
        attacks=recipes,
        access=granted.named,
        top_k=granted.top_k,
        n_shadows=n_shadows,
        random_state=0,
    )


def _of_a_model(knowledge, n_fits):
    """Seconds and bytes of one shadow model; seconds beyond those of a stand-in."""
    n = len(knowledge.member)
    few = min(n, _COUNTED)
    estimator = knowledge.design.estimator
    stand_in = stand_in_of(estimator)
    # The most that one of several holds: what answers for the other side of a record
    # follows few neighbours in one model, and many in another.
    seconds = seconds_of(train_some, knowledge, estimator, few)
    n_models = int(min(max(_COUNTING / seconds, 1), n_fits))
    memory = _bytes(train_some, knowledge, estimator, few, n_models) * n // few
    seconds = seconds_of(train_some, knowledge, estimator, n)
    return max(seconds - seconds_of(train_some, knowledge, stand_in, n), 0), memory


def _of_a_query(model, X, kind):
    """Seconds of a question; none of a model that counts them, or is only read."""
    method = _asked_last(kind)
    if minds_queries(model) or method in READ:
        return 0.0
    some = _safe_indexing(X, np.arange(min(n_records(X), _N_TIMED)))
    return seconds_of(getattr(model, method), some) / n_records(some)


def _asked_last(kind):
    """The method that says how good a model is."""
    (method,) = get_signal(SIGNALS.get(kind, "correctness")).asks
    return method


def _bytes(call, *args):
    """The most bytes that a call held beyond what was there."""
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    try:
        call(*args)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not traced:
            tracemalloc.stop()
