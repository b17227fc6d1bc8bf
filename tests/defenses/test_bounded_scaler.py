"""Scaling by declared bounds: what it maps where, and that it learns nothing."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.preprocessing import MinMaxScaler

from skmia.defenses import BoundedScaler

LOW, HIGH = np.array([0.0, -5.0, 1e3]), np.array([1.0, 5.0, 4e3])


@pytest.fixture
def X(global_random_seed):
    """Half of the records have a value outside."""
    rng = np.random.RandomState(global_random_seed)
    return LOW + (HIGH - LOW) * rng.uniform(-0.3, 1.3, size=(50, 3))


@pytest.mark.parametrize("feature_range", [(0, 1), (-1, 1), [-0.25, 7]])
def test_it_is_min_max_scaling_by_the_bounds(feature_range, X):
    scaler = BoundedScaler((LOW, HIGH), feature_range=feature_range).fit(X)
    plain = MinMaxScaler(tuple(feature_range), clip=True).fit([LOW, HIGH])
    assert_allclose(scaler.transform(X), plain.transform(X), atol=1e-12)
    Z = scaler.transform(X)
    assert_allclose(scaler.inverse_transform(Z), np.clip(X, LOW, HIGH), rtol=1e-12)


def test_nothing_is_learned(X):
    one = BoundedScaler((LOW, HIGH)).fit(X)
    other = BoundedScaler((LOW, HIGH)).fit(np.full((1, 3), np.nan))
    assert vars(one).keys() == vars(other).keys()
    assert one.data_norm_ == other.data_norm_
    assert_array_equal(one.transform(X), other.transform(X))


@pytest.mark.parametrize(
    ("feature_range", "longest"), [((0, 1), 1), ((-1, 1), 1), ((-3, 2), 3), ((1, 2), 2)]
)
def test_no_record_is_longer_than_data_norm(feature_range, longest, X):
    scaler = BoundedScaler((LOW, HIGH), feature_range=feature_range).fit(X)
    assert scaler.data_norm_ == pytest.approx(longest * 3**0.5)
    corners = scaler.transform([LOW - 1, HIGH + 1])
    assert np.linalg.norm(corners, axis=1).max() == pytest.approx(scaler.data_norm_)
    assert np.abs(scaler.transform(1e6 * X)).max() <= longest


@pytest.mark.parametrize(
    "bounds", [(-8e307, 8e307), (0, 1e-323), (1, np.nextafter(1, 2)), (1e16, 1e16 + 2)]
)
@pytest.mark.parametrize("feature_range", [(0, 1), (0.1, 0.3)])
def test_bounds_of_any_size(bounds, feature_range):
    scaler = BoundedScaler(bounds, feature_range=feature_range)
    Z = scaler.fit_transform([[-1.7e308], [bounds[0]], [bounds[1]], [1.7e308]])
    assert_array_equal(Z.ravel(), np.repeat(feature_range, 2))


def test_missing_values_stay_missing(X):
    X[3, 1] = np.nan
    scaler = BoundedScaler((LOW, HIGH)).fit(X)
    Z = scaler.transform(X)
    assert_array_equal(np.isnan(Z), np.isnan(X))
    assert_array_equal(np.isnan(scaler.inverse_transform(Z)), np.isnan(X))
    with pytest.raises(ValueError, match="infinity"):
        scaler.transform([[np.inf, 0, 0]])


def test_names_of_features(X):
    frame = pd.DataFrame(X, columns=["a", "b", "c"], index=np.arange(50) * 2)
    scaler = BoundedScaler((LOW, HIGH)).set_output(transform="pandas")
    Z = scaler.fit_transform(frame)
    assert_array_equal(scaler.get_feature_names_out(), ["a", "b", "c"])
    assert_array_equal(Z.columns, frame.columns)
    assert_array_equal(Z.index, frame.index)


def test_parameters_are_those_of_the_fit(X):
    scaler = BoundedScaler((LOW, HIGH)).fit(X)
    before = scaler.transform(X)
    scaler.set_params(feature_range=(5, 6), bounds=(0, 1))
    assert_array_equal(scaler.transform(X), before)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"bounds": None}, "'bounds' parameter of BoundedScaler must be declared"),
        ({"bounds": (1, 1)}, "'bounds' parameter .* low < high"),
        ({"bounds": ([0, 0], [1, 1])}, "'bounds' parameter .* 3 .*features"),
        ({"bounds": (-1.7e308, 1.7e308)}, "'bounds' parameter .* finite"),
        ({"feature_range": (1, 0)}, r"'feature_range' .* Got \(1, 0\) instead"),
        ({"feature_range": (0, np.inf)}, "'feature_range' parameter .* finite"),
        ({"feature_range": (0, 1, 2)}, "'feature_range' parameter .* two numbers"),
        ({"feature_range": ("a", "b")}, "'feature_range' parameter .* two numbers"),
    ],
)
def test_errors(params, message, X):
    scaler = BoundedScaler((LOW, HIGH)).set_params(**params)
    with pytest.raises(ValueError, match=message):
        scaler.fit(X)
    assert not [name for name in vars(scaler) if name.endswith("_")]


def test_other_records_are_refused(X):
    scaler = BoundedScaler((LOW, HIGH)).fit(X)
    with pytest.raises(ValueError, match=r"3 features that transform returns\. Got 1"):
        scaler.inverse_transform(X[:, :1])
    with pytest.raises(TypeError, match="dense data is required"):
        scaler.fit(sparse.csr_array(X))
