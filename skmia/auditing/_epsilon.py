"""The epsilon that the attacks of an audit refute, beside the one that is declared."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.pipeline import Pipeline

from skmia.metrics import (
    epsilon_evidence,
    epsilon_lower_bound,
    max_tpr,
)
from skmia.reporting._words import confidence_of, on_declaration


@dataclass(frozen=True)
class Declared:
    """The guarantee that a model declares, for the replacement of one record."""

    epsilon: float
    delta: float

    def __str__(self):
        delta = f" and delta {self.delta:g}" if self.delta else ""
        return f"epsilon {self.epsilon:g}{delta}"


@dataclass(frozen=True)
class Deal:
    """What a bound of epsilon needs of an audit, while that goes on or of its report.

    All arrays are in one order of the records; `order` is that of asking.
    """

    member: np.ndarray
    strata: np.ndarray | None
    groups: np.ndarray | None
    order: np.ndarray | None
    declared: Declared | None
    confidence_level: float
    seed: int


def declared_by(model):
    """Guarantee of a fitted private model, or of a pipeline's last step, or None."""
    while isinstance(model, Pipeline):
        model = model.steps[-1][1]
    # What is proven for one record more or less is another number.
    epsilon = getattr(model, "replace_epsilon_", getattr(model, "epsilon_", None))
    if epsilon is None or not getattr(model, "_draws_secret_noise", False):
        return None
    if not np.isfinite(epsilon):
        return None  # noise of size 0
    delta = getattr(model, "delta_", getattr(model, "delta", 0.0))
    return Declared(float(epsilon), float(delta))


def may_be_bet_on(report, result):
    """Whether an attack was run in a blind order, and its scores know no members.

    The models of a cross-validation are audited in no such order: who is in the others
    tells who is in this one.
    """
    blind = report.order is not None and not result.uses_membership
    return blind and result.score is not None


def bet(report, result, bound, n_attacks=1):
    """What an attack that may be bet on refutes.

    At the level of one end of the report's intervals. Of an ordinary split, within each
    class, if there are classes, which holds whether or not the split was stratified; of
    groups, within those
    of one size, which holds whether groups were divided, or the rows that copy each
    other. A guarantee with a delta can only be tested on pairs of a member and another
    record.

    Parameters
    ----------
    report : AuditReport or Deal
    result : AttackResult
    bound : callable
        `epsilon_lower_bound`, or `epsilon_evidence`.
    n_attacks : int, default=1
        Attacks of which the largest bound is looked at.
    """
    # In the order of the pool: equal scores are ordered by chance, and by place.
    rows = report.order[~np.isnan(result.score[report.order])]
    delta = 0.0 if report.declared is None else report.declared.delta
    strata = None if report.strata is None else report.strata[rows]
    groups = None
    if report.groups is not None:
        groups = report.groups[rows]
        strata = np.bincount(groups)[groups]
    return bound(
        report.member[rows],
        result.score[rows],
        design="pairs" if delta else "fixed",
        delta=delta,
        alpha=min((1 - report.confidence_level) / 2, 0.5),
        n_attacks=n_attacks,
        strata=strata,
        groups=groups,
        random_state=report.seed,
    )


def lower_bound(report, result):
    """Lower bound of epsilon of one attack by itself; nan where none may be bet on."""
    if not may_be_bet_on(report, result):
        return np.nan
    return bet(report, result, epsilon_lower_bound)


def strongest(report):
    """Attack with the largest bound and its evidence, corrected for the choice.

    An attack that was spared would have been looked at, too.

    Returns
    -------
    attack : str or None
    evidence : EpsilonEvidence or None
        None where no attack may be bet on.
    """
    admissible = [one for one in report.results if may_be_bet_on(report, one)]
    spared = [one for one in report.results if one.spared and not one.uses_membership]
    n_attacks = len(admissible) + len(spared)
    found = [
        (result.name, bet(report, result, epsilon_evidence, n_attacks))
        for result in admissible
    ]
    return max(found, key=lambda one: _won(one[1]), default=(None, None))


def _won(evidence):
    """By how much one piece of evidence is stronger than another."""
    return evidence.epsilon, evidence.path.max(initial=0.0)


def allowed(report):
    """What the declared guarantee allows, and the one that was shown, for a plot.

    Returns
    -------
    limits : dict of str to callable
        Largest true positive rates by false positive rates; none without a guarantee,
        nor of groups, which a guarantee for one record does not limit.
    """
    declared, shown = report.declared, report.epsilon
    if declared is None or report.groups is not None:
        return {}
    guarantees = {f"declared: {declared}": (declared.epsilon, declared.delta)}
    if shown is not None and shown.epsilon:
        label = f"shown: epsilon {shown.epsilon:.2f} at least"
        guarantees[label] = shown.epsilon, declared.delta
    return {
        label: partial(max_tpr, epsilon=epsilon, delta=delta)
        for label, (epsilon, delta) in guarantees.items()
    }


def as_dict(report):
    """The same as plain values, None where there is none."""
    evidence, declared = report.epsilon, report.declared
    if evidence is None:
        return None
    names = ("epsilon", "relation", "unit", "design", "order", "ceiling", "alpha")
    return {
        "attack": report.epsilon_attack,
        **{name: getattr(evidence, name) for name in names},
        "decides_above": report.max_epsilon,
        "declared": None if declared is None else declared.epsilon,
        "declared_delta": None if declared is None else declared.delta,
    }


def _decision(is_above, limit):
    if is_above:
        return f"Decided: epsilon is above {limit:g}."
    return (
        f"Not decided: no attack shows an epsilon above {limit:g}, which is no proof "
        "that it is not."
    )


def sentences(report):
    """What is said of epsilon."""
    attack, evidence = report.epsilon_attack, report.epsilon
    declared = report.declared
    shown = 0.0 if evidence is None else evidence.epsilon
    if shown:
        yield f"epsilon >= {shown:.2f} ({attack}). {evidence.meaning}"
    if report.max_epsilon < np.inf:
        yield _decision(shown > report.max_epsilon, report.max_epsilon)
    if declared is None or evidence is None:
        return
    confidence = confidence_of(evidence.alpha)
    said = on_declaration(shown, declared.epsilon, evidence.unit, confidence)
    yield f"The model declares {declared}. {said}"
