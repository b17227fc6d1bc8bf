"""Conditions of a gate: a metric, a comparison, a number."""

import math
import re
from dataclasses import dataclass

METRICS = ("auc", "balanced_accuracy", "advantage", "tpr_at_fpr", "epsilon")
GROUP_METRICS = ("auc", "recall")
ENDS = ("estimate", "lower", "upper")
_SUFFIX = {"estimate": "", "lower": "_low", "upper": "_high"}
_FORM = re.compile(r"\s*(\w+)\s*(?:\[([^\]]*)\])?\s*(>=|<=|>|<)\s*(\S+)\s*")


@dataclass(frozen=True)
class Condition:
    """When an audit fails: ``tpr_at_fpr[0.01] > 0.05``.

    Attributes
    ----------
    metric : str
        One of `METRICS`, or of `GROUP_METRICS`.
    fpr : float or None
        False positive rate, a fraction; of "tpr_at_fpr" only.
    op : {">", ">="}
    limit : float
    """

    metric: str
    fpr: float | None
    op: str
    limit: float

    def __str__(self):
        return f"{self.name} {self.op} {plain_number(self.limit)}"

    @property
    def name(self):
        """The metric as it is written in a condition."""
        if self.fpr is None:
            return self.metric
        return f"{self.metric}[{plain_number(self.fpr)}]"

    def fails(self, value):
        """Whether a value makes an audit fail."""
        return value > self.limit if self.op == ">" else value >= self.limit

    def compared(self, value):
        """The value beside the limit, such as ``0.276 > 0.05``.

        With three digits, or as many more as it takes for the line to be true.
        """
        fails = self.fails(value)
        opposite = "<=" if self.op == ">" else "<"
        shown = next(
            text
            for text in (f"{value:.{digits}g}" for digits in range(3, 18))
            if self.fails(float(text)) == fails
        )
        return f"{shown} {self.op if fails else opposite} {plain_number(self.limit)}"

    def column(self, end):
        """Where the facts of an attack, or of a group, hold an end of the metric."""
        name = self.metric if self.fpr is None else f"tpr_at_fpr_{self.fpr}"
        return name + _SUFFIX[end]


def parse_condition(text, metrics=METRICS):
    """Read a condition.

    Parameters
    ----------
    text : str
        ``METRIC OP NUMBER``, where OP is ``>`` or ``>=``.
    metrics : tuple of str
        Those that may be named.

    Returns
    -------
    condition : Condition

    Raises
    ------
    ValueError
        It is none, or no audit could ever fail it.
    """
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(
            "A condition must be a metric, > or >=, and a number, such as "
            f"'{metrics[0]} > 0.6'. Got {text!r}."
        )
    metric, fpr, op, limit = found.groups()
    if metric not in metrics:
        names = ", ".join(metrics)
        raise ValueError(
            f"The metric of a condition must be one of {names} here. Got {text!r}."
        )
    if op.startswith("<"):
        raise ValueError(
            "A condition says when an audit fails, and a low value is no leak: write > "
            f"or >=. Got {text!r}."
        )
    condition = Condition(metric, _rate(metric, fpr, text), op, _number(limit, text))
    _check_limit(condition, text)
    return condition


def _rate(metric, fpr, text):
    if (fpr is None) == (metric == "tpr_at_fpr"):
        raise ValueError(
            "A false positive rate in brackets belongs to tpr_at_fpr, such as "
            f"tpr_at_fpr[0.01], and to no other metric. Got {text!r}."
        )
    if fpr is None:
        return None
    rate = _number(fpr, text)
    if not 0 < rate <= 1:
        raise ValueError(
            f"A false positive rate must be a fraction in (0, 1]. Got {text!r}."
        )
    return rate


def _number(word, text):
    try:
        return float(word)
    except ValueError as error:
        raise ValueError(
            f"The numbers of a condition must be numbers. Got {word!r} in {text!r}."
        ) from error


def _check_limit(condition, text):
    """Refuse a limit that nothing can exceed: such a gate would always be open."""
    if not (math.isfinite(condition.limit) and condition.limit >= 0):
        raise ValueError(
            f"The limit of a condition must be finite, and 0 or more. Got {text!r}."
        )
    if condition.metric != "epsilon" and not condition.fails(1):
        raise ValueError(
            "No audit can fail a condition on more than 1, the largest "
            f"{condition.metric} there is. Got {text!r}."
        )


def plain_number(value):
    """Write all digits of a number, and no more."""
    return repr(float(value)).removesuffix(".0")
