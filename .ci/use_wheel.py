"""What works without an extra, and what the others say that is missing."""

import subprocess
import sys
import warnings
from importlib.metadata import distribution, version
from importlib.util import find_spec
from pathlib import Path

from sklearn.datasets import load_breast_cancer
from sklearn.tree import DecisionTreeClassifier

import skmia
from skmia.auditing import SavedReport
from skmia.datasets import fetch_purchase100

EXTRAS = ("dp_accounting", "jinja2", "matplotlib", "pooch", "torch", "typer")


def says(extra, action):
    """Assert that an action fails with the name of its extra."""
    said = "nothing"
    try:
        action()
    except ImportError as error:
        said = str(error)
    assert f"skmia[{extra}]" in said, said


def audit_a_tree():
    """Report on a tree that knows its records by heart."""
    X, y = load_breast_cancer(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0).fit(X[:280], y[:280])
    sets = X[:280], y[:280], X[280:560], y[280:560]
    return skmia.audit(tree, *sets, n_shadows=4, random_state=0)


def import_networks():
    """Import what needs torch."""
    import skmia.neural  # noqa: F401


def main():
    """Use the wheel that is installed."""
    assert "site-packages" in skmia.__file__, skmia.__file__
    assert skmia.__version__ == version("skmia")
    assert not [name for name in EXTRAS if find_spec(name)]
    entries = {entry.group for entry in distribution("skmia").entry_points}
    assert {"console_scripts", "pytest11"} <= entries

    report = audit_a_tree()
    assert report.summary.loc["gap", "auc_low"] > 0.5  # a full tree knows its records
    report.to_json("audit.json")
    assert SavedReport.read("audit.json").to_text() == report.to_text()

    says("report", lambda: report.to_html("audit.html"))
    says("report", report.plot_roc)
    says("datasets", lambda: fetch_purchase100(data_home="."))
    says("neural", import_networks)
    command = Path(sys.executable).with_name("skmia")
    done = subprocess.run([command, "audit"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "skmia[cli]" in done.stderr, done.stderr
    print(f"skmia {skmia.__version__} without an extra: audit, file, messages")


if __name__ == "__main__":
    warnings.simplefilter("error")
    main()
