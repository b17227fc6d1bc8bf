"""Options of several commands."""

from pathlib import Path
from typing import Annotated

import typer

Label = Annotated[str | None, typer.Option(help="Column of the labels (not for .npz).")]
Groups = Annotated[
    str | None,
    typer.Option(help="Column that says whose a record is (of .npz: an array)."),
]
Trust = Annotated[
    list[str] | None,
    typer.Option(help="Type to load from the model file; may be repeated."),
]
Attack = Annotated[
    list[str] | None,
    typer.Option(help="Name of an attack, see 'skmia attacks'; may be repeated."),
]
Jobs = Annotated[int, typer.Option(help="Shadow models trained in parallel.")]
Seed = Annotated[int, typer.Option(help="Seed of all randomness.", min=0)]
Confidence = Annotated[
    float, typer.Option(help="Level of the intervals, a fraction.", min=0, max=1)
]
Html = Annotated[Path, typer.Option(help="Where to write the report.")]
NoHtml = Annotated[bool, typer.Option("--no-html", help="Write no HTML report.")]
Json = Annotated[Path | None, typer.Option(help="Where to write the numbers as JSON.")]
