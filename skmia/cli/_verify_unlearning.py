"""The command ``skmia verify-unlearning``."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from skmia.cli._app import app
from skmia.cli._as_options import as_options
from skmia.cli._exit_codes import NO_VERDICT, exit_codes
from skmia.cli._jobs import jobs_given
from skmia.cli._models import Trust, load_model
from skmia.cli._options import (
    Confidence,
    Encoding,
    Jobs,
    Label,
    NaValues,
    Seed,
    Sep,
    StringColumns,
    TrustSklearn,
    TrustType,
)
from skmia.cli._printing import out
from skmia.cli._reading import Reading

# 0 of all others: nothing was found, or what was not forgotten shows nobody.
_CODES = {"remembered": 1, "over-unlearned": 1, "not-measurable": NO_VERDICT}


@app.command("verify-unlearning")
def verify_unlearning_command(
    before: Annotated[
        Path, typer.Option(help="Model that was trained on all, a .skops file.")
    ],
    after: Annotated[
        Path, typer.Option(help="Model that is to have forgotten, a .skops file.")
    ],
    forget: Annotated[
        Path,
        typer.Option(
            help="Records to be forgotten: .csv, .tsv (both also .gz), .parquet, .npz "
            "(X, y)."
        ),
    ],
    retain: Annotated[Path, typer.Option(help="All other training records.")],
    unseen: Annotated[
        Path | None,
        typer.Option(
            help="Records like those to be forgotten that neither was trained on; "
            "without them it is only told whether the later one is exact."
        ),
    ] = None,
    label: Label = None,
    sep: Sep = None,
    encoding: Encoding = None,
    na_values: NaValues = None,
    string_columns: StringColumns = None,
    trust: TrustType = None,
    trust_sklearn: TrustSklearn = False,
    references: Annotated[
        int, typer.Option(help="Models that are trained to compare with.", min=4)
    ] = 16,
    jobs: Jobs = None,
    seed: Seed = 0,
    confidence: Confidence = 0.95,
):
    """Say whether a model has forgotten records.

    References without the records are trained anew. The exit code is 1 where the later
    model tells who was forgotten, 2 where the input is wrong, 3 where that could not
    have been seen, and 4 where something unexpected went wrong.
    """
    from skmia.cli._files import load_alike
    from skmia.unlearning import verify_unlearning

    with exit_codes():
        trusted = Trust(trust, trust_sklearn)
        models = [load_model(path, trusted) for path in (before, after)]
        reading = Reading(sep, encoding, na_values, string_columns)
        paths = [forget, retain, *([] if unseen is None else [unseen])]
        reading.check(*paths)
        sets = load_alike(models[0], paths, label, None, reading)
        report = verify_unlearning(
            *models,
            *(part for X, y, _ in sets for part in (X, y)),
            n_references=references,
            confidence_level=confidence,
            random_state=seed,
            n_jobs=jobs_given(jobs),
        )
        out.print(as_options(str(report)), markup=False)
        if not report.summary.empty:
            out.print(_table(report.summary))
        raise typer.Exit(_CODES.get(report.verdict, 0))


def _table(summary):
    """How well forgotten records are told from unseen ones, each way."""
    table = Table(summary.index.name, "AUC", "low", "high", box=box.SIMPLE_HEAD)
    for name, row in summary[["auc", "auc_low", "auc_high"]].iterrows():
        table.add_row(name, *(f"{value:.3f}" for value in row))
    return table
