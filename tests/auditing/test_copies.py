"""Audits of records that belong together: copies of a row, and groups."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.naive_bayes import GaussianNB

from skmia import audit
from skmia.auditing._copies import find_copies

FAST = {"n_shadows": 4, "random_state": 0, "fprs": (0.1,)}


def rows(n, times=1, seed=0):
    """Two halves of labelled rows; each row so many times."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4))
    y = (X[:, 0] + rng.normal(size=n) > 0).astype(int)
    X, y, half = *(np.repeat(part, times, axis=0) for part in (X, y)), n // 2 * times
    return X[:half], y[:half], X[half:], y[half:]


MODEL = GaussianNB().fit(*rows(60, seed=9)[:2])
MODEL_OF_TWO = GaussianNB().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 0, 1])


class Watched(GaussianNB):
    """Remembers what each of its instances was fitted on."""

    seen = []

    def fit(self, X, y):
        self.seen.append(X)
        return super().fit(X, y)


@pytest.fixture
def seen(monkeypatch):
    monkeypatch.setattr(Watched, "seen", [])
    return Watched.seen


def same(code):
    """Which records belong together, whatever the numbers."""
    return code[:, None] == code


def test_copies_have_one_label():
    X = np.array([[1.0, 2, 3], [1, 2, 3], [1, 2, 3], [4, 5, 6]] * 10)
    code = find_copies(X, np.array([0, 0, 1, 1] * 10))
    assert_array_equal(code[:4], [0, 0, 1, 2])
    assert len(set(code)) == 3


def copied_texts():
    return ["a b", "a b", "b c", "a"]


@pytest.mark.parametrize(
    "kind",
    [
        copied_texts,
        lambda: pd.Series(copied_texts()),
        lambda: np.array(copied_texts(), dtype=object),
        lambda: pd.DataFrame({"text": copied_texts(), "n": [1, 1, 2, 3]}),
        lambda: sparse.csr_array([[0, 1.0], [0, 1], [1, 0], [2, 0]]),
        lambda: [[1, 2], [1, 2], [1], [3, 4, 5]],
        lambda: np.array([[1, np.nan, 2], [1, np.nan, 2], [1, 2, 2], [0, 2, 2]]),
        lambda: np.array([[1j, 2], [1j, 2], [2j, 2], [1, 2]]),
        lambda: np.zeros((4, 2, 2, 2)) + np.array([0, 0, 1, 2]).reshape(4, 1, 1, 1),
    ],
)
def test_copies_of_any_kind_of_record(kind):
    code = find_copies(kind(), np.zeros(4))
    expected = np.array([0, 0, 1, 2])
    assert_array_equal(same(code), same(expected))


@pytest.mark.parametrize("noise", ["single precision", "tiny", "rounding"])
@pytest.mark.parametrize("scale", [1e-3, 1, 1e3])
def test_near_copies(noise, scale):
    """In any unit; a row that is rounded has few digits left."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 8))
    near = {
        "single precision": X.astype(np.float32).astype(float),
        "tiny": X + 1e-3 * rng.uniform(-1, 1, size=X.shape),
        "rounding": X.round(2),
    }[noise]
    code = find_copies(np.vstack([X, near]) * scale, np.zeros(200))
    assert_array_equal(same(code), same(np.tile(np.arange(100), 2)))


@pytest.mark.parametrize("place", [0.1, 7.7, 1.7e9])
def test_near_copies_beside_features_far_from_0(place):
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(100, 4)), 2, axis=0)
    X += 1e-6 * rng.normal(size=X.shape)
    spread = 1.0 if place > 1e6 else 0.0
    far = place + spread * np.repeat(rng.normal(size=100), 2)
    code = find_copies(np.column_stack([X, far]), np.zeros(200))
    assert_array_equal(same(code), same(np.arange(200) // 2))


@pytest.mark.parametrize("times", [2, 15, 25, 40, 100])
def test_near_copies_are_found_however_many_there_are(times):
    """The twentieth neighbour of one of 25 copies is no stranger."""
    rng = np.random.RandomState(0)
    rows = np.repeat(np.arange(60), times)
    X = rng.normal(size=(60, 5))[rows] + 1e-4 * rng.normal(size=(len(rows), 5))
    assert_array_equal(find_copies(X, rows % 2), find_copies(rows[:, None], rows % 2))


def test_near_copies_of_few_rows_in_few_features():
    """How distances grow is read off 24 rows: it is rough, and may not be decisive.

    All but 2 of 500 seeds are right; 3 wrong ones of 50 would come once in 900 times.
    """
    missed = 0
    for seed in range(50):
        rng = np.random.RandomState(seed)
        rows = np.repeat(np.arange(24), 5)
        X = rng.normal(size=(24, 4))[rows] + 1e-4 * rng.normal(size=(120, 4))
        missed += len(np.unique(find_copies(X, rows % 2))) != 24
    assert missed < 3


def test_one_continuous_feature_has_no_near_copies(global_random_seed):
    """On a line every tenth record has a stranger as near as a copy."""
    rng = np.random.RandomState(global_random_seed)
    X = np.column_stack([rng.normal(size=2000), np.eye(5)[rng.randint(5, size=2000)]])
    assert len(np.unique(find_copies(X, X[:, 1]))) == 2000
    u = rng.uniform(size=1000)
    curve = np.column_stack([u, u**2, np.sin(u)])
    assert len(np.unique(find_copies(curve, u > 0.5))) == 1000


def test_rows_that_are_all_the_same():
    assert_array_equal(find_copies(np.zeros((4, 3)), [0, 1, 0, 1]), [0, 1, 0, 1])


def test_neighbours_are_no_copies(global_random_seed):
    """Hardly any among 2,000 rows in three features or more, however they are spread.

    Of n rows, 20 lie within the distance r, hence in d dimensions about 20 * 0.01 ** d
    within r / 100: 0.04 of 2,000 rows for d = 3, in the median; in the dense middle
    more, 0.3 in the mean of 100 seeds. Five would come once in 60,000 times.
    """
    rng = np.random.default_rng(global_random_seed)
    for X in (
        rng.normal(size=(2000, 3)),
        rng.lognormal(0, 2, size=(2000, 5)),
        rng.normal(size=(500, 60)) * np.arange(60),
    ):
        assert len(X) - len(set(find_copies(X, np.zeros(len(X))))) <= 4
    line = rng.normal(size=(2000, 1))  # too few features to tell
    assert len(set(find_copies(line, np.zeros(2000)))) == 2000


@pytest.mark.parametrize("code", [-9, -999, -99_999])
@pytest.mark.parametrize(("share", "n_features"), [(0.1, 8), (0.2, 6)])
def test_a_code_of_missing_values_makes_no_copies(code, share, n_features):
    """Rows with the same gaps are not near for being far from all others."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, n_features))
    X[rng.random(X.shape) < share] = code
    n_copies = 1000 - len(np.unique(X, axis=0))
    assert 1000 - len(set(find_copies(X, np.zeros(1000)))) <= n_copies + 1
    twice = np.where(code == X, X, X + 1e-4 * rng.normal(size=X.shape))
    code_twice = find_copies(np.vstack([X, twice]), np.zeros(2000))
    assert_array_equal(code_twice[:1000], code_twice[1000:])


@pytest.mark.parametrize("shuffled", [False, True])
def test_groups_with_row_names_may_be_in_any_order(shuffled):
    X, y, X_holdout, y_holdout = rows(60)
    sets = pd.DataFrame(X, range(5, 35)), y, pd.DataFrame(X_holdout), y_holdout
    sets[2].index += 35
    names = np.arange(5, 65)
    person = pd.Series(np.repeat(range(15), 4), index=names)
    given = person.sample(frac=1, random_state=0) if shuffled else person
    model = GaussianNB().fit(*sets[:2])
    report = audit(model, *sets, groups=given, attacks="gap", random_state=0)
    assert_array_equal(report.groups, person)
    with pytest.raises(ValueError, match=r"'groups' .* of audit .* It lacks 5\. .* 66"):
        audit(model, *sets, groups=person.rename({5: 66}), attacks="gap")


def test_equal_rows_of_different_people_are_no_same_records():
    X, y = np.ones((100, 2)), np.arange(100) % 2
    sets = X[:50], y[:50], X[50:], y[50:]
    given = {"attacks": "gap", "random_state": 0}
    report = audit(MODEL_OF_TWO, *sets, groups=range(100), **given)
    assert report.summary.loc["gap", "status"] == "ok"
    pairs = np.repeat(range(50), 2)
    audit(MODEL_OF_TWO, *sets, groups=pairs, **given)
    for groups in (None, np.tile(range(50), 2), np.arange(100) % 2):
        with pytest.raises(ValueError, match="hold the same records"):
            audit(MODEL_OF_TWO, *sets, groups=groups, **given)


def test_copies_are_counted_and_told():
    report = audit(MODEL, *rows(40, times=5), **FAST)
    (note,) = [note for note in report.notes if "copies" in note]
    assert note.startswith("160 of 200 records are copies of others, or nearly: ")
    assert "both sets" not in note
    assert len(set(report.groups)) == 40
    once = audit(MODEL, *rows(40), **FAST)
    assert once.groups is None
    assert not any("copies" in note for note in once.notes)
    # The same rows, so the same evidence.
    for name in ("loss-threshold", "gap"):
        width = [
            np.diff(r.summary.loc[name, ["auc_low", "auc_high"]].astype(float))
            for r in (once, report)
        ]
        assert 0.95 < width[1] / width[0] < 1.15


def test_copies_in_both_sets_are_told():
    X, y, _, _ = rows(40)
    report = audit(MODEL, X, y, X[:12], y[:12], attacks="gap", **FAST)
    (note,) = report.notes
    assert note.startswith("12 of 32 records are copies of others")
    assert note.endswith("12 rows are in both sets.")


def test_copies_stay_together_in_shadow_models(seen):
    data = rows(40, times=3)
    audit(Watched().fit(*data[:2]), *data, attacks="lira-online", **FAST)
    assert len(seen) == 6  # with the control
    for X in seen[1:]:
        _, counts = np.unique(X, axis=0, return_counts=True)
        assert set(counts) == {3}


def test_groups_stay_together_in_shadow_models(seen):
    data = rows(60)
    person = np.arange(60) // 3
    model = Watched().fit(*data[:2])
    report = audit(model, *data, attacks="lira-online", groups=person, **FAST)
    both = np.vstack([data[0], data[2]])
    for X in seen[1:]:
        inside = (both[:, None] == X).all(axis=2).any(axis=1)
        assert all(len(set(inside[person == one])) == 1 for one in range(20))
        assert inside.sum() == (30 if X is not seen[-1] else 21)  # the control's third
    assert_array_equal(report.groups, person)
    assert "The 60 records are of 20 groups" in report.notes[0]


def test_groups_take_the_place_of_copies():
    data = rows(40, times=5)
    own = audit(MODEL, *data, attacks="gap", groups=range(200), **FAST)
    assert own.groups is None
    assert own.notes == []
    names = [f"p{i // 10}" for i in range(200)]
    assert len(set(audit(MODEL, *data, groups=names, **FAST).groups)) == 20


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (range(30), "one value for each record of X_train and then of X_holdout, 40"),
        ([None] + ["ann", "bob", "cy"] * 13, "whose it is. Got 1 missing values"),
        ([np.nan] + ["ann", "bob", "cy"] * 13, "whose it is. Got 1 missing values"),
        ([0] * 20 + [*range(20)], "at least 2 groups in each set.* Got 1 in X_train"),
        ([*range(20)] + [7] * 20, "at least 2 groups in each set.* Got 1 in X_holdout"),
    ],
)
def test_groups_are_checked(groups, message):
    with pytest.raises(ValueError, match=message):
        audit(MODEL, *rows(40), attacks="gap", groups=groups, **FAST)


def test_two_groups_in_each_set_are_enough():
    report = audit(MODEL, *rows(40), groups=np.arange(40) // 10, **FAST)
    assert (report.summary["status"] == "ok").all()
    assert report.headline["auc_low"] < 0.5 < report.headline["auc_high"]


def test_one_row_all_over_is_no_evidence():
    X, y, X_holdout, y_holdout = rows(40)
    X, y = np.repeat(X[:1], 20, axis=0), np.repeat(y[:1], 20)
    report = audit(MODEL, X, y, X_holdout, y_holdout, **FAST)
    assert "at least. Got 1 and 20" in report.summary.loc["loss-threshold", "status"]
    assert report.summary.loc["gap", "status"] == "ok"
    # One row is among others, or is not, by chance.
    assert report.headline["auc_low"] < 0.5 < report.headline["auc_high"]


def test_copies_of_a_rare_class_are_in_every_shadow_model():
    """Copies are dealt class by class, as single records are."""

    class Classes(GaussianNB):
        seen = []

        def fit(self, X, y):
            self.seen.append(set(y))
            return super().fit(X, y)

    X, y, *holdout = rows(40, times=2)
    y[:4] = holdout[1][:4] = 2
    audit(Classes().fit(X, y), X, y, *holdout, attacks="lira-online", **FAST)
    assert Classes.seen == [{0, 1, 2}] * 6
