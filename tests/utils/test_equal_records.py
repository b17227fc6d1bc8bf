import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse

from skmia.utils._equal_records import number_records, numbered_classes, rarest_classes

X = np.array([[1.0, 2.0], [3.0, 0.0], [1.0, 2.0], [np.nan, 0.0], [np.nan, -0.0]])


@pytest.mark.parametrize(
    "records",
    [
        X,
        pd.DataFrame(X),
        sparse.csr_array(X),
        X.astype(np.float32),
        pd.DataFrame({"a": list("xyxzz"), "b": X[:, 1]}),
    ],
    ids=["array", "frame", "sparse", "single", "strings"],
)
def test_equal_records_have_one_number(records):
    assert_array_equal(number_records(records), [0, 1, 0, 2, 2])


def test_numbers_are_compared_in_single_precision():
    near = np.array([[1.0], [1.0 + 1e-12], [1.001]])
    assert_array_equal(number_records(near), [0, 0, 1])


@given(
    number=st.lists(st.integers(0, 5), min_size=1, max_size=20).map(
        lambda drawn: np.unique(drawn, return_inverse=True)[1]
    ),
    data=st.data(),
)
def test_a_record_stands_for_its_rarest_class(number, data):
    label = st.lists(st.sampled_from("abc"), min_size=len(number), max_size=len(number))
    y = np.array(data.draw(label))
    held = {
        record: set(y[number == record].tolist()) for record in range(number.max() + 1)
    }
    sizes = {name: sum(name in labels for labels in held.values()) for name in "abc"}
    labels = rarest_classes(number, y)
    assert len(labels) == len(held)
    for record, own in held.items():
        assert labels[record] in own
        assert sizes[labels[record]] == min(sizes[name] for name in own)
    pairs = zip(*numbered_classes(number, y), strict=True)
    known = np.unique(y)
    assert [(record, known[code]) for record, code in pairs] == [
        (record, name) for record, own in held.items() for name in sorted(own)
    ]
