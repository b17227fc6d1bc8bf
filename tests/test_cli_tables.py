"""Tables of the command line against pandas, and places in files."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skmia.cli._kinds import NUMBER, TEXT, TRUTH, kinds_of
from skmia.cli._models import Trust, is_of_sklearn
from skmia.cli._reading import Reading
from skmia.cli._text_file import TextFile
from skmia.cli._text_table import TextTable

WORDS = st.text("Ab1,.;\"'é -", min_size=1).map(lambda word: f"w{word}")
CELLS = st.sampled_from(
    [
        st.integers(-(2**63), 2**63 - 1),
        st.one_of(st.floats(allow_nan=False), st.none()),
        st.booleans(),
        st.one_of(st.booleans(), st.none()),
        st.one_of(WORDS, st.none()),
        st.one_of(WORDS, st.integers(0, 99), st.just("007")),
        st.none(),
    ]
)


@st.composite
def tables(draw):
    """Values of a few columns, in a file."""
    n_rows = draw(st.integers(1, 8))
    columns = [
        draw(st.lists(cells, min_size=n_rows, max_size=n_rows))
        for cells in draw(st.lists(CELLS, min_size=2, max_size=5))
    ]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(
        [[f"c{i}" for i in range(len(columns))], *zip(*columns, strict=True)]
    )
    return out.getvalue()


@given(content=tables())
def test_values_are_those_of_pandas(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_text(content, encoding="utf-8", newline="")
    table = TextTable(path, Reading())
    expected = pd.read_csv(path, keep_default_na=False, na_values=[""])
    found = table.features(table.names, {})
    pd.testing.assert_frame_equal(found, expected)
    # Read as what they are, they are the same once more.
    again = table.features(table.names, kinds_of(found))
    pd.testing.assert_frame_equal(again, expected)


LINES = st.lists(st.text('ab,"\n é', max_size=6), min_size=2, max_size=2)


@given(
    before=st.lists(LINES, max_size=5),
    blank=st.lists(st.sampled_from(["", " ", "\t "]), max_size=3),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_line_of_a_record(before, blank, ends, tmp_path_factory):
    """Cells hold line breaks, and lines between records may be blank."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=ends)
    writer.writerows([["a", "b"], *before])
    head = out.getvalue() + "".join(line + ends for line in blank)
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_text(head + "here,x" + ends + "there,x", encoding="utf-8", newline="")
    file = TextFile(path, Reading())
    row = int(np.flatnonzero(file.cells()["a"] == "here")[0])
    line = head.count("\n") + 1
    assert row == len(before)
    assert file.place(row) == f"row {row + 1} (line {line})"
    assert file.place(row + 1) == f"row {row + 2} (line {line + 1})"


def test_place_beside_a_cell_that_python_does_not_read(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(f"a,b\n{'x' * 200_000},1\n2,3\n")
    assert TextFile(path, Reading()).place(1) == "row 2"


def test_columns_without_names_are_called_as_pandas_does(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(",a,,\n1,2,3,4\n")
    assert TextTable(path, Reading()).names == list(pd.read_csv(path))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], NUMBER),
        ([1.5, np.nan], NUMBER),
        ([None, None], TEXT),
        ([True, False], TRUTH),
        ([True, None], TRUTH),
        (["a", None], TEXT),
        (pd.Categorical(["a", "b"]), TEXT),
        (pd.Categorical([1, 2]), NUMBER),
        (pd.array([1, None], dtype="Int64"), NUMBER),
        (pd.array([True, None], dtype="boolean"), TRUTH),
    ],
)
def test_kinds_of_columns(values, kind):
    assert kinds_of(pd.DataFrame({"a": values})) == {"a": kind}


@pytest.mark.parametrize(
    ("name", "trusted"),
    [
        ("sklearn.tree._tree.Tree", True),
        ("sklearn.metrics._dist_metrics.EuclideanDistance64", True),
        ("sklearn.base.clone", False),  # a function
        ("sklearn.datasets._base.Path", False),  # of Python
        ("sklearn.datasets._base.urlretrieve", False),
        ("sklearn.utils.nothing.Tree", False),
        ("sklearn.tree._tree.Nothing", False),
        ("sklearn_other.tree.Tree", False),
        ("sklearn", False),
        ("", False),
        ("os.system", False),
    ],
)
def test_only_classes_that_scikit_learn_defines_are_its_own(name, trusted):
    """A file may call what a module of scikit-learn imports by that module's name."""
    assert is_of_sklearn(name) is trusted
    own, others = Trust(sklearn=True).split([name])
    assert (name in own, name in others) == (trusted, not trusted)
    assert Trust().split([name]) == ([], [name])
    assert Trust([name]).split([name]) == ([name], [])
