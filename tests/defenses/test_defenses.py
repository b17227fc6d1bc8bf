"""What holds for every defense; the own cases of each are in its own file."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_blobs
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    StackingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import (
    LabelOnly,
    NoisyPosterior,
    ReverseSigmoidPosterior,
    RoundedPosterior,
    TemperaturePosterior,
    TopKPosterior,
)

MASKED = [
    RoundedPosterior(GaussianNB()),
    RoundedPosterior(GaussianNB(), decimals=0),
    TopKPosterior(GaussianNB(), k=2),
    TopKPosterior(GaussianNB(), k=2, fill="renormalise"),
    TemperaturePosterior(GaussianNB()),
    NoisyPosterior(GaussianNB(), random_state=0),
    ReverseSigmoidPosterior(GaussianNB()),
]
DEFENSES = [*MASKED, LabelOnly(GaussianNB())]


def inside(defense, model):
    return clone(defense).set_params(estimator=model)


@pytest.fixture
def blobs(global_random_seed):
    return make_blobs(
        60, centers=4, cluster_std=6, n_features=3, random_state=global_random_seed
    )


@pytest.mark.parametrize("defense", DEFENSES)
def test_public_methods(defense, blobs):
    fitted = inside(defense, LogisticRegression()).fit(*blobs)
    added = set(dir(fitted)) - set(dir(BaseEstimator)) - set(vars(fitted))
    public = {name for name in added if not name.startswith("_")}
    expected = {"fit", "predict", "predict_proba", "score"}
    expected |= {"set_fit_request", "set_score_request"}
    if isinstance(defense, LabelOnly):
        expected.remove("predict_proba")
    assert public - {"classes_", "n_features_in_", "feature_names_in_"} == expected


@pytest.mark.parametrize("defense", MASKED)
def test_predict_and_score_come_from_the_release(defense, blobs):
    X, y = blobs
    labels = np.array(["d", "b", "a", "c"])[y]
    fitted = clone(defense).fit(X, labels)
    posterior = fitted.predict_proba(X)
    np.testing.assert_allclose(posterior.sum(axis=1), 1, rtol=0, atol=1e-12)
    predicted = fitted.classes_[posterior.argmax(axis=1)]
    assert_array_equal(fitted.predict(X), predicted)
    assert_array_equal(predicted, fitted.estimator_.predict(X))
    assert fitted.score(X, labels) == np.mean(predicted == labels)


@pytest.mark.parametrize("defense", MASKED)
def test_same_record_same_answer(defense, blobs):
    X, y = blobs
    fitted = clone(defense).fit(X, y)
    posterior = fitted.predict_proba(X)
    assert_array_equal(fitted.predict_proba(X), posterior)
    assert_array_equal(fitted.predict_proba(X[10:20][::-1])[::-1], posterior[10:20])


@pytest.mark.parametrize("defense", DEFENSES)
def test_fit_leaves_the_inner_model_alone(defense, blobs):
    inner = GaussianNB()
    fitted = inside(defense, inner).fit(*blobs)
    assert vars(inner) == vars(GaussianNB())
    assert fitted.estimator is inner
    assert fitted.estimator_ is not inner


@pytest.mark.parametrize("defense", DEFENSES)
def test_refit_forgets_the_first_fit(defense, blobs):
    X, y = blobs
    named = pd.DataFrame(X, columns=["u", "v", "w"])
    refitted = clone(defense).fit(named, np.array(list("dbac"))[y])
    assert_array_equal(refitted.feature_names_in_, ["u", "v", "w"])
    refitted.fit(X[:, :2], y)
    assert refitted.n_features_in_ == 2
    assert not hasattr(refitted, "feature_names_in_")
    expected = clone(defense).fit(X[:, :2], y)
    assert_array_equal(refitted.classes_, expected.classes_)
    assert_array_equal(refitted.predict(X[:, :2]), expected.predict(X[:, :2]))


@pytest.mark.parametrize("defense", DEFENSES)
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))]
)
def test_copies_answer_alike(defense, copied, blobs):
    fitted = clone(defense).fit(*blobs)
    assert_array_equal(copied(fitted).predict(blobs[0]), fitted.predict(blobs[0]))


@pytest.mark.parametrize("defense", DEFENSES)
def test_frozen_model_stays_as_it_is(defense, blobs):
    X, y = blobs
    model = GaussianNB().fit(X, y)
    fitted = inside(defense, FrozenEstimator(model)).fit(X[:5], y[:5])
    assert fitted.estimator_.estimator is model
    assert_array_equal(fitted.classes_, model.classes_)
    assert_array_equal(fitted.predict(X), model.predict(X))


@pytest.mark.parametrize("defense", DEFENSES)
def test_frozen_model_must_be_fitted(defense, blobs):
    with pytest.raises(NotFittedError, match="GaussianNB instance is not fitted"):
        inside(defense, FrozenEstimator(GaussianNB())).fit(*blobs)


@pytest.mark.parametrize("defense", DEFENSES)
def test_the_inner_model_decides_what_records_are(defense):
    frame = pd.DataFrame(
        {"town": ["a", "b", "a", "c"] * 5, "size": [1.0, np.nan, 3.0, 2.0] * 5}
    )
    y = ["yes", "no", "yes", "no"] * 5
    encode = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["town"]), remainder="passthrough"
    )
    boosting = HistGradientBoostingClassifier(max_iter=2, random_state=0)
    model = make_pipeline(encode, boosting)
    fitted = inside(defense, model).fit(frame, y)
    assert_array_equal(fitted.feature_names_in_, frame.columns)
    assert set(fitted.predict(frame)) <= {"yes", "no"}

    X = sparse.random_array((20, 5), density=0.5, format="csr", rng=0)
    fitted = inside(defense, LogisticRegression()).fit(X, y)
    assert fitted.predict(X).shape == (20,)


@pytest.mark.parametrize("defense", DEFENSES)
def test_one_class(defense):
    X, y = np.arange(6.0).reshape(-1, 1), ["only"] * 6
    fitted = inside(defense, DecisionTreeClassifier(random_state=0)).fit(X, y)
    assert_array_equal(fitted.predict(X), y)
    with pytest.raises(ValueError, match="at least 2 classes"):
        inside(defense, LogisticRegression()).fit(X, y)


@pytest.mark.parametrize("defense", MASKED)
def test_model_without_scores(defense, blobs):
    unfit = inside(defense, RidgeClassifier())
    message = (
        r"must be a classifier with predict_proba. Got RidgeClassifier\(\) instead"
    )
    with pytest.raises(TypeError, match=message):
        unfit.fit(*blobs)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        unfit.predict(blobs[0])


@pytest.mark.parametrize("defense", MASKED)
def test_model_that_has_scores_only_once_fitted(defense, blobs):
    stack = StackingClassifier([("nb", GaussianNB())])
    assert not hasattr(stack, "predict_proba")
    fitted = inside(defense, stack).fit(*blobs)
    assert fitted.predict_proba(blobs[0]).shape == (60, 4)


@pytest.mark.parametrize("defense", DEFENSES)
def test_not_an_estimator(defense, blobs):
    with pytest.raises(TypeError, match=r"'estimator' parameter of .* implementing"):
        inside(defense, None).fit(*blobs)


def test_defense_and_model_are_tuned_in_one_search(blobs):
    grid = {"decimals": [1, 3], "estimator__var_smoothing": [1e-9, 1e-2]}
    search = GridSearchCV(
        RoundedPosterior(GaussianNB()),
        grid,
        cv=2,
        scoring="neg_log_loss",
        error_score="raise",
    )
    search.fit(*blobs)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert set(search.best_params_) == set(grid)
