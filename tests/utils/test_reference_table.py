"""Tables that lay a target beside reference models."""

import numpy as np
import pytest

from skmia.utils._reference_table import reference_table, split_table

rng = np.random.RandomState(0)
TARGET = rng.rand(4, 2)
REFERENCE = rng.rand(4, 12, 2)
INSIDE = rng.rand(4, 12) > 0.5


def split(Z):
    return split_table(Z.to_numpy(), Z.columns)


def test_round_trip_with_more_than_ten_references():
    Z = reference_table(["loss", "top_0"], TARGET, REFERENCE, INSIDE)
    views = split(Z)
    assert [view.column for view in views] == ["loss", "top_0"]
    for i, view in enumerate(views):
        np.testing.assert_array_equal(view.target, TARGET[:, i].astype(np.float32))
        np.testing.assert_array_equal(
            view.reference, REFERENCE[:, :, i].astype(np.float32)
        )
        np.testing.assert_array_equal(view.inside, INSIDE)


def test_columns_are_found_by_name_in_any_order():
    Z = reference_table(["loss"], TARGET[:, :1], REFERENCE[:, :, :1], INSIDE)
    shuffled = Z[list(rng.permutation(Z.columns))]
    (view,), (expected,) = split(shuffled), split(Z)
    np.testing.assert_array_equal(view.reference, expected.reference)
    np.testing.assert_array_equal(view.inside, expected.inside)


def test_the_true_label_is_a_key_beside_the_other_signals():
    columns = ["loss", "true_label"]
    (view,) = split(reference_table(columns, TARGET, REFERENCE, INSIDE))
    assert view.column == "loss"
    np.testing.assert_array_equal(view.label, TARGET[:, 1].astype(np.float32))
    (view,) = split(reference_table(["true_label"], TARGET[:, 1:], REFERENCE[:, :, 1:]))
    assert (view.column, view.label) == ("true_label", None)


def test_an_array_holds_the_target_and_out_models():
    (view,) = split_table(TARGET)
    np.testing.assert_array_equal(view.target, TARGET[:, 0])
    np.testing.assert_array_equal(view.reference, TARGET[:, 1:])
    assert view.inside is None


def test_equal_values_stay_equal():
    """A target in float64 beside references in float32 would break ties."""
    Z = reference_table(["loss"], np.full((1, 1), 0.1), np.full((1, 3, 1), 0.1))
    assert Z.nunique(axis=1).item() == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["loss"], "is not of a table of references"),
        (["loss|0", "loss|1"], "needs a column for the target"),
        (["loss|target", "in|0"], "needs a column for the target"),
        (
            ["loss|target", "loss|0", "loss|1", "in|0"],
            "has 2 references, but the table",
        ),
    ],
)
def test_bad_columns(columns, message):
    with pytest.raises(ValueError, match=message):
        split_table(np.zeros((2, len(columns))), columns)
