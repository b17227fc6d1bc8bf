"""Augmented LiRA, Long's selection and indirect test on records of all kinds."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ShuffleSplit
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, MembershipGame, ShadowModels, audit
from skmia.attacks import get_attack, run
from skmia.auditing import _blind_pool
from skmia.targets import Session

NAMES = [
    "lira-augmented-offline",
    "lira-augmented-online",
    "long-indirect",
    "long-selected",
]
COMPUTES = "not run: the features are not dense, finite numbers"
N = 160


def people(words):
    """Records with names, string labels, and a class of three records."""
    rng = np.random.RandomState(0)
    X = pd.DataFrame(rng.normal(size=(N, 4)) * [1, 100, 1, 1], columns=list("abcd"))
    X.index = [f"p{i}" for i in range(N)]
    if words:
        X["town"] = rng.choice(["Ulm", "Bonn", "Kiel"], N)
    y = rng.choice(["no", "yes"], N).astype(object)
    y[:3] = "rare"
    return X, y


def audited(model, X, y, **params):
    model.fit(X[::2], y[::2])
    params = {"attacks": NAMES, "n_shadows": 4, "random_state": 0} | params
    with pytest.MonkeyPatch.context() as patch:
        # The order of the pool goes by content: in other units it is another one.
        patch.setattr(
            _blind_pool, "blind_order", lambda keys, y, seed: np.arange(len(y))
        )
        return audit(model, X[::2], y[::2], X[1::2], y[1::2], **params)


@pytest.mark.parametrize("words", [False, True])
def test_frames_and_strings(words):
    """A tree that learned coin tosses by heart: nobody is turned round."""
    encode = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    model = make_pipeline(
        make_column_transformer(
            (encode, ["town"] if words else []), remainder="passthrough"
        ),
        DecisionTreeClassifier(random_state=0),
    )
    report = audited(model, *people(words))
    status = report.summary["status"]
    assert status["long-selected"] == "ok"
    computing = status.drop("long-selected")
    assert (computing == (COMPUTES if words else "ok")).all()
    auc = report.summary["auc"].dropna()
    assert auc.min() > 0.5 - 3 * np.sqrt((N + 1) / (12 * (N / 2) ** 2))


def test_sparse_records():
    X, y = load_digits(return_X_y=True)
    X = sparse.csr_array(X[:N])
    report = audited(LogisticRegression(max_iter=1000), X, y[:N])
    status = report.summary["status"]
    assert status["long-selected"] == "ok"
    assert (status.drop("long-selected") == COMPUTES).all()


def test_images():
    class OnImages(DecisionTreeClassifier):
        def fit(self, X, y):
            return super().fit(X.reshape(len(X), -1), y)

        def predict(self, X):
            return super().predict(X.reshape(len(X), -1))

        def predict_proba(self, X):
            assert X.dtype == np.float32
            return super().predict_proba(X.reshape(len(X), -1))

    digits = load_digits()
    images = digits.images[:N].astype(np.float32)
    report = audited(OnImages(random_state=0), images, digits.target[:N])
    assert (report.summary["status"] == "ok").all()


@pytest.mark.parametrize("name", NAMES)
def test_a_class_missing_in_some_references(name):
    X, y = people(words=False)
    cv = ShuffleSplit(8, test_size=0.7, random_state=0)
    assert any("rare" not in set(y[train]) for train, _ in cv.split(X))
    tree = DecisionTreeClassifier(random_state=0)
    shadows = ShadowModels(tree, cv=cv, random_state=0).fit(X, y)
    session = Session(tree.fit(X[::2], y[::2]), X, y)
    recipe = get_attack(name)
    score, called = run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    assert np.isfinite(score).all()
    assert set(called) <= {0, 1}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("budget", [0, 7, 500])
def test_no_budget_is_exceeded(name, budget):
    """Whole records at the price that the name says; nan for all others."""
    X, y = people(words=False)
    model = BlackBox(KNeighborsClassifier(3).fit(X[::2], y[::2]), max_queries=budget)
    recipe = get_attack(name)
    session = Session(model, X, y)
    shadows = ShadowModels(KNeighborsClassifier(3), n_shadows=4, random_state=0).fit(
        X, y
    )
    score, _ = run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    price = int(recipe.queries)
    assert np.isfinite(score).sum() == min(budget // price, N)
    assert model.n_queries_ == price * np.isfinite(score).sum()


@pytest.mark.parametrize("name", NAMES)
def test_games(name):
    X, y = load_digits(return_X_y=True)
    game = MembershipGame(
        KNeighborsClassifier(3), attack=name, n_shadows=4, random_state=0
    )
    if "candidates" in get_attack(name).needs:
        with pytest.raises(ValueError, match="references that were trained on the can"):
            game.fit(X[:300], y[:300])
        return
    outcome = game.fit(X[:300], y[:300]).play(X[300:600], y[300:600])
    assert np.isfinite(outcome.score).all()


def test_augmented_queries_find_what_a_single_one_misses(global_random_seed):
    """Neighbours that were asked about a record itself say little of it.

    The AUC of no leak has a deviation of sqrt(901 / (12 * 450^2)) = .019. Of copies far
    away the leak is several of them larger: benchmarks/bench_queries.py.
    """
    X, y = load_digits(return_X_y=True)
    rows = np.random.RandomState(global_random_seed).permutation(len(y))[:900]
    model = make_pipeline(StandardScaler(), KNeighborsClassifier(3))
    names = ["lira-online", "lira-augmented-online"]
    report = audited(model, X[rows], y[rows], attacks=names, n_shadows=10)
    plain, augmented = report.summary.loc[names, "auc"]
    assert augmented > plain + 3 * 0.019


def test_units_of_the_features_do_not_matter():
    X, y = load_digits(return_X_y=True)
    X, y = X[:N, 18:46], y[:N]
    scores = []
    for records in (X, X * 1000.0):
        model = make_pipeline(StandardScaler(), KNeighborsClassifier(3))
        report = audited(model, records, y)
        assert (report.summary["status"] == "ok").all()
        scores.append(report.records[NAMES].to_numpy())
    # Rounding may give a copy another neighbour.
    close = np.isclose(*scores, rtol=1e-6, atol=1e-6)
    assert close.mean() > 0.97
    auc = [roc_auc_score(np.repeat([1, 0], N // 2), score[:, 1]) for score in scores]
    assert abs(auc[0] - auc[1]) < 0.02
