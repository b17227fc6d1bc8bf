"""What the exit codes of the commands mean."""

import sys
import traceback
from contextlib import contextmanager

import typer

from skmia.cli._as_options import as_options

# 0 and 1 are verdicts of a gate, 3 says that there is none: see docs/gate.md.
WRONG_INPUT = 2
NO_VERDICT = 3
UNEXPECTED = 4


@contextmanager
def exit_codes():
    """Exit with 2 and one line where the input is wrong, or an extra is missing.

    Whatever else goes wrong is 4, with its traceback: a crash must not read as a
    verdict. Ctrl-C is 130 (typer).
    """
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except (ValueError, OSError, ImportError) as error:
        typer.echo(f"Error: {as_options(str(error))}", err=True)
        raise typer.Exit(WRONG_INPUT) from error
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        typer.echo("Error: skmia failed unexpectedly; nothing was decided.", err=True)
        raise typer.Exit(UNEXPECTED) from error
