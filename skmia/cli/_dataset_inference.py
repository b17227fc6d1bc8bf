"""The command ``skmia dataset-inference``."""

from pathlib import Path
from typing import Annotated

import typer

from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
from skmia.cli._models import Trust, load_model
from skmia.cli._options import (
    Encoding,
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


@app.command("dataset-inference")
def dataset_inference_command(
    model: Annotated[Path, typer.Option(help="Fitted model, a .skops file.")],
    suspect: Annotated[
        Path,
        typer.Option(
            help="Records that may be in its training data: .csv, .tsv (both also "
            ".gz), .parquet, .npz (X, y)."
        ),
    ],
    unseen: Annotated[
        Path, typer.Option(help="Records like these that it was not trained on.")
    ],
    label: Label = None,
    sep: Sep = None,
    encoding: Encoding = None,
    na_values: NaValues = None,
    string_columns: StringColumns = None,
    trust: TrustType = None,
    trust_sklearn: TrustSklearn = False,
    seed: Seed = 0,
):
    """Test whether a model was trained on a set of records.

    The exit code says nothing of the result: 2 is for wrong input, 4 for what is
    unexpected.
    """
    from skmia.auditing import dataset_inference
    from skmia.cli._files import load_sets

    with exit_codes():
        loaded = load_model(model, Trust(trust, trust_sklearn))
        reading = Reading(sep, encoding, na_values, string_columns)
        reading.check(suspect, unseen)
        *sets, _ = load_sets(loaded, (suspect, unseen), label, None, reading)
        found = dataset_inference(loaded, *sets, random_state=seed)
        out.print(
            f"p-value {found.pvalue:.2g}: the chance that {found.n_suspect} suspect "
            "records look at least as much like members, if they are like the "
            f"{found.n_unseen} unseen ones. AUC {found.auc:.3f}; 0.5 is none.",
            markup=False,
        )
