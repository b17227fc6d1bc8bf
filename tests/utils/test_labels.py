"""Labels of any type, and columns in an agreed order."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skmia.utils._labels import align_columns, encode_labels, joint_layout

KINDS = [
    (["b", "a"], ["a", "longer", "b"], ["b", "a", "longer"]),
    ([3, 1], [1, 2], [3, 1, 2]),
    ([0, 1], [0.5, 1.0], [0, 1, 0.5]),
    (["0", "1"], [0, 1], ["0", "1", 0, 1]),
    ([False, True], [False], [False, True]),
]


@pytest.mark.parametrize(("layout", "classes", "joint"), KINDS)
def test_layouts_are_joined_and_columns_follow(layout, classes, joint):
    full = joint_layout(np.array(layout), np.array(classes))
    assert full.tolist() == joint
    posterior = np.arange(1.0, len(classes) + 1).reshape(1, -1)
    aligned = align_columns(posterior, np.array(classes), full)
    expected = [classes.index(c) + 1 if c in classes else 0 for c in joint]
    assert_array_equal(aligned, [expected])
    assert_array_equal(
        encode_labels(np.array(classes), full), [joint.index(c) for c in classes]
    )


def test_unknown_labels():
    assert_array_equal(encode_labels(["a", "z"], ["b", "a"]), [1, -1])
    assert encode_labels([], ["b", "a"]).shape == (0,)
    with pytest.raises(
        ValueError, match=r"y holds \['z'\], the classes are \['b', 'a'\]"
    ):
        encode_labels(["z"], ["b", "a"])
