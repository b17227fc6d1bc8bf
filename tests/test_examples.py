"""Every example of the gallery runs."""

import os
import runpy
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from slow_cases import others_slow

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKMIA_DATA", ROOT.parent / "shared" / "data"))
NEEDS = {"plot_classwise_location30.py": "location30.npz"}
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("plot_*.py"))
# From two seconds to half a minute; the gallery of the site runs them too.
LONG = {
    "plot_audit_endpoint.py",
    "plot_audit_forest.py",
    "plot_audit_in_context.py",
    "plot_classwise_location30.py",
    "plot_displays.py",
    "plot_federation.py",
    "plot_media.py",
    "plot_model_type_grid.py",
    "plot_on_a_cluster.py",
    "plot_own_label_only_attack.py",
    "plot_own_network.py",
    "plot_privacy_utility.py",
    "plot_release_gate.py",
    "plot_transfer.py",
    "plot_what_follows.py",
}


@pytest.mark.parametrize("name", others_slow(EXAMPLES, {*EXAMPLES} - LONG))
@pytest.mark.usefixtures("catalogue")
def test_example_runs(name, tmp_path, monkeypatch):
    path = ROOT / "examples" / name
    needed = NEEDS.get(name)
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
