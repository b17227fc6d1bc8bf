import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, make_blobs
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import ShuffleSplit, StratifiedKFold, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import FitControlledClassifier
from skmia.defenses.training._fit_controlled import _find_parameter
from skmia.neural import MLPNet


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(90, centers=3, cluster_std=3, random_state=0)


@pytest.mark.parametrize(
    ("model", "parameter"),
    [
        (DecisionTreeClassifier(), "ccp_alpha"),
        (RandomForestClassifier(), "min_samples_leaf"),
        (GradientBoostingClassifier(), "min_samples_leaf"),
        (HistGradientBoostingClassifier(), "min_samples_leaf"),
        (KNeighborsClassifier(), "n_neighbors"),
        (LogisticRegression(), "C"),
        (MLPClassifier(), "alpha"),
        (RidgeClassifier(), "alpha"),
        (GaussianNB(), "var_smoothing"),
        (MLPNet(), "weight_decay"),
        (
            make_pipeline(StandardScaler(), LogisticRegression()),
            "logisticregression__C",
        ),
    ],
)
def test_parameter_that_is_found(model, parameter):
    assert _find_parameter(model) == parameter
    assert parameter in model.get_params()


def test_results_are_those_of_a_cross_validation(blobs):
    values = [1, 5, 20]
    model = FitControlledClassifier(
        KNeighborsClassifier(), parameter="n_neighbors", values=values, cv=4
    ).fit(*blobs)
    table = model.results_
    assert_array_equal(table["value"], values)
    for row, value in enumerate(values):
        expected = cross_validate(
            KNeighborsClassifier(value),
            *blobs,
            cv=StratifiedKFold(4),
            return_train_score=True,
        )
        scores = expected["test_score"]
        assert table["score"][row] == pytest.approx(scores.mean())
        assert table["standard_error"][row] == pytest.approx(scores.std(ddof=1) / 2)
        gap = expected["train_score"].mean() - scores.mean()
        assert table["gap"][row] == pytest.approx(gap)


def test_released_model_has_the_value_and_all_records(blobs):
    model = FitControlledClassifier(GaussianNB()).fit(*blobs)
    expected = GaussianNB(var_smoothing=model.value_).fit(*blobs)
    assert model.parameter_ == "var_smoothing"
    assert_array_equal(model.predict_proba(blobs[0]), expected.predict_proba(blobs[0]))


def test_pruning_path_of_a_tree():
    X, y = load_breast_cancer(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0)
    model = FitControlledClassifier(tree).fit(X, y)
    path = tree.cost_complexity_pruning_path(X, y).ccp_alphas
    values = model.results_["value"].to_numpy()
    assert np.isin(values, path).all()
    assert (values[0], values[-1]) == (path[0], path[-1])
    assert len(values) <= 20
    assert model.estimator_.get_n_leaves() < tree.fit(X, y).get_n_leaves()


@pytest.mark.slow
def test_pruning_path_behind_other_steps(blobs):
    X, y = blobs
    tree = DecisionTreeClassifier(random_state=0)
    model = FitControlledClassifier(make_pipeline(StandardScaler(), tree)).fit(X, y)
    assert model.parameter_ == "decisiontreeclassifier__ccp_alpha"
    alone = FitControlledClassifier(tree).fit(StandardScaler().fit_transform(X), y)
    assert_allclose(model.results_["value"], alone.results_["value"])


def test_nothing_to_learn():
    # Labels are coin tosses: a tree grown to the end has a gap of about 1/2, and no
    # tree is better than the root, whose gap is 0.
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(200, 5)), rng.randint(2, size=200)
    tree = DecisionTreeClassifier(random_state=0)
    assert tree.fit(X, y).score(X, y) == 1
    model = FitControlledClassifier(tree).fit(X, y)
    assert model.score(X, y) < 0.75


def test_gap_is_limited(blobs):
    tree = DecisionTreeClassifier(random_state=0)
    free = FitControlledClassifier(tree, parameter="max_depth", values=[9, 3, 1])
    gaps = free.fit(*blobs).results_["gap"].to_numpy()
    assert gaps[0] > gaps[1] > gaps[2]
    limited = free.set_params(values=[9, 3], max_gap=(gaps[0] + gaps[1]) / 2)
    assert limited.fit(*blobs).value_ == 3
    with pytest.raises(ValueError, match=r"smallest gap .* 0\.\d{3}. Got 0.0 instead"):
        free.set_params(values=[9, 5], max_gap=0.0).fit(*blobs)


def test_default_values_of_a_named_parameter(blobs):
    tree = DecisionTreeClassifier(random_state=0)
    model = FitControlledClassifier(tree, parameter="min_samples_leaf").fit(*blobs)
    leaves = np.unique(model.estimator_.apply(blobs[0]), return_counts=True)[1]
    assert leaves.min() >= model.value_


def test_no_more_neighbors_than_records(blobs):
    X, y = blobs
    model = FitControlledClassifier(KNeighborsClassifier(), cv=2).fit(X[:20], y[:20])
    assert model.results_["value"].tolist() == [1, 3, 5, 9]


def test_scoring_and_one_split(blobs):
    model = FitControlledClassifier(
        GaussianNB(), scoring="neg_log_loss", cv=ShuffleSplit(1, random_state=0)
    ).fit(*blobs)
    table = model.results_
    assert (table["standard_error"] == 0).all()
    # Without an error, the best value; of equal ones the most private one.
    best = table["value"][table["score"] == table["score"].max()]
    assert model.value_ == best.iloc[-1]


def test_n_jobs(blobs):
    forest = RandomForestClassifier(3)
    values = {"parameter": "min_samples_leaf", "values": [1, 9], "random_state": 0}
    one = FitControlledClassifier(forest, **values).fit(*blobs)
    with parallel_config(backend="threading"):
        two = FitControlledClassifier(forest, n_jobs=2, **values).fit(*blobs)
    assert_array_equal(one.predict_proba(blobs[0]), two.predict_proba(blobs[0]))


@pytest.mark.parametrize(
    ("model", "parameters", "message"),
    [
        (DummyClassifier(), {}, "knows no parameter that limits the fit of Dummy"),
        (GaussianNB(), {"parameter": "C"}, r"parameter of GaussianNB\(\). Got 'C'"),
        (GaussianNB(), {"parameter": "priors"}, "'values' .* given for 'priors'"),
        (RandomForestClassifier(), {"parameter": "ccp_alpha"}, "for 'ccp_alpha'"),
        (KNeighborsClassifier(weights="distance"), {}, "must not be 'distance'"),
    ],
)
def test_parameter_errors(model, parameters, message, blobs):
    with pytest.raises(ValueError, match=message):
        FitControlledClassifier(model, **parameters).fit(*blobs)
