"""The command ``skmia study``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
from skmia.cli._given import listed
from skmia.cli._grid import Dataset
from skmia.cli._jobs import jobs_given
from skmia.cli._named import load_dataset
from skmia.cli._options import Jobs, Seed
from skmia.cli._outputs import check_files
from skmia.cli._printing import out

By = StrEnum("By", ["size", "classes", "deviation", "robustness"])
Model = StrEnum("Model", ["tree", "knn", "lr", "nb", "mlp"])


@app.command("study")
def study_command(
    dataset: Annotated[Dataset, typer.Argument(help="Data set.")] = Dataset.digits,
    by: Annotated[By, typer.Option(help="What changes.")] = By.size,
    model: Annotated[
        Model, typer.Option(help="Target; of robustness it is a network.")
    ] = Model.tree,
    values: Annotated[
        str | None,
        typer.Option(help="Records, classes, or factors of the deviation: a,b,c."),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="Records to use, stratified; all by default.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="Random draws.", min=2)] = 5,
    shadows: Annotated[
        int, typer.Option(help="Shadow models of a game, even.", min=2)
    ] = 10,
    csv: Annotated[
        Path | None, typer.Option(help="Where to write all numbers.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Where to draw the AUC, a .png file.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder from which a killed run resumes.")
    ] = None,
    jobs: Jobs = None,
    seed: Seed = 0,
):
    """Attack models of more records, more classes, or trained in other ways."""
    from skmia.grid import StudyDisplay, default_models, study

    with exit_codes():
        check_files({"--csv": csv, "--plot": plot}, [])
        figure = None if plot is None else _figure(plot)
        X, y = load_dataset(dataset, samples, seed)
        table = study(
            X,
            y,
            default_models([model])[model],
            by=by.value,
            values=_numbers(by, values),
            n_repeats=repeats,
            n_shadows=shadows,
            memory=cache,
            n_jobs=jobs_given(jobs),
            random_state=seed,
            verbose=True,
        )
        out.print(f"{dataset} by {by}: mean (95 % interval) over {repeats} repeats")
        out.print(_printed(table))
        if csv is not None:
            table.to_csv(csv, index=False)
        if figure is not None:
            StudyDisplay.from_study(table, ax=figure.subplots()).figure_.savefig(plot)


def _figure(plot):
    """Where to draw; raises where matplotlib writes no such file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    known = figure.canvas.get_supported_filetypes()
    if plot.suffix[1:].lower() not in known:
        raise ValueError(
            f"--plot must be a file that ends with one of {sorted(known)}. Got {plot}."
        )
    return figure


def _numbers(by, values):
    if values is None:
        return None
    if by is By.robustness:
        raise ValueError("--values are numbers, and --by robustness has names.")
    kind = float if by is By.deviation else int
    return listed("--values", values, kind, "numbers: a,b,c")


def _printed(table):
    shown = Table(
        "value",
        "records",
        "classes",
        "deviation",
        "accuracy",
        "AUC",
        box=box.SIMPLE_HEAD,
    )
    for _, row in table.iterrows():
        shown.add_row(
            str(row["value"]),
            str(row["n_records"]),
            str(row["n_classes"]),
            f"{row['deviation']:.3f}",
            *(_interval(row, name) for name in ("accuracy", "auc")),
        )
    return shown


def _interval(row, name):
    return f"{row[name]:.3f} ({row[f'{name}_low']:.3f}-{row[f'{name}_high']:.3f})"
