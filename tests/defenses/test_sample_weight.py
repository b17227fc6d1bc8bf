"""Weights of the records: every defense hands them on, or says why not."""

import inspect

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import RegressorMixin, clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import skmia.defenses as d
from skmia.neural import AdversarialRegularizationClassifier, MLPNet
from skmia.targets import BlackBox

SEED = {"random_state": 0}
NB = GaussianNB()
FITS = []


class Spy(GaussianNB):
    """Notes what every fit is given."""

    def fit(self, X, y, sample_weight=None):
        FITS.append((X, y, sample_weight))
        return super().fit(X, y, sample_weight)

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        FITS.append((X, y, sample_weight))
        return super().partial_fit(X, y, classes, sample_weight)


class SpyRegression(LogisticRegression):
    def fit(self, X, y, sample_weight=None):
        FITS.append((X, y, sample_weight))
        return super().fit(X, y, sample_weight)


class SpyNetwork(MLPClassifier):
    def fit(self, X, y, sample_weight=None):
        FITS.append((X, y, sample_weight))
        return super().fit(X, y, sample_weight)

    def partial_fit(self, X, y, sample_weight=None, classes=None):
        FITS.append((X, y, sample_weight))
        return super().partial_fit(X, y, sample_weight, classes)


class Weightless(GaussianNB):
    def fit(self, X, y):
        return super().fit(X, y)


class WeightlessRegression(LogisticRegression):
    def fit(self, X, y):
        return super().fit(X, y)


def unaltered(X, y, rng):
    return X


# Records stay as they are wherever that can be asked for: they are known by sight.
DEFENSES = [
    BlackBox(NB),
    d.AdaptiveGuard(NB, **SEED),
    d.AnonymizedClassifier(NB, anonymizer=FunctionTransformer()),
    d.AugmentedClassifier(NB, augmenter=unaltered, n_copies=2, **SEED),
    d.CrossDistilledClassifier(NB, cv=2, **SEED),
    d.CrossDistilledClassifier(NB, cv=3, scheme="fold", **SEED),
    d.DisjointStackingClassifier([("one", NB), ("other", NB)], **SEED),
    d.DistilledClassifier(NB, keep=1.0, **SEED),
    d.EarlyStoppedClassifier(NB, max_epochs=3, **SEED),
    d.FitControlledClassifier(NB, cv=2, **SEED),
    d.LabelOnly(NB),
    d.LabelSmoothedClassifier(NB, **SEED),
    d.MemGuard(NB, max_steps=5, **SEED),
    d.MixupClassifier(NB, alpha=0.0, n_pairs=1, **SEED),
    d.NoisyPosterior(NB, **SEED),
    d.ObfuscatedClassifier(NB, scale=0.0, **SEED),
    d.PenalizedClassifier(LogisticRegression()),
    d.PrivateLogits(NB, classes=[0, 1, 2], epsilon=1e6, **SEED),
    d.PrunedMLPClassifier(MLPClassifier((4,), max_iter=2), epochs_per_round=1, **SEED),
    d.PurifiedPosterior(NB, **SEED),
    d.QueryLimit(NB),
    d.RandomScorePosterior(NB, **SEED),
    d.ReverseSigmoidPosterior(NB),
    d.RoundedPosterior(NB),
    d.SelenaClassifier(NB, n_models=3, n_out=1, **SEED),
    d.SplitAIClassifier(NB, n_models=3, n_out=1, **SEED),
    d.TemperaturePosterior(NB),
    d.TopKPosterior(NB),
]
# Each of its models is fitted without weights before: see its own test.
BAGGED = d.FeatureBaggedClassifier(NB, drop=0.0, n_estimators=2, **SEED)
ACCEPTING = [*DEFENSES, BAGGED]
REFUSING = [
    AdversarialRegularizationClassifier((2,), max_epochs=2),
    MLPNet((2,), max_epochs=1),
    d.LocalDPClassifier(NB, bounds=(-9, 9), classes=[0, 1, 2]),
    d.PateClassifier(NB, bounds=(-9, 9), classes=[0, 1, 2]),
    d.PrivateForestClassifier(bounds=(-9, 9)),
    d.PrivateGaussianNB(bounds=(-9, 9)),
    d.PrivateLogisticRegression(data_norm=9),
    d.SisaClassifier(NB, **SEED),
    d.SurrogateDataClassifier(NB),
]
MASKS = [
    defense
    for defense in DEFENSES
    if not isinstance(defense, (d.MemGuard, d.AdaptiveGuard, d.PurifiedPosterior))
    and not hasattr(defense, "_train")
]
pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::skmia.exceptions.PrivacyLeakWarning"),
]


def by_name(estimator):
    return type(estimator).__name__


def around(defense, model):
    """The defense with this kind of model wherever it holds one."""
    if isinstance(defense, d.DisjointStackingClassifier):
        named = [("one", model), ("other", model)]
        return clone(defense).set_params(estimators=named)
    return clone(defense).set_params(estimator=model)


def spied(defense):
    if isinstance(defense, d.PenalizedClassifier):
        return around(defense, SpyRegression())
    if isinstance(defense, d.PrunedMLPClassifier):
        return around(defense, SpyNetwork(**defense.estimator.get_params()))
    return around(defense, Spy())


@pytest.fixture
def records():
    """Records whose first feature is their number, and weights of mean 1."""
    X, y = make_blobs(60, centers=3, cluster_std=3, n_features=2, random_state=0)
    X = np.column_stack([np.arange(60.0), X])
    sample_weight = 1.0 + np.arange(60) % 7
    return X, y, sample_weight / sample_weight.mean()


def test_every_defense_is_here():
    """Those of regressors are in test_regressors.py; generators take no weights."""
    tested = {type(defense) for defense in [*ACCEPTING, *REFUSING]}
    defenses = {
        cls
        for _, cls in inspect.getmembers(d, inspect.isclass)
        if hasattr(cls, "_card") and not issubclass(cls, RegressorMixin)
        if "sample_weight" in inspect.signature(cls.fit).parameters
        or not hasattr(cls, "sample")
    }
    assert defenses <= tested


@pytest.mark.parametrize("defense", DEFENSES, ids=by_name)
def test_each_record_weighs_in_every_fit_what_it_should(defense, records):
    X, y, sample_weight = records
    FITS.clear()
    spied(defense).fit(X, y, sample_weight=sample_weight)
    assert FITS
    for rows, _, given in FITS:
        own = rows[:, 0].round().astype(int)
        total = np.bincount(own, given / sample_weight[own])
        # All rows of a record together; soft labels and copies share its weight.
        assert_allclose(total[np.unique(own)], 1)


@pytest.mark.parametrize("defense", ACCEPTING, ids=by_name)
def test_equal_weights_are_no_weights(defense, records):
    X, y, _ = records
    plain = clone(defense).fit(X, y)
    weighted = clone(defense).fit(X, y, sample_weight=np.ones(60))
    assert_allclose(inside(weighted, X), inside(plain, X), rtol=1e-6, atol=1e-9)
    assert clone(defense).fit(X, y, sample_weight=None) is not None


def inside(defense, X):
    """The undefended posterior: noise of the answers does not count."""
    return defense.estimator_.predict_proba(X)


EXACT = LogisticRegression(tol=1e-10, max_iter=10_000, random_state=0)
WITHOUT_CHANCE = [
    *(around(defense, EXACT) for defense in [*MASKS, BAGGED]),
    around(d.AnonymizedClassifier(NB, anonymizer=FunctionTransformer()), EXACT),
    d.AugmentedClassifier(EXACT, augmenter=unaltered, n_copies=2),
    d.LabelSmoothedClassifier(EXACT),
    d.MixupClassifier(EXACT, alpha=0.0),
    d.ObfuscatedClassifier(EXACT, scale=0.0, **SEED),
    d.PenalizedClassifier(EXACT),
]


@pytest.mark.parametrize("defense", WITHOUT_CHANCE, ids=by_name)
def test_a_weight_of_two_is_the_record_twice(defense, records):
    X, y, _ = records
    X = StandardScaler().fit_transform(X)
    counts = np.arange(60) % 3  # 0 among them: the record is not there
    rows = np.repeat(np.arange(60), counts)
    weighted = clone(defense).fit(X, y, sample_weight=counts)
    repeated = clone(defense).fit(X[rows], y[rows])
    # Two solutions of one strictly convex problem, gradients below 1e-10.
    assert_allclose(inside(weighted, X), inside(repeated, X), atol=1e-5)


@pytest.mark.parametrize(
    "defense",
    [defense for defense in ACCEPTING if hasattr(defense, "_train")]
    + [
        d.AnonymizedClassifier(NB),
        d.AugmentedClassifier(NB, augmenter="interpolate", **SEED),
        d.MixupClassifier(NB, **SEED),
        d.ObfuscatedClassifier(NB, extra=0.5, **SEED),
    ],
    ids=by_name,
)
def test_a_weight_of_zero_is_absence(defense, records):
    """To the bit, and whatever is dealt, mixed or held out at random."""
    X, y, sample_weight = records
    there = np.arange(60) % 4 > 0
    zeroed = np.where(there, sample_weight, 0)
    weighted = clone(defense).fit(X, y, sample_weight=zeroed)
    absent = clone(defense).fit(X[there], y[there], sample_weight=sample_weight[there])
    assert_array_equal(inside(weighted, X), inside(absent, X))


@pytest.mark.parametrize(
    ("model", "penalty"),
    [
        (EXACT, "l2"),
        (EXACT, "l1"),
        (LinearSVC(dual=False, tol=1e-10, max_iter=10_000, random_state=0), "l2"),
        (RidgeClassifier(), "l2"),
    ],
)
def test_a_penalty_is_added_to_the_weighted_mean(model, penalty, records):
    X, y, _ = records
    X, counts = StandardScaler().fit_transform(X), np.arange(60) % 3
    rows = np.repeat(np.arange(60), counts)
    defense = d.PenalizedClassifier(model, strength=0.1, penalty=penalty)
    repeated = clone(defense).fit(X[rows], y[rows]).estimator_
    for scale in (1, 1e3):
        weighted = clone(defense).fit(X, y, sample_weight=scale * counts).estimator_
        assert_allclose(weighted.coef_, repeated.coef_, atol=1e-5)


@pytest.mark.parametrize(
    "model", [SGDClassifier(random_state=0), MLPClassifier((3,), random_state=0)]
)
def test_a_penalty_does_not_depend_on_the_unit_of_weights(model, records):
    X, y, sample_weight = records
    X = StandardScaler().fit_transform(X)
    one = d.PenalizedClassifier(model).fit(X, y, sample_weight=sample_weight)
    other = clone(one).fit(X, y, sample_weight=1024 * sample_weight)
    assert one.parameters_ == other.parameters_
    name = "coefs_" if isinstance(model, MLPClassifier) else "coef_"
    pairs = zip(*(getattr(m.estimator_, name) for m in (one, other)), strict=True)
    for coef, same in pairs:
        assert_array_equal(coef, same)


def test_mixtures_weigh_what_their_labels_do(records):
    X, _, sample_weight = records
    FITS.clear()
    d.MixupClassifier(Spy(), alpha=1.0, **SEED).fit(
        X, np.arange(60), sample_weight=sample_weight
    )
    [(rows, labels, given)] = FITS
    # One class for each record: the label says whose share a row is.
    mixtures, of_mixture = np.unique(rows, axis=0, return_inverse=True)
    assert len(mixtures) == 60
    own_share = np.bincount(labels, given, minlength=60) / sample_weight
    # A share of at least a half of the own mixture, and of at most a half of another.
    assert ((own_share >= 0.5) & (own_share <= 1.5)).all()
    for mixture in range(60):
        pair = of_mixture == mixture
        share = given[pair] / sample_weight[labels[pair]]
        assert_allclose(share.sum(), 1)
        assert_allclose(share @ X[labels[pair]], mixtures[mixture])


def test_every_model_of_a_bag_has_all_weights(records):
    X, y, sample_weight = records
    bag = d.FeatureBaggedClassifier(NB, drop=0.5, n_estimators=4, **SEED)
    bag.fit(X, y, sample_weight=sample_weight)
    inner = bag.estimator_
    for model, columns in zip(
        inner.estimators_, inner.estimators_features_, strict=True
    ):
        expected = GaussianNB().fit(X[:, columns], y, sample_weight)
        assert_array_equal(model.theta_, expected.theta_)
    # The same features and seeds as without weights.
    plain = clone(bag).fit(X, y).estimator_
    assert_array_equal(inner.estimators_features_, plain.estimators_features_)
    with parallel_config("threading"):
        parallel = clone(bag).set_params(n_jobs=2)
        parallel.fit(X, y, sample_weight=sample_weight)
    assert_array_equal(parallel.predict_proba(X), bag.predict_proba(X))


@pytest.mark.parametrize("final", [NB, make_pipeline(StandardScaler(), NB)])
def test_the_combiner_of_a_stack_has_weights(final, records):
    X, y, sample_weight = records
    labels = np.array(["c", "a", "b"])[y]
    weights = np.where(np.arange(60) % 5, sample_weight, 0)
    model = d.DisjointStackingClassifier([("nb", NB)], final_estimator=final, **SEED)
    model.fit(X, labels, sample_weight=weights)
    assert_array_equal(model.parts_ == -1, weights == 0)
    last = model.parts_ == 1
    codes = np.unique(labels, return_inverse=True)[1]
    name = "gaussiannb__sample_weight" if final is not NB else "sample_weight"
    expected = clone(final).fit(
        model.estimator_.transform(X[last]), codes[last], **{name: weights[last]}
    )
    answer = expected.predict_proba(model.estimator_.transform(X))
    assert_allclose(model.predict_proba(X), answer)
    assert_array_equal(model.classes_, ["a", "b", "c"])


def test_losses_that_stop_a_training_are_weighted(records):
    X, y, sample_weight = records
    model = d.EarlyStoppedClassifier(DecisionTreeClassifier(**SEED), **SEED)
    model.fit(X, y, sample_weight=sample_weight)
    plain = clone(model).fit(X, y)
    for column in ("training_loss", "validation_loss"):
        assert (model.history_[column] != plain.history_[column]).any()
    # One record weighs all: its own loss is the loss.
    held_out = model._split(X, y, np.random.RandomState(0).randint(2**31 - 1))[1]
    heavy = np.full(60, 1e-9)
    heavy[held_out[0]] = 1
    model.fit(X, y, sample_weight=heavy)
    own = model.predict_proba(X[held_out[:1]])[0, y[held_out[0]]]
    expected = -np.log(np.clip(own, 1e-12, 1))
    assert_allclose(model.history_["validation_loss"].min(), expected, atol=1e-6)


def test_a_pruning_path_is_that_of_the_weighted_tree(records):
    X, y, sample_weight = records
    tree = DecisionTreeClassifier(**SEED)
    for inner in (tree, make_pipeline(StandardScaler(), tree)):
        model = d.FitControlledClassifier(inner, cv=2)
        model.fit(X, y, sample_weight=sample_weight)
        path = tree.cost_complexity_pruning_path(X, y, sample_weight).ccp_alphas
        assert set(model.results_["value"]) <= set(np.maximum(path, 0))


@pytest.mark.parametrize("defense", REFUSING, ids=by_name)
def test_refused_by_name_and_with_the_reason(defense, records):
    X, y, sample_weight = records
    message = f"^{by_name(defense)}.fit takes no 'sample_weight': .{{20,}}"
    with pytest.raises(TypeError, match=message):
        clone(defense).fit(X, y, sample_weight=sample_weight)
    # Inside another defense as well, before anything is fitted there.
    with pytest.raises(TypeError, match=message):
        d.LabelOnly(defense).fit(X, y, sample_weight=sample_weight)
    with pytest.raises(TypeError, match=r"takes no parameter 'client': .* nothing"):
        clone(defense).fit(X, y, client=1)


@pytest.mark.parametrize(
    "defense",
    # All networks that this one prunes take weights.
    [each for each in ACCEPTING if not isinstance(each, d.PrunedMLPClassifier)],
    ids=by_name,
)
def test_a_model_that_takes_none_is_named(defense, records):
    X, y, sample_weight = records
    penalized = isinstance(defense, d.PenalizedClassifier)
    inner = WeightlessRegression() if penalized else Weightless()
    name = by_name(defense)
    message = rf"{name}.fit cannot hand 'sample_weight' on: {by_name(inner)}\(\) takes"
    model = around(defense, inner)
    with pytest.raises(TypeError, match=message):
        model.fit(X, y, sample_weight=sample_weight)
    assert set(vars(model)) == set(model.get_params(deep=False))
    model.fit(X, y)


@pytest.mark.parametrize(
    ("sample_weight", "got"),
    [
        (np.ones(59), r"an array of shape \(59,\)"),
        (np.ones((60, 1)), r"an array of shape \(60, 1\)"),
        (1.0, r"an array of shape \(\)"),
        (np.r_[np.ones(58), -1.0, -2.0], r"2 other number\(s\), the first -1.0 in"),
        (np.r_[np.nan, np.ones(59)], r"1 other number\(s\), the first nan"),
        (np.r_[np.inf, np.ones(59)], r"1 other number\(s\), the first inf"),
        (np.zeros(60), "zeros only"),
        (["a"] * 60, r"\['a', "),
    ],
)
@pytest.mark.parametrize("defense", [d.LabelOnly(NB), DEFENSES[4]], ids=by_name)
def test_what_are_no_weights(defense, sample_weight, got, records):
    X, y, _ = records
    message = (
        rf"The 'sample_weight' of {by_name(defense)}.fit must be 60 finite numbers, "
        rf"one for each record, .* Got {got}"
    )
    with pytest.raises(ValueError, match=message):
        clone(defense).fit(X, y, sample_weight=sample_weight)


@pytest.mark.parametrize("defense", ACCEPTING, ids=by_name)
def test_weights_that_leave_one_class(defense, records):
    X, y, _ = records
    labels = np.array(["a", "b", "c"])[y]
    message = rf"'sample_weight' of {by_name(defense)}.fit must .* Got one, 'b', only"
    with pytest.raises(ValueError, match=message):
        clone(defense).fit(X, labels, sample_weight=(y == 1).astype(int))


def test_one_class_has_weights_as_well(records):
    X, _, sample_weight = records
    model = d.LabelOnly(DecisionTreeClassifier(**SEED))
    model.fit(X, ["only"] * 60, sample_weight=sample_weight)
    assert_array_equal(model.predict(X), ["only"] * 60)


def test_another_parameter_is_named():
    message = (
        "^RoundedPosterior.fit takes no parameter 'weights': besides X and y it takes "
        "'sample_weight' only"
    )
    with pytest.raises(TypeError, match=message):
        d.RoundedPosterior(NB).fit([[0], [1]], [0, 1], weights=[1, 1])


def test_lists_and_sparse_records_have_weights_too():
    X, y = [[0.0], [1.0], [2.0]], [0, 1, 1]
    model = d.RoundedPosterior(NB).fit(X, y, sample_weight=[1, 0, 2])
    assert_array_equal(model.estimator_.class_count_, [1, 2])
    for defense in (d.LabelOnly(EXACT), d.LabelSmoothedClassifier(EXACT)):
        dense = clone(defense).fit(X, y, sample_weight=[1, 0.5, 0])
        thin = clone(defense).fit(csr_array(X), y, sample_weight=[1, 0.5, 0])
        assert_allclose(thin.estimator_.coef_, dense.estimator_.coef_, rtol=1e-6)


# Where the weights come from, and who is inside.


def test_steps_searches_and_cross_validation_hand_them_on(records):
    X, y, sample_weight = records
    defense = d.LabelSmoothedClassifier(NB)
    expected = clone(defense).fit(X, y, sample_weight=sample_weight).predict_proba(X)
    steps = make_pipeline(FunctionTransformer(), defense)
    steps.fit(X, y, labelsmoothedclassifier__sample_weight=sample_weight)
    assert_array_equal(steps.predict_proba(X), expected)
    grid = GridSearchCV(defense, {"smoothing": [0.1]}, cv=2)
    grid.fit(X, y, sample_weight=sample_weight)
    assert_array_equal(grid.predict_proba(X), expected)
    done = cross_validate(
        defense,
        X,
        y,
        params={"sample_weight": sample_weight},
        cv=[(np.arange(40), np.arange(40, 60))],
        return_estimator=True,
        error_score="raise",
    )
    [model] = done["estimator"]
    fold = clone(defense).fit(X[:40], y[:40], sample_weight=sample_weight[:40])
    assert_array_equal(model.predict_proba(X), fold.predict_proba(X))


def test_routing_hands_them_on_where_they_are_requested(records):
    X, y, sample_weight = records
    defense = d.RoundedPosterior(NB)
    expected = clone(defense).fit(X, y, sample_weight=sample_weight)
    with config_context(enable_metadata_routing=True):
        requesting = clone(defense).set_fit_request(sample_weight=True)
        steps = make_pipeline(FunctionTransformer(), requesting)
        steps.fit(X, y, sample_weight=sample_weight)
    assert_array_equal(steps[-1].estimator_.theta_, expected.estimator_.theta_)


def test_defenses_inside_defenses(records):
    X, y, sample_weight = records
    inner = d.LabelSmoothedClassifier(make_pipeline(StandardScaler(), NB))
    model = d.LabelOnly(d.RoundedPosterior(inner))
    model.fit(X, y, sample_weight=sample_weight)
    alone = clone(inner).fit(X, y, sample_weight=sample_weight)
    released = model.estimator_.estimator_.predict_proba(X)
    assert_array_equal(released, alone.predict_proba(X))
    # A defense inside is known to take weights: no copies are drawn for soft labels.
    model = d.LabelSmoothedClassifier(d.LabelOnly(Spy()), **SEED)
    FITS.clear()
    model.fit(X, y)
    assert FITS[0][2] is not None
    model.set_params(estimator=d.LabelOnly(Weightless())).fit(X, y)


def test_a_student_that_takes_none_is_named(records):
    X, y, sample_weight = records
    model = d.DistilledClassifier(NB, student=KNeighborsClassifier(), keep=1.0, **SEED)
    with pytest.raises(TypeError, match=r"on: KNeighborsClassifier\(\) takes none"):
        model.fit(X, y, sample_weight=sample_weight)
    # Records of the user's own count once: it need not take any.
    model.set_params(reference=X[:30]).fit(X, y, sample_weight=sample_weight)


def test_models_that_take_whatever_they_are_given(records):
    X, y, sample_weight = records
    search = GridSearchCV(Spy(), {"var_smoothing": [1e-9]}, cv=2)
    for inner in (search, StackingClassifier([("nb", Spy())], NB, cv=2)):
        FITS.clear()
        d.RoundedPosterior(inner).fit(X, y, sample_weight=sample_weight)
        assert FITS
        assert all(given is not None for *_, given in FITS)
    search.set_params(estimator=Weightless(), error_score="raise")
    with pytest.raises(TypeError, match=r"unexpected keyword .* 'sample_weight'"):
        d.RoundedPosterior(search).fit(X, y, sample_weight=sample_weight)


def test_a_frozen_model_takes_none(records):
    X, y, sample_weight = records
    frozen = FrozenEstimator(GaussianNB().fit(X, y))
    message = r"'sample_weight' on: FrozenEstimator\(.* takes none"
    with pytest.raises(TypeError, match=message):
        d.LabelOnly(frozen).fit(X, y, sample_weight=sample_weight)


@pytest.mark.parametrize(
    "inner",
    [
        RandomForestClassifier(5, **SEED),
        GridSearchCV(NB, {"var_smoothing": [1e-9]}, cv=2),
    ],
    ids=by_name,
)
def test_soft_labels_where_copies_are_drawn(inner, records):
    """A bag of records, or a model that does not tell whether it takes weights."""
    X, y, sample_weight = records
    only = np.where(y == 1, 0, sample_weight)
    model = d.LabelSmoothedClassifier(inner, smoothing=0.2, **SEED)
    model.fit(X, y, sample_weight=only)
    assert_array_equal(model.classes_, [0, 2])
    heavy = np.where(y == 0, 1e6, 1)
    light = clone(model).fit(X, y, sample_weight=np.ones(60)).predict_proba(X)
    assert clone(model).fit(X, y, sample_weight=heavy).predict_proba(X)[:, 0].mean() > (
        light[:, 0].mean() + 0.2
    )


def test_routing_through_a_pipeline_inside(records):
    X, y, sample_weight = records
    expected = clone(NB).fit(X, y, sample_weight=sample_weight)
    with config_context(enable_metadata_routing=True):
        inner = make_pipeline(clone(NB).set_fit_request(sample_weight=True))
        model = d.RoundedPosterior(inner).fit(X, y, sample_weight=sample_weight)
    assert_array_equal(model.estimator_[-1].theta_, expected.theta_)
