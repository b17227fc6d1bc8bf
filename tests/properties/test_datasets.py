"""What always holds of the generator, the files and the archives."""

import io
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from skmia.datasets import make_purchases
from skmia.datasets._archive import read_table
from skmia.datasets._base import Layout, _write_npz, read_npz

LAYOUT = Layout("small", n_samples=5, n_features=3, n_classes=4, max_value=1)

sizes = st.integers(1, 40).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(1, 20), st.integers(1, n))
)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def files(draw):
    n_samples = draw(st.integers(1, 10))
    return {
        "X": draw(arrays(np.uint8, (n_samples, 3), elements=st.integers(0, 1))),
        "y": draw(arrays(np.int64, n_samples, elements=st.integers(0, 3))),
    }


def in_folder(function):
    """Call with the path of a file in a new folder."""
    with TemporaryDirectory() as folder:
        return function(Path(folder) / "small.npz")


@given(size=sizes, seed=seeds)
def test_every_class_has_a_row(size, seed):
    X, y = make_purchases(*size, random_state=seed)
    assert X.shape == size[:2]
    assert np.isin(X, [0, 1]).all()
    assert_array_equal(np.unique(y), range(size[2]))


@given(size=sizes, seed=seeds)
def test_same_seed_same_customers(size, seed):
    X, y = make_purchases(*size, random_state=seed)
    X_again, y_again = make_purchases(*size, random_state=seed)
    X_one_class, _ = make_purchases(*size[:2], 1, random_state=seed)
    assert_array_equal(X, X_again)
    assert_array_equal(y, y_again)
    assert_array_equal(X, X_one_class)


@given(content=files())
def test_what_is_written_is_read(content):
    def round_trip(path):
        _write_npz(path, content)
        return read_npz(path, LAYOUT)

    result = in_folder(round_trip)
    assert result.keys() == content.keys()
    for name, array in content.items():
        assert_array_equal(result[name], array, strict=True)


@given(content=files(), data=st.data())
def test_truncated_file_is_refused(content, data):
    def read_part(path):
        _write_npz(path, content)
        whole = path.read_bytes()
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        with pytest.raises(ValueError, match=r"small.npz' cannot be read"):
            read_npz(path, LAYOUT)

    in_folder(read_part)


@given(content=st.binary(max_size=200) | st.binary().map(b"PK\x03\x04".__add__))
def test_any_other_bytes_are_refused(content):
    def read(path):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"small.npz'"):
            read_npz(path, LAYOUT)

    in_folder(read)


@given(
    table=arrays(
        np.uint8, st.tuples(st.integers(1, 10), st.integers(1, 10)), fill=st.nothing()
    ),
    quoted=st.booleans(),
)
def test_table_of_an_archive(table, quoted):
    cell = '"{}"' if quoted else "{}"
    lines = [",".join(cell.format(value) for value in row) for row in table.tolist()]
    text = "\n".join(lines).encode()

    def read(path):
        with tarfile.open(path, "w:gz") as archive:
            info = tarfile.TarInfo("folder/table")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
        return read_table(path, "folder/table")

    assert_array_equal(in_folder(read), table, strict=True)
