"""NIST SP 800-226 on guarantees of differential privacy, March 2025."""

from skmia.reporting._declared import declared_by
from skmia.reporting._words import confidence_of, on_declaration
from skmia.reporting.annex._criterion import (
    NOT_EXAMINED,
    Criterion,
    measured_epsilon,
    ran,
)
from skmia.reporting.annex._release import described, tested

TITLE = "NIST SP 800-226 (differential privacy guarantees)"
SOURCE = (
    "J. Near, D. Darais, N. Lefkovitz, G. Howarth, Guidelines for Evaluating "
    "Differential Privacy Guarantees, NIST SP 800-226, March 2025: the parts of its "
    "pyramid, each of which depends on those below it."
)


def criteria(facts, release):
    """Parts of the pyramid, and what an audit shows of them.

    Parameters
    ----------
    facts : dict
    release : str
        One of `RELEASES`.

    Returns
    -------
    criteria : list of Criterion
    """
    return [
        Criterion(
            "2, parameters",
            "Epsilon, and delta where there is one.",
            f"{_declared(facts)} {measured_epsilon(facts)}",
        ),
        Criterion("2, unit of privacy", "What the guarantee protects.", _unit(facts)),
        Criterion(
            "3, algorithms and correctness",
            "The implementation gives what is claimed.",
            _refuted(facts),
        ),
        Criterion(
            "3, side channels", "Time, floating point, errors.", _side_channels(facts)
        ),
        Criterion("3, security", "Of the system around the algorithm.", NOT_EXAMINED),
        Criterion(
            "4, threat and trust models",
            "Who is trusted, and whom the guarantee is against.",
            f"Declared by the user: {described(release)}. {tested(facts, release)}",
        ),
        Criterion("4, access control", "Who reaches the raw data.", NOT_EXAMINED),
        Criterion("4, data collection", "Exposure before the release.", NOT_EXAMINED),
    ]


def _declared(facts):
    declared = declared_by(facts)
    if declared is None:
        return "Declared: nothing."
    delta = f", delta {declared['delta']:g}" if declared["delta"] else ""
    return f"Declared: epsilon {declared['epsilon']:g}{delta}."


def _unit(facts):
    evidence = facts["epsilon"]
    measured = ", and was not audited as one."
    if evidence is not None and evidence["unit"] != "record":
        measured = (
            f". Measured was a {evidence['unit']}: records that were said to belong "
            "together, or that copy each other, all of them at once."
        )
    return (
        "A declaration here is for one record. A person with several records is "
        f"protected less{measured}"
    )


def _side_channels(facts):
    timed = [row["attack"] for row in ran(facts) if row["access"] == "timing"]
    if facts["verdict"] == "invalid" or not timed:
        return NOT_EXAMINED
    return (
        f"The time of an answer: {', '.join(timed)}, below. Floating point and errors "
        "were not examined by this audit."
    )


def _refuted(facts):
    evidence, declared = facts["epsilon"], declared_by(facts)
    if facts["verdict"] == "invalid" or evidence is None or declared is None:
        return "Nothing to compare. An audit can refute a guarantee, never prove one."
    said = on_declaration(
        evidence["epsilon"] or 0,
        declared["epsilon"],
        evidence["unit"],
        confidence_of(evidence["alpha"]),
    )
    return f"{said} An audit can refute a guarantee, never prove one."
