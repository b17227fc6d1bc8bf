"""The command ``skmia`` itself."""

from typing import Annotated

import typer

from skmia.cli._printing import out

app = typer.Typer(
    help="Membership inference audits of scikit-learn models.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(value: bool):
    if value:
        from skmia import __version__

        out.print(f"skmia {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
):
    pass
