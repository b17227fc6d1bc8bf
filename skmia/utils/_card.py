"""What is known of a defense, as data: for `defended_by` and for the table in docs."""

from dataclasses import dataclass

FAMILIES = (
    "output mask",
    "query control",
    "hardening",
    "distillation",
    "training data",
    "differential privacy",
)


@dataclass(frozen=True)
class DefenseCard:
    """One defense in the terms of the field.

    Attributes
    ----------
    family : str
        One of `FAMILIES`.
    addresses : tuple of {"scores", "label", "table", "white-box"}
        Kinds of access of an attacker that the defense means to stop; "table": rows
        that a generator drew.
    broken_by : str
        What is known to get around it.
    paper : str
        Who proposed it.
    guarantee : str, default="none"
        What is proven, and of what.
    """

    family: str
    addresses: tuple
    broken_by: str
    paper: str
    guarantee: str = "none"

    def __post_init__(self):
        assert self.family in FAMILIES
        assert set(self.addresses) <= {"scores", "label", "table", "white-box"}
