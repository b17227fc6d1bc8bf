"""Attributes: what is a leak, what is everybody's, and nothing where nothing is."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skmia.inference import attribute_inference
from skmia.inference._attribute_report import _interval

FAST = {"imputer": GaussianNB(), "random_state": 0}


def made(seed, n=400):
    """Six numbers, a bit and random labels; what can be learned is by heart."""
    rng = np.random.RandomState(seed)
    X = np.column_stack([rng.normal(size=(n, 6)).round(1), rng.binomial(1, 0.4, n)])
    return X, rng.binomial(1, 0.5, n)


def sets(X, y):
    half = len(y) // 2
    return X[:half], y[:half], X[half:], y[half:]


@pytest.mark.parametrize("prior", ["marginal", "uniform"])
def test_what_was_learned_by_heart_is_a_leak(prior):
    X, y = made(0)
    X[:, :6] = X[:, :6].round() * 0.1  # the bit tells records apart
    data = sets(X, y)
    model = DecisionTreeClassifier(random_state=0).fit(*data[:2])
    found = attribute_inference(model, *data, attribute=6, prior=prior, **FAST)
    assert found.excess > 0.05
    assert found.interval[0] > 0
    assert found.pvalue < 0.05
    assert found.n_queries == 800


def test_what_is_everybodys_is_no_leak():
    """The attribute follows from the others, and the model needs it."""
    X, _ = made(0, 2000)
    X[:, 6] = X[:, 0] > 0
    y = X[:, 6].astype(int)
    data = sets(X, y)
    model = GaussianNB(var_smoothing=1e-2).fit(*data[:2])
    found = attribute_inference(model, *data, attribute=6, **FAST)
    assert found.summary.loc["model", ["members", "holdout"]].min() > 0.95
    assert found.summary.loc["imputation", ["members", "holdout"]].min() > 0.95
    low, high = found.interval
    assert low < 0 < high


@pytest.mark.slow
def test_a_model_of_other_records_leaks_nothing_of_these():
    """Levels of the interval and of the p-value, over whole inferences."""
    covered = small = 0
    for seed in range(60):
        X, y = made(seed, 300)
        model = DecisionTreeClassifier(random_state=0).fit(X[200:], y[200:])
        found = attribute_inference(
            model,
            *sets(X[:200], y[:200]),
            attribute=6,
            imputer=GaussianNB(),
            random_state=seed,
        )
        covered += found.interval[0] <= 0 <= found.interval[1]
        small += found.pvalue <= 0.1
    # Binomial of 60: 57 less three times 1.7, and 6 and three times 2.3.
    assert covered >= 52
    assert small <= 12


def test_guesses_by_brute_force():
    X, y = made(1, 60)
    data = sets(X, y)
    model = GaussianNB().fit(*data[:2])
    found = attribute_inference(model, *data, attribute=6, **FAST)
    values, shares = np.unique(X[:, 6], return_counts=True)
    for row, guess in enumerate(found.records["guess"]):
        records = np.tile(X[row], (2, 1))
        records[:, 6] = values
        fit = model.predict_proba(records)[:, y[row]] * shares
        assert guess == values[fit.argmax()]
    assert_array_equal(found.records["value"], X[:, 6])
    right = (found.records["guess"] == X[:, 6]).to_numpy()
    assert found.summary.loc["model", "members"] == right[:30].mean()
    assert found.summary.loc["model", "holdout"] == right[30:].mean()
    assert (
        found.summary.loc["marginal", "holdout"]
        == (X[30:, 6] == values[shares.argmax()]).mean()
    )


def test_of_a_regressor_by_the_least_error():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(300, 3))
    y = X @ [1, 2, 3] + rng.normal(size=300)
    data = sets(X, y)
    model = LinearRegression().fit(*data[:2])
    found = attribute_inference(
        model, *data, attribute=2, prior="uniform", n_bins=5, **FAST
    )
    assert len(found.values) == 5
    assert set(found.values) <= set(X[:, 2])
    for row in range(0, 300, 30):
        records = np.tile(X[row], (5, 1))
        records[:, 2] = found.values
        error = np.abs(model.predict(records) - y[row])
        assert found.records["guess"].iloc[row] == found.values[error.argmin()]
    # A bin has a fifth of the records: the model tells it better than chance.
    assert found.summary.loc["model", "holdout"] > 0.4
    exact = DecisionTreeRegressor(random_state=0).fit(*data[:2])
    assert np.isfinite(attribute_inference(exact, *data, attribute=2, **FAST).excess)


def test_frames_and_their_categories():
    X, y = made(2, 300)
    town = pd.Categorical(np.array(["A", "B", "C"])[X[:, 0].astype(int) % 3])
    frame = pd.DataFrame({"town": town, "age": X[:, 1], "bit": X[:, 6].astype(int)})
    frame.loc[:9, "town"] = None
    coded = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["town"]), remainder="passthrough"
    )
    data = sets(frame, y)
    before = frame.copy()
    model = make_pipeline(coded, RandomForestClassifier(20, random_state=0))
    model.fit(*data[:2])
    quick = {"imputer": RandomForestClassifier(10), "random_state": 0}
    by_name, by_place = (
        attribute_inference(model, *data, attribute=attribute, **quick)
        for attribute in ("town", 0)
    )
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(by_name.summary, by_place.summary)
    assert set(by_name.values[:3]) == {"A", "B", "C"}
    assert pd.isna(by_name.values[3])  # that it is missing is a value
    assert by_name.excess > 0
    with parallel_config("threading"):
        again = attribute_inference(model, *data, attribute="town", n_jobs=2, **quick)
    pd.testing.assert_frame_equal(by_name.summary, again.summary)
    assert by_name.records.index.names == ["set", "row"]
    for attribute in ("age", "bit"):
        found = attribute_inference(model, *data, attribute=attribute, **FAST)
        assert set(found.values) <= set(frame[attribute])


def test_intervals_without_variance_are_not_of_no_width():
    low, high = _interval(np.ones(20), np.ones(20), (0, 1), 0.95)
    assert low < 0 < high


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attribute": 7}, "must hold different columns of X"),
        ({"attribute": "sex"}, "must hold different columns of X"),
        ({"attribute": 5}, "has one value, 0.0, in all records"),
        ({"cv": 41}, "There must be 'cv', 41, holdout records at least"),
        ({"model": LinearSVC()}, "or a classifier with predict_proba"),
    ],
)
def test_bad_input(change, message):
    X, y = made(3, 80)
    X[:, 5] = 0
    data = sets(X, y)
    given = {"model": GaussianNB().fit(*data[:2]), "attribute": 6} | FAST | change
    with pytest.raises(ValueError, match=message):
        attribute_inference(given.pop("model"), *data, **given)


@pytest.mark.parametrize("container", [sparse.csr_array, np.ndarray.tolist])
def test_records_that_cannot_be_written_into(container):
    X, y = made(3, 80)
    data = sets(container(X), y)
    model = DecisionTreeClassifier(random_state=0).fit(*data[:2])
    with pytest.raises(TypeError, match="a dense array or a DataFrame of pandas"):
        attribute_inference(model, *data, attribute=6)


def test_missing_numbers_are_nothing_to_be_right_about():
    X, y = made(3, 80)
    X[3, 0] = np.nan
    data = sets(X, y)
    model = DecisionTreeClassifier(random_state=0).fit(*data[:2])
    with pytest.raises(ValueError, match="1 values of the attribute 0 are missing"):
        attribute_inference(model, *data, attribute=0, **FAST)


def test_labels_of_several_outputs():
    X, _ = made(3, 80)
    data = sets(X, X[:, :2])
    model = LinearRegression().fit(*data[:2])
    with pytest.raises(ValueError, match="needs one label per record"):
        attribute_inference(model, *data, attribute=6, **FAST)
