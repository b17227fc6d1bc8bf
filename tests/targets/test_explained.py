"""Models that are released with explanations: what these are, record by record."""

import pickle
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import PrivateGaussianNB
from skmia.signals._input_gradients import differentiable
from skmia.targets import Explained
from skmia.utils._inside import into_last_step

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["a", "b", "c"])[Y]
LR = LogisticRegression(C=0.5, max_iter=1000, tol=1e-10, solver="newton-cholesky")
TANH = MLPClassifier((6,), "tanh", alpha=10, solver="lbfgs", random_state=0)
TREE = DecisionTreeClassifier(max_depth=2, random_state=0)
FORESTS = [
    RandomForestClassifier(9, max_depth=3, random_state=0),
    RandomForestClassifier(9, max_samples=0.5, random_state=0),
    ExtraTreesClassifier(9, min_samples_leaf=4, random_state=0),
    TREE,
    make_pipeline(StandardScaler(), TREE),
]
# Two classes of one logit, and three of three.
SETS = {"two": (X[50:], Y[50:]), "three": (X, NAMES)}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("sets", SETS.values(), ids=SETS)
@pytest.mark.parametrize("model", [LR, TANH, make_pipeline(StandardScaler(), TANH)])
def test_gradients_are_those_of_differences(model, sets):
    """Steps of 1e-7 are rounded to 1e-9, and leave as much of the curvature."""
    records, labels = sets
    exact = Explained(model).fit(records, labels).explain(records)
    model = Explained(model, explainer="finite-differences", step=1e-7).fit(
        records, labels
    )
    assert_allclose(model.explain(records), exact, atol=1e-6)
    assert np.abs(exact).max() > 0.1


def test_units_of_the_features_do_not_matter():
    factors = np.array([1e-3, 1, 10, 1e4])
    for model in (Explained(TANH), Explained(GaussianNB(), explainer="occlusion")):
        model.set_params(estimator=make_pipeline(StandardScaler(), model.estimator))
        plain = model.fit(X, Y).explain(X)
        assert_allclose(
            model.fit(X * factors, Y).explain(X * factors), plain, atol=1e-6
        )


def test_occlusion_is_what_is_lost_at_the_mean():
    model = Explained(GaussianNB(), explainer="occlusion").fit(X[::2], NAMES[::2])
    moved = X.copy()
    moved[:, 2] = X[::2, 2].mean()
    rows = np.arange(len(X)), Y_of(model)
    lost = model.predict_proba(X)[rows] - model.predict_proba(moved)[rows]
    assert_allclose(model.explain(X)[:, 2], lost)


def Y_of(model):
    return np.searchsorted(model.classes_, model.predict(X))


def test_what_the_inner_model_answers_is_answered():
    model = clone(Explained(LR, records=2)).fit(X, NAMES)
    assert_array_equal(model.predict(X), LR.fit(X, NAMES).predict(X))
    assert_array_equal(model.predict_proba(X), LR.predict_proba(X))
    assert_array_equal(model.decision_function(X), LR.decision_function(X))
    again = pickle.loads(pickle.dumps(model))
    assert_array_equal(again.explain(X), model.explain(X))
    assert_array_equal(again.explain_records(X), model.explain_records(X))
    nothing = Explained(TREE, explainer=None).fit(X, Y)
    for method in ("explain", "explain_records", "decision_function"):
        assert not hasattr(nothing, method)
    # What is constant, in training, is put down to nothing.
    constant = np.column_stack([X, np.ones(len(X))])
    assert (Explained(LR).fit(constant, Y).explain(constant)[:, 4] == 0).all()


@pytest.mark.parametrize("kind", ["finite-differences", "occlusion"])
@pytest.mark.parametrize("hold", [pd.DataFrame, sparse.csr_matrix, sparse.coo_array])
def test_whatever_records_are(kind, hold):
    plain = Explained(LR, explainer=kind, records=2).fit(X, Y)
    model = clone(plain).fit(hold(X), Y)
    assert_allclose(model.explain(hold(X)), plain.explain(X), atol=1e-6)
    assert_allclose(model.explain_records(hold(X)), plain.explain_records(X))
    assert_allclose(model.explain(hold(X[:1])), plain.explain(X)[:1], atol=1e-6)


def test_missing_values_are_occluded():
    missing = np.where(np.random.default_rng(0).random(X.shape) < 0.1, np.nan, X)
    model = Explained(
        HistGradientBoostingClassifier(max_iter=5, random_state=0),
        explainer="occlusion",
    )
    found = model.fit(missing, Y).explain(missing)
    assert np.isfinite(found).all()
    assert (found[np.isnan(missing)] != 0).any()


@pytest.mark.parametrize("explainer", ["gradient", "occlusion"])
def test_images_are_rows_of_pixels(explainer):
    images = X.reshape(-1, 2, 2)
    inner = LR if explainer == "occlusion" else KNeighborsClassifier()
    flat = make_pipeline(
        FunctionTransformer(np.reshape, kw_args={"shape": (-1, 4)}), LR
    )
    if explainer == "gradient":
        pytest.importorskip("skorch")
        torch = pytest.importorskip("torch")
        from skmia.neural import MLPNet

        inner = MLPNet((5,), max_epochs=2, random_state=0)
        model = Explained(inner).fit(X.astype("f4"), Y)
        scores = differentiable(model.estimator_)
        assert isinstance(model.estimator_.network_, torch.nn.Module)
        points, labels = X.astype("f4"), Y_of(model)
        step = np.float32(0.05)
        moved = points + step * np.eye(4, dtype="f4")[0]
        gained = softmax(scores.scores(moved)) - softmax(scores.scores(points))
        slope = gained[np.arange(len(X)), labels] / step * points[:, 0].std()
        assert_allclose(model.explain(points)[:, 0], slope, atol=0.02)
        return
    model = Explained(flat, explainer=explainer).fit(images, Y)
    plain = Explained(inner, explainer=explainer).fit(X, Y)
    assert_allclose(model.explain(images), plain.explain(X))


def softmax(F):
    P = np.exp(F - F.max(axis=1, keepdims=True))
    return P / P.sum(axis=1, keepdims=True)


def test_an_explainer_of_the_owner():
    """An array, a table, or an object as those of shap, of one class or of all."""
    every = np.arange(len(X) * 4 * 3.0).reshape(len(X), 4, 3)
    own = every[np.arange(len(X)), :, Y_of(LR.fit(X, Y))]
    for answer, expected in (
        (every, own),
        (SimpleNamespace(values=every), own),
        (SimpleNamespace(values=X), X),
        (pd.DataFrame(X), X),
    ):
        model = Explained(LR, explainer=lambda model, X, a=answer: lambda Z: a).fit(
            X, Y
        )
        assert_array_equal(model.explain(X), expected)
    pictures = Explained(
        make_pipeline(FunctionTransformer(lambda Z: Z.reshape(-1, 4)), LR),
        explainer=lambda model, X: lambda Z: Z,
    ).fit(X.reshape(-1, 2, 2), Y)
    assert_array_equal(pictures.explain(X.reshape(-1, 2, 2)), X)


def test_shap():
    shap = pytest.importorskip("shap")
    model = Explained(
        LR, explainer=lambda model, X: shap.Explainer(model.predict_proba, X)
    )
    found = model.fit(X[::3], Y[::3]).explain(X)
    # Shapley values add up to what the probability is beyond the mean one.
    posterior = model.predict_proba(X)[np.arange(len(X)), Y_of(model)]
    mean = model.predict_proba(X[::3]).mean(axis=0)[Y_of(model)]
    assert_allclose(found.sum(axis=1), posterior - mean, atol=1e-6)


@pytest.mark.parametrize("model", FORESTS, ids=str)
def test_parts_of_rows_add_up_to_the_probability(model):
    weight = np.random.default_rng(0).uniform(0.5, 2, len(X))
    for sample_weight in (None, weight):
        explained = Explained(model, explainer=None, records=1)
        explained.fit(X, NAMES, sample_weight=sample_weight)
        last, given = into_last_step(explained.estimator_, X)
        assert type(explained.influence_.ranked.model) is type(last)
        parts = explained.influence_.ranked.weights(given)
        together = np.column_stack(
            [parts[:, rows].sum(axis=1) for rows in (Y == 0, Y == 1, Y == 2)]
        )
        assert_allclose(together, explained.predict_proba(X), atol=1e-9)


@pytest.mark.parametrize("sets", SETS.values(), ids=SETS)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_influence_is_what_a_little_more_of_a_row_changes(sets, fit_intercept):
    """To first order: of a step of 1e-4 its square is left, and the tolerance."""
    records, labels = sets
    inner = clone(LR).set_params(fit_intercept=fit_intercept)
    model = Explained(inner, explainer=None, records=1).fit(records, labels)
    found = model.influence_.ranked.weights(records[:40])
    own = np.arange(40), np.searchsorted(model.classes_, model.predict(records[:40]))
    before = np.log(model.predict_proba(records[:40])[own])
    for row in (0, 7, len(records) // 2, len(records) - 1):
        weight = np.ones(len(records))
        weight[row] += 1e-4
        after = clone(inner).fit(records, labels, sample_weight=weight)
        change = np.log(after.predict_proba(records[:40])[own]) - before
        assert_allclose(found[:, row], change * 1e4, atol=1e-4, rtol=1e-2)


def test_the_nearest_rows_and_those_of_the_owner():
    model = Explained(KNeighborsClassifier(), explainer=None, records=3).fit(
        X[::2], Y[::2]
    )
    rows = model.explain_records(X)
    assert rows.shape == (150, 3, 4)
    distance = np.linalg.norm(rows - X[:, None], axis=2)
    assert (np.diff(distance) >= 0).all()
    assert (distance[::2, 0] == 0).all()
    own = Explained(
        GaussianNB(),
        explainer=None,
        records=2,
        influence=lambda model, X, y: lambda Z: -Z @ X.T,
    )
    largest = X[np.linalg.norm(X, axis=1).argmax()]
    found = own.fit(X, Y).explain_records(X[:1] * 0 + largest)
    assert (found[0, 0] == X[(X @ largest).argmax()]).all()


class Other(KNeighborsClassifier):
    """May learn something else."""


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Explained(TREE), "'occlusion'.*Got 'gradient', and the gr"),
        (
            Explained(SGDClassifier(loss="log_loss", random_state=0)),
            "are no softmax of its scores",
        ),
        (
            Explained(LinearSVC(random_state=0), explainer="occlusion"),
            "this LinearSVC gives none",
        ),
        (Explained(LR, records=500), "more than there are training records, 150"),
        (
            Explained(GaussianNB(), explainer=None, records=1),
            "this GaussianNB is not known",
        ),
        (Explained(Other(), explainer=None, records=1), "this Other is not known"),
        (
            Explained(LogisticRegression(class_weight="balanced"), records=1),
            "its classes are weighed",
        ),
        (
            Explained(
                LogisticRegression(l1_ratio=1, solver="saga", random_state=0), records=1
            ),
            "its penalty is not L2 alone",
        ),
        (
            Explained(
                clone(TREE).set_params(class_weight={0: 2}), explainer=None, records=1
            ),
            "wei",
        ),
        (
            Explained(PrivateGaussianNB(bounds=(0, 8))),
            "must not hold PrivateGaussianNB",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_what_cannot_be_explained_is_said(model, message):
    with pytest.raises(ValueError, match=f"(?s){message}"):
        model.fit(X, Y)


def test_words_are_explained_by_a_callable_only():
    words = np.array([["red"], ["blue"], ["red"], ["blue"]], dtype=object)
    length = FunctionTransformer(lambda Z: np.array([[len(row[0])] for row in Z]))
    inner = make_pipeline(length, GaussianNB())
    with pytest.raises(ValueError, match="takes records that are numbers"):
        Explained(inner, explainer="occlusion").fit(words, [0, 1, 0, 1])
    model = Explained(inner, explainer=lambda model, X: lambda Z: np.ones((len(Z), 1)))
    assert model.fit(words, [0, 1, 0, 1]).explain(words).shape == (4, 1)


def test_boosting_by_large_steps():
    model = Explained(
        GradientBoostingClassifier(n_estimators=5, random_state=0),
        explainer="finite-differences",
        step=1.0,
    )
    assert (model.fit(X, Y).explain(X) != 0).any()
