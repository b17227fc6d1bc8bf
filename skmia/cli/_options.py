"""Options of several commands."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from skmia.utils._access import ACCESS

Access = StrEnum("Access", list(ACCESS))

Predictions = Annotated[
    Path | None,
    typer.Option(
        help="Answers in the place of model and records: .csv, .tsv or .parquet with "
        "label, member (1 or 0), and proba_<class>, predicted or score."
    ),
]
ShadowPredictions = Annotated[
    list[Path] | None,
    typer.Option(
        help="Answers of a shadow model about the same records, a file like that of "
        "--predictions; may be repeated."
    ),
]
Label = Annotated[
    str | None, typer.Option(help="Column of the labels, if any (not for .npz).")
]
Groups = Annotated[
    str | None,
    typer.Option(help="Column that says whose a record is (of .npz: an array)."),
]
TrustType = Annotated[
    list[str] | None,
    typer.Option(help="Type to load from the model file; may be repeated."),
]
TrustSklearn = Annotated[
    bool,
    typer.Option(
        "--trust-sklearn",
        help="Load all classes that scikit-learn itself defines.",
    ),
]
Sep = Annotated[
    str | None,
    typer.Option(help="Character between cells; ',' by default, a tab for .tsv."),
]
Encoding = Annotated[
    str | None, typer.Option(help="Encoding of the text files; utf-8 by default.")
]
NaValues = Annotated[
    list[str] | None,
    typer.Option(help="Cell that is missing, as empty ones are: NA; may be repeated."),
]
StringColumns = Annotated[
    list[str] | None,
    typer.Option(help="Columns to read as text, such as ZIP codes: a,b,c."),
]
Attack = Annotated[
    list[str] | None,
    typer.Option(help="Name of an attack, see 'skmia attacks'; may be repeated."),
]
Headline = Annotated[
    str | None,
    typer.Option(help="Attack that the audit is judged by, named before it is run."),
]
AccessOption = Annotated[
    list[Access] | None,
    typer.Option(help="What an attacker may see, 'scores' if none; may be repeated."),
]
TopK = Annotated[
    int, typer.Option(help="Largest posteriors that --access top-k shows.", min=1)
]
Fprs = Annotated[
    str, typer.Option(help="False positive rates that are reported, fractions: a,b.")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        help="Shadow models trained in parallel; by default one for each core, and GiB "
        "of memory that is free. Results do not depend on it."
    ),
]
Seed = Annotated[int, typer.Option(help="Seed of all randomness.", min=0)]
Confidence = Annotated[
    float, typer.Option(help="Level of the intervals, a fraction.", min=0, max=1)
]
Html = Annotated[Path, typer.Option(help="Where to write the report.")]
NoHtml = Annotated[bool, typer.Option("--no-html", help="Write no HTML report.")]
Json = Annotated[Path | None, typer.Option(help="Where to write the numbers as JSON.")]


def access_given(option):
    """The parameter `access` that the option is; the default where it is not given."""
    return [one.value for one in option] if option else "scores"
