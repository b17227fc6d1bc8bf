"""What holds for every defense of a regressor."""

import copy
import inspect
import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from skops import io

import skmia.defenses as d
from skmia import MembershipGame, audit
from skmia.auditing._performance import METRICS
from skmia.testing import check_defense

X, Y = load_diabetes(return_X_y=True)
TWO = np.column_stack([Y, 1000 - 10 * Y])
SEED = {"random_state": 0}
TREE = DecisionTreeRegressor(**SEED)
MASKS = [
    d.ClippedPrediction(Ridge(), bounds=(-1e4, 1e4)),
    d.NoisyPrediction(Ridge(), **SEED),
    d.RoundedPrediction(Ridge()),
]
TRAINED = [
    d.CrossDistilledRegressor(Ridge(), cv=3, **SEED),
    d.DistilledRegressor(Ridge(), **SEED),
    d.PenalizedRegressor(Ridge()),
    d.SisaRegressor(Ridge(), n_shards=3, **SEED),
]
WRAPPERS = [*MASKS, *TRAINED]
PRIVATE = d.PrivateLinearRegression(bounds=(-0.2, 0.2), y_bounds=(0, 400), epsilon=9)
DEFENSES = [*WRAPPERS, PRIVATE]
WEIGHED = [one for one in WRAPPERS if one._no_weights is None]
# Any model may be inside: not only one with a penalty.
AROUND_ALL = [one for one in WRAPPERS if not isinstance(one, d.PenalizedRegressor)]


def by_name(estimator):
    return type(estimator).__name__


def inside(defense, model):
    return clone(defense).set_params(estimator=model)


def answers_of(defense, X=X):
    """Answers of the model inside: noise does not count."""
    return defense.estimator_.predict(X)


def test_every_defense_is_here():
    defenses = {
        cls
        for _, cls in inspect.getmembers(d, inspect.isclass)
        if issubclass(cls, RegressorMixin)
    }
    assert defenses == {type(defense) for defense in DEFENSES}


@pytest.mark.filterwarnings("ignore::skmia.exceptions.PrivacyLeakWarning")
@pytest.mark.parametrize("defense", DEFENSES, ids=by_name)
def test_checks_of_defenses(defense):
    check_defense(defense)


@pytest.mark.parametrize("defense", WRAPPERS, ids=by_name)
def test_public_methods(defense):
    fitted = clone(defense).fit(X, Y)
    added = set(dir(fitted)) - set(dir(BaseEstimator)) - set(vars(fitted))
    public = {name for name in added if not name.startswith("_")}
    expected = {"fit", "predict", "score", "set_score_request"}
    if isinstance(defense, d.SisaRegressor):
        expected.add("forget")
    assert (
        public - {"n_features_in_", "feature_names_in_"} - {"set_fit_request"}
        == expected
    )


@pytest.mark.parametrize("defense", WRAPPERS, ids=by_name)
def test_score_is_of_what_is_released(defense):
    fitted = clone(defense).fit(X, TWO)
    predicted = fitted.predict(X)
    assert predicted.shape == TWO.shape
    assert fitted.score(X, TWO) == r2_score(TWO, predicted)


@pytest.mark.parametrize("defense", WRAPPERS, ids=by_name)
def test_fit_leaves_the_inner_model_alone(defense):
    inner = Ridge()
    fitted = inside(defense, inner).fit(X, Y)
    assert vars(inner) == vars(Ridge())
    assert fitted.estimator is inner


@pytest.mark.parametrize("defense", WRAPPERS, ids=by_name)
@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_copies_answer_alike(defense, copied):
    fitted = clone(defense).fit(X, Y)
    assert_array_equal(copied(fitted).predict(X), fitted.predict(X))


@pytest.mark.parametrize("defense", DEFENSES, ids=by_name)
def test_saved_and_read(defense, tmp_path):
    fitted, path = clone(defense).fit(X, Y), tmp_path / "model.skops"
    io.dump(fitted, path)
    own = [name for name in io.get_untrusted_types(file=path) if "skmia" in name]
    assert_array_equal(io.load(path, trusted=own).predict(X), fitted.predict(X))


@pytest.mark.parametrize("defense", MASKS, ids=by_name)
def test_frozen_model_stays_as_it_is(defense):
    model = Ridge().fit(X, Y)
    fitted = inside(defense, FrozenEstimator(model)).fit(X[:50], Y[:50])
    assert fitted.estimator_.estimator is model
    with pytest.raises(NotFittedError, match="Ridge instance is not fitted"):
        inside(defense, FrozenEstimator(Ridge())).fit(X, Y)


@pytest.mark.parametrize("defense", AROUND_ALL, ids=by_name)
def test_the_inner_model_decides_what_records_are(defense):
    frame = pd.DataFrame(
        {"town": ["a", "b", "a", "c"] * 9, "size": [1.0, np.nan, 3.0, 2.0] * 9}
    )
    frame["size"] += np.arange(36)  # no equal records
    encode = make_column_transformer(
        (OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["town"]),
        remainder="passthrough",
    )
    boosting = HistGradientBoostingRegressor(max_iter=2, **SEED)
    fitted = inside(defense, make_pipeline(encode, boosting)).fit(frame, range(36))
    assert_array_equal(fitted.feature_names_in_, frame.columns)
    assert fitted.predict(frame).shape == (36,)
    rows = sparse.random_array((40, 5), density=0.5, format="csr", rng=0)
    assert clone(defense).fit(rows, Y[:40]).predict(rows).shape == (40,)


@pytest.mark.parametrize("defense", TRAINED, ids=by_name)
def test_labels_that_are_no_quantities(defense):
    with pytest.raises(ValueError, match="labels y must be numbers"):
        clone(defense).fit(X, np.where(Y > 100, "many", "few"))
    with pytest.raises(ValueError, match="labels y are missing in 1 rows"):
        clone(defense).fit(X, [np.nan, *Y[1:]])
    objects = clone(defense).fit(X, Y.astype(object))
    assert_allclose(objects.predict(X), clone(defense).fit(X, Y).predict(X))


@pytest.mark.parametrize("defense", WRAPPERS)
def test_models_of_another_kind(defense):
    other = clone(defense).set_params(estimator=DecisionTreeClassifier())
    with pytest.raises(TypeError, match="must be a regressor"):
        other.fit(X, Y > 140)


@pytest.mark.parametrize("defense", [*WEIGHED], ids=by_name)
def test_weights(defense):
    weights = 1.0 + np.arange(len(Y)) % 5
    plain = answers_of(clone(defense).fit(X, Y))
    equal = clone(defense).fit(X, Y, sample_weight=np.ones(len(Y)))
    assert_allclose(answers_of(equal), plain)
    weighted = clone(defense).fit(X, Y, sample_weight=weights)
    assert (answers_of(weighted) != plain).mean() > 0.9
    there = np.arange(len(Y)) % 4 > 0
    zeroed = clone(defense).fit(X, Y, sample_weight=np.where(there, weights, 0))
    absent = clone(defense).fit(X[there], Y[there], sample_weight=weights[there])
    assert_allclose(answers_of(zeroed), answers_of(absent), rtol=1e-9)


@pytest.mark.parametrize(
    "defense",
    [*MASKS, d.PenalizedRegressor(Ridge()), d.PenalizedRegressor(Ridge(), strength=9)],
    ids=by_name,
)
def test_a_weight_of_two_is_the_record_twice(defense):
    counts = np.arange(len(Y)) % 3
    rows = np.repeat(np.arange(len(Y)), counts)
    weighted = clone(defense).fit(X, Y, sample_weight=counts)
    repeated = clone(defense).fit(X[rows], Y[rows])
    assert_allclose(answers_of(weighted), answers_of(repeated))


@pytest.mark.parametrize(
    "defense", [*AROUND_ALL, d.SisaRegressor(Ridge())], ids=by_name
)
def test_weights_that_are_not_taken(defense):
    without = inside(defense, KNeighborsRegressor())
    with pytest.raises(TypeError, match=r"takes no|cannot hand 'sample_weight' on"):
        without.fit(X, Y, sample_weight=np.ones(len(Y)))


@pytest.mark.parametrize("defense", WRAPPERS, ids=by_name)
def test_guarantees(defense):
    """Masks keep one, and what fits a record twice refuses a private model."""
    model = inside(defense, make_pipeline(StandardScaler(), PRIVATE))
    if isinstance(defense, d.PenalizedRegressor):
        with pytest.raises(TypeError, match="with an l2 penalty"):
            model.fit(X, Y)
        return
    if defense in MASKS:
        inner = inside(defense, PRIVATE).fit(X, Y).estimator_
        assert (inner.random_state, inner.epsilon_) == (None, 9)
        return
    with pytest.raises(ValueError, match="must not hold PrivateLinearRegression"):
        model.fit(X, Y)


def test_a_teacher_of_public_records_keeps_its_guarantee():
    accountant = d.PrivacyAccountant()
    teacher = clone(PRIVATE).set_params(accountant=accountant)
    model = d.DistilledRegressor(teacher, student=Ridge(), reference=X[300:], **SEED)
    model.fit(X[:300], Y[:300])
    assert accountant.spent_.epsilon == 9


@pytest.mark.parametrize("defense", WRAPPERS, ids=by_name)
def test_played_and_audited(defense):
    """Shadow models are defended alike, in both."""
    model = inside(defense, TREE if defense in AROUND_ALL else Ridge())
    rows = slice(0, 200)
    game = MembershipGame(model, attack="loss-threshold", n_shadows=2, **SEED)
    assert 0 <= game.fit(X[rows], Y[rows]).score(X[200:], Y[200:]) <= 1
    sets = X[rows], Y[rows], X[200:400], Y[200:400]
    how = {"attacks": ["loss-threshold", "lira-online"], "n_shadows": 4, **SEED}
    report = audit(make_pipeline(StandardScaler(), model).fit(*sets[:2]), *sets, **how)
    assert (report.summary["status"] == "ok").all()
    assert set(report.errors["holdout"]) == set(METRICS)


def test_a_search_of_defense_and_model():
    grid = {"step": [0.1, 2.0], "estimator__alpha": [1e-3, 1.0]}
    pipeline = make_pipeline(
        StandardScaler(),
        GridSearchCV(d.RoundedPrediction(Ridge()), grid, error_score="raise"),
    )
    best = pipeline.fit(X, Y)[-1].best_params_
    assert best["step"] == 0.1
    games = GridSearchCV(
        MembershipGame(
            d.NoisyPrediction(TREE, **SEED),
            attack="loss-threshold",
            n_shadows=2,
            **SEED,
        ),
        {"target__scale": [0.0, 5.0]},
        cv=2,
        error_score="raise",
    ).fit(X, Y)
    # A tree answers members with their own label; such noise hides that.
    exact, noisy = games.cv_results_["mean_test_score"]
    assert exact > 0.9 > 0.7 > noisy


@pytest.mark.parametrize(
    ("defense", "answers"),
    [
        (d.RoundedPrediction(d.ClippedPrediction(PRIVATE, bounds=(0, 9))), 3),
        (make_pipeline(StandardScaler(), d.NoisyPrediction(Ridge())), 1),
        (LinearRegression(), 0),
        (TransformedTargetRegressor(d.RoundedPrediction(Ridge())), 1),
    ],
)
def test_told_by_layers(defense, answers):
    release = d.defended_by(defense)
    assert release.answers == ("predict",)
    assert len(release.layers) == answers
