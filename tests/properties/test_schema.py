"""Schemas of records: nothing is lost on the way to numbers and back."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal
from strategies import values

from skmia.generators import FeatureSchema

CELLS = {
    "continuous": values(),
    "integer": st.integers(-(2**53), 2**53),
    "town": st.sampled_from(["B", "A", "c", np.nan]),
    "member": st.booleans(),
    "size": st.sampled_from(["S", "L"]),
    "code": st.sampled_from([7.5, -1.0, 30.0]),
}


@st.composite
def frames(draw):
    """A DataFrame with some columns of each kind, and its one-hot groups."""
    n_samples = draw(st.integers(1, 8))
    names = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, unique=True))
    columns = {
        name: draw(st.lists(CELLS[name], min_size=n_samples, max_size=n_samples))
        for name in names
    }
    frame = pd.DataFrame(columns)
    if "town" in names:
        frame["town"] = pd.Series(columns["town"], dtype=object)
    if "size" in names:
        frame["size"] = pd.Categorical(frame["size"], categories=["L", "M", "S"])
    width = draw(st.integers(0, 3))
    hot = draw(st.lists(st.integers(0, width), min_size=n_samples, max_size=n_samples))
    group = [f"hot {i}" for i in range(width)] if width and max(hot) < width else []
    for i, name in enumerate(group):
        frame[name] = (np.array(hot) == i).astype(draw(st.sampled_from([int, bool])))
    return frame, [group] if group else None


def schema_of(frame, onehot):
    named = [name for name in frame if name == "code"]
    return FeatureSchema.from_records(frame, categorical=named, onehot=onehot)


@given(frames())
def test_round_trip(problem):
    frame, onehot = problem
    schema = schema_of(frame, onehot)
    Z = schema.encode(frame)
    assert Z.shape == (len(frame), schema.n_columns)
    assert schema.contains(frame).all()
    assert_array_equal(schema.snap(Z), Z)
    assert_frame_equal(schema.decode(Z), frame)


@given(frames(), st.integers(0, 2**31 - 1))
def test_uniform_rows_are_contained(problem, seed):
    frame, onehot = problem
    schema = schema_of(frame, onehot)
    Z = schema.uniform(20, np.random.RandomState(seed))
    X = schema.decode(Z)
    assert schema.contains(X).all()
    assert_array_equal(X.dtypes, frame.dtypes)
    assert_array_equal(schema.encode(X), Z)
    if onehot:
        assert_array_equal(X[onehot[0]].sum(axis=1), 1)


@given(frames(), st.lists(values(), min_size=40, max_size=40))
def test_snap_is_idempotent_and_stays_inside(problem, numbers):
    frame, onehot = problem
    schema = schema_of(frame, onehot)
    Z = np.resize(numbers, (5, schema.n_columns))
    snapped = schema.snap(Z)
    assert_array_equal(schema.snap(snapped), snapped)
    assert schema.contains(schema.decode(Z)).all()


@given(frames(), st.integers(0, 2**31 - 1))
def test_resampling_touches_the_mask_only(problem, seed):
    frame, onehot = problem
    schema = schema_of(frame, onehot)
    Z = schema.encode(frame)
    rng = np.random.RandomState(seed)
    mask = rng.random_sample(Z.shape) < 0.5
    for pool in (None, Z):
        drawn = schema.resample(Z, mask, rng, pool)
        assert_array_equal(drawn[~mask], Z[~mask])
        assert schema.contains(schema.decode(drawn)).all()


@given(
    st.lists(st.floats(width=16, allow_nan=False, allow_infinity=False), min_size=1),
    st.sampled_from(["float16", "float32", "float64"]),
)
def test_arrays_keep_their_dtype(numbers, dtype):
    X = np.array(numbers, dtype=dtype).reshape(-1, 1)
    schema = FeatureSchema.from_records(X)
    drawn = schema.decode(schema.uniform(20, np.random.RandomState(0)))
    assert drawn.dtype == X.dtype
    assert schema.contains(drawn).all()
    assert_array_equal(schema.decode(schema.encode(X)), X)
