"""SISA of regressors: forgetting is training without, to the bit."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge, SGDRegressor
from sklearn.tree import DecisionTreeRegressor

from skmia.defenses import SisaRegressor

X, Y = load_diabetes(return_X_y=True)
SEED = {"random_state": 0}


def by_hand(model, y, unfitted):
    """Mean of shards that are trained anew on the records that are left."""
    answers = []
    for shard, one in enumerate(unfitted):
        fresh = clone(one)
        for number in range(model.n_slices):
            rows = np.flatnonzero((model.shard_ == shard) & (model.slice_ == number))
            if model.n_slices == 1:
                fresh.fit(X[rows], y[rows])
            elif len(rows):
                fresh.partial_fit(X[rows], y[rows])
        answers.append(fresh.predict(X))
    return np.mean(answers, axis=0)


@pytest.mark.parametrize(
    ("estimator", "n_slices", "y"),
    [
        (DecisionTreeRegressor(max_features=3), 1, Y),
        (Ridge(), 1, np.column_stack([Y, -Y])),
        (SGDRegressor(), 3, Y),
    ],
    ids=["tree", "ridge of two outputs", "slices"],
)
def test_forgetting_is_training_without(estimator, n_slices, y):
    model = SisaRegressor(estimator, n_shards=3, n_slices=n_slices, **SEED).fit(X, y)
    unfitted = [shard.unfitted for shard in model._shards]
    assert_array_equal(model.predict(X), by_hand(model, y, unfitted))
    before = model.predict(X)
    for rows in ([0], [5, 17, 200], np.arange(len(Y)) == 250):
        model.forget(X, y, rows)
        assert_array_equal(model.predict(X), by_hand(model, y, unfitted))
    assert_array_equal(np.flatnonzero(model.shard_ < 0), [0, 5, 17, 200, 250])
    assert (model.predict(X) != before).any()


def test_equal_records_are_in_one_shard():
    model = SisaRegressor(Ridge(), **SEED).fit(np.vstack([X, X]), np.r_[Y, Y])
    assert_array_equal(model.shard_[: len(Y)], model.shard_[len(Y) :])


def test_shards_without_records():
    model = SisaRegressor(Ridge(), n_shards=20, **SEED).fit(X[:4], Y[:4])
    assert model.predict(X).shape == Y.shape


def test_what_is_refused():
    model = SisaRegressor(Ridge(), n_shards=2, **SEED).fit(X, Y)
    with pytest.raises(ValueError, match="the 442 records of fit"):
        model.forget(X[:9], Y[:9], [0])
    with pytest.raises(ValueError, match="another number of outputs"):
        model.forget(X, np.column_stack([Y, Y]), [0])
    with pytest.raises(ValueError, match="cannot forget all records"):
        model.forget(X, Y, np.ones(len(Y), dtype=bool))
    with pytest.raises(ValueError, match="'rows' parameter of SisaRegressor"):
        model.forget(X, Y, [442])
    with pytest.raises(TypeError, match="must have partial_fit"):
        SisaRegressor(Ridge(), n_slices=2).fit(X, Y)
    with pytest.raises(TypeError, match=r"SisaRegressor\.fit takes no 'sample_weight'"):
        model.fit(X, Y, sample_weight=np.ones(len(Y)))
