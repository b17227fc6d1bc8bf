"""The page of a report: what it says, what it loads, and that it always can be made."""

import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from skmia import audit
from skmia.reporting import _words
from skmia.reporting._html import render_html
from skmia.reporting.page._next_steps import next_steps
from skmia.reporting.page._numbers import people, share
from skmia.reporting.page._sections import SECTIONS

VOID = {"meta", "br"}
INLINE = {"b", "em"}
ALWAYS = {"verdict", "audited", "checks", "not-run", "limitations", "glossary"}
CASES = {
    "leak": ["leak-1", "leak-2", "leak-3", "leak-4", "leak-5", "leak-unsized"],
    "none-found": ["none-found", "none-found-bounded"],
    "not-measurable": ["too-few", "no-attack", "positive-control"],
    "invalid": [*dict.fromkeys(_words.CASES_OF_CHECKS.values()), "invalid"],
}
BOUND = 1_000_000


class Page(HTMLParser):
    """Tags with attributes, ids and text; asserts that tags are balanced."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(html)
        self.close()
        assert self.open == []
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.text += "" if tag in INLINE else " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text += "" if tag in INLINE else " "

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text += data

    def values(self, tag, name):
        """An attribute of all elements of a kind."""
        return [a[name] for t, a in self.tags if tag in (t, None) and name in a]


def one_line(text):
    return " ".join(text.split())


def leaky(n_train=280, **options):
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X_train, X_holdout, y_train, y_holdout = train_test_split(
        X, y, train_size=n_train, random_state=0
    )
    forest = RandomForestClassifier(10, random_state=0).fit(X_train, y_train)
    sets = X_train, y_train, X_holdout, y_holdout
    return audit(forest, *sets, n_shadows=4, random_state=0, **options)


@pytest.fixture(scope="module")
def report():
    return leaky(attacks=["gap", "loss-threshold", "rmia-online", "salem2"])


@pytest.fixture(scope="module")
def facts(report):
    return report.to_dict()


def defense(name, factor, step, accuracy, on_front):
    return {
        "defense": name,
        "accuracy": accuracy,
        "accuracy_change": accuracy - 0.9,
        "train_seconds_ratio": 2.0,
        "tpr_at_fpr_0.01": 0.1,
        "tpr_at_fpr_0.01_low": 0.05,
        "tpr_at_fpr_0.01_high": 0.2,
        "factor": factor,
        "step": step,
        "loses": "<i>digits</i>",
        "on_front": on_front,
        "status": "ok",
    }


def of_case(facts, verdict, case):
    """Facts as they are of another finding."""
    step = int(case[-1]) if case[-1].isdigit() else None
    step = 0 if verdict == "none-found" else step
    factor = {None: None, 0: 1.0, 5: 150.0}.get(step, 3.0)
    ppv = [
        {"prior": 0.5, "value": 0.95, "low": 0.9, "high": 0.999},
        {"prior": 0.1, "value": None, "low": None, "high": None},
    ]
    of = 1000 if step == 5 else 100
    counts = {"of": of, "fpr": 1 / of, "named": 22.4, "low": 17.0, "high": 27.6}
    bound = {"of": 100, "named": 27.6, "factor": 27.6, "step": 4}
    finding = {
        "case": case,
        "chip": _words.TITLES[verdict],
        "symbol": _words.SIGNS[verdict],
        "chip_more": _words.more_of_chip(case, step),
        "headline": _words.headline(case),
        "sentences": ["It can name 22 of 100 people.", "And more."],
        "step": step,
        "factor": factor,
        "factor_from": None,
        "counts": None if step is None else counts | {"guessing": 1},
        "not_ruled_out": bound if step else None,
        "ppv": ppv if step else None,
        "unit": "people",
    }
    return facts | {"verdict": verdict, "finding": finding}


def test_it_loads_and_runs_nothing(facts):
    page = Page(render_html(facts))
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "base"}
    for name in ("href", "src", "xlink:href", "action", "data", "srcset"):
        assert all(value.startswith("#") for value in page.values(None, name))
    assert not [name for _, a in page.tags for name in a if name.startswith("on")]
    assert "style" not in {name for _, a in page.tags for name in a}
    policy = page.values("meta", "content")
    assert any("default-src 'none'" in content for content in policy)
    css = render_html(facts).split("<style>")[1].split("</style>")[0]
    assert "url(" not in css
    assert "@import" not in css


def test_links_lead_to_something_and_ids_are_unique(facts):
    page = Page(render_html(facts))
    ids = page.values(None, "id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.values("a", "href")} <= {*ids}
    for name in ("aria-labelledby", "aria-describedby"):
        assert {one for v in page.values(None, name) for one in v.split()} <= {*ids}


def test_every_section_is_there(facts):
    shown = Page(render_html(facts)).values("section", "id")
    assert shown == [section.name for section in SECTIONS]


def test_numbers_that_do_not_count_are_not_told(facts):
    page = Page(render_html(of_case(facts, "invalid", "population")))
    assert set(page.values("section", "id")) == ALWAYS
    assert "svg" not in {tag for tag, _ in page.tags}
    for row in facts["attacks"]:
        if row["auc"] is not None:
            assert f"{row['auc']:.3f}" not in page.text
    assert "attacks run" not in page.text


def test_it_says_what_the_facts_say(facts):
    text = Page(render_html(facts)).text
    found = facts["finding"]
    said = [found["headline"], *found["sentences"], *facts["notes"]]
    said += facts["limitations"] + [facts["content_sha256"]]
    said += [check["text"] for check in facts["checks"]]
    said += [one["meaning"] for one in facts["glossary"]]
    said += [row["why"] for row in facts["not_run"]]
    for sentence in said:
        assert one_line(sentence) in text
    for row in facts["attacks"]:
        if row["auc"] is not None:
            ends = f"[{row['auc_low']:.3f}, {row['auc_high']:.3f}]"
            assert f"{row['auc']:.3f} {ends}" in text
            assert share(row["balanced_accuracy"]).replace("\u00a0", " ") in text
    for table in facts["groups"]:
        for row in table["rows"]:
            assert f"{row['auc']:.3f} [{row['auc_low']:.3f}" in text
    for name in ("train", "holdout", "balanced_holdout", "base"):
        number = share(facts["audited"]["accuracy"][name])
        assert number.replace("\u00a0", " ") in text
    assert f"ε ≥ {facts['epsilon']['epsilon']:.2f}" in text
    for row in facts["recognised"]["rows"]:
        assert re.search(rf"\b{row}\b", text)


def test_what_was_not_computed_says_how(facts):
    text = Page(render_html(facts)).text
    for name in ("attribution", "defenses", "before"):
        assert facts[name] is None
        assert facts[f"{name}_why"] in text
    without = {"groups": None, "groups_why": "Why no groups.", "epsilon": None}
    without |= {"recognised": None, "recognised_why": "Why no list.", "roc": []}
    text = Page(render_html(facts | without)).text
    for why in ("Why no groups.", "Why no list.", "whose scores know no members"):
        assert why in text


@pytest.mark.parametrize(
    ("verdict", "case"), [(v, case) for v, cases in CASES.items() for case in cases]
)
def test_every_case_has_a_page(facts, verdict, case):
    of_it = of_case(facts, verdict, case)
    page = Page(render_html(of_it))
    found = of_it["finding"]
    chip = f"{found['symbol']} {found['chip']} {found['chip_more'] or ''}".strip()
    assert chip in page.text
    assert found["headline"] in page.text
    assert "It can name 22 of 100 people." in page.text
    assert next_steps(of_it) or case == "invalid"
    current = page.values("li", "aria-current")
    assert len(current) == (found["step"] is not None)
    drawn = page.values("svg", "class").count("dots")
    assert drawn == (2 if verdict == "leak" and found["step"] else 0)
    for step in next_steps(of_it):
        assert one_line(step["what"]) in page.text


def test_counts_are_drawn_as_dots(facts):
    html = render_html(of_case(facts, "leak", "leak-4"))
    kinds = dict.fromkeys(("full", "tinted", "ring", "no"), 0)
    for kind, places in re.findall(r'<path class="(\w+)" d="([^"]+h0)"', html):
        kinds[kind] += places.count("h0")
    # 17 of 22 of 28 in one array, 1 in the other.
    assert kinds == {"full": 18, "tinted": 5, "ring": 6, "no": 72 + 99}
    page = Page(html)
    assert "1 in 2 95 in 100 [90, over 99]" in page.text
    assert "1 in 10 not measurable" in page.text
    assert "not ruled out: ×28" not in page.text  # the step is the same
    assert (
        "not ruled out: ×28" in Page(render_html(of_case(facts, "leak", "leak-2"))).text
    )


def test_nobody_is_drawn_where_nobody_is_shown_to_be_named(facts):
    of_it = of_case(facts, "leak", "leak-2")
    of_it["finding"]["counts"]["low"] = 0.5
    page = Page(render_html(of_it))
    assert "dots" not in page.values("svg", "class")
    assert "chance, once named" not in page.text


def test_pictures_say_what_they_show(facts):
    html = render_html(of_case(facts, "leak", "leak-4"))
    drawn = re.findall(r'<svg class="(?:dots|chart[^"]*)"(.*?)</svg>', html, re.S)
    assert len(drawn) == 3
    for svg in drawn:
        assert 'role="img"' in svg
        assert re.search(r"<title id=[^>]+>[^<]{10,}</title>", svg)
        assert re.search(r"<desc id=[^>]+>[^<]{10,}</desc>", svg)
    # What stands beside its numbers is not read out a second time.
    for svg in re.findall(r"<svg [^>]+>", html):
        assert 'role="img"' in svg or 'aria-hidden="true"' in svg


def test_names_of_others_are_no_markup(facts):
    bad = '<script>alert("1")</script>&amp;'
    attacks = [row | {"paper": bad, "knowledge": bad} for row in facts["attacks"]]
    first = facts["headline"]["attack"]
    for row in attacks:
        row["attack"] = bad if row["attack"] == first else row["attack"]
    curves = [one | {"attack": bad, "family": bad} for one in facts["roc"][:1]]
    step = {"name": bad, "kind": bad, "parameters": {bad: bad}}
    file = {"role": bad, "name": bad, "sha256": "0" * 64, "bytes": 1, "rows": None}
    lists = {"classes": [bad], "steps": [step], "files": [file]}
    groups = [
        table | {"by": bad, "rows": [row | {"group": bad} for row in table["rows"]]}
        for table in facts["groups"]
    ]
    finding = facts["finding"] | {"sentences": [f"Names 3 of 100 {bad}", bad]}
    hostile = facts | {
        "finding": finding,
        "attacks": attacks,
        "headline": facts["headline"] | {"attack": bad},
        "roc": curves,
        "groups": groups,
        "notes": [bad],
        "checks": [{"name": bad, "outcome": "note", "text": bad, "p_value": None}],
        "recognised": facts["recognised"] | {"rows": [bad], "row_reasons": [bad]},
        "defenses": [defense(bad, 2.0, 2, 0.9, True), defense("b", 9.0, 3, 0.8, False)],
        "attribution": [{"step": bad, "auc": None, "note": bad}],
        "before": [{"metric": bad, "before": 1.0, "after": None}],
        "audited": facts["audited"] | dict.fromkeys(("name", "kind"), bad) | lists,
        "run": facts["run"] | {"command": bad, "shadow_model": bad, "n_shadows": 2},
        "not_run": [{"what": bad, "why": bad}],
        "versions": facts["versions"] | {bad: bad},
    }
    html = render_html(hostile)
    page = Page(html)
    assert "<script" not in html
    assert "<i>" not in html
    assert page.text.count('alert("1")') > 25
    assert bad in page.text  # as it was written, entity and all


def test_defenses_attribution_and_changes(facts):
    rows = [
        defense("as it is", 90.0, 4, 0.9, False),
        defense("leaves of 5 records", 30.0, 4, 0.92, True),
        defense("Split-AI", 1.0, 0, 0.91, True),
        defense("noise", None, None, 0.9, False) | {"status": "failed: ValueError"},
    ]
    full = of_case(facts, "leak", "leak-4") | {
        "defenses": rows,
        "attribution": [
            {
                "step": "forest fitted elsewhere",
                "auc": 0.5,
                "auc_low": 0.45,
                "auc_high": 0.55,
                "tpr_at_fpr_0.01": 0.02,
                "tpr_at_fpr_0.01_low": 0.01,
                "tpr_at_fpr_0.01_high": 0.04,
                "accuracy": 0.9,
                "note": "Compare: as it is.",
            }
        ],
        "before": [
            {"metric": "factor", "before": 91.0, "after": 1.0},
            {"metric": "tpr_at_fpr_0.001", "before": 0.14, "after": None},
        ],
    }
    full["finding"]["factor"] = 40.0  # of more attacks: not what these are laid beside
    page = Page(render_html(full))
    assert page.values("svg", "class").count("chart plain") == 1
    for said in (
        "Split-AI leaves the smallest factor, ×1.0",
        "Try: Split-AI step 4 → 0 (×90 → ×1.0) · accuracy +1.0 points",
        "Try: leaves of 5 records step 4 → 4 (×90 → ×30)",
        "Not enough alone.",
        "noise failed: ValueError",
        "forest fitted elsewhere Compare: as it is. 2.0 % [1.0, 4.0]",
        "Odds multiplied by, at least ×91 ×1.0",
        "Named at 0.1 % false accusations 14.0 % –",
    ):
        assert said in page.text, said
    assert [step["what"] for step in next_steps(full)] == [
        "Try: Split-AI",
        "Try: leaves of 5 records",
    ]


def test_a_false_declaration_is_said_and_drawn(facts):
    declared = {"epsilon": 0.1, "delta": 1e-5}
    epsilon = facts["epsilon"] | {"epsilon": 1.5, "declared": 0.1}
    audited = facts["audited"] | {"declared": declared}
    page = Page(render_html(facts | {"audited": audited, "epsilon": epsilon}))
    assert "The declaration is false (confidence 97.5 %)." in page.text
    assert "A model that declares less than is proved" in page.text
    assert "most that the declared ε 0.1 allows" in page.text
    kinds = page.values("path", "class")
    assert {"curve declared", "curve measured"} <= {*kinds}


def test_a_declaration_for_a_record_is_no_limit_of_groups(facts):
    epsilon = facts["epsilon"] | {"epsilon": 1.5, "declared": 0.1, "unit": "group"}
    audited = facts["audited"] | {"declared": {"epsilon": 0.1, "delta": 0.0}}
    page = Page(render_html(facts | {"audited": audited, "epsilon": epsilon}))
    assert "the two cannot be compared" in page.text
    assert "declaration is false" not in page.text
    assert "false declaration" not in page.text
    assert not {"curve declared", "curve measured"} & {*page.values("path", "class")}


def test_very_many_records_are_a_small_page(facts):
    """Of 200,000 records: 2,000 rows, curves of 200 points, columns of many groups."""
    rng = np.random.default_rng(0)
    rates = np.geomspace(1e-5, 1, 199)
    curve = {"fpr": [0, *rates], "tpr": [0, *rates**0.5]}
    group = facts["groups"][0]["rows"][0]
    table = facts["groups"][0] | {
        "rows": [group | {"group": f"value {i}"} for i in range(5000)]
    }
    rows = [str(row) for row in rng.choice(100_000, 2000, replace=False)]
    many = facts | {
        "n_train": 100_000,
        "n_holdout": 100_000,
        "roc": [one | curve for one in facts["roc"] * 2],
        "groups": [table] * 5,
        "recognised": facts["recognised"]
        | {"n": 2000, "rows": rows, "row_reasons": ["outlier"] * 2000},
    }
    html = render_html(many)
    assert len(html.encode()) < BOUND / 2
    assert "100,000 training and 100,000 holdout records" in Page(html).text
    assert rows[0] in html
    more = many["recognised"] | {"n": 2001, "rows": None, "row_reasons": None}
    text = Page(render_html(many | {"recognised": more})).text
    assert "flag_members(fdr=0.1) lists them" in text
    assert "2,001 of the" in text


def test_few_records(tmp_path):
    report = leaky(n_train=556, attacks=["gap", "loss-threshold"])
    assert report.to_dict()["n_holdout"] == 13
    path = tmp_path / "page.html"
    report.to_html(path)
    text = Page(path.read_text(encoding="utf-8")).text
    assert report.finding["headline"] in text


def test_rows_are_in_their_own_order_where_that_of_the_list_is_not_to_be_told(facts):
    found = facts["recognised"] | {"n": 3, "rows": ["10", "9", "2"]}
    found["row_reasons"] = ["-"] * 3
    for safe, order in ((True, "2, 9, 10"), (False, "10, 9, 2")):
        text = Page(render_html(facts | {"safe": safe, "recognised": found})).text
        assert f"no reason known {order}" in text


def test_a_saved_report_has_the_same_page(report, tmp_path):
    path = tmp_path / "report.json"
    report.to_json(path)
    saved = report.from_json(path)
    assert render_html(saved.to_dict()) == render_html(report.to_dict())


def test_the_extra_is_named(monkeypatch, facts):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=r'pip install "skmia\[report\]"'):
        render_html(facts)


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (0.44, "0.4"), (22.4, "22")])
def test_people_are_whole_unless_they_are_few(value, text):
    assert people(value) == text
