"""Every example of the gallery runs."""

import os
import runpy
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKMIA_DATA", ROOT.parent / "shared" / "data"))
NEEDS = {"plot_classwise_location30.py": "location30.npz"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples").glob("plot_*.py")), ids=lambda path: path.name
)
@pytest.mark.usefixtures("catalogue")
def test_example_runs(path, tmp_path, monkeypatch):
    needed = NEEDS.get(path.name)
    if needed and not (DATA / needed).exists():
        pytest.skip(f"needs {needed} in the folder named by SKMIA_DATA")
    monkeypatch.setenv("SKMIA_DATA", str(DATA))
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        # matplotlib says that agg cannot show a figure.
        warnings.filterwarnings("ignore", message=".*non-interactive.*")
        runpy.run_path(str(path), run_name="__main__")
    plt.close("all")
    assert not list(tmp_path.iterdir()), "an example leaves files behind"
