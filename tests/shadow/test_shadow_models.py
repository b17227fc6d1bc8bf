"""Shadow models: trained or adopted, kept or recorded, cached or not."""

import gc
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GroupShuffleSplit,
    KFold,
    ShuffleSplit,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia.shadow import BootstrapSplit, DisjointSplit, ShadowModels
from skmia.signals import make_signal, observe

SIGNALS = ["posterior", "loss", "correctness"]
TREE = DecisionTreeClassifier(max_depth=4)


class CountingTree(DecisionTreeClassifier):
    """Counts the fits of all of its instances; may be told to fail at one."""

    fits = 0
    fails_at = None

    def fit(self, X, y):
        cls = CountingTree
        cls.fits += 1
        if cls.fits == cls.fails_at:
            raise RuntimeError("killed")
        return super().fit(X, y)


@pytest.fixture(autouse=True)
def _fresh_counters():
    CountingTree.fits, CountingTree.fails_at = 0, None


class Constant(ClassifierMixin, BaseEstimator):
    """Needs no memory to speak of."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


@pytest.fixture(scope="module")
def data():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(61, 4))
    y = np.array(["red", "green", "blue"])[rng.randint(3, size=61)]
    return X, y


def assert_same_observations(one, other):
    for a, b in zip(
        one.observations(SIGNALS), other.observations(SIGNALS), strict=True
    ):
        pd.testing.assert_frame_equal(pd.DataFrame(a), pd.DataFrame(b))


def test_attributes_and_shapes(data):
    X, y = data
    shadows = ShadowModels(TREE, n_shadows=4, random_state=0).fit(X, y)
    assert shadows.n_models_ == len(shadows.estimators_) == 4
    assert shadows.n_features_in_ == 4
    assert_array_equal(shadows.classes_, ["blue", "green", "red"])
    assert shadows.membership_.shape == shadows.tested_.shape == (4, 61)
    assert_array_equal(shadows.membership_.sum(axis=0), 2)
    assert_array_equal(shadows.membership_, ~shadows.tested_)

    Z, member, shadow = shadows.observations(SIGNALS)
    assert list(Z.columns) == [
        *(f"posterior_{label}" for label in shadows.classes_),
        "loss",
        "correctness",
    ]
    assert Z.shape == (4 * 61, 5)
    assert_array_equal(member, shadows.membership_.ravel())
    assert_array_equal(shadow, np.repeat(np.arange(4), 61))


def test_observations_are_those_of_each_model_on_its_own_records(data):
    X, y = data
    cv = DisjointSplit(3, random_state=0)
    shadows = ShadowModels(TREE, cv=cv, random_state=0).fit(X, y)
    Z, member, shadow = shadows.observations(SIGNALS)
    for i, (train, test) in enumerate(cv.split(X, y)):
        records = np.union1d(train, test)
        expected = observe(shadows.estimators_[i], X[records], y[records], SIGNALS)
        assert_array_equal(Z[shadow == i], expected)
        assert_array_equal(member[shadow == i], np.isin(records, train))


def test_models_know_their_members_only(data):
    X, y = data
    tree = DecisionTreeClassifier()
    shadows = ShadowModels(tree, n_shadows=4, random_state=0).fit(X, y)
    right = np.array([model.predict(X) == y for model in shadows.estimators_])
    assert right[shadows.membership_].all()
    assert not hasattr(tree, "tree_")
    seeds = {model.random_state for model in shadows.estimators_}
    assert len(seeds) == 4


def test_reference(data):
    X, y = data
    shadows = ShadowModels(TREE, n_shadows=4, random_state=0).fit(X, y)
    loss = shadows.reference("loss")
    assert loss.shape == (61, 4)
    assert loss.dtype == np.float32
    expected = [observe(model, X, y, "loss")["loss"] for model in shadows.estimators_]
    assert_array_equal(loss.T, np.float32(expected))
    assert shadows.reference("posterior").shape == (61, 4, 3)
    assert_array_equal(shadows.reference("loss", X[:5], y[:5]), loss[:5])


def test_recorded_signals_are_those_asked_later(data):
    X, y = data
    kept = ShadowModels(TREE, n_shadows=4, random_state=0).fit(X, y)
    recorded = ShadowModels(TREE, n_shadows=4, random_state=0, signals=SIGNALS).fit(
        X, y
    )
    assert_same_observations(kept, recorded)
    assert_array_equal(kept.reference("loss"), recorded.reference("loss"))
    assert_array_equal(kept.reference("posterior"), recorded.reference("posterior"))
    assert list(recorded.observations()[0].columns) == list(
        kept.observations(SIGNALS)[0].columns
    )


def test_what_was_not_recorded_is_gone(data):
    X, y = data
    shadows = ShadowModels(TREE, n_shadows=2, signals="loss", random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="The signal 'margin' was not recorded"):
        shadows.observations(["loss", "margin"])
    with pytest.raises(
        ValueError, match="were dropped after their signals on the pool"
    ):
        shadows.reference("loss", X[:5], y[:5])


def test_recorded_models_are_not_kept(data):
    shadows = ShadowModels(TREE, n_shadows=2, signals="loss", random_state=0).fit(*data)
    assert not hasattr(shadows, "estimators_")
    shadows.set_params(signals=None).fit(*data)
    assert hasattr(shadows, "estimators_")
    shadows.set_params(signals="entropy").fit(*data)
    assert not hasattr(shadows, "estimators_")
    assert list(shadows.observations()[0].columns) == ["entropy"]


def test_memory_grows_with_one_copy_of_the_data_at_most():
    """Ten models: each is trained on a copy of its half and asked about one of all.

    Both are freed after it; what is kept is less than a tenth of the data.
    """
    X, y = np.zeros((1000, 1000)), np.arange(1000) % 2
    shadows = ShadowModels(
        Constant(), n_shadows=10, signals="correctness", random_state=0
    )
    shadows.fit(X[:10], y[:10])  # import and compile what a first fit needs
    tracemalloc.start()
    try:
        shadows.fit(X, y)
        gc.collect()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert shadows._X is X
    assert peak < 1.1 * X.nbytes
    assert kept < 0.1 * X.nbytes


@pytest.mark.parametrize("signals", [None, SIGNALS])
def test_same_results_for_any_number_of_jobs(data, signals, global_random_seed):
    forest = RandomForestClassifier(3)
    one = ShadowModels(
        forest, n_shadows=4, signals=signals, random_state=global_random_seed
    )
    two = clone(one).set_params(n_jobs=2)
    with parallel_config("threading"):
        assert_same_observations(one.fit(*data), two.fit(*data))


def test_seed_of_the_design_and_of_the_models(data):
    X, y = data
    design = ShuffleSplit(3, test_size=0.5)
    one, same, other = (
        ShadowModels(TREE, cv=design, random_state=seed).fit(X, y) for seed in (1, 1, 2)
    )
    assert_array_equal(one.membership_, same.membership_)
    assert_same_observations(one, same)
    assert (one.membership_ != other.membership_).any()
    assert design.random_state is None


@pytest.mark.parametrize(
    "cv",
    [
        KFold(3),
        ShuffleSplit(2, train_size=0.3, test_size=0.3, random_state=0),
        BootstrapSplit(2, random_state=0),
        [
            (np.arange(30), np.arange(30, 61)),
            (np.arange(0, 61, 2), np.arange(1, 61, 2)),
        ],
    ],
    ids=str,
)
def test_any_splitter_is_a_design(data, cv):
    X, y = data
    splits = list(cv.split(X)) if hasattr(cv, "split") else cv
    shadows = ShadowModels(TREE, cv=cv, random_state=0).fit(X, y)
    for i, (train, test) in enumerate(splits):
        assert_array_equal(np.flatnonzero(shadows.membership_[i]), np.unique(train))
        assert_array_equal(np.flatnonzero(shadows.tested_[i]), np.sort(test))
    assert len(shadows.observations("loss")[0]) == (
        shadows.membership_.sum() + shadows.tested_.sum()
    )


@pytest.mark.parametrize("cv", [None, GroupShuffleSplit(3, test_size=0.5)])
def test_groups(data, cv):
    X, y = data
    users = np.arange(61) // 5
    shadows = ShadowModels(TREE, cv=cv, random_state=0).fit(X, y, users)
    for row in shadows.membership_:
        assert not set(users[row]) & set(users[~row])


def test_class_that_a_shadow_never_saw(data):
    X, y = data
    y = y.copy()
    y[:2] = "amber"
    halves = [(np.arange(2, 40), np.arange(2)), (np.arange(40), np.arange(40, 61))]
    shadows = ShadowModels(GaussianNB(), cv=halves, random_state=0).fit(X, y)
    Z, member, shadow = shadows.observations(["posterior", "confidence"])
    without = Z[shadow == 0]
    assert_array_equal(without["posterior_amber"], 0)
    assert_array_equal(without["confidence"][member[shadow == 0] == 0], 0)
    assert_allclose(without.filter(like="posterior").sum(axis=1), 1)
    assert (Z[shadow == 1]["posterior_amber"] > 0).any()


def test_pipeline_on_a_data_frame():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(
        {"town": rng.choice(["a", "b", "c"], size=40), "size": rng.normal(size=40)},
        index=np.arange(100, 140),
    )
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["town"]), remainder="passthrough"
    )
    model = make_pipeline(encode, RandomForestClassifier(2))
    shadows = ShadowModels(model, n_shadows=4, random_state=0, signals="loss")
    shadows.fit(X, rng.randint(2, size=40))
    assert_array_equal(shadows.feature_names_in_, ["town", "size"])
    assert len(shadows.observations()[0]) == 160


def test_sparse_records(data):
    X, y = data
    # Sparse records are for the generic trainer: one solver on both sides.
    how = {"n_shadows": 2, "random_state": 0, "trainer": "generic"}
    dense = ShadowModels(LogisticRegression(), **how).fit(X, y)
    for container in (sparse.csr_array, sparse.coo_matrix):
        thin = ShadowModels(LogisticRegression(), **how).fit(container(X), y)
        assert_array_equal(thin.membership_, dense.membership_)
        # lbfgs sums in another order: its tolerance, not ours, is what differs.
        assert_allclose(thin.reference("loss"), dense.reference("loss"), atol=1e-3)


@pytest.mark.parametrize("model", [GaussianNB(), KNeighborsClassifier(3)])
def test_estimators_without_random_state(data, model):
    shadows = ShadowModels(model, n_shadows=2, random_state=0).fit(*data)
    again = ShadowModels(model, n_shadows=2, random_state=0).fit(*data)
    assert_same_observations(shadows, again)


def test_lists_and_missing_values():
    X = [[0.0], [np.nan], [2.0], [3.0], [np.nan], [5.0]]
    shadows = ShadowModels(TREE, n_shadows=2, random_state=0).fit(X, list("aabbab"))
    assert len(shadows.observations("loss")[0]) == 12


def test_several_kinds_of_models(data):
    X, y = data
    zoo = [DecisionTreeClassifier(), GaussianNB()]
    shadows = ShadowModels(zoo, n_shadows=2, random_state=0).fit(X, y)
    kinds = [type(model) for model in shadows.estimators_]
    assert kinds == [DecisionTreeClassifier, GaussianNB] * 2
    assert_array_equal(shadows.membership_[0], shadows.membership_[1])
    assert_array_equal(shadows.membership_[0], ~shadows.membership_[2])
    recorded = ShadowModels(zoo, n_shadows=2, random_state=0, signals=SIGNALS).fit(X, y)
    assert_same_observations(shadows, recorded)


def test_no_models():
    with pytest.raises(ValueError, match=r"at least one\. Got an empty list instead"):
        ShadowModels([]).fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize(
    "ensemble",
    [
        AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=3),
        BaggingClassifier(GaussianNB(), n_estimators=3, max_features=0.5),
        RandomForestClassifier(3),
    ],
    ids=lambda ensemble: type(ensemble).__name__,
)
def test_unpack(data, ensemble):
    X, y = data
    shadows = ShadowModels(ensemble, n_shadows=2, unpack=True, random_state=0).fit(X, y)
    assert shadows.n_models_ == len(shadows.estimators_) == 6
    assert_array_equal(shadows.membership_[:3], shadows.membership_[[0] * 3])
    Z, member, _ = shadows.observations(
        ["confidence", "correctness", "predicted_label"]
    )
    assert Z["confidence"].between(0, 1).all()
    # Trained on these labels and no others: members are known better.
    right = Z["correctness"].groupby(member).mean()
    assert right[1] > right[0]
    for model in shadows.estimators_:
        assert set(model.predict(X)) <= set(y)
        assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    recorded = ShadowModels(
        ensemble, n_shadows=2, unpack=True, random_state=0, signals=SIGNALS
    ).fit(X, y)
    assert_same_observations(shadows, recorded)


@pytest.mark.parametrize(
    "ensemble",
    [
        DecisionTreeClassifier(),
        GradientBoostingClassifier(n_estimators=2),
        VotingClassifier([("tree", DecisionTreeClassifier())]),
    ],
    ids=lambda ensemble: type(ensemble).__name__,
)
def test_nothing_to_unpack(data, ensemble):
    message = f"{type(ensemble).__name__} is no bagging, forest or AdaBoost ensemble"
    with pytest.raises(TypeError, match=message):
        ShadowModels(ensemble, n_shadows=2, unpack=True, random_state=0).fit(*data)


@pytest.mark.parametrize("signals", [None, "loss"])
def test_cache_saves_every_fit(data, tmp_path, signals):
    shadows = ShadowModels(
        CountingTree(),
        n_shadows=4,
        memory=str(tmp_path),
        signals=signals,
        random_state=0,
    ).fit(*data)
    assert CountingTree.fits == 4
    again = clone(shadows).fit(*data)
    assert CountingTree.fits == 4
    assert_array_equal(again.reference("loss"), shadows.reference("loss"))


def test_a_mismatch_is_a_miss(data, tmp_path):
    X, y = data
    shadows = ShadowModels(
        CountingTree(), n_shadows=2, memory=str(tmp_path), random_state=0
    )
    shadows.fit(X, y)
    fits = [CountingTree.fits]
    for params, X_changed, y_changed in [
        ({"random_state": 1}, X, y),
        ({"estimator__max_depth": 1}, X, y),
        ({"signals": "loss"}, X, y),
        ({}, X + 1, y),
        ({}, X, np.roll(y, 1)),
        ({}, pd.DataFrame(X), y),
    ]:
        changed = clone(shadows).set_params(**params).fit(X_changed, y_changed)
        fits.append(CountingTree.fits)
        uncached = clone(changed).set_params(memory=None).fit(X_changed, y_changed)
        assert_array_equal(changed.reference("loss"), uncached.reference("loss"))
        CountingTree.fits = fits[-1]
    # Other signals are asked of the same models.
    assert fits == [2, 4, 6, 6, 8, 10, 12]


def test_two_generators_in_one_folder_do_not_mix(data, tmp_path):
    shallow, deep = (
        ShadowModels(
            DecisionTreeClassifier(max_depth=depth), n_shadows=2, random_state=0
        )
        for depth in (1, 9)
    )
    expected = [clone(s).fit(*data).reference("loss") for s in (shallow, deep)]
    for _ in range(2):
        for shadows, loss in zip((shallow, deep), expected, strict=True):
            cached = clone(shadows).set_params(memory=str(tmp_path)).fit(*data)
            assert_array_equal(cached.reference("loss"), loss)
    assert (expected[0] != expected[1]).any()


def test_a_killed_run_resumes(data, tmp_path):
    shadows = ShadowModels(
        CountingTree(), n_shadows=6, memory=str(tmp_path), random_state=0
    )
    CountingTree.fails_at = 3
    with pytest.raises(RuntimeError, match="killed"):
        shadows.fit(*data)
    CountingTree.fails_at = None
    shadows.fit(*data)
    assert CountingTree.fits == 3 + 4
    uncached = ShadowModels(CountingTree(), n_shadows=6, random_state=0).fit(*data)
    assert_same_observations(shadows, uncached)


def test_what_cannot_be_hashed_is_computed_and_not_cached(data, tmp_path):
    own = make_signal(lambda y, P: P[:, 0], name="own", needs_y=False)
    shadows = ShadowModels(
        CountingTree(), n_shadows=2, memory=str(tmp_path), signals=own, random_state=0
    )
    first = shadows.fit(*data).observations()[0]
    pd.testing.assert_frame_equal(shadows.fit(*data).observations()[0], first)
    # The models can be: only their answers are computed again.
    assert CountingTree.fits == 2


def test_from_models(data):
    X, y = data
    parts = [np.arange(30), np.arange(30, 61)]
    models = [GaussianNB().fit(X[part], y[part]) for part in parts]
    shadows = ShadowModels.from_models(models, X, y, train=parts)
    assert_array_equal(shadows.tested_, ~shadows.membership_)
    assert_array_equal(
        shadows.reference("loss")[:, 1],
        np.float32(observe(models[1], X, y, "loss"))[:, 0],
    )
    masks = [np.isin(np.arange(61), part) for part in parts]
    for train in (masks, [part.tolist() for part in parts]):
        other = ShadowModels.from_models(models, X, y, train=train)
        assert_array_equal(other.membership_, shadows.membership_)
        assert_array_equal(other.tested_, shadows.tested_)
    some = ShadowModels.from_models(models, X, y, train=parts, test=[[60], [0, 1]])
    assert some.tested_.sum() == 3
    assert len(some.observations("loss")[0]) == 61 + 3


@pytest.mark.parametrize(
    "parts", [{"train": [[0]]}, {"train": [[0], [1]], "test": [[2]]}]
)
def test_from_models_with_parts_missing(data, parts):
    models = [GaussianNB().fit(*data)] * 2
    with pytest.raises(
        ValueError, match=r"one train and one test part per model. Got 2"
    ):
        ShadowModels.from_models(models, *data, **parts)


def test_from_cross_validate(data):
    X, y = data
    results = cross_validate(
        GaussianNB(), X, y, cv=KFold(3), return_estimator=True, return_indices=True
    )
    shadows = ShadowModels.from_cross_validate(results, X, y)
    assert_array_equal(shadows.membership_.sum(axis=0), 2)
    assert_array_equal(shadows.tested_, ~shadows.membership_)
    Z, member, _ = shadows.observations()
    assert len(Z) == 3 * 61
    assert member.mean() == pytest.approx(2 / 3)
    with pytest.raises(
        ValueError, match="return_estimator=True and return_indices=True"
    ):
        ShadowModels.from_cross_validate(cross_validate(GaussianNB(), X, y), X, y)


@pytest.mark.parametrize(
    "ensemble",
    [
        RandomForestClassifier(8, random_state=0),
        BaggingClassifier(TREE, n_estimators=8, max_features=0.5, random_state=0),
        BaggingClassifier(
            GaussianNB(), n_estimators=8, max_samples=0.5, random_state=0
        ),
    ],
    ids=["forest", "bagged features", "bagged half"],
)
@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame])
def test_from_ensemble(data, ensemble, container):
    X, y = data
    X = container(X)
    if hasattr(X, "columns"):
        X.columns = list("abcd")
    ensemble = clone(ensemble).fit(X, y)
    shadows = ShadowModels.from_ensemble(ensemble, X, y)
    for i, drawn in enumerate(ensemble.estimators_samples_):
        assert_array_equal(np.flatnonzero(shadows.membership_[i]), np.unique(drawn))
    assert_array_equal(shadows.tested_, ~shadows.membership_)
    # The mean over the members is the answer of the ensemble.
    posterior = shadows.reference("posterior").mean(axis=1)
    assert_allclose(posterior, ensemble.predict_proba(X), atol=1e-6)


def test_from_ensemble_of_something_else(data):
    model = AdaBoostClassifier(n_estimators=2, random_state=0).fit(*data)
    with pytest.raises(
        TypeError, match="AdaBoostClassifier does not know which records"
    ):
        ShadowModels.from_ensemble(model, *data)


def test_data_handed_in_stays_as_it_is(data):
    X, y = data[0].copy(), data[1].copy()
    ShadowModels(TREE, n_shadows=2, random_state=0).fit(X, y).observations(SIGNALS)
    assert_array_equal(X, data[0])
    assert_array_equal(y, data[1])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "requires y to be passed"),
        (np.linspace(0, 1, 61), "Unknown label type: continuous"),
        (np.zeros(60), "inconsistent numbers of samples"),
    ],
)
def test_bad_labels(data, y, message):
    with pytest.raises(ValueError, match=message):
        ShadowModels(TREE, n_shadows=2).fit(data[0], y)


def test_unknown_signal(data):
    with pytest.raises(ValueError, match="'los' is not the name of a signal"):
        ShadowModels(TREE, n_shadows=2, signals=["los"]).fit(*data)
