"""Tables of people, as OpenML delivers them: in its cases, with missing values."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skmia import datasets
from skmia.datasets import _openml_table

NAMES = ["breast_cancer", "diabetes", "german_credit", "hepatitis"]


def of_openml(table):
    """Four records, categories as such, the last value of each column missing."""
    columns = {}
    for i, name in enumerate(table.feature_names):
        known = ["no", "yes", "no"] if name in table.categorical else [i, i + 1.5, i]
        dtype = "category" if name in table.categorical else float
        last = [None] if table.has_missing_numbers else known[:1]
        columns[name.upper()] = pd.Series([*known, *last], dtype=dtype)
    first, second = table.target_names
    target = pd.Series([first, second, second, first], dtype="category")
    return pd.DataFrame(columns), target


@pytest.fixture(params=NAMES)
def small(request, monkeypatch):
    """A fetcher, its table of four rows, and what was asked of OpenML."""
    monkeypatch.delenv("SKMIA_DATA", raising=False)
    module = import_module(f"skmia.datasets._{request.param}")
    table = replace(module.TABLE, n_samples=4)
    monkeypatch.setattr(module, "TABLE", table)
    calls = []

    def fetch_openml(**kwargs):
        calls.append(kwargs)
        return of_openml(table)

    monkeypatch.setattr(_openml_table, "fetch_openml", fetch_openml)
    return getattr(datasets, f"fetch_{request.param}"), table, calls


def test_arrays(small, tmp_path):
    fetch, table, calls = small
    bunch = fetch(data_home=tmp_path)
    assert bunch.data.shape == (4, len(table.feature_names))
    assert (bunch.data.dtype, bunch.target.dtype) == (np.float32, np.int64)
    assert_array_equal(bunch.target, [0, 1, 1, 0])
    assert bunch.target_names == table.target_names
    assert set(bunch.categories) == set(table.categorical) <= set(bunch.feature_names)
    for place, name in enumerate(table.feature_names):
        if name not in table.categorical:
            assert_array_equal(bunch.data[:2, place], [place, place + 1.5])
    assert np.isnan(bunch.data).any() == table.has_missing_numbers
    [call] = calls
    assert (call["name"], call["version"]) == (table.openml, 1)
    assert table.name in bunch.DESCR.lower().replace(" ", "_")


def test_frame_from_the_cache(small, tmp_path):
    fetch, table, calls = small
    first = fetch(data_home=tmp_path, as_frame=True)
    again = fetch(data_home=tmp_path, as_frame=True, download_if_missing=False)
    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert len(calls) == 1
    assert first.frame.columns.tolist() == [*table.feature_names, "target"]
    assert first.target.tolist()[1] == table.target_names[1]
    for name in table.categorical:
        last = "?" if table.has_missing_numbers else "no"
        assert first.data[name].tolist() == ["no", "yes", "no", last]


def test_missing_numbers_only_where_there_are_some(small, monkeypatch, tmp_path):
    fetch, table, _ = small
    arrays = table.download(tmp_path)
    arrays["X"] = np.where(np.isnan(arrays["X"]), 0, arrays["X"])
    is_number = [name not in table.categorical for name in table.feature_names]
    arrays["X"][0, np.flatnonzero(is_number)[0]] = np.nan
    np.savez(tmp_path / f"{table.name}.npz", **arrays)
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path))
    if table.has_missing_numbers:
        assert np.isnan(fetch(return_X_y=True)[0]).sum() == 1
    else:
        with pytest.raises(ValueError, match="values that are not finite"):
            fetch()
