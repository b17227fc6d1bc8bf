"""How large epsilon is at least, from one model and an ordinary split."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skmia.metrics._validation import check_count
from skmia.metrics.epsilon._bets import PairBets, RecordBets, interleave
from skmia.metrics.epsilon._e_process import EProcess
from skmia.metrics.epsilon._evidence import EpsilonEvidence
from skmia.metrics.epsilon._pool import Pool, check_pools
from skmia.metrics.epsilon._test_plan import ORDERS, RELATIONS, check_plan
from skmia.utils._random import draw_seeds
from skmia.utils._typing import RandomStateLike

Design = Literal["fixed", "coin", "pairs"]


def epsilon_lower_bound(
    member: ArrayLike,
    score: ArrayLike,
    *,
    design: Design = "fixed",
    alpha: float = 0.05,
    delta: float = 0.0,
    orders: tuple[str, ...] = ORDERS,
    n_attacks: int = 1,
    strata: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    random_state: RandomStateLike = None,
) -> float:
    """Lower bound of the epsilon of differential privacy, from one trained model.

    .. versionadded:: 0.2

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member. Of several targets `member`, `score`,
        `strata` and `groups` are lists with one array for each.
    design : {"fixed", "coin", "pairs"}, default="fixed"
        How the members were chosen. "fixed": at random, in a number fixed before
        (:func:`~sklearn.model_selection.train_test_split`). "coin": by a fair coin for
        each record. "pairs": as "fixed", but each member is compared with one
        non-member, matched at random: better against a leak of many records a little,
        worse against one of few; to be chosen before the scores are seen.
    alpha : float in (0, 0.5], default=0.05
        Probability, at most, that the bound is above the true epsilon.
    delta : float, default=0.0
        The delta of the guarantee that is put to the test. 0 for the design "fixed".
    orders : tuple of {"top", "bottom", "both"}, default=("top", "bottom", "both")
        In which order bets are placed: members first, where a model gives few of them
        away; non-members first, as an overfitted model does, which is wrong about many
        of them; both in turn. Each is tested at an equal part of `alpha`.
    n_attacks : int, default=1
        Attacks on the same split whose bounds are looked at; each call gets ``alpha /
        n_attacks``, and the largest bound holds at `alpha`.
    strata : array-like of shape (n_samples,), default=None
        Within which the number of members was fixed (``stratify=``). Not for coins.
    groups : array-like of shape (n_samples,), default=None
        Who a record is of, where whole groups were divided: the bound is then that of
        a group, whose score is the mean of its records' (for another rule, give one row
        for each group). A group that has members and non-members tells that records
        were divided: such groups are left out, and others compared with those of their
        size only, which holds for either division.
    random_state : int, RandomState instance or None, default=None
        Seed of the order of equal scores, and of the matching.

    Returns
    -------
    epsilon : float
        In [0, 8]; 0 where nothing is refuted. With a fixed number of members, and of
        pairs, nothing can be where members or non-members are missing; of coins either
        side alone can refute, since coins hardly ever agree so often.

    Raises
    ------
    ValueError
        The input is not as described, or `delta` is given for the design "fixed".

    See Also
    --------
    epsilon_evidence : The bound, and what it rests on.
    epsilon_ceiling : What a perfect attack could show.
    one_run_epsilon : For a number of guesses that was fixed before.

    Notes
    -----
    Level: observations. **Valid**: the level holds exactly for one model, whatever the
    attack, over all thresholds at once, if members and non-members were divided at
    random, and if `score` was computed without their truth. Models trained for
    comparison on other random parts of the same records are fine; a score learned from
    memberships of this target is not, and no seed may be searched for.

    For a fixed division, neighbouring training sets differ in one record that another
    one *replaces*; for coins, in one that is *added or removed*. The first epsilon is
    twice the second at most: halve the bound to compare it with a guarantee for
    add-or-remove. It speaks of everything between the division and the answers:
    records that a model was chosen by are part of it.

    The truth is revealed record by record, in the order of the scores. If the answers
    are epsilon-private, whatever was revealed before, the odds of a right guess are at
    most ``exp(epsilon)`` times those of a record drawn at random from what is left.
    Gamblers with larger epsilons in mind bet against it; what they own together is 1 on
    average at most, and an epsilon is refuted where it ever reaches ``1 / alpha``
    (Ville's inequality). For delta > 0 the level is smaller by the share of records
    that rare events may betray.

    References
    ----------
    T. Steinke, M. Nasr, M. Jagielski, "Privacy Auditing with One (1) Training Run",
    NeurIPS 2023, :arxiv:`2305.08846`. G. Shafer, "Testing by betting", JRSS A 184,
    2021, :doi:`10.1111/rssa.12647`. A. Ramdas, P. Grünwald, V. Vovk, G. Shafer,
    "Game-Theoretic Statistics and Safe Anytime-Valid Inference", Statistical Science
    38, 2023, :arxiv:`2210.01948`.

    Examples
    --------
    Five in a hundred members are certain to be told, nothing else.

    >>> import numpy as np
    >>> from skmia.metrics import epsilon_lower_bound
    >>> rng = np.random.default_rng(0)
    >>> member = np.repeat([1, 0], 500)
    >>> score = np.where(np.arange(1000) < 25, 9, rng.normal(size=1000))
    >>> round(epsilon_lower_bound(member, score, random_state=0), 1)
    1.7
    """
    caller = "epsilon_lower_bound"
    plan = check_plan(caller, design, alpha, delta, orders, n_attacks)
    pools = _check_pools(caller, plan, member, score, strata, groups)
    return _best(pools, plan, random_state).epsilon


def epsilon_evidence(
    member: ArrayLike,
    score: ArrayLike,
    *,
    design: Design = "fixed",
    alpha: float = 0.05,
    delta: float = 0.0,
    orders: tuple[str, ...] = ORDERS,
    n_attacks: int = 1,
    strata: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    random_state: RandomStateLike = None,
) -> EpsilonEvidence:
    """Lower bound of epsilon from one trained model, with what it rests on.

    .. versionadded:: 0.2

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member. This and all that follows as in
        :func:`epsilon_lower_bound`.
    design : {"fixed", "coin", "pairs"}, default="fixed"
        How the members were chosen, and what is bet on.
    alpha : float in (0, 0.5], default=0.05
        Probability, at most, that the bound is above the true epsilon.
    delta : float, default=0.0
        The delta of the guarantee that is put to the test.
    orders : tuple of {"top", "bottom", "both"}, default=("top", "bottom", "both")
        In which order bets are placed.
    n_attacks : int, default=1
        Attacks on the same split whose bounds are looked at.
    strata : array-like of shape (n_samples,), default=None
        Within which the number of members was fixed.
    groups : array-like of shape (n_samples,), default=None
        Who a record is of, where whole groups were divided.
    random_state : int, RandomState instance or None, default=None
        Seed of the order of equal scores, and of the matching.

    Returns
    -------
    evidence : EpsilonEvidence
        With the bound, its relation and order, what a perfect attack would have shown,
        and what was won after each bet.

    Raises
    ------
    ValueError
        The input is not as described, or `delta` is given for the design "fixed".

    See Also
    --------
    epsilon_lower_bound : The number alone, and what it means.

    Notes
    -----
    Level: observations. The bound is that of :func:`epsilon_lower_bound`.

    Examples
    --------
    >>> from skmia.metrics import epsilon_evidence
    >>> member = [1] * 50 + [0] * 50
    >>> evidence = epsilon_evidence(member, range(100, 0, -1), random_state=0)
    >>> evidence
    EpsilonEvidence(epsilon >= 3.686 of at most 3.686, replace-one, design='fixed',
    order='top', alpha=0.05)
    >>> print(evidence.meaning)
    Whatever an attacker believes, the answers can multiply the odds that one record
    rather than another was in by 39.9 at least (confidence 95 %, 50 members and 50
    non-members).
    """
    caller = "epsilon_evidence"
    plan = check_plan(caller, design, alpha, delta, orders, n_attacks)
    pools = _check_pools(caller, plan, member, score, strata, groups)
    best = _best(pools, plan, random_state)
    n_members = sum(int(pool.member.sum()) for pool in pools)
    return EpsilonEvidence(
        epsilon=best.epsilon,
        order=best.order,
        design=plan.design,
        relation=RELATIONS[plan.design],
        unit="record" if groups is None else "group",
        ceiling=_ceiling(pools, plan),
        alpha=plan.alpha,
        alpha_spent=plan.alpha_spent,
        delta=plan.delta,
        n_members=n_members,
        n_nonmembers=sum(len(pool.member) for pool in pools) - n_members,
        path=best.path,
    )


def epsilon_ceiling(
    n_members: int,
    n_nonmembers: int,
    *,
    design: Design = "fixed",
    alpha: float = 0.05,
    orders: tuple[str, ...] = ORDERS,
    n_attacks: int = 1,
) -> float:
    """Lower bound of epsilon that a perfect attack would show on so many records.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_members, n_nonmembers : int
        Records of either kind; groups, where whole groups were divided.
    design : {"fixed", "coin", "pairs"}, default="fixed"
        How the members were chosen, and what is bet on.
    alpha : float in (0, 0.5], default=0.05
        Probability, at most, that a bound is above the true epsilon.
    orders : tuple of {"top", "bottom", "both"}, default=("top", "bottom", "both")
        In which order bets are placed.
    n_attacks : int, default=1
        Attacks on the same split whose bounds are looked at.

    Returns
    -------
    ceiling : float
        In [0, 8]. A bound of 0 from an attack says little where this is small.

    Raises
    ------
    ValueError
        The input is not as described.

    See Also
    --------
    epsilon_lower_bound : What a given attack shows.

    Notes
    -----
    Level: observations. The attack scores all members 1 and all others 0.

    Examples
    --------
    >>> from skmia.metrics import epsilon_ceiling
    >>> [round(epsilon_ceiling(n, n), 1) for n in (5, 10, 50, 500)]
    [0.2, 1.4, 3.7, 6.3]
    """
    caller = "epsilon_ceiling"
    plan = check_plan(caller, design, alpha, 0.0, orders, n_attacks)
    counts = [
        check_count(caller, name, n, least=0)
        for name, n in [("n_members", n_members), ("n_nonmembers", n_nonmembers)]
    ]
    member = np.repeat([True, False], counts)
    pool = Pool(member, member.astype(float), np.zeros(len(member), dtype=int))
    return _ceiling([pool], plan)


class _Best(NamedTuple):
    """The order that shows most."""

    epsilon: float
    order: str
    path: np.ndarray


def _best(pools, plan, random_state):
    """The largest bound; among equal ones the order in which most was won."""
    # A stream of its own: the caller's seed may be the one that made the division.
    rng = np.random.RandomState(draw_seeds(check_random_state(random_state)))
    if plan.design == "pairs":
        bets = [PairBets(pool, rng) for pool in pools]
    else:
        bets = [RecordBets(pool, rng, coins=plan.design == "coin") for pool in pools]
    found = [_in_order(order, bets, plan) for order in plan.orders]
    return max(found, key=lambda one: (one.epsilon, one.path.max(initial=0.0)))


def _in_order(order, bets, plan):
    process = EProcess(*interleave([each.place(order) for each in bets]))
    needed, start = plan.needed(process.n_bets), plan.start(process.n_bets)
    return _Best(process.lower_bound(needed, start), order, process.path(0.0))


def _ceiling(pools, plan):
    perfect = [pool._replace(score=pool.member.astype(float)) for pool in pools]
    return _best(perfect, plan, random_state=0).epsilon


def _check_pools(caller, plan, member, score, strata, groups):
    if plan.design == "coin" and strata is not None:
        raise ValueError(
            f"The 'strata' parameter of {caller} must be None with design='coin': "
            "where a coin decides on every record, no number of members is fixed."
        )
    return check_pools(caller, member, score, strata, groups)
