"""SELENA, and the ensemble Split-AI inside it."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits, make_blobs
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import SelenaClassifier, SplitAIClassifier

BOTH = [SelenaClassifier, SplitAIClassifier]


@pytest.fixture
def blobs(global_random_seed):
    return make_blobs(
        60, centers=3, cluster_std=4, n_features=3, random_state=global_random_seed
    )


def test_training_records_are_answered_by_models_that_did_not_see_them(blobs):
    X, y = blobs
    labels = np.random.RandomState(0).permutation(y)
    nearest = KNeighborsClassifier(n_neighbors=1)
    model = SplitAIClassifier(nearest, n_models=6, n_out=2, random_state=0)
    ensemble = model.fit(X, labels).estimator_
    for i, own in enumerate(ensemble.non_model):
        mean = np.mean([ensemble.models[j].predict_proba(X[[i]]) for j in own], axis=0)
        assert_allclose(model.predict_proba(X[[i]]), mean)
        # A model that saw the record would be certain of its label.
        distances = [ensemble.models[j].kneighbors(X[[i]])[0].min() for j in own]
        assert min(distances) > 0


def test_other_records_get_the_pattern_of_a_training_record(blobs, global_random_seed):
    """Every training row lends its pattern equally often."""
    X, y = blobs
    model = SplitAIClassifier(GaussianNB(), n_models=4, n_out=1, random_state=0)
    ensemble = model.fit(X, y).estimator_
    rng = np.random.RandomState(global_random_seed)
    rows = ensemble._patterns(rng.normal(size=(6000, 3)))
    # 60 cells of 100 expected: chi-square; false alarms once in 1e6 seeds.
    assert chisquare(np.bincount(rows, minlength=60)).pvalue > 1e-6
    assert_array_equal(ensemble._patterns(X), np.arange(60))


def test_equal_records_are_left_out_together(blobs):
    X, y = blobs
    twice = np.vstack([X, X + 1e-12]), np.r_[y, y]
    model = SplitAIClassifier(GaussianNB(), n_models=4, n_out=2, random_state=0)
    ensemble = model.fit(*twice).estimator_
    assert_array_equal(ensemble.non_model[:60], ensemble.non_model[60:])
    frame = pd.DataFrame(X)
    assert_array_equal(ensemble._patterns(frame), np.arange(60))


def test_members_stand_out_less():
    """The sanity values 0.761, 0.503 and 0.576, with fewer sub-models.

    The standard deviation of an AUC of 900 members and 897 non-members is at most
    1 / sqrt(12) * sqrt(1 / 900 + 1 / 897) = 0.014 near 1/2: four of them.
    A student forest *classifier* is certain of the records that it was fitted on, and
    gets 0.66 where the regressor of the reference gets 0.57.
    """
    aucs = digits_aucs(n_models=5, n_out=2)
    assert abs(aucs["none"] - 0.761) < 0.056
    assert abs(aucs["Split-AI"] - 0.503) < 0.056
    assert abs(aucs["regressor"] - 0.576) < 0.056
    assert aucs["Split-AI"] < aucs["SELENA"] < aucs["none"] - 0.03


def digits_aucs(**sizes):
    """AUC of the true-class probability as an attack, by model."""
    X, y = load_digits(return_X_y=True)
    order = np.random.RandomState(0).permutation(len(y))
    X, y = X[order], y[order]
    member = np.arange(len(y)) < 900
    train = X[member], y[member]
    forest = RandomForestClassifier(20, random_state=0)
    split = SplitAIClassifier(forest, random_state=0, **sizes).fit(*train)
    soft = split.predict_proba(train[0])
    student = RandomForestRegressor(20, random_state=0).fit(train[0], soft)
    selena = SelenaClassifier(forest, random_state=0, **sizes).fit(*train)
    posteriors = {
        "none": clone(forest).fit(*train).predict_proba(X),
        "Split-AI": split.predict_proba(X),
        "SELENA": selena.predict_proba(X),
        "regressor": student.predict(X),
    }
    return {
        name: roc_auc_score(member, posterior[np.arange(len(y)), y])
        for name, posterior in posteriors.items()
    }


@pytest.mark.parametrize("cls", BOTH)
def test_n_jobs_changes_nothing(cls, blobs):
    X, y = blobs
    tree = DecisionTreeClassifier(max_features=1)
    model = cls(tree, n_models=3, n_out=1, random_state=0)
    expected = model.fit(X, y).predict_proba(X)
    with parallel_config(backend="threading"):
        answer = model.set_params(n_jobs=2).fit(X, y).predict_proba(X)
    assert_array_equal(answer, expected)


@pytest.mark.parametrize("cls", BOTH)
def test_sub_models_differ_by_more_than_their_data(cls, blobs):
    X, y = blobs
    seeds = []

    class Spy(DecisionTreeClassifier):
        def fit(self, X, y, **params):
            seeds.append(self.random_state)
            return super().fit(X, y, **params)

    cls(Spy(random_state=0), n_models=3, n_out=1, random_state=0).fit(X, y)
    assert len(set(seeds)) == len(seeds) >= 3


@pytest.mark.parametrize("cls", BOTH)
def test_every_sub_model_needs_every_class(cls, blobs):
    X = blobs[0]
    rare = np.array(["many"] * 60, dtype=object)
    rare[:2] = "few"
    message = r"needs at least 3 different training records .* Got 2 of class 'few'"
    model = cls(GaussianNB(), n_models=6, n_out=4, random_state=0)
    with pytest.raises(ValueError, match=message):
        model.fit(X, rare)
    model.set_params(n_out=3).fit(X, rare)
    assert_array_equal(model.classes_, ["few", "many"])


@pytest.mark.parametrize("cls", BOTH)
def test_no_record_is_left_out_of_all(cls, blobs):
    with pytest.raises(ValueError, match=r"less than 'n_models', .* n_out=4 and"):
        cls(GaussianNB(), n_models=4, n_out=4, random_state=0).fit(*blobs)


def test_members_do_not_stand_out_in_another_type():
    """Asked as objects, more members than others got their label."""
    rng = np.random.RandomState(0)
    X, y = rng.randn(400, 5), rng.randint(2, size=400)
    nearest = KNeighborsClassifier(n_neighbors=1)
    model = SplitAIClassifier(nearest, n_models=6, n_out=2, random_state=0)
    model.fit(X[:200], y[:200])
    expected = model.predict_proba(X)
    # Labels are coins: 200 right of 400, standard deviation 10; five of them.
    assert abs((model.predict(X) == y).sum() - 200) < 50
    for other in (
        X.astype(object),
        X.astype(str).astype(object),
        pd.DataFrame(X).astype({3: object}),
        pd.DataFrame(X).astype({3: "string"}),
        pd.DataFrame(X).astype("Float64"),
        X.tolist(),
    ):
        assert_array_equal(model.predict_proba(other), expected)


def test_members_do_not_stand_out_among_other_columns():
    rng = np.random.RandomState(0)
    X, y = pd.DataFrame(rng.randn(200, 2), columns=["a", "b"]), np.arange(200) % 2
    picks = make_column_transformer(("passthrough", ["a", "b"]))
    nearest = make_pipeline(picks, KNeighborsClassifier(n_neighbors=1))
    model = SplitAIClassifier(nearest, n_models=6, n_out=2, random_state=0).fit(X, y)
    expected = model.predict_proba(X)
    for other in (X[["b", "a"]], X.assign(c=range(200))):
        assert_array_equal(model.predict_proba(other), expected)
