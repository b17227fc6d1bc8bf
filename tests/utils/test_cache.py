"""Keys of cached results: the content, and nothing but the content."""

import copy
import sys
from types import SimpleNamespace

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from skmia.utils import _cache
from skmia.utils._cache import data_key, fingerprint, hashed_once, is_kept, remember

X = np.arange(12.0).reshape(4, 3)
FRAME = pd.DataFrame({"town": ["a", "b", "a", "c"], "size": [1.0, 2.0, 3.0, 4.0]})


def square(x):
    return x**2


def cube(x):
    return x**3


@pytest.mark.parametrize(
    "data", [X, FRAME, sparse.csr_array(X), np.array(["a", "bb"]), None], ids=type
)
def test_equal_content_has_one_key(data):
    again = data if data is None else data.copy()
    assert fingerprint(data) == fingerprint(again)


def test_rows_taken_from_a_frame_have_the_key_of_their_content():
    rows = [0, 2]
    built = pd.DataFrame({"town": ["a", "a"], "size": [1.0, 3.0]})
    assert fingerprint(FRAME.iloc[rows]) == fingerprint(FRAME.iloc[rows])
    assert fingerprint(FRAME.iloc[rows]) == fingerprint(built)


def test_any_change_of_the_content_is_another_key():
    changed = X.copy()
    changed[-1, -1] += 1e-9
    contents = [
        (X,),
        (changed,),
        (X[::-1],),
        (X.astype(np.float32),),
        (X, None),
        (X, X),
        (sparse.csr_array(X),),
        (pd.DataFrame(X),),
        (pd.DataFrame(X, columns=list("abc")),),
        (pd.DataFrame(X[:, ::-1], columns=list("abc")),),
    ]
    keys = [fingerprint(*content) for content in contents]
    assert len(set(keys)) == len(keys)


def test_versions_of_all_packages_inside_are_part_of_the_key(monkeypatch):
    model = make_pipeline(GaussianNB())
    before = fingerprint(X, estimators=[model])
    assert before == fingerprint(X, estimators=[DecisionTreeClassifier()])
    monkeypatch.setattr(_cache, "_version", lambda package: f"new {package}")
    assert fingerprint(X, estimators=[model]) != before


def test_version_of_a_package_that_was_not_installed(monkeypatch):
    homemade = SimpleNamespace(__version__="7")
    monkeypatch.setitem(sys.modules, "homemade_package", homemade)
    assert _cache._version("homemade_package") == "7"
    assert _cache._version("no_such_package") is None


def test_without_a_folder_everything_is_computed():
    asked = []
    for _ in range(2):
        assert remember(joblib.Memory(None), 3, asked.append, 3) is None
    assert asked == [3, 3]


def test_arguments_are_no_part_of_the_key(tmp_path):
    memory = joblib.Memory(tmp_path, verbose=0)
    assert remember(memory, "three", square, 3) == 9
    assert remember(memory, "three", square, 4) == 9
    assert remember(memory, "four", square, 4) == 16
    assert remember(memory, "three", cube, 3) == 27


def test_what_is_kept_is_known_without_being_computed(tmp_path):
    memory = joblib.Memory(tmp_path, verbose=0)
    assert not is_kept(memory, "three", square)
    remember(memory, "three", square, 3)
    assert is_kept(memory, "three", square)
    assert not is_kept(memory, "three", cube)
    assert not is_kept(memory, "four", square)
    assert not is_kept(memory, "three", lambda x: x)
    assert not is_kept(joblib.Memory(None), "three", square)


def test_what_cannot_be_hashed_is_not_cached(tmp_path):
    memory = joblib.Memory(tmp_path, verbose=0)
    key = lambda: None  # noqa: E731
    assert [remember(memory, key, square, x) for x in (3, 4)] == [9, 16]
    assert [remember(memory, 3, lambda x: x, x) for x in (3, 4)] == [3, 4]


CELLS = {
    "lists": [[1], [2, 3], [1], []],
    "dicts": [{"a": 1}, {"b": 1}, {"a": 1}, {}],
    "arrays": [np.arange(i) for i in (1, 2, 1, 0)],
}


@pytest.mark.parametrize("kind", CELLS)
def test_cells_that_hold_more_than_a_value(kind):
    frame = FRAME.assign(cell=CELLS[kind])
    again = FRAME.assign(cell=copy.deepcopy(CELLS[kind]))
    assert fingerprint(frame) == fingerprint(again)
    assert fingerprint(frame.iloc[[0, 2]]) == fingerprint(again.iloc[[0, 2]])
    assert fingerprint(frame) != fingerprint(frame[::-1])
    assert fingerprint(frame) != fingerprint(frame.rename(columns={"cell": "box"}))
    assert fingerprint(frame) != fingerprint(frame.assign(size=0.0))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], ["1", "2"]),
        ([1, "a"], ["1", "a"]),
        ([True, "a"], ["True", "a"]),
        ([1, 2], [1.0, 2.0]),
        (pd.Categorical(["a"], ["a"]), pd.Categorical(["a"], ["a", "b"])),
        (pd.Categorical(["a"], ["a", "b"]), pd.Categorical(["a"], ["b", "a"])),
        (pd.Categorical(["a"], ["a"]), pd.Categorical(["a"], ["a"], ordered=True)),
        (pd.Categorical([1], [1, 2]), pd.Categorical(["1"], ["1", "2"])),
    ],
)
def test_values_that_are_written_alike_are_not_the_same(one, other):
    """A model may take them for different values, or have other columns for them."""
    plain = not isinstance(one, pd.Categorical)
    one, other = (
        pd.DataFrame({"x": pd.Series(values, dtype=object) if plain else values})
        for values in (one, other)
    )
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(one.copy())


def test_records_are_hashed_once_within_a_call(monkeypatch):
    hashed, joblib_hash = [], joblib.hash

    def spy(content, **params):
        hashed.extend([content] if content is records else [])
        return joblib_hash(content, **params)

    monkeypatch.setattr(_cache.joblib, "hash", spy)
    records = X.copy()
    with hashed_once():
        with hashed_once():
            inside = fingerprint(records)
        assert fingerprint(records) == inside == fingerprint(X)
        assert fingerprint(records.copy() + 1) != inside
    assert len(hashed) == 1
    records += 1
    assert fingerprint(records) == fingerprint(X + 1) != inside
    assert len(hashed) == 2


def test_without_a_cache_nothing_is_hashed():
    assert data_key(joblib.Memory(None), lambda: None) is None


def test_an_empty_name_is_a_folder_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    memory = joblib.Memory("", verbose=0)
    assert data_key(memory, X) == fingerprint(X) != data_key(memory, X + 1)
