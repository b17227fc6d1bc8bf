"""The command ``skmia plan``."""

import math
from typing import Annotated

import typer
from rich import box
from rich.table import Column, Table

from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
from skmia.cli._given import fractions
from skmia.cli._options import Fprs
from skmia.cli._printing import out


@app.command("plan")
def plan_command(
    n_train: Annotated[int, typer.Argument(help="Training records, or groups.")],
    n_holdout: Annotated[int, typer.Argument(help="Holdout records, or groups.")],
    fprs: Fprs = "0.001,0.01,0.1",
):
    """Say what an audit of so many records could see, before it is run."""
    from skmia.auditing import plan_audit

    with exit_codes():
        plan = plan_audit(n_train, n_holdout, fprs=fractions(fprs))
    columns = ["without a leak", "sure of", "it is then", "at most", "records needed"]
    table = Table(
        Column("metric", no_wrap=True),
        *(Column(name, justify="right") for name in columns),
        box=box.SIMPLE_HEAD,
    )
    for metric, row in plan.iterrows():
        table.add_row(metric, *map(_shown, row))
    out.print(table)
    out.print(
        "An attack that is sure of so many training records, and knows nothing of all "
        "others, is seen with a probability of 80 %: the metric is then about what the "
        "third column says. 'At most' is what a perfect attack proves; so many records "
        "of each kind are needed to see an attack that is sure of one in a hundred."
    )


def _shown(value):
    if math.isnan(value):
        return "never"
    if math.isinf(value):
        return "> 1,000,000"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.3f}"
