"""The command ``skmia grid``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
from skmia.cli._jobs import jobs_given
from skmia.cli._named import DATASETS, load_dataset
from skmia.cli._options import Jobs, Seed
from skmia.cli._outputs import check_files
from skmia.cli._printing import out

METRICS = ("accuracy", "auc", "tpr_at_fpr")
Dataset = StrEnum("Dataset", list(DATASETS))
Metric = StrEnum("Metric", METRICS)


@app.command("grid")
def grid_command(
    dataset: Annotated[Dataset, typer.Option(help="Data set.")] = Dataset.digits,
    models: Annotated[
        str, typer.Option(help="Zoo, of tree, knn, lr, nb and mlp.")
    ] = "tree,knn,lr,nb",
    samples: Annotated[
        int | None, typer.Option(help="Records to use, stratified; all by default.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="Random halves.", min=1)] = 10,
    shadows: Annotated[
        int, typer.Option(help="Shadow models of a game, even.", min=2)
    ] = 10,
    metric: Annotated[Metric, typer.Option(help="What to print.")] = Metric.accuracy,
    csv: Annotated[
        Path | None, typer.Option(help="Where to write all metrics of all repeats.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder from which a killed run resumes.")
    ] = None,
    jobs: Jobs = None,
    seed: Seed = 0,
):
    """Attack every model type with every generator and every attack model.

    knn, lr and mlp get features scaled to [0, 1]; 0/1 features stay as they are.
    """
    from skmia.grid import default_models, model_grid, truex_table

    with exit_codes():
        check_files({"--csv": csv}, [])
        zoo = default_models([name.strip() for name in models.split(",")])
        X, y = load_dataset(dataset, samples, seed)
        grid = model_grid(
            X,
            y,
            zoo,
            n_repeats=repeats,
            n_shadows=shadows,
            metrics=METRICS,
            memory=cache,
            n_jobs=jobs_given(jobs),
            random_state=seed,
            verbose=True,
        )
        out.print(f"{metric} on {dataset}, {len(y)} records: mean ± std over repeats")
        out.print(_grid_table(truex_table(grid, metric)))
        if csv is not None:
            grid.to_csv(csv, index=False)
            out.print(f"All metrics: {csv}", soft_wrap=True)


def _grid_table(cells):
    table = Table(
        "attack",
        "target",
        *(f"shadows: {name}" for name in cells["mean"].columns),
        box=box.SIMPLE_HEAD,
    )
    last = None
    for (attack, target), row in cells.iterrows():
        if last not in (None, attack):
            table.add_section()
        texts = map(_mean_std, row["mean"], row["std"])
        table.add_row("" if attack == last else attack, target, *texts)
        last = attack
    return table


def _mean_std(mean, std):
    if mean != mean:
        return "not measurable"
    return f"{mean:.3f}" if std != std else f"{mean:.3f} ± {std:.3f}"
