"""Audits of a synthetic table: what is checked and said, and what averages miss."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import scale

from skmia import audit, audit_synthetic
from skmia.auditing import dataset_inference
from skmia.metrics import dcr_share
from skmia.targets import Synthesizer, SyntheticTable

X = np.random.RandomState(0).permutation(scale(load_breast_cancer().data[:, :6]))
TRAIN, HOLDOUT = X[:280], X[280:560]
NARROW = KernelDensity(bandwidth=0.1)
TABLE = NARROW.fit(TRAIN).sample(400, random_state=0)


def people(n, seed=0):
    rng = np.random.RandomState(seed)
    return pd.DataFrame(
        {
            "age": rng.randint(18, 80, n),
            "income": rng.lognormal(10, 1, n),
            "town": rng.choice(["Bonn", "Ulm", "Rom"], n),
            "born": pd.Timestamp("1990-01-01")
            + pd.to_timedelta(rng.randint(9, size=n), unit="D"),
        }
    )


PEOPLE = people(300)
OWN, OTHERS = PEOPLE[:150], PEOPLE[150:]


def test_the_table_alone():
    report = audit_synthetic(TABLE, TRAIN, HOLDOUT, random_state=0)
    assert report.verdict == "leak"
    assert list(report.summary.index) == ["nearest-sample", "monte-carlo", "domias"]
    # Some row was drawn around three members in four.
    assert report.summary["auc"].max() > 0.8
    share = dcr_share(TABLE, TRAIN, HOLDOUT)
    assert f"DCR: {100 * share:.1f} % of the synthetic rows" in report.to_text()
    assert "misses records that few rows give away" in report.to_text()
    named = audit_synthetic(
        TABLE, TRAIN, HOLDOUT, attacks="lira-online", random_state=0
    )
    assert "give a generator like that" in named.summary.loc["lira-online", "status"]


def test_it_is_the_audit_of_the_target():
    """With a generator, too: shadow generators publish as many rows."""
    report = audit_synthetic(
        TABLE, TRAIN, HOLDOUT, shadow_estimator=NARROW, random_state=0
    )
    assert (report.summary["status"] == "ok").all()
    assert "lira-online" in report.summary.index
    same = audit(
        SyntheticTable(TABLE),
        TRAIN,
        X_holdout=HOLDOUT,
        shadow_estimator=Synthesizer(NARROW, n_samples=len(TABLE)),
        random_state=0,
    )
    pd.testing.assert_series_equal(same.summary["auc"], report.summary["auc"])


@pytest.mark.slow
def test_dcr_says_safe_and_the_record_level_says_leak():
    """The records and the generator of examples/plot_synthetic.py."""
    rng = np.random.RandomState(0)
    records = rng.normal(size=(2000, 4))
    rare = rng.rand(2000) < 0.05
    records[rare] *= rng.uniform(5, 30, size=(rare.sum(), 1))
    train, holdout = records[:1000], records[1000:]
    mixture = GaussianMixture(
        30, reg_covar=1e-6, init_params="k-means++", max_iter=200, random_state=0
    )
    table, _ = mixture.fit(train).sample(1000)
    # Where nothing is given away .5 +- .016, if rows are independent: no finding.
    assert dcr_share(table, train, holdout) < 0.5 + 2 * 0.016
    report = audit_synthetic(table, train, holdout, random_state=0)
    assert report.verdict == "leak"
    assert report.epsilon.epsilon > 0.5
    # The five records that look most like members are members.
    best = report.records.sort_values("nearest-sample", ascending=False)[:5]
    assert best["member"].all()
    # Nothing of the kind with the other half of the records in the table's place.
    other, _ = mixture.fit(rng.normal(size=(1000, 4))).sample(1000)
    assert audit_synthetic(other, train, holdout, random_state=0).verdict != "leak"


def test_mixed_columns_in_any_order():
    table = OWN.sample(200, replace=True, random_state=0).iloc[:, ::-1]
    report = audit_synthetic(table, OWN, OTHERS, random_state=0)
    assert (report.summary["status"] == "ok").all()
    assert report.summary.loc["nearest-sample", "auc"] > 0.75
    straight = audit_synthetic(table[list(OWN)], OWN, OTHERS, random_state=0)
    pd.testing.assert_series_equal(straight.summary["auc"], report.summary["auc"])


def test_groups_and_missing_values():
    own, others = OWN.copy(), OTHERS.copy()
    for frame in (own, others):
        frame.loc[frame.index % 3 == 0, "income"] = np.nan
        frame.loc[frame.index % 4 == 0, "town"] = None
    table = own.sample(150, replace=True, random_state=0)
    groups = np.arange(300) // 3
    report = audit_synthetic(table, own, others, groups=groups, random_state=0)
    assert (report.summary["status"] == "ok").all()
    assert "group" in report.to_text()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda S: S.drop(columns="town"), r"lacks \['town'\] and has \[\]"),
        (lambda S: S.assign(city=1), r"lacks \[\] and has \['city'\]"),
        (lambda S: S.assign(town=1), "'town' holds numbers in S and categories"),
        (lambda S: S.assign(age="x"), "'age' holds categories in S and numbers"),
        (lambda S: S.assign(income=S.income / 1000), "'income' seems to be in another"),
        (lambda S: S.assign(income=S.income * 1000), "'income' seems to be in another"),
        (lambda S: S.assign(age=S.age + 400), "'age' seems to be in another unit"),
        (lambda S: S.assign(born=3.0), "'born' holds dates in one of the two"),
        (lambda S: S.assign(town="NYC"), "'town' shares no .* has 'NYC' for one"),
        (lambda S: S.assign(town=1, age="x"), "'age' holds .*; 'town' holds"),
        (lambda S: S[:0], "S must hold synthetic rows"),
        (lambda S: S.to_numpy()[:, :2], "the columns of X_train. Got 2, and X_train"),
    ],
)
def test_what_is_no_table_of_these_records(change, error):
    with pytest.raises(ValueError, match=error):
        audit_synthetic(change(people(40, 1)), OWN, OTHERS)


@pytest.mark.parametrize(
    "change",
    [
        lambda S: S.assign(income=S.income.median()),
        lambda S: S.assign(age=np.nan, town=None),
        lambda S: S.assign(income=S.income.median() + np.arange(40)),
    ],
    ids=["constant", "missing", "narrow"],
)
def test_a_poor_generator_has_the_same_units(change):
    report = audit_synthetic(change(people(40, 1)), OWN, OTHERS, random_state=0)
    assert (report.summary["status"] == "ok").all()
    assert report.verdict != "leak"


def test_records_differ_in_the_words_of_audit():
    with pytest.raises(ValueError, match="X_train has 6 features, X_holdout 3"):
        audit_synthetic(TABLE, TRAIN, HOLDOUT[:, :3])

    reordered = OTHERS[OTHERS.columns[::-1]]
    with pytest.raises(ValueError, match="X_holdout has the columns of X_train in ano"):
        audit_synthetic(people(40, 1), OWN, reordered)


def test_names_that_only_one_of_the_tables_has():
    reports = [
        audit_synthetic(S, X, Z, random_state=0)
        for S, X, Z in [
            (TABLE, TRAIN, HOLDOUT),
            (pd.DataFrame(TABLE).add_prefix("x"), TRAIN, HOLDOUT),
            (TABLE, *(pd.DataFrame(Z).add_prefix("x") for Z in (TRAIN, HOLDOUT))),
        ]
    ]
    assert len({report.remarks[-1] for report in reports}) == 1


def test_two_columns_of_one_name():
    names = ["a", "b", "a", "d", "e", "f"]
    tables = [pd.DataFrame(Z, columns=names) for Z in (TABLE, TRAIN, HOLDOUT)]
    with pytest.raises(ValueError, match=r"more than one called \['a'\]"):
        audit_synthetic(*tables)


def test_a_set_of_records():
    """Whether a table was made from a set: by many records at once."""
    table = SyntheticTable(NARROW.fit(TRAIN).sample(1000, random_state=1))
    member = dataset_inference(
        table, TRAIN[:100], None, HOLDOUT[:100], None, random_state=0
    )
    assert member.pvalue < 0.01
    strangers = dataset_inference(
        table, HOLDOUT[100:200], None, HOLDOUT[:100], None, random_state=0
    )
    # Under the null the p-value is uniform: below .001 once in a thousand seeds.
    assert strangers.pvalue > 0.001


@pytest.mark.slow
def test_the_page_does_what_it_says():
    """The code of docs/synthetic.md, block after block; chance as in the test above."""
    page = Path(__file__).parents[2] / "docs" / "synthetic.md"
    names = {}
    for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.S):
        exec(block, names)
    assert names["report"].verdict == "leak"
    assert names["ours"].pvalue < 0.001
    assert names["others"].pvalue > 0.001
