"""Models that refuse noisy copies of records: left out by default, and why."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skmia import audit
from skmia.attacks import AttackRecipe, LikelihoodRatioAttack, make_attack
from skmia.attacks.evidence import References
from skmia.auditing import _findings
from skmia.auditing._choice import DEFAULT_ATTACKS, OF_MANY_QUERIES
from skmia.signals import get_signal

FAST = {"n_shadows": 4, "random_state": 0, "fprs": 0.1}
REFUSES = "The model refuses moved copies of records, which this signal asks about."


@pytest.fixture
def coded():
    """Codes of categories behind an encoder that knows no others, and a number."""
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(0, 3, 120), rng.normal(size=120)])
    y = (X.sum(axis=1) > 1).astype(int)
    encoder = make_column_transformer((OneHotEncoder(), [0]), remainder="passthrough")
    model = make_pipeline(encoder, LogisticRegression()).fit(X[:60], y[:60])
    return model, X[:60], y[:60], X[60:], y[60:]


@pytest.mark.slow
def test_not_among_the_default_and_a_note_says_why(coded):
    report = audit(*coded, **FAST)
    assert report.summary.index.tolist() == list(DEFAULT_ATTACKS)
    assert set(report.summary["status"]) == {"ok"}
    note, on_references = report.notes
    assert on_references.startswith("All 4 references answer for both sides")
    assert note.startswith(f"Not among the attacks: lira-augmented-online. {REFUSES}")
    assert note.endswith("Found unknown categories [...] in column 0 during transform.")
    assert report.to_dict()["notes"] == report.notes


def test_among_the_default_where_copies_are_answered(coded):
    _, *data = coded
    plain = LogisticRegression().fit(*data[:2])
    report = audit(plain, *data, **FAST)
    assert report.summary.index.tolist() == [*DEFAULT_ATTACKS, *OF_MANY_QUERIES]
    assert report.remarks == []


@pytest.mark.parametrize("name", ["lira-augmented-online", "merlin", "long-indirect"])
def test_named_attacks_say_what_happened_and_what_to_do(coded, name):
    status = audit(*coded, attacks=[name], **FAST).summary["status"].item()
    assert status.startswith(f"failed: ValueError: {REFUSES}")
    assert "Columns that are codes" in status
    assert "'spread' of 0" in status


def test_codes_without_spread_are_not_moved(coded):
    signal = get_signal("augmented_logit", spread=np.array([0.0, 1.0]))
    evidence = References(signal, online=True)
    recipe = AttackRecipe("own", make_attack(evidence, LikelihoodRatioAttack()))
    report = audit(*coded, attacks=[recipe], **FAST)
    assert report.summary["status"].item() == "ok"


class Counts(LogisticRegression):
    """Every row that is asked of any clone takes a second."""

    rows = 0

    def predict_proba(self, X):
        Counts.rows += len(X)
        return super().predict_proba(X)


def test_seconds_are_those_of_the_attack_alone(coded, monkeypatch):
    """120 records: asked once for all thresholds, six times for copies."""
    _, *data = coded
    clock = SimpleNamespace(perf_counter=lambda: Counts.rows)
    monkeypatch.setattr(_findings, "time", clock)
    names = ["loss-threshold", "shadow", "entropy-threshold", "lira-augmented-online"]
    counting = Counts().fit(*data[:2])
    seconds = audit(counting, *data, attacks=names, **FAST).summary["seconds"]
    assert seconds.to_dict() == dict(zip(names, [120, 0, 0, 720], strict=True))
