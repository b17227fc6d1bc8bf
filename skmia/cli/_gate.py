"""Options of a gate, and what is made of an audit by them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from skmia.reporting._conditions import ENDS
from skmia.reporting._judge import judge
from skmia.reporting._policy import Policy

End = StrEnum("End", list(ENDS))
FailIf = Annotated[
    list[str] | None,
    typer.Option(
        help="Exit with 1 if that holds: 'tpr_at_fpr[0.01] > 0.05'; may be repeated."
    ),
]
Use = Annotated[
    End | None,
    typer.Option(help="Value of the metrics that is compared; 'upper' by default."),
]
PolicyFile = Annotated[
    Path | None, typer.Option(help="Conditions and more, a .toml file.")
]
Junit = Annotated[
    Path | None, typer.Option(help="Where to write the decision as JUnit XML.")
]
Sarif = Annotated[
    Path | None, typer.Option(help="Where to write the decision as SARIF.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print the last paragraph only.")]


def policy_of(fail_if, use, path, fprs):
    """The policy that options describe, or None: nothing is to be decided.

    Parameters
    ----------
    fail_if : list of str or None
    use : End or None
    path : Path or None
    fprs : list of float
        False positive rates that will be measured.

    Returns
    -------
    policy : Policy or None

    Raises
    ------
    ValueError
        Options contradict each other, or a condition is none.
    """
    if path is not None and (fail_if or use):
        raise ValueError(
            "--policy holds all conditions, and which value is compared: it cannot be "
            "given with --fail-if or --use."
        )
    if use and not fail_if:
        raise ValueError("--use is about --fail-if, which is not given.")
    if path is None and not fail_if:
        return None
    policy = Policy.from_toml(path) if path else Policy(fail_if, use=use or "upper")
    policy.check_rates(fprs)
    return policy


def decide(report, policy, outputs):
    """Judge a report, write all files, and say how it ended where that is of interest.

    Parameters
    ----------
    report : AuditReport
    policy : Policy or None
    outputs : Outputs

    Raises
    ------
    typer.Exit
        With the exit code of the decision.
    """
    facts = report.to_dict()
    decision = judge(facts, policy)
    outputs.write(report, facts, decision)
    if policy is not None or outputs.quiet:
        outputs.conclude(decision)
    raise typer.Exit(decision.exit_code)
