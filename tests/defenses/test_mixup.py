import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recorders import WeightedRecorder
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.utils import check_random_state

from skmia.defenses import MixupClassifier
from skmia.defenses.training._mixup import mixed_pairs


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


def test_mixtures_of_records_and_labels_agree(global_random_seed):
    """Records that are their own one-hot labels are mixed as these are."""
    X = np.eye(3)[check_random_state(global_random_seed).randint(3, size=50)]
    rng = check_random_state(global_random_seed)
    records, targets = mixed_pairs(X, X, 1.0, rng)
    assert_array_equal(records, targets)
    assert (records[X == 1] >= 0.5).all()
    assert (records.max(axis=1) < 1).any()


def test_shares_follow_the_folded_beta_distribution(global_random_seed):
    rng = check_random_state(global_random_seed)
    # Record i at place i of 4000: with x' the partner, (mix - x) / (x' - x) is lost
    # here, but targets keep it: each record is a class of its own.
    n = 1000
    share = [
        1 - mixed_pairs(np.zeros((n, 1)), np.eye(n), 1.0, rng)[1].max(axis=1)
        for _ in range(4)
    ]
    # min(u, 1 - u) of a uniform u is uniform on [0, 1/2]: mean 1/4, standard error
    # of 4000 means 0.144 / 63 = 0.0023; five of these.
    assert abs(np.mean(share) - 0.25) < 0.012
    assert np.max(share) <= 0.5


def test_only_mixtures_are_trained_on(iris):
    X, y = iris
    model = MixupClassifier(WeightedRecorder(), alpha=50, n_pairs=2, random_state=0)
    seen = model.fit(X, y).estimator_
    mixtures, index = np.unique(seen.X_, axis=0, return_inverse=True)
    # 20 of the 150 records or so are rarely hit: two of one class may be equal.
    assert 280 <= len(mixtures) <= 300
    assert_allclose(seen.sample_weight_.sum(), 300, rtol=1e-12)
    assert (np.bincount(index, seen.sample_weight_) > 1 - 1e-9).all()


def test_column_names_reach_the_inner_model(iris):
    X, y = load_iris(return_X_y=True, as_frame=True)
    model = MixupClassifier(LogisticRegression(max_iter=500), random_state=0)
    model.fit(X, y)
    assert_array_equal(model.feature_names_in_, X.columns)
    assert model.score(X, y) > 0.9
    plain = MixupClassifier(LogisticRegression(max_iter=500), random_state=0)
    assert_array_equal(plain.fit(*iris).predict_proba(iris[0]), model.predict_proba(X))


def test_single_precision_stays(iris):
    X, y = iris
    model = MixupClassifier(WeightedRecorder(), random_state=0).fit(
        X.astype(np.float32), y
    )
    assert model.estimator_.X_.dtype == np.float32


def test_features_must_be_numbers(iris):
    y = iris[1]
    frame = pd.DataFrame({"size": iris[0][:, 0], "town": ["a"] * 150})
    message = (
        "MixupClassifier computes with the features: they must be numbers, such as an "
        "encoder makes of categories. could not convert string to float: 'a'"
    )
    model = MixupClassifier(LogisticRegression())
    with pytest.raises(ValueError, match=message):
        model.fit(frame, y)
    with pytest.raises(TypeError, match="Sparse data was passed"):
        model.fit(sparse.csr_array(iris[0]), y)
    assert not vars(model).keys() - {"estimator", "alpha", "n_pairs", "random_state"}


@pytest.mark.parametrize(("name", "value"), [("alpha", -1), ("n_pairs", 0)])
def test_parameters_out_of_range(name, value, iris):
    message = f"'{name}' parameter of MixupClassifier must be"
    with pytest.raises(ValueError, match=message):
        MixupClassifier(LogisticRegression(), **{name: value}).fit(*iris)
