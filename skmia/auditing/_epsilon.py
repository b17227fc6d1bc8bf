"""The epsilon that the attacks of an audit refute, beside the one that is declared."""

from dataclasses import dataclass

import numpy as np
from sklearn.pipeline import Pipeline

from skmia.metrics import EpsilonEvidence, epsilon_evidence


@dataclass(frozen=True)
class Declared:
    """The guarantee that a model declares, for the replacement of one record."""

    epsilon: float
    delta: float

    def __str__(self):
        delta = f" and delta {self.delta:g}" if self.delta else ""
        return f"epsilon {self.epsilon:g}{delta}"


def declared_by(model):
    """Guarantee of a fitted private model, or of a pipeline's last step, or None."""
    while isinstance(model, Pipeline):
        model = model.steps[-1][1]
    epsilon = getattr(model, "epsilon_", None)
    if epsilon is None or not getattr(model, "_draws_secret_noise", False):
        return None
    delta = getattr(model, "delta_", getattr(model, "delta", 0.0))
    return Declared(float(epsilon), float(delta))


def evidence_of(report, result, n_attacks=1):
    """What an attack refutes; None for one whose scores know members.

    At the level of one end of the report's intervals. Of an ordinary split, within each
    class, which holds whether or not the split was stratified; of groups, within those
    of one size, which holds whether groups were divided, or the rows that copy each
    other. A guarantee with a delta can only be tested on pairs of a member and another
    record.

    Parameters
    ----------
    report : AuditReport
    result : AttackResult
        Of an attack that was run.
    n_attacks : int, default=1
        Attacks of which the largest bound is looked at.
    """
    if result.uses_membership:
        return None
    # In the order of the pool: equal scores are ordered by chance, and by place.
    rows = np.arange(len(report.member)) if report.order is None else report.order
    rows = rows[~np.isnan(result.score[rows])]
    delta = 0.0 if report.declared is None else report.declared.delta
    strata, groups = report.label[rows], None
    if report.groups is not None:
        groups = report.groups[rows]
        strata = np.bincount(groups)[groups]
    return epsilon_evidence(
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


def strongest(report):
    """Attack with the largest bound and its evidence, corrected for the choice.

    Returns
    -------
    attack : str or None
    evidence : EpsilonEvidence or None
        None where no attack may be bet on.
    """
    admissible = [result for result in report.ran if not result.uses_membership]
    found = [
        (result.name, evidence_of(report, result, len(admissible)))
        for result in admissible
    ]
    return max(found, key=lambda one: _won(one[1]), default=(None, None))


def _won(evidence: EpsilonEvidence):
    """By how much one piece of evidence is stronger than another."""
    return evidence.epsilon, evidence.path.max(initial=0.0)


def as_dict(report):
    """The same as plain values, None where there is none."""
    evidence, declared = report.epsilon, report.declared
    if evidence is None:
        return None
    names = ("epsilon", "relation", "unit", "design", "order", "ceiling", "alpha")
    return {
        "attack": report.epsilon_attack,
        **{name: getattr(evidence, name) for name in names},
        "declared": None if declared is None else declared.epsilon,
        "declared_delta": None if declared is None else declared.delta,
    }


def sentences(report):
    """What is said of epsilon."""
    attack, evidence = report.epsilon_attack, report.epsilon
    declared = report.declared
    if evidence is None:
        return
    if evidence.epsilon:
        yield f"epsilon >= {evidence.epsilon:.2f} ({attack}). {evidence.meaning}"
    if declared is None:
        return
    if evidence.epsilon > declared.epsilon:
        yield f"The model declares {declared}. The declaration is false."
    else:
        yield f"The model declares {declared}, which is not contradicted."
