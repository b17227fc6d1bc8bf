"""What a gate decides, and why."""

from __future__ import annotations

from dataclasses import dataclass

# From good to bad: a decision is its worst row.
OUTCOMES = ("passed", "failed", "not measurable", "invalid")
_CODES = {"no gate": 0, "passed": 0, "failed": 1, "not measurable": 3, "invalid": 3}


@dataclass(frozen=True)
class Row:
    """How one rule of a policy ended.

    Attributes
    ----------
    rule : str
        The rule, such as "tpr_at_fpr[0.01] > 0.05".
    outcome : {"passed", "failed", "not measurable", "invalid"}
    text : str
        The same as a sentence, with the numbers.
    attack : str or None
        The worst attack, by which a condition is judged.
    value : float or None
        What was compared; None where nothing was measured.
    end : {"estimate", "lower", "upper", "proved"} or None
        Which value of the metric that is.
    limit : float or None
    """

    rule: str
    outcome: str
    text: str
    attack: str | None = None
    value: float | None = None
    end: str | None = None
    limit: float | None = None


@dataclass(frozen=True)
class Decision:
    """What a gate decides on an audit.

    .. versionadded:: 0.2

    Attributes
    ----------
    outcome : {"no gate", "passed", "failed", "not measurable", "invalid"}
        "no gate": the audit counts, and nothing was to be decided.
    rows : tuple of Row
        How every rule ended; the first is the verdict of the audit itself.
    paragraph : str
        Everything in one paragraph, for a log.
    """

    outcome: str
    rows: tuple[Row, ...]
    paragraph: str

    @property
    def exit_code(self) -> int:
        """0: passed, or no gate; 1: failed; 3: not measurable or invalid."""
        return _CODES[self.outcome]


def outcome_of(rows, gated):
    """The worst outcome of any row.

    Parameters
    ----------
    rows : sequence of Row
    gated : bool
        Whether there is a policy.

    Returns
    -------
    outcome : str
    """
    worst = max((row.outcome for row in rows), key=OUTCOMES.index)
    return "no gate" if worst == "passed" and not gated else worst


def exit_code_of(outcome):
    """Exit code of a command that ends with an outcome."""
    return _CODES[outcome]
