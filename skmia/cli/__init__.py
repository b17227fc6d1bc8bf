"""Entry point of the command ``skmia``."""

import sys


def main():
    """Run the command line; without the extra ``cli``, say how to get it."""
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ImportError:
        print('The command line needs: pip install "skmia[cli]"', file=sys.stderr)
        sys.exit(1)
    from skmia.cli._commands import app

    app()
