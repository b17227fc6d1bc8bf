"""Where results and figures of the reproduction are kept."""

from pathlib import Path

from store import RESULTS as ALL_RESULTS

RESULTS = ALL_RESULTS / "truex"
FIGURES = Path(__file__).parents[2] / "docs" / "reproduction"
