"""The command ``skmia`` as ``python -m skmia``."""

from skmia.cli import main

if __name__ == "__main__":
    main()
