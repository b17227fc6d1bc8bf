"""The check for skore: with a report like skore's, and with skore where it is there."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from skmia.integrations.skore import MembershipCheck, checks


class NotApplicable(Exception):
    pass


@pytest.fixture
def _some_skore(monkeypatch):
    monkeypatch.setitem(
        sys.modules, "skore", SimpleNamespace(CheckNotApplicable=NotApplicable)
    )


def report_of(model, n=800):
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X[:n], y[:n], test_size=0.5, random_state=0
    )
    return SimpleNamespace(
        estimator_=model.fit(X_train, y_train),
        X_train=X_train,
        y_train=y_train,
        X_test=X_test,
        y_test=y_test,
    )


def check(**params):
    [one] = checks(
        attacks=["gap", "loss-threshold"], n_shadows=2, **{"random_state": 0} | params
    )
    return one


@pytest.mark.usefixtures("_some_skore")
def test_a_leak_is_an_issue():
    found = check().check_function(report_of(DecisionTreeClassifier(random_state=0)))
    assert found.startswith("This model ")
    assert "of 100 cases" in found


@pytest.mark.usefixtures("_some_skore")
def test_none_found_is_passed():
    model = LogisticRegression(C=1e-4)
    assert check().check_function(report_of(model)) is None


@pytest.mark.usefixtures("_some_skore")
@pytest.mark.parametrize(
    ("report", "message"),
    [
        (SimpleNamespace(X_train=None, y_train=None), "trained on are not in the repo"),
        (report_of(DummyClassifier(), n=12), "could not have seen a leak"),
        (report_of(KMeans(2, random_state=0)), "the model is a clusterer"),
    ],
)
def test_what_does_not_apply(report, message):
    with pytest.raises(NotApplicable, match=message):
        check().check_function(report)


def test_what_skore_asks_of_a_check():
    """In an environment of its own; skore is no extra of the tests."""
    skore = pytest.importorskip(
        "skore", reason='needs skore: pip install "skmia[skore]"'
    )
    assert isinstance(MembershipCheck(), skore.Check)
    X, y = load_breast_cancer(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0)
    report = skore.evaluate(tree, X, y, splitter=0.5)
    report.checks.add(
        checks(attacks=["gap", "loss-threshold"], n_shadows=2, random_state=0)
    )
    state = np.random.get_state()  # noqa: NPY002 (skore's own checks draw from it)
    text = repr(report.checks.summarize())
    np.random.set_state(state)  # noqa: NPY002
    assert "[SKM001] Training records can be recognised. This model " in text
