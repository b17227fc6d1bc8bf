"""The commands ``skmia verify-unlearning`` and ``skmia dataset-inference``."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from skops import io
from typer.testing import CliRunner

from skmia.auditing import dataset_inference
from skmia.cli._commands import app
from skmia.unlearning import verify_unlearning

MODELS = ["--before", "before.skops", "--after", "after.skops"]
FILES = ["--forget", "forget.csv", "--retain", "retain.csv", "--label", "kind"]
UNSEEN = ["--unseen", "unseen.csv"]


def skmia(*args, code=0):
    """Run a command; words of its output, standard error after standard output."""
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return " ".join((result.stdout + " " + result.stderr).split())


@pytest.fixture
def cancer(tmp_path, monkeypatch):
    """Records, some to be forgotten, the others, and unseen ones, also in files."""
    monkeypatch.chdir(tmp_path)
    X, y = load_breast_cancer(as_frame=True, return_X_y=True)
    order = np.random.RandomState(0).permutation(len(y))
    sets = {}
    for name, rows in zip(
        ("forget", "unseen", "retain"), np.split(order, [40, 80]), strict=True
    ):
        sets[name] = X.iloc[rows], y.to_numpy()[rows]
        sets[name][0].assign(kind=sets[name][1]).to_csv(f"{name}.csv", index=False)
    return sets


def fitted(estimator, *sets):
    X = pd.concat([one for one, _ in sets])
    return estimator.fit(X, np.concatenate([labels for _, labels in sets]))


def save(**models):
    for name, model in models.items():
        io.dump(model, f"{name}.skops")


def test_what_was_trained_anew_is_exact(cancer):
    before = fitted(GaussianNB(), cancer["forget"], cancer["retain"])
    save(before=before, after=fitted(GaussianNB(), cancer["retain"]))
    text = skmia("verify-unlearning", *MODELS, *FILES)
    assert "Unlearned exactly" in text
    assert "give --unseen, like" in text
    save(after=before)
    assert "Not unlearned exactly" in skmia("verify-unlearning", *MODELS, *FILES)


@pytest.mark.slow
def test_what_remembers_exits_with_1(cancer):
    forest = RandomForestClassifier(20, random_state=0)
    before = fitted(forest, cancer["forget"], cancer["retain"])
    save(before=before, after=before)
    options = [*UNSEEN, "--references", 8, "--trust-sklearn", "--jobs", 1]
    text = skmia("verify-unlearning", *MODELS, *FILES, *options, code=1)
    found = verify_unlearning(
        before,
        before,
        *(*cancer["forget"], *cancer["retain"], *cancer["unseen"]),
        n_references=8,
        random_state=0,
    )
    assert found.verdict == "remembered"
    assert all(" ".join(sentence.split()) in text for sentence in found.reasons)
    row = found.summary.loc["excess"]
    assert f"excess {row['auc']:.3f} {row['auc_low']:.3f}" in text


def test_sets_are_inferred_as_by_the_function(cancer):
    model = fitted(GaussianNB(), cancer["forget"], cancer["retain"])
    save(model=model)
    files = ["--suspect", "forget.csv", "--unseen", "unseen.csv", "--label", "kind"]
    found = dataset_inference(
        model, *cancer["forget"], *cancer["unseen"], random_state=0
    )
    text = skmia("dataset-inference", "--model", "model.skops", *files)
    assert f"p-value {found.pvalue:.2g}" in text
    assert f"AUC {found.auc:.3f}" in text


def test_wrong_input_exits_with_2(cancer):
    model = fitted(GaussianNB(), cancer["forget"], cancer["retain"])
    save(before=model, after=model)
    text = skmia("verify-unlearning", *MODELS, *FILES[:4], code=2)
    assert "--label" in text
    gone = ["--forget", "none.csv", *FILES[2:]]
    assert "none.csv" in skmia("verify-unlearning", *MODELS, *gone, code=2)
