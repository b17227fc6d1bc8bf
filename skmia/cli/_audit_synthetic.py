"""The command ``skmia audit-synthetic``."""

from pathlib import Path
from typing import Annotated

import typer

from skmia.cli._about import about_files, command_of
from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
from skmia.cli._gate import (
    FailIf,
    Junit,
    PolicyFile,
    Quiet,
    Sarif,
    Use,
    decide,
    policy_of,
)
from skmia.cli._models import Trust, load_model
from skmia.cli._options import (
    Attack,
    Encoding,
    Groups,
    Html,
    Json,
    NaValues,
    NoHtml,
    Seed,
    Sep,
    TrustSklearn,
    TrustType,
)
from skmia.cli._outputs import outputs_of
from skmia.cli._printing import print_report
from skmia.cli._reading import Reading
from skmia.utils._deprecation import warn_deprecated

# False positive rates at which the report gives true positive rates.
_FPRS = (0.001, 0.01, 0.1)


@app.command("audit-synthetic")
def audit_synthetic_command(
    context: typer.Context,
    table: Annotated[
        Path, typer.Argument(help="Synthetic rows, a file as the others.")
    ],
    train: Annotated[
        Path,
        typer.Argument(
            help="Records they were made from: .csv, .tsv (both also .gz), .parquet, "
            ".npz (X)."
        ),
    ],
    holdout: Annotated[
        Path, typer.Argument(help="Records of the same population, not used for it.")
    ],
    groups: Groups = None,
    shadow_model: Annotated[
        Path | None,
        typer.Option(help="Generator like that of the table, a .skops file."),
    ] = None,
    generator: Annotated[Path | None, typer.Option(hidden=True)] = None,
    sep: Sep = None,
    encoding: Encoding = None,
    na_values: NaValues = None,
    trust: TrustType = None,
    trust_sklearn: TrustSklearn = False,
    attack: Attack = None,
    seed: Seed = 0,
    html: Html = Path("audit.html"),
    no_html: NoHtml = False,
    json: Json = None,
    fail_if: FailIf = None,
    use: Use = None,
    policy: PolicyFile = None,
    junit: Junit = None,
    sarif: Sarif = None,
    quiet: Quiet = False,
):
    """Measure how much a synthetic table tells about the records it was made from.

    Exit codes are those of "skmia audit".
    """
    from skmia import audit_synthetic
    from skmia.cli._files import load_tables

    if generator is not None:
        warn_deprecated(
            "The option --generator", "use --shadow-model", since="0.2", until="0.4"
        )
        if shadow_model is not None:
            raise typer.BadParameter(
                "it is the former name of --shadow-model: give that alone.",
                param_hint="--generator",
            )
        shadow_model = generator
    read = [table, train, holdout, shadow_model, policy]
    with (
        exit_codes(),
        outputs_of(
            *(None if no_html else html, json, junit, sarif, quiet), read=read
        ) as outputs,
    ):
        limits = policy_of(fail_if, use, policy, _FPRS)
        reading = Reading(sep, encoding, na_values, None)
        reading.check(table, train, holdout)
        *tables, of = load_tables(table, (train, holdout), groups, reading)
        trusted = Trust(trust, trust_sklearn)
        report = audit_synthetic(
            *tables,
            attacks=attack or None,
            shadow_estimator=shadow_model and load_model(shadow_model, trusted),
            groups=of,
            random_state=seed,
        )
        roles = {"synthetic table": table, "train": train, "holdout": holdout}
        rows = dict(zip(roles, map(len, tables), strict=True))
        about = {"files": about_files(roles, rows)}
        report = report.with_about(**about, command=command_of(context))
        print_report(report)
        decide(report, limits, outputs)
