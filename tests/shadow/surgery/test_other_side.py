"""The public function: what it takes, what it refuses, and that both sides agree."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    ComplementNB,
    GaussianNB,
    MultinomialNB,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from trained_anew import answers_of, assert_as_anew, halves

from skmia.shadow import other_side
from skmia.shadow.surgery._registry import REGISTRY, operation_of, refusal

EXACT = [
    GaussianNB(),
    BernoulliNB(binarize=1),
    MultinomialNB(),
    ComplementNB(),
    CategoricalNB(min_categories=9),
    KNeighborsClassifier(3, algorithm="kd_tree"),
    LinearDiscriminantAnalysis(),
    QuadraticDiscriminantAnalysis(),
    RidgeClassifier(),
]
NAMES = [type(model).__name__ for model in EXACT]


@pytest.mark.parametrize("model", EXACT, ids=NAMES)
@given(data=st.data())
def test_without_the_record_that_joined_is_the_models_own_answer(model, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n = data.draw(st.integers(20, 40))
    X = rng.gamma(2.0, size=(n, data.draw(st.integers(1, 3))))
    if isinstance(model, CategoricalNB):
        X = np.minimum(X.astype(int), 3)
    y = np.resize(np.arange(data.draw(st.integers(2, 3))), n)
    row = data.draw(st.integers(0, n - 1))
    with_it = np.ones(n, dtype=bool)
    without_it = np.arange(n) != row
    own = clone(model).fit(X[without_it], y[without_it])
    joined = clone(model).fit(X, y)
    np.testing.assert_allclose(
        other_side(joined, X, y, with_it)[row], answers_of(own, X)[row], 0, 1e-8
    )
    np.testing.assert_allclose(
        other_side(own, X, y, without_it)[row], answers_of(joined, X)[row], 0, 1e-8
    )


@pytest.mark.parametrize("model", EXACT, ids=NAMES)
def test_others_asked_about_change_no_answer(model, global_random_seed):
    """Nor does their order; members must all be there."""
    X, y, inside = halves("iris", global_random_seed)
    X = np.floor(X) if isinstance(model, CategoricalNB) else X
    model = clone(model).fit(X[inside], y[inside])
    whole = other_side(model, X, y, inside)
    some = np.r_[np.flatnonzero(~inside)[::-2], np.flatnonzero(inside)]
    part = other_side(model, X[some], y[some], inside[some])
    np.testing.assert_allclose(part, whole[some], 0, 1e-12)


@pytest.mark.parametrize("model", EXACT, ids=NAMES)
def test_the_model_is_left_as_it_was(model):
    X, y, inside = halves("iris", 0)
    X = np.floor(X) if isinstance(model, CategoricalNB) else X
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = clone(model).fit(frame[inside], y[inside])
    before = answers_of(model, frame)
    found = other_side(model, frame, list(y), list(inside.astype(int)))
    assert list(model.feature_names_in_) == list("abcd")
    np.testing.assert_array_equal(answers_of(model, frame), before)
    # Names of features make no difference.
    model.fit(X[inside], y[inside])
    np.testing.assert_allclose(other_side(model, X, y, inside), found, 0, 1e-12)


@pytest.mark.parametrize("model", EXACT, ids=NAMES)
def test_a_label_that_the_model_does_not_know(model):
    X, y, inside = halves("iris", 0)
    X = np.floor(X) if isinstance(model, CategoricalNB) else X
    y = np.array(["setosa", "versicolor", "virginica"])[y]
    model = clone(model).fit(X[inside], y[inside])
    known = other_side(model, X, y, inside)
    y[[1, 3]] = "iris"
    found = other_side(model, X, y, inside)
    assert np.isnan(found[[1, 3]]).all()
    rest = ~np.isin(np.arange(len(y)), [1, 3])
    np.testing.assert_allclose(found[rest], known[rest], 0, 1e-12)
    y[0] = "iris"
    with pytest.raises(ValueError, match=r"does not know: \['iris'\]"):
        other_side(model, X, y, inside)


@pytest.mark.parametrize(
    "model", [GaussianNB(), LinearDiscriminantAnalysis(), RidgeClassifier()], ids=str
)
def test_behind_transformers_that_stay(model, global_random_seed):
    X, y, inside = halves("wine", global_random_seed)
    assert_as_anew(make_pipeline(StandardScaler(), model), X, y, inside)


def test_a_pipeline_in_a_pipeline_on_a_frame(global_random_seed):
    X, y, inside = halves("iris", global_random_seed)
    frame = pd.DataFrame(X, columns=list("abcd"))
    frame["e"] = np.where(X[:, 0] > 5.5, "long", "short")
    columns = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["e"]), remainder="passthrough"
    )
    model = make_pipeline(columns, make_pipeline(StandardScaler(), GaussianNB()))
    model.fit(frame[inside], y[inside])
    found = other_side(model, frame, y, inside)
    Z = model.steps[-1][1][0].transform(columns.transform(frame))
    last = model.steps[-1][1].steps[-1][1]
    np.testing.assert_array_equal(found, other_side(last, Z, y, inside))


def test_texts(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    words = np.array(["age", "dose", "heart", "liver", "lung"])
    texts = np.array([" ".join(rng.choice(words, 6)) for _ in range(40)], dtype=object)
    y, inside = np.arange(40) % 3, np.arange(40) % 2 == 0
    model = make_pipeline(CountVectorizer(), MultinomialNB())
    assert_as_anew(model, texts, y, inside)


def test_other_kinds_and_wrappers_are_refused():
    X, y, inside = halves("iris", 0)

    class Other(GaussianNB):
        pass

    frozen = FrozenEstimator(GaussianNB().fit(X[inside], y[inside]))
    for model in (Other().fit(X[inside], y[inside]), frozen):
        assert operation_of(model) is None
        name = type(model).__name__
        assert refusal(model) == f"{name} is not a kind of model that is operated on."
        with pytest.raises(ValueError, match="not a kind of model"):
            other_side(model, X, y, inside)


def test_a_refusal_is_a_sentence_with_the_name():
    model = make_pipeline(RidgeClassifier(class_weight="balanced"))
    X, y, _ = halves("iris", 0)
    assert refusal(model.fit(X, y)) == (
        "RidgeClassifier is not operated on: it has class_weight."
    )


@pytest.mark.parametrize("model", EXACT, ids=NAMES)
def test_kinds_are_known_and_exact(model):
    assert operation_of(make_pipeline(model)).exact
    assert type(model) in REGISTRY


def test_not_fitted():
    X, y, inside = halves("iris", 0)
    with pytest.raises(NotFittedError):
        other_side(GaussianNB(), X, y, inside)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (lambda X, y, i: (X, y, np.where(i, 2, 0)), "in_training must be True or 1"),
        (lambda X, y, i: (X, y, i[1:]), "inconsistent numbers"),
        (lambda X, y, i: (X, y + 10, i), "None of the labels"),
        (lambda X, y, i: (X[:, :2], y, i), "features"),
        (lambda X, y, i: (np.where(X > 7, np.nan, X), y, i), "NaN"),
    ],
)
def test_wrong_arguments(arguments, message):
    X, y, inside = halves("iris", 0)
    model = GaussianNB().fit(X[inside], y[inside])
    X[1] = 8
    with pytest.raises(ValueError, match=message):
        other_side(model, *arguments(X, y, inside))
