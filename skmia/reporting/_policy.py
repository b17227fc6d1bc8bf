"""What an audit must show for a model to pass."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from skmia.reporting._conditions import (
    ENDS,
    GROUP_METRICS,
    METRICS,
    parse_condition,
    plain_number,
)
from skmia.utils._access import ACCESS

if TYPE_CHECKING:
    from skmia.reporting._conditions import Condition
    from skmia.utils._typing import FilePath  # which would load numpy for a help text

_OF_ACCESS = tuple(name for name in METRICS if name != "epsilon")


@dataclass(frozen=True)
class Policy:
    """When a model passes an audit, fails it, and when the audit says too little.

    A condition says when an audit fails: ``"tpr_at_fpr[0.01] > 0.05"``. Its metric is
    "auc", "balanced_accuracy", "advantage", ``tpr_at_fpr[x]`` with a false positive
    rate of the audit, or "epsilon"; its comparison > or >=. What was not measured never
    passes.

    .. versionadded:: 0.2

    Parameters
    ----------
    conditions : str or sequence of str, default=()
        Judged on the worst attack that was run. "epsilon" is the lower bound that the
        audit proves, corrected for the number of attacks: the true one may be larger.
    use : {"upper", "estimate", "lower"}, default="upper"
        Which value of the other metrics is compared: the upper end of the interval (a
        model fails unless a leak of that size is ruled out), the estimate, or the lower
        end (it fails if one is proved). Ends are those of one attack at the audit's
        confidence level, and not corrected for the number of attacks: the largest of
        many lower ends is above the limit more often than that level says.
    access : dict of str to sequence of str, default=None
        Conditions by access, "label", "top-k", "scores", "explanations", "timing",
        "insider" or "white-box": judged on the attacks that need that access or less.
        "epsilon" cannot be among them, since its bound is one for all attacks.
    groups : str or sequence of str, default=()
        Conditions on "auc" or "recall", judged on the worst group of the report.
    attacks : str or sequence of str, default=()
        Attacks that must have been run.
    min_holdout : int, default=None
        Holdout records that there must be at least.
    min_provable_factor : float, default=None
        Multiplication of the odds that a perfect attack must have been able to prove
        on these records, at least: a leak of that size could have been seen.
    allow_notes : sequence of str, default=None
        Names of validity checks that may end in a note; that of another is invalid.
        None: all may. A check that ends as invalid is never allowed.

    Raises
    ------
    ValueError
        Not as described, or nothing is limited: such a policy would pass everything.

    See Also
    --------
    skmia.audit : The audit that is judged.

    Notes
    -----
    Threat model: the worst attack of those that the report holds, each of them with
    what it knows. No policy speaks of attacks that were not run.

    Examples
    --------
    >>> from skmia.auditing import Policy
    >>> policy = Policy(["tpr_at_fpr[0.01] > 0.05", "epsilon > 3"], min_holdout=1000)
    >>> policy.use
    'upper'
    >>> Policy("auc < 0.4")
    Traceback (most recent call last):
    ValueError: A condition says when an audit fails, and a low value is no leak: ...
    """

    conditions: tuple[str, ...] = ()
    use: Literal["upper", "estimate", "lower"] = "upper"
    access: dict[str, tuple[str, ...]] | None = None
    groups: tuple[str, ...] = ()
    attacks: tuple[str, ...] = ()
    min_holdout: int | None = None
    min_provable_factor: float | None = None
    allow_notes: tuple[str, ...] | None = None

    def __post_init__(self):
        set_field = object.__setattr__  # of a frozen class
        for name in ("conditions", "groups", "attacks"):
            set_field(self, name, _texts(name, getattr(self, name)))
        if self.allow_notes is not None:
            set_field(self, "allow_notes", _texts("allow_notes", self.allow_notes))
        set_field(self, "access", _by_access(self.access))
        _check_member("use", self.use, ENDS)
        _check_number("min_holdout", self.min_holdout, int)
        _check_number("min_provable_factor", self.min_provable_factor, (int, float))
        if not list(self.rules()):  # all of which are read, once
            raise ValueError(
                "A Policy must have a condition: in 'conditions', 'access' or 'groups'."
            )

    def rules(self) -> Iterator[tuple[str | None, Condition]]:
        """Conditions with the access that they are about, and those of groups.

        Yields
        ------
        where : str or None
            An access, "groups", or None for all attacks.
        condition : Condition
        """
        for text in self.conditions:
            yield None, parse_condition(text)
        for access, texts in (self.access or {}).items():
            for text in texts:
                yield access, parse_condition(text, _OF_ACCESS)
        for text in self.groups:
            yield "groups", parse_condition(text, GROUP_METRICS)

    def check_rates(self, fprs: Sequence[float]) -> None:
        """Raise where a condition is on a rate that the audit does not look at.

        Parameters
        ----------
        fprs : sequence of float
            False positive rates of the audit.

        Raises
        ------
        ValueError
            A condition names another rate.
        """
        for _, condition in self.rules():
            if condition.fpr is not None and condition.fpr not in fprs:
                rates = ", ".join(map(plain_number, fprs))
                raise ValueError(
                    f"The condition '{condition}' is on a false positive rate that "
                    f"this audit does not look at. It looks at {rates}."
                )

    @classmethod
    def from_toml(cls, path: FilePath) -> Self:
        """Read a policy from a TOML file.

        Parameters
        ----------
        path : str or path-like
            Keys are the parameters of this class; ``[access]`` is a table.

        Returns
        -------
        policy : Policy

        Raises
        ------
        ValueError
            It is no TOML, has another key, or a value is not as it must be.
        OSError
            It cannot be read.
        """
        path = Path(path)
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
            known = [one.name for one in fields(cls)]
            for name in found.keys() - known:
                raise ValueError(
                    f"{name!r} is not a key of a policy. Keys are {', '.join(known)}."
                )
            return cls(**found)
        except ValueError as error:  # and what tomllib and utf-8 raise
            raise ValueError(f"{path}: {error}") from error


def as_policy(policy):
    """A policy, from whatever may stand for one.

    Parameters
    ----------
    policy : Policy, path-like, str or sequence of str
        A str that ends with ".toml" is a file, any other a condition.

    Returns
    -------
    policy : Policy
    """
    if isinstance(policy, Policy):
        return policy
    if isinstance(policy, Path) or str(policy).endswith(".toml"):
        return Policy.from_toml(policy)
    return Policy(policy)


def _texts(name, value):
    """A tuple of str; one alone is a tuple of it."""
    values = (value,) if isinstance(value, str) else value
    good = isinstance(values, list | tuple)
    if not good or not all(isinstance(one, str) for one in values):
        raise ValueError(
            f"The '{name}' parameter of Policy must be a str, or a list of them. Got "
            f"{value!r}."
        )
    return tuple(values)


def _by_access(value):
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(
            "The 'access' parameter of Policy must have conditions by access. Got "
            f"{value!r}."
        )
    for name in value:
        _check_member("access", name, ACCESS)
    return {name: _texts("access", texts) for name, texts in value.items()}


def _check_member(name, value, allowed):
    if value not in allowed:
        raise ValueError(
            f"The '{name}' parameter of Policy must be one of {', '.join(allowed)}. "
            f"Got {value!r}."
        )


def _check_number(name, value, kind):
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, kind) or not value >= 1:
        what = "an int" if kind is int else "a number"
        raise ValueError(
            f"The '{name}' parameter of Policy must be {what}, 1 or more. Got "
            f"{value!r}."
        )
