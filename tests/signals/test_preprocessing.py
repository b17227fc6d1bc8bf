"""What preprocessing proves about a record: who was trained on is never called out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, audit, observe
from skmia.attacks import get_attack, lacks
from skmia.targets import Session

N = 60
LABELS = np.arange(N) % 2
LAST = DecisionTreeClassifier(max_depth=2, random_state=0)
WORD = make_column_selector(dtype_exclude="number")


def proved(model, X, y=None):
    y = np.resize([0, 1], len(X)) if y is None else y
    return observe(model, X, y, "preprocessing_test")["preprocessing_test"].to_numpy()


def drawn(seed):
    """Records of numbers and categories, both with gaps."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(N, 2)) * 1000, columns=["a", "b"])
    frame["rare"] = rng.choice([f"v{i}" for i in range(20)], N).astype(object)
    frame["kind"] = pd.Categorical(rng.choice(["x", "y", "z"], N))
    frame["code"] = rng.integers(0, 9, N)
    frame.loc[rng.random(N) < 0.1, "a"] = np.nan
    frame.loc[rng.random(N) < 0.05, "rare"] = [None, np.nan][seed % 2]
    return frame


ENCODERS = [
    OneHotEncoder(handle_unknown="ignore"),
    OneHotEncoder(),
    OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=4),
    OneHotEncoder(handle_unknown="ignore", max_categories=3, drop="if_binary"),
    OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
    OrdinalEncoder(encoded_missing_value=-1),
]
SCALERS = [
    MinMaxScaler(),
    MaxAbsScaler(),
    make_pipeline(SimpleImputer(add_indicator=True), MinMaxScaler(clip=True)),
    make_pipeline(StandardScaler(), MinMaxScaler()),
    FeatureUnion([("a", RobustScaler()), ("b", MaxAbsScaler())]),
    make_pipeline(FeatureUnion([("a", MinMaxScaler())]), MinMaxScaler()),
    make_pipeline(KNNImputer(), PCA(), MinMaxScaler()),
    make_pipeline(FunctionTransformer(lambda X: X - X.mean(axis=0)), MinMaxScaler()),
]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    encoder=st.sampled_from(ENCODERS),
    scaler=st.sampled_from(SCALERS),
    after=st.sampled_from([MaxAbsScaler(), MinMaxScaler(), StandardScaler()]),
    rest=st.sampled_from(["drop", "passthrough"]),
    data=st.data(),
)
def test_who_was_trained_on_is_never_called_out(
    seed, encoder, scaler, after, rest, data
):
    frame = drawn(seed)
    columns = [("words", encoder, WORD), ("numbers", scaler, ["a", "b"])]
    columns += [("none", MinMaxScaler(), []), ("no", MinMaxScaler(), [False] * 5)]
    columns = ColumnTransformer(columns, remainder=rest, sparse_threshold=0)
    model = make_pipeline(columns, SimpleImputer(), after, LAST)
    model.fit(frame[: N // 2], LABELS[: N // 2])
    value = proved(model, frame)
    assert (value[: N // 2] >= 0.5).all()
    assert (value[N // 2 :] <= 1).all()
    # Whoever else is in question changes nothing.
    rows = data.draw(st.lists(st.integers(0, N - 1), min_size=1, max_size=5))
    assert_array_equal(proved(model, frame.iloc[rows]), value[rows])
    assert (observe(model, frame[: N // 2], LABELS[: N // 2], "structure") >= 0).all(
        axis=None
    )


@pytest.mark.parametrize("held", [np.float32, np.float64])
@pytest.mark.parametrize("asked", [np.float32, np.float64])
@pytest.mark.parametrize(
    "step",
    [
        MinMaxScaler(),
        MaxAbsScaler(),
        OrdinalEncoder(**ENCODERS[4].get_params()),
        # Of a large number that was moved, what was rounding is much of the rest.
        make_pipeline(MaxAbsScaler(), StandardScaler(), MinMaxScaler()),
        make_pipeline(MaxAbsScaler(), RobustScaler(), MaxAbsScaler()),
        make_pipeline(MinMaxScaler(), OrdinalEncoder(**ENCODERS[4].get_params())),
        make_pipeline(FeatureUnion([("a", MinMaxScaler())]), MinMaxScaler()),
    ],
    ids=str,
)
def test_precision_is_no_proof(held, asked, step):
    X = np.random.default_rng(0).normal(1000, 1, size=(50, 3))
    model = make_pipeline(step, LAST).fit(X.astype(held), np.arange(50) % 2)
    assert (proved(model, X.astype(asked)) >= 0.5).all()


def test_sparse_records():
    X = sparse.random_array((300, 30), density=0.1, random_state=0).toarray()
    X = sparse.csr_array(X)  # with indices of 32 bits, also by an older SciPy
    model = make_pipeline(MaxAbsScaler(), LAST).fit(X[:100], np.arange(100) % 2)
    value = proved(model, X, np.arange(300) % 2)
    assert (value[:100] >= 0.5).all()
    beyond = (X.toarray() > X[:100].toarray().max(axis=0)).any(axis=1)
    assert_array_equal(value == 0, beyond)
    assert beyond.sum() > 10


def test_an_unknown_category_is_a_proof():
    """Also where the encoder would raise, and where missing values were not seen."""
    known = pd.DataFrame({"word": list("abcdab"), "number": [1.5, 2, 3, 4, 5, 6.5]})
    for encoder in ENCODERS:
        columns = [("w", encoder, ["word"])]
        model = make_pipeline(ColumnTransformer(columns, remainder="passthrough"), LAST)
        model.fit(known, [0, 1] * 3)
        asked = pd.DataFrame({"word": ["a", "e", None], "number": [1.0, 1.0, 1.0]})
        assert_array_equal(proved(model, asked, [0, 1, 0]), [0.5, 0, 0])
        value = observe(model, asked, [0, 1, 0], "structure").to_numpy()[:, 0]
        assert (value == -1.5).tolist() == [False, True, True]
        alone = observe(model, asked[1:2], [1], "structure")
        assert alone.to_numpy().item() == -1.5


def test_declared_categories_prove_nothing():
    encoder = OneHotEncoder(categories=[["a", "b"]], handle_unknown="ignore")
    X = np.array([["a"], ["b"], ["c"]], dtype=object)
    model = make_pipeline(encoder, LAST).fit(X, [0, 1, 0])
    session = Session(model, X, [0, 1, 0], white_box=True)
    assert_array_equal(proved(model, X, [0, 1, 0]), [0.5] * 3)
    assert lacks(get_attack("preprocessing-test").attack, session) is None


def test_extremes_and_beyond():
    X = np.array([[0.5, 3.0], [1.5, 8.0], [1.0, 3.0]])
    model = make_pipeline(MinMaxScaler(), LAST).fit(X, [0, 1, 0])
    asked = np.array([[0.5, 3], [1, 9], [0.4, 3], [1, 8], [1.5, 5], [1, np.inf]])
    # The ends of the second feature are whole numbers.
    assert_array_equal(proved(model, asked), [0.75, 0, 0, 0.5, 0.75, 0])


class OwnPipeline(Pipeline):
    """May do something else with its steps."""


@pytest.mark.parametrize(
    "model",
    [
        LAST,
        make_pipeline(StandardScaler(), LAST),
        make_pipeline(StandardScaler(), MinMaxScaler(), LAST),
        make_pipeline(PCA(), MinMaxScaler(), LAST),
        OwnPipeline([("scale", MinMaxScaler()), ("last", LAST)]),
    ],
    ids=["tree", "mean", "moved", "turned", "own"],
)
def test_others_say_why_not(model):
    X = np.random.default_rng(0).normal(size=(20, 3))
    y = np.arange(20) % 2
    session = Session(model.fit(X, y), X, y, white_box=True)
    reason = lacks(get_attack("preprocessing-test").attack, session)
    assert reason.startswith("no step of this ")
    # The structure of the last step is there all the same.
    assert len(observe(model, 2 * X, y, "structure")) == 20


def test_it_finds_who_lies_outside():
    X, y = load_breast_cancer(return_X_y=True)
    model = make_pipeline(MinMaxScaler(), GaussianNB()).fit(X[::2], y[::2])
    named = {"attacks": ["preprocessing-test"], "access": "white-box"}
    report = audit(model, X[::2], y[::2], X[1::2], y[1::2], **named, random_state=0)
    value = proved(model, X, y)
    assert report.summary["auc"].item() == roc_auc_score(
        np.arange(len(y)) % 2 == 0, value
    )
    # Below one half by no more than chance, were there nothing: sd .024.
    assert report.summary["auc"].item() > 0.5 + 2 * 0.024
    assert (value[::2] > 0).all()


def test_no_leak_no_score():
    """Values that are whole numbers and known to all: nobody is out, or an extreme."""
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 3, size=(400, 4)), rng.integers(0, 2, 400)
    game = MembershipGame(
        make_pipeline(MinMaxScaler(), LogisticRegression()),
        attack="preprocessing-test",
        access="white-box",
        random_state=0,
    )
    outcome = game.fit(X[:200], y[:200]).play(X[200:], y[200:])
    assert set(outcome.score) == {0.5}
