"""One thing that a standard asks about, and what an audit has to say to it."""

from dataclasses import dataclass

from skmia.reporting._attack_rules import has_run
from skmia.reporting._words import confidence_of

NOT_EXAMINED = "Not examined by this audit."


@dataclass(frozen=True)
class Criterion:
    """A row of an annex.

    Parameters
    ----------
    where : str
        Paragraph, section or name.
    asks : str
        What is asked there.
    shown : str
        What the audit shows of it, or that it shows nothing.
    """

    where: str
    asks: str
    shown: str


def ran(facts):
    """Attacks that were run, as rows of the facts."""
    return [row for row in facts["attacks"] if has_run(row)]


def measured_epsilon(facts):
    """What was proved of epsilon, in words."""
    evidence = facts["epsilon"]
    if facts["verdict"] == "invalid" or evidence is None:
        return "No lower bound was measured."
    if not evidence["epsilon"]:
        return "No lower bound above 0 was proved."
    confidence = confidence_of(evidence["alpha"])
    return (
        f"Measured: epsilon for one {evidence['unit']} is at least "
        f"{evidence['epsilon']:.2f} ({evidence['attack']}, confidence {confidence})."
    )
