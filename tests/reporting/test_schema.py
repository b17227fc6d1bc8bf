"""The file of a report: what it holds, what can be read, whether it was changed."""

import json
from importlib.resources import files

import numpy as np
import pytest
from former_report import FORMER
from jsonschema import Draft202012Validator
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from skmia import audit
from skmia.auditing import AuditReport, SavedReport
from skmia.reporting._schema import SCHEMA, content_hash


@pytest.fixture(scope="module")
def validator():
    text = files("skmia.reporting").joinpath("skmia-audit-2.schema.json").read_text()
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def report():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X_train, X_holdout, y_train, y_holdout = train_test_split(
        X, y, train_size=280, random_state=0
    )
    forest = RandomForestClassifier(10, random_state=0).fit(X_train, y_train)
    sets = X_train, y_train, X_holdout, y_holdout
    attacks = ["gap", "loss-threshold", "rmia-online", "salem2"]
    return audit(forest, *sets, attacks=attacks, n_shadows=4, random_state=0)


def test_a_report_follows_the_schema(validator, report):
    validator.validate(report.to_dict())
    validator.validate(report.to_dict(safe=False))
    validator.validate(report.to_dict(before=report.diff(report)))
    validator.validate(SavedReport(FORMER).to_dict())


def test_the_schema_finds_what_is_wrong(validator, report):
    facts = report.to_dict()
    for changes in ({"verdict": "safe"}, {"n_train": -1}, {"roc": None}):
        assert not validator.is_valid(facts | changes)
    for key in facts:
        rest = {name: value for name, value in facts.items() if name != key}
        assert not validator.is_valid(rest)


def test_what_was_written_can_be_read(report, tmp_path):
    path = tmp_path / "report.json"
    report.to_json(path)
    for saved in (AuditReport.from_json(path), AuditReport.from_json(report.to_json())):
        assert saved.to_dict() == report.to_dict()
        assert repr(saved) == repr(report)
        assert saved.compact().equals(report.compact())
        assert saved._repr_html_() == report._repr_html_()
        assert saved.verdict == report.verdict
        assert saved.reasons == report.reasons
        assert saved.headline["auc"] == report.headline["auc"]
        numbers = ["auc", "auc_low", "tpr_at_fpr_0.1"]
        np.testing.assert_array_equal(
            saved.summary[numbers].to_numpy(float), report.summary[numbers].to_numpy()
        )


def test_sections_that_were_computed_apart_stay(report):
    """In the file, and in what is made of it; with what is to be kept in mind."""
    before = report.diff(SavedReport(FORMER))
    saved = AuditReport.from_json(report.to_json(before=before))
    facts = saved.to_dict()
    assert [row["metric"] for row in facts["before"]] == before.index.tolist()
    assert facts["before_notes"] == before.attrs["notes"]
    assert facts["before_why"] is None
    assert facts["defenses"] is None
    assert facts == report.to_dict(before=before)


def test_a_file_that_was_changed_is_noticed(report):
    saved = AuditReport.from_json(report.to_json())
    assert saved.verify() is True
    facts = report.to_dict()
    changed = SavedReport(facts | {"n_train": facts["n_train"] + 1})
    assert changed.verify() is False
    assert content_hash(facts) == facts["content_sha256"]


def test_a_file_of_the_former_version():
    saved = AuditReport.from_json(json.dumps(FORMER))
    assert saved.verify() is None
    assert saved.verdict == "leak"
    assert "Leak found, size not measurable" in repr(saved)
    assert "Shown a record, it tells." in repr(saved)
    assert saved.compact().loc["gap", "TPR at 10 % FPR"] == "0.200 [0.100, 0.300]"
    facts = saved.to_dict()
    assert facts["schema"] == SCHEMA
    assert facts["fprs"] == [0.1]
    assert "older version" in facts["groups_why"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "The text is no JSON"),
        ('{"schema": "skmia-audit/3"}', "must have the schema .* Got 'skmia-audit/3'"),
        ('{"a": 1}', "Got None"),
    ],
)
def test_what_is_no_report(text, message):
    with pytest.raises(ValueError, match=message):
        AuditReport.from_json(text)


def test_a_file_that_is_no_report(tmp_path):
    path = tmp_path / "list.json"
    path.write_text("[1]")
    with pytest.raises(ValueError, match=r"list\.json holds no report, but a list"):
        AuditReport.from_json(path)


def test_what_must_not_be_forwarded_is_not(report):
    saved = AuditReport.from_json(report.to_json(safe=False))
    with pytest.raises(ValueError, match="written with safe=False"):
        saved.to_json()
    assert saved.to_dict(safe=False) == report.to_dict(safe=False)


def test_nothing_of_a_record_is_told(report):
    """No score of a record: only which rows are recognised, and what is unusual."""
    text = report.to_json()
    scores = report.records.drop(columns=["member", "label"]).to_numpy().ravel()
    exact = [repr(score) for score in scores.tolist() if len(repr(score)) > 12]
    assert len(exact) > 100
    assert not [score for score in exact if score in text]


def test_two_reports_side_by_side(report):
    same = report.diff(report)
    assert (same["change"].dropna() == 0).all()
    assert same.attrs["notes"] == []
    former = report.diff(SavedReport(FORMER))
    assert former.loc["auc", "before"] == 0.7
    assert np.isnan(former.loc["step", "before"])
    assert "Other training records: 100 before, 280 after." in former.attrs["notes"]
