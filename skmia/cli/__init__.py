"""Entry point of the command ``skmia``."""

from __future__ import annotations

import sys
import traceback


def main() -> None:
    """Run the command line; without the extra ``cli``, say how to get it."""
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ImportError:
        print('The command line needs: pip install "skmia[cli]"', file=sys.stderr)
        sys.exit(2)
    try:
        from skmia.cli._commands import app

        app(prog_name="skmia")  # completion of "python -m skmia" is no shell script
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:  # 1 would be the verdict of a gate
        traceback.print_exc()
        sys.exit(4)
