"""Columns of text that are dates, and those that only look like it."""

import numpy as np
import pandas as pd
import pytest

from skmia.cli._dates import with_dates

DAYS = ["2020-01-31", None, "2021-12-01"]


def _read(*columns):
    return [
        pd.DataFrame({"born": column, "name": ["a", "b", "c"]}) for column in columns
    ]


def test_days_of_all_tables_become_dates():
    for table in with_dates(_read(DAYS, ["1999-05-05 12:30", *DAYS[1:]])):
        assert pd.api.types.is_datetime64_any_dtype(table["born"])
        assert table["born"].isna().tolist() == [False, True, False]
        assert table["name"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize(
    "other",
    [
        ["2021-02-31", *DAYS[1:]],  # no day of the calendar
        ["2021-02-03T04:05+01:00", "2021-02-03T04:05+02:00", None],  # no common clock
        ["3 May", *DAYS[1:]],
        [None, None, None],
    ],
)
def test_what_only_looks_like_a_day_stays_text_in_all_tables(other):
    tables = _read(DAYS, other)
    for table, before in zip(with_dates(tables), tables, strict=True):
        pd.testing.assert_frame_equal(table, before)


def test_a_name_that_stands_twice_is_left_alone():
    tables = [pd.DataFrame([["2020-01-01"] * 2], columns=["born", "born"])] * 2
    for table in with_dates(tables):
        pd.testing.assert_frame_equal(table, tables[0])


def test_arrays_have_no_columns_to_read():
    tables = [np.array([["2020-01-01"]])] * 2
    assert with_dates(tables) is tables
