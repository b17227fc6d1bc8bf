"""AuditReport: what it says in tables, text, HTML and JSON."""

import json
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from skmia.auditing import AuditReport
from skmia.auditing._findings import AttackResult
from skmia.metrics import membership_metrics
from skmia.reporting._html import render_html
from skmia.reporting._words import SEES

VOID = {"meta", "br", "hr", "img", "link", "input"}


def make_report(*, gap=0.9, n_members=60, n_nonmembers=40, results=(), **changes):
    """Report of a gap attack that is right about members in a share `gap`."""
    rng = np.random.default_rng(0)
    member = np.repeat([1, 0], [n_members, n_nonmembers])
    correct = (rng.random(len(member)) < np.where(member, gap, 0.5)).astype(float)
    sets = np.where(member == 1, "train", "holdout")
    rows = [*range(n_members), *range(n_nonmembers)]
    settings = {
        "model": "Tree",
        "results": [
            AttackResult("gap", "label", "-", "Yeom", correct, correct.astype(int)),
            *results,
        ],
        "member": member,
        "label": np.zeros(len(member), dtype=int),
        "index": pd.MultiIndex.from_arrays([sets, rows], names=["set", "row"]),
        "correct": correct,
        "fprs": (0.001, 0.1),
        "confidence_level": 0.95,
        "seed": 1,
    }
    return AuditReport(**settings | changes)


def random_attack(seed, name="loss-threshold", n_records=100):
    score = np.random.default_rng(seed).normal(size=n_records)
    return AttackResult(name, "scores", "", "", score, (score > 0).astype(int))


def not_run(name, reason):
    return AttackResult(name, "scores", "", "", status=f"not run: {reason}")


class Page(HTMLParser):
    """Tags, attributes and text; asserts that tags are balanced."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.loaded, self.text = [], [], [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.text += "" if tag == "b" else " "
        self.loaded += [
            value
            for name, value in attrs
            if name in ("src", "href", "xlink:href") and not value.startswith("#")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text += "" if tag == "b" else " "

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text += data


def words(page):
    return " ".join(page.text.split())


def test_summary_and_records():
    report = make_report(results=[random_attack(0), not_run("shadow", "no reason")])
    assert report.summary.index.tolist() == ["gap", "loss-threshold", "shadow"]
    assert report.summary.loc["shadow", "status"] == "not run: no reason"
    assert report.records.columns.tolist() == [
        "member",
        "label",
        "gap",
        "loss-threshold",
    ]
    assert report.records.loc[("train", 59), "member"] == 1
    assert report.records.loc[("holdout", 39), "member"] == 0


def test_notes_say_what_could_not_be_measured():
    report = make_report(results=[not_run("shadow", "no reason")])
    assert report.notes == [
        "shadow: not run: no reason.",
        "TPR at 0.1 % FPR is not measurable with 40 holdout records: at least 1000 "
        "are needed.",
    ]
    assert make_report(fprs=(0.1,)).notes == []


def test_compact_has_no_number_where_there_is_none():
    report = make_report(results=[not_run("shadow", "no reason")])
    table = report.compact()
    assert table.loc["gap", "TPR at 0.1 % FPR"] == "not measurable"
    assert (table.loc["shadow"] == "not run").all()
    assert table.loc["gap", "AUC"].startswith(f"{report.headline['auc']:.3f} [")


def test_thresholds_that_say_nearly_the_same_are_one_row():
    others = [random_attack(seed, f"{seed}-threshold") for seed in range(3)]
    aucs = make_report(results=others).summary["auc"][1:]
    joined = make_report(results=others).compact()
    assert joined.index.tolist() == ["gap", "thresholds (best of 3)"]
    assert joined.iloc[1]["AUC"].startswith(f"{aucs.max():.3f} [")
    every = make_report(results=others).compact(every=True)
    assert every.index.tolist() == ["gap", *(one.name for one in others)]
    two = make_report(results=others[:2]).compact()
    assert two.index.tolist() == ["gap", *(one.name for one in others[:2])]
    failed = make_report(results=[*others, not_run("a-threshold", "no reason")])
    assert failed.compact().index.tolist()[1:] == [
        "thresholds (best of 3)",
        "a-threshold",
    ]


def test_the_strongest_row_is_named_also_where_it_is_joined():
    others = [random_attack(seed, f"{seed}-threshold") for seed in range(3)]
    others[1].score[:60] += 10
    report = make_report(results=others)
    assert report.headline["attack"] == "1-threshold"
    assert report.compact().attrs["strongest"] == "thresholds (best of 3)"
    assert report.compact(every=True).attrs["strongest"] == "1-threshold"


def test_balanced_accuracy_is_one_half_where_nothing_is_seen():
    """However many members there are: always "in" is right for most of them."""
    member = np.arange(1500) < 1350
    found = membership_metrics(
        member, np.zeros(1500), predicted=np.ones(1500, dtype=bool), fprs=[]
    )
    assert found["accuracy"] == 0.9
    assert found["balanced_accuracy"] == 0.5
    low, high = found["balanced_accuracy_low"], found["balanced_accuracy_high"]
    assert low < 0.5 < high
    assert [2 * low - 1, 2 * high - 1] == pytest.approx(
        [found["advantage_low"], found["advantage_high"]]
    )


def test_headline_picks_the_largest_auc_and_widens_its_interval():
    others = [random_attack(seed, f"attack {seed}") for seed in range(3)]
    alone, among = make_report(), make_report(results=others)
    assert among.headline["attack"] == alone.headline["attack"] == "gap"
    assert alone.headline["confidence_level"] == pytest.approx(0.95)
    assert among.headline["confidence_level"] == pytest.approx(1 - 0.05 / 4)
    assert among.headline["auc_low"] < alone.headline["auc_low"]
    assert among.headline["auc_high"] > alone.headline["auc_high"]


def test_text_names_model_records_and_strongest_attack():
    text = repr(make_report())
    assert text.startswith("AuditReport of Tree: 60 training and 40 holdout records")
    assert "strongest of 1 attacks: gap, AUC" in text
    assert "not measurable" in text


def test_words_for_a_leak_and_for_none():
    leak = make_report(gap=1.0)
    assert leak.finding["headline"].startswith("This model gives something away")
    none = make_report(gap=0.5, n_members=600, n_nonmembers=400)
    text = " ".join(none.finding["sentences"])
    assert "This is no proof that there is no leak." in text
    auc, low = none.headline["auc"], none.headline["auc_low"]
    assert f"in {100 * auc:.1f} of 100 cases" in text
    assert f"(95 % interval: {100 * low:.1f} to " in text


def test_json_round_trip(tmp_path):
    report = make_report(results=[not_run("shadow", "no reason")])
    path = tmp_path / "audit.json"
    assert report.to_json(path) is None
    found = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert found == json.loads(report.to_json()) == report.to_dict()
    assert found["schema"] == "skmia-audit/2"
    gap, shadow = found["attacks"]
    assert gap["tpr_at_fpr_0.001"] is None
    assert gap["auc"] == report.summary.loc["gap", "auc"]
    assert shadow["auc"] is None
    assert (found["n_train"], found["n_holdout"]) == (60, 40)
    assert "records" not in found
    assert set(found["versions"]) == {
        *("python", "skmia", "scikit-learn", "numpy", "scipy", "pandas")
    }


def test_html_says_what_the_report_says():
    report = make_report(results=[random_attack(0), not_run("shadow", "no reason")])
    page = Page(render(report))
    for text in (*report.finding["sentences"], *report.notes):
        assert " ".join(text.split()) in words(page)


def test_html_escapes_names():
    name = "<b>model & co</b>"
    report = make_report(model=name, results=[random_attack(0, "<i>mine</i>")])
    for html in (render(report), report._repr_html_()):
        assert name not in html
        assert "<i>mine" not in html
    assert name in words(Page(render(report)))


def test_repr_html_needs_no_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    report = make_report()
    assert "not measurable" in Page(report._repr_html_()).text


def test_no_attack_could_be_run(tmp_path):
    """Whatever is written says so, in sentences and in nan."""
    reason = "the model gives no probabilities"
    report = make_report()
    report = replace(report, results=[not_run(name, reason) for name in ("a", "b")])
    text = f"0 of 2 attacks were run: {reason}."
    assert report.verdict == "not-measurable"
    assert report.reasons == [text]
    found = "Not measurable: This audit could not have seen a leak."
    assert repr(report).split("\n")[2:4] == [found, text]
    assert report.summary["auc"].isna().all()
    assert report.records.columns.tolist() == ["member", "label"]
    assert (report.compact() == "not run").all(axis=None)
    found = json.loads(report.to_json(), parse_constant=pytest.fail)
    assert found["headline"]["attack"] is found["headline"]["auc"] is None
    assert found["headline"]["n_attacks"] == 0
    assert [attack["auc"] for attack in found["attacks"]] == [None, None]
    page = words(Page(render(report)))
    assert report.finding["headline"] in page
    assert "No attack was run." in page
    assert reason in Page(report._repr_html_()).text
    display = report.plot_roc(Figure().subplots())
    assert display.lines_ == []
    assert display.ax_.get_title() == "no attack could be run"


def test_how_much_was_run():
    assert make_report().extent is None
    assert "were run" not in repr(make_report())
    some = make_report(
        results=[not_run("a", "x"), not_run("b", "y"), not_run("c", "y")]
    )
    assert some.extent == "1 of 4 attacks were run: y (others for other reasons)."
    assert some.finding["sentences"][-1] == some.extent
    assert some.extent in words(Page(render(some)))
    assert some.extent in repr(some)
    trace = make_report(results=[not_run("a", "Found ['x'].\nStack trace:\n  file.h")])
    assert trace.extent == "1 of 2 attacks were run: Found ['x']."


@pytest.mark.parametrize("access", ["label", "top-k", "scores", "white-box"])
def test_html_says_what_each_access_shows(access):
    attack = random_attack(0)
    attack.access = access
    assert SEES[access] in words(Page(render(make_report(results=[attack]))))


def render(report):
    return render_html(report.to_dict())
