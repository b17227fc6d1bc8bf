"""Tables in a file are the same tables."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, audit
from skmia.utils import _spilled
from skmia.utils._spilled import Spill, Spilled


@given(
    arrays(
        st.sampled_from([np.float32, np.float64]),
        array_shapes(min_dims=2, max_dims=2, min_side=1),
        elements=st.floats(-1e6, 1e6, width=32),
    ),
    st.data(),
)
def test_a_table_in_a_file_is_the_table(table, data):
    spill = Spill(most_bytes=0)
    before, kept = spill.keep(-table), spill.keep(table)
    start = data.draw(st.integers(0, table.shape[1]))
    stop = data.draw(st.integers(start, table.shape[1]))

    assert isinstance(kept, Spilled)
    assert (kept.shape, kept.dtype, len(kept)) == (table.shape, table.dtype, len(table))
    np.testing.assert_array_equal(np.asarray(kept), table)
    np.testing.assert_array_equal(np.asarray(before), -table)
    np.testing.assert_array_equal(kept[:, start:stop], table[:, start:stop])
    np.testing.assert_array_equal(kept[:, 1:][:, :1], table[:, 1:2])


def test_small_tables_stay_in_memory_and_those_beyond_go():
    table = np.ones((10, 2))
    spill = Spill(most_bytes=2 * table.nbytes)

    assert spill.keep(table) is table
    assert spill.keep(table) is table
    assert isinstance(spill.keep(table), Spilled)


def test_a_copy_that_leaves_the_process_holds_the_table():
    table = np.arange(6.0).reshape(3, 2)
    spill = Spill(most_bytes=0)
    kept = spill.keep(table)

    copy, other = pickle.loads(pickle.dumps((kept, spill)))

    assert isinstance(copy, np.ndarray)
    np.testing.assert_array_equal(copy, table)
    np.testing.assert_array_equal(other.keep(table), table)


@pytest.fixture
def in_files(monkeypatch):
    """Every table goes to a file."""
    monkeypatch.setattr(_spilled.Spill.__init__, "__defaults__", (0,))


def _audited():
    X, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    sets = X[::2], y[::2], X[1::2], y[1::2]
    attacks = ["shadow", "lira-online", "rmia-online", "lira-augmented-online"]
    return audit(tree, *sets, attacks=attacks, n_shadows=4, random_state=0)


def test_an_audit_in_files_is_the_same(request):
    expected = _audited()
    request.getfixturevalue("in_files")
    found = _audited()

    for one, other in zip(found.results, expected.results, strict=True):
        np.testing.assert_array_equal(one.score, other.score)


@pytest.mark.parametrize("both_sides", [False, True])
def test_shadow_models_in_files_leave_the_process(in_files, both_sides):
    X, y = load_iris(return_X_y=True)
    shadows = ShadowModels(
        GaussianNB(), n_shadows=4, signals="loss", both_sides=both_sides, random_state=0
    ).fit(X, y)
    expected, *_ = shadows.pseudo_observations("loss")

    found, *_ = pickle.loads(pickle.dumps(shadows)).pseudo_observations("loss")

    assert all(isinstance(block, Spilled) for block in _recorded(shadows))
    np.testing.assert_array_equal(found, expected)


def _recorded(shadows):
    return [block for one in shadows.sessions() for _, block, _ in one._seen.values()]


_NO_ROOM = """
import resource, signal
import numpy as np
from skmia.utils._spilled import Spill

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # an error instead of the end
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
spill = Spill(most_bytes=0)
kept = spill.keep(np.ones((125_000, 2)))
try:
    spill.keep(np.ones((125_000, 4)))
except OSError as error:
    print(error)
print(np.asarray(kept).sum(), np.asarray(spill.keep(np.ones((10, 1)))).sum())
"""


def test_where_there_is_no_room_the_error_says_where_and_how_much(tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", _NO_ROOM],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    error, after = found.stdout.splitlines()

    assert error.startswith(
        f"A table of 4 MB does not fit into a temporary file in {tmp_path}, which "
        "holds 2 MB of such tables ("
    )
    assert "Set the environment variable TMPDIR" in error
    assert after.startswith("250000.0 ")  # what was there before is
    assert found.stderr == ""
