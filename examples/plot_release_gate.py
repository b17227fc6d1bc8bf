"""
From a model that leaks to one that may be released
===================================================

The way of a model through a gate, from the shell and in Python: what can an audit of so
many records see, what does it find, which defense helps, and what has changed. Uses
Adult where a local folder named by ``SKMIA_DATA`` holds it, and data that ship with
scikit-learn elsewhere.
"""

# %%
# The model
# ---------
# A forest, saved by skops; its training records, and others that it has not seen.

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from skops import io

from skmia.auditing import AuditReport, BeforeAfterDisplay, audit, suggest_defenses
from skmia.datasets import fetch_adult

folder = tempfile.TemporaryDirectory()
here = Path(folder.name)

if Path(os.environ.get("SKMIA_DATA", "."), "adult.npz").exists():
    data = fetch_adult(as_frame=True)
    X, y = pd.get_dummies(data.data), data.target
    X, _, y, _ = train_test_split(X, y, train_size=1200, stratify=y, random_state=0)
else:
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_holdout, y_train, y_holdout = train_test_split(
    X, y, train_size=0.5, stratify=y, random_state=1
)
forest = RandomForestClassifier(30, random_state=0).fit(X_train, y_train)

io.dump(forest, here / "model.skops")
X_train.assign(label=y_train).to_csv(here / "train.csv", index=False)
X_holdout.assign(label=y_holdout).to_csv(here / "holdout.csv", index=False)


def shell(command):
    """Run a command as in a shell, in the folder of the files; returns its code."""
    print(f"$ {command}")
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(words, cwd=here, capture_output=True, text=True)
    print(done.stdout + done.stderr, f"(exit code {done.returncode})", sep="\n")
    return done.returncode


# %%
# What could be seen
# ------------------
# Before anything is trained: how many people must an attacker be sure of, so that an
# audit of so many records notices?

assert shell(f"skmia plan {len(y_train)} {len(y_holdout)} --fprs 0.01,0.1") == 0

# %%
# The gate
# --------
# A model may be released if no attack is shown to be possible that tells members from
# others in more than 65 of 100 cases. What is compared is the upper end of the interval
# of the worst attack: a model passes when so large a leak is ruled out.

files = "--train train.csv --holdout holdout.csv --label label --trust-sklearn"
attacks = "--attack gap --attack loss-threshold --attack rmia-online --shadows 6"
gate = '--headline rmia-online --fail-if "auc > 0.65" --quiet'
before = "--html before.html --json before.json"
assert shell(f"skmia audit --model model.skops {files} {attacks} {gate} {before}") == 1

# %%
# What helps
# ----------
# In Python: the defenses that fit a forest are tried, each is audited by the attack
# that the report was judged by. Which are tried was decided before anything was found.

report = audit(
    forest,
    *(X_train, y_train, X_holdout, y_holdout),
    attacks=["gap", "loss-threshold", "rmia-online"],
    headline="rmia-online",
    n_shadows=6,
    random_state=0,
)
defenses = suggest_defenses(
    report, forest, X_train, y_train, X_holdout, y_holdout, n=3, random_state=0
)
columns = ["accuracy_change", "train_seconds_ratio", "auc", "factor", "step", "loses"]
print(defenses[columns].to_string())

# %%
# The defended model
# ------------------
# The one with the smallest factor. It is fitted anew, saved, and audited again by all
# attacks: the best of several was chosen on these records.

chosen = defenses.index[0]
defended = clone(defenses.attrs["models"][chosen]).fit(X_train, y_train)
io.dump(defended, here / "defended.skops")
unknown = io.get_untrusted_types(file=here / "defended.skops")
ours = [f"--trust {name}" for name in unknown if name.startswith("skmia.")]
after = f"{' '.join(ours)} --no-html --json after.json"
assert (
    shell(f"skmia audit --model defended.skops {files} {attacks} {gate} {after}") == 0
)

# %%
# What has changed
# ----------------

assert shell("skmia diff before.json after.json") == 0
display = BeforeAfterDisplay.from_reports(
    AuditReport.from_json(here / "before.json"),
    AuditReport.from_json(here / "after.json"),
)
folder.cleanup()
