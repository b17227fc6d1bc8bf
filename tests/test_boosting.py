"""Audits of boosting libraries, where they are installed (the extra "boosting")."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from skmia import audit

N = 150
OPTIONS = {"n_shadows": 4, "random_state": 0, "fprs": 0.1}


@pytest.fixture(scope="module", params=[2, 3])
def people(request):
    """Numbers with missing ones, native categories, and noise among the labels."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "town": pd.Categorical(rng.choice(["Bonn", "Ulm", "Rom"], 2 * N)),
            "age": rng.normal(size=2 * N),
            "height": rng.normal(size=2 * N),
        }
    )
    y = (X["age"] > 0).astype(int) + (X["height"] > 0.5) * (request.param - 2)
    y = np.where(rng.random(2 * N) < 0.2, rng.integers(0, request.param, 2 * N), y)
    X.loc[::9, "age"] = np.nan
    return X[:N], y[:N], X[N:], y[N:]


def lightgbm():
    return pytest.importorskip("lightgbm").LGBMClassifier(
        n_estimators=20, min_child_samples=2, verbose=-1, n_jobs=1
    )


def xgboost():
    return pytest.importorskip("xgboost").XGBClassifier(
        n_estimators=20, enable_categorical=True, n_jobs=1
    )


def catboost(**params):
    settings = {"allow_writing_files": False, "verbose": False, "thread_count": 1}
    module = pytest.importorskip("catboost")
    return module.CatBoostClassifier(iterations=20, **settings, **params)


CATEGORIES = {"cat_features": ["town"]}


@pytest.mark.parametrize(
    ("make", "fit_params"), [(lightgbm, {}), (xgboost, {}), (catboost, CATEGORIES)]
)
def test_auc_of_the_loss(people, make, fit_params):
    X, y, X_holdout, y_holdout = people
    model = make().fit(X, y, **fit_params)
    # A category that is known and not used changes nothing.
    more = X_holdout.assign(town=X_holdout["town"].cat.add_categories(["never"]))
    report = audit(model, X, y, more, y_holdout, fit_params=fit_params, **OPTIONS)
    assert (report.summary["status"] == "ok").all()
    loss = [
        -np.log(model.predict_proba(records)[np.arange(N), labels].astype(float))
        for records, labels in ((X, y), (X_holdout, y_holdout))
    ]
    auc = roc_auc_score(np.arange(2 * N) < N, -np.concatenate(loss))
    assert report.summary.loc["loss-threshold", "auc"] == pytest.approx(auc, abs=1e-9)
    assert report.train_accuracy == np.mean(np.ravel(model.predict(X)) == y)


def test_a_model_that_cannot_be_cloned(people):
    """CatBoost's constructor copies the list: scikit-learn refuses to clone it."""
    model = catboost(**CATEGORIES).fit(*people[:2])
    status = audit(model, *people, **OPTIONS).summary["status"]
    trained = ["shadow", "lira-online", "rmia-online"]
    assert (status.drop(trained) == "ok").all()
    assert status[trained].str.startswith("failed: RuntimeError: Cannot clone").all()


def test_early_stopping_sets_are_passed_as_they_are(people):
    X, y, X_holdout, y_holdout = people
    given = {"eval_set": [(X_holdout[:20], y_holdout[:20])], "verbose": False}
    model = xgboost().set_params(early_stopping_rounds=3).fit(X, y, **given)
    data = X, y, X_holdout[20:], y_holdout[20:]
    report = audit(model, *data, fit_params=given, **OPTIONS)
    assert (report.summary["status"] == "ok").all()
    status = audit(model, *data, **OPTIONS).summary["status"]
    assert status["gap"] == status["loss-threshold"] == "ok"
    assert status["shadow"].startswith("failed: ValueError: Must have at least 1 valid")
