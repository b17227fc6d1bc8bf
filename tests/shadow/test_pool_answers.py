"""What models say about their pool together, beside what each says by itself."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier

from skmia import ShadowModels
from skmia.attacks import leave_one_out_likelihood_ratio
from skmia.shadow import BootstrapSplit, other_side
from skmia.shadow._operated import inside_once
from skmia.shadow._training import Task
from skmia.shadow.engine._trainers import GENERIC, answers_of, choose_trainer

NAMES = np.array(["a", "bb", "c", "dddd", "e"])
CONTAINERS = [
    np.asarray,
    sparse.csr_array,
    lambda X: pd.DataFrame(X).add_prefix("f"),
]


def pool_of(estimator, X, y, parts):
    """Fitted models, who was trained on, and what they say together."""
    trainer, reason = choose_trainer(estimator, X, y)
    assert reason is None
    tasks = [Task(estimator, rows, 0, "", None, trainer) for rows in parts]
    cut = (lambda rows: X.iloc[rows]) if hasattr(X, "iloc") else X.__getitem__
    models = [clone(estimator).fit(cut(rows), y[rows]) for rows in parts]
    return models, [inside_once(rows, X) for rows in parts], answers_of(tasks, X, y)


def assert_same_answers(models, insides, answers, X, y, atol):
    for model, inside, pool in zip(models, insides, answers, strict=True):
        expected = model.predict_proba(X)
        found = pool.ask(model, "predict_proba", inside)
        apart = np.abs(found - expected).max(axis=1)
        assert (apart <= atol + rounding_of(model, X)).all()
        labels = pool.ask(model, "predict", inside)
        assert labels.dtype == model.predict(X).dtype
        # Where two classes are equal to rounding, either may be the largest.
        two = np.sort(np.c_[expected, np.zeros(len(y))], axis=1)[:, -2:]
        clear = np.diff(two, axis=1)[:, 0] > 10 * (atol + rounding_of(model, X))
        assert_array_equal(labels[clear], model.predict(X)[clear])
        assert pool.ask(model, "decision_function", inside) is None
        told = pool.other_side(model, inside)
        if told is not None:
            again = other_side(model, X, y, inside)
            assert_allclose(told, again, rtol=0, atol=atol)


def rounding_of(model, X):
    """That of scikit-learn: a log-likelihood of -1e10 is known to the sixth digit."""
    if not isinstance(model, GaussianNB):
        return np.zeros(X.shape[0])
    best = model.predict_joint_log_proba(X).max(axis=1)
    return X.shape[1] * np.finfo(float).eps * np.abs(best)


def parts_of(rng, n_records, sizes):
    return [np.sort(rng.permutation(n_records)[:size]) for size in sizes]


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_classes=st.integers(1, 5),
    sizes=st.lists(st.integers(8, 50), min_size=1, max_size=4),
    container=st.sampled_from(CONTAINERS),
    model=st.builds(
        KNeighborsClassifier,
        n_neighbors=st.sampled_from([1, 3, 8]),
        weights=st.sampled_from(["uniform", "distance"]),
        metric=st.sampled_from(["minkowski", "manhattan"]),
    ),
)
def test_neighbours(seed, n_classes, sizes, container, model):
    rng = np.random.default_rng(seed)
    X, y = container(rng.normal(size=(50, 3))), NAMES[rng.integers(n_classes, size=50)]
    pool = pool_of(model, X, y, parts_of(rng, 50, sizes))
    # Votes by distance: a record lies some 1e-8 from itself where distances come from
    # products, and has all votes but so many.
    assert_same_answers(*pool, X, y, atol=1e-6)


@pytest.mark.parametrize("algorithm", ["ball_tree", "kd_tree", "brute"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, int])
def test_every_search(algorithm, dtype):
    rng = np.random.default_rng(0)
    X = (1e3 * rng.normal(size=(80, 4))).astype(dtype)
    y = rng.integers(3, size=80)
    model = KNeighborsClassifier(4, algorithm=algorithm, p=3)
    pool = pool_of(model, X, y, parts_of(rng, 80, [40, 30, 60]))
    assert_same_answers(*pool, X, y, atol=1e-6)


def test_far_from_zero_neighbours_are_searched_as_by_the_models():
    """Products of numbers around 1e8 tell nothing of distances around 1."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 4)) + 1e8, rng.integers(2, size=60)
    pool = pool_of(KNeighborsClassifier(), X, y, parts_of(rng, 60, [30, 25]))
    assert_same_answers(*pool, X, y, atol=1e-12)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), n_neighbors=st.integers(1, 9))
def test_of_neighbours_at_one_distance_the_first_counts(seed, n_neighbors):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(2, size=(60, 5)), rng.integers(3, size=60)
    parts = parts_of(rng, 60, [30, 20, 50])
    pool = pool_of(KNeighborsClassifier(n_neighbors), X, y, parts)
    models, insides, answers = pool
    for model, inside, told in zip(models, insides, answers, strict=True):
        apart = np.abs(X[:, np.newaxis] - X[inside]).sum(axis=2)
        nearest = np.argsort(apart, axis=1, kind="stable")[:, :n_neighbors]
        votes = y[inside][nearest][:, :, np.newaxis] == model.classes_
        # The table holds them all: it is as long as the pool.
        found = told.ask(model, "predict_proba", inside)
        assert_allclose(found, votes.mean(axis=1), atol=1e-12)
        again = other_side(model, X, y, inside)
        assert_allclose(told.other_side(model, inside), again, atol=1e-12)


def test_neighbours_that_are_not_in_the_table(monkeypatch):
    """One model has all that is far from a record, another one few of any."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), rng.integers(3, size=300)
    far = np.argsort(X[:, 0])[:150]
    pool = pool_of(KNeighborsClassifier(), X, y, [np.sort(far), np.arange(150)])
    models, insides, (told, _) = pool
    assert told._table[0].shape[1] < 100
    asked = []
    ask = KNeighborsClassifier.predict_proba

    def counted(self, X):
        asked.append(len(X))
        return ask(self, X)

    monkeypatch.setattr(KNeighborsClassifier, "predict_proba", counted)
    told.ask(models[0], "predict_proba", insides[0])
    assert 50 < asked[0] < 150
    assert_same_answers(*pool, X, y, atol=1e-9)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_classes=st.integers(1, 5),
    constant=st.booleans(),
    scale=st.sampled_from([1e-3, 1.0, 1e4]),
)
def test_gaussians(seed, n_classes, constant, scale):
    rng = np.random.default_rng(seed)
    X = scale * rng.normal(size=(60, 4)) + 10 * scale
    X[:, 3] = rng.random(60) < 0.1
    y = NAMES[rng.integers(n_classes, size=60)]
    if constant:  # within a class its variance is that of the smoothing, 1e-9
        X[y == y[0], 2] = 0.37
    pool = pool_of(GaussianNB(), X, y, parts_of(rng, 60, [30, 20, 55]))
    # Log-likelihoods are looked at again where rounding may be more than 1e-7.
    assert_same_answers(*pool, X, y, atol=2e-7)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_classes=st.integers(1, 4),
    container=st.sampled_from(CONTAINERS),
    model=st.sampled_from(
        [
            MultinomialNB(),
            MultinomialNB(alpha=0.3, fit_prior=False),
            BernoulliNB(),
            BernoulliNB(alpha=2, binarize=1),
        ]
    ),
)
def test_counts(seed, n_classes, container, model):
    rng = np.random.default_rng(seed)
    X = container(rng.integers(4, size=(40, 5)) * (rng.random((40, 5)) < 0.4))
    y = NAMES[rng.integers(n_classes, size=40)]
    pool = pool_of(model, X, y, parts_of(rng, 40, [20, 10, 30]))
    assert_same_answers(*pool, X, y, atol=1e-10)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (KNeighborsClassifier(metric=lambda a, b: 0.0), "'metric' must be one of"),
        (KNeighborsClassifier(metric="cosine"), "'metric' must be one of"),
        (KNeighborsClassifier(weights=np.ones_like), "'weights' is a function"),
        (KNeighborsClassifier(n_neighbors=0), "n_neighbors"),
        (KNeighborsClassifier(p=-1), "'p'"),
    ],
)
def test_neighbours_that_are_left_to_the_generic_trainer(model, why):
    trainer, reason = choose_trainer(model, np.eye(9), np.arange(9))
    assert trainer == GENERIC
    assert why in reason


def test_several_outputs_are(global_random_seed):
    y = np.random.default_rng(global_random_seed).integers(2, size=(9, 2))
    assert choose_trainer(KNeighborsClassifier(), np.eye(9), y)[0] == GENERIC


@pytest.mark.parametrize("kind", [GaussianNB(), BernoulliNB(), KNeighborsClassifier()])
@pytest.mark.parametrize("signals", [None, ["posterior", "correctness"]])
@pytest.mark.parametrize("both_sides", [False, True])
def test_shadow_models(tmp_path, kind, signals, both_sides):
    """Whole path: kept or recorded, in a cache or not."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.integers(3, size=60)
    seen = []
    for how in [
        {"trainer": "generic"},
        {"trainer": "auto"},
        {"trainer": "auto", "memory": str(tmp_path)},
        {"trainer": "auto", "memory": str(tmp_path)},  # from the cache
    ]:
        how = {"signals": signals, "both_sides": both_sides, "random_state": 0} | how
        shadows = ShadowModels(kind, n_shadows=4, **how).fit(X, y)
        tables = [
            one.observe(["posterior", "correctness"])
            for one in shadows.sessions(both_sides=both_sides)
        ]
        seen.append(np.stack(tables))
        assert shadows.operated_.all() == both_sides
    for one in seen[1:]:
        assert_allclose(one, seen[0], rtol=0, atol=1e-6)


def test_two_processes():
    X, y = load_digits(return_X_y=True)
    how = {"n_shadows": 4, "random_state": 0, "trainer": "auto"}
    both = [
        ShadowModels(KNeighborsClassifier(), n_jobs=n_jobs, **how).fit(X, y)
        for n_jobs in (1, 2)
    ]
    assert_array_equal(*[one.reference("posterior") for one in both])


def test_records_that_are_drawn_twice_are_asked_about_one_by_one():
    X, y = load_digits(return_X_y=True)
    how = {"cv": BootstrapSplit(2), "random_state": 0}
    both = [
        ShadowModels(KNeighborsClassifier(), trainer=trainer, **how).fit(X, y)
        for trainer in ("generic", "auto")
    ]
    assert_array_equal(*[one.reference("posterior") for one in both])


def test_a_model_is_asked_itself_about_other_records():
    X, y = load_digits(return_X_y=True)
    how = {"n_shadows": 2, "random_state": 0, "trainer": "auto"}
    shadows = ShadowModels(KNeighborsClassifier(), **how).fit(X[:900], y[:900])
    session, model = shadows.sessions()[0], shadows.estimators_[0]
    told = session.about(X[900:], y[900:]).ask("predict_proba")
    assert_array_equal(told, model.predict_proba(X[900:]))
    told = session.observe(["posterior"], X[900:], y[900:])
    assert_array_equal(told, model.predict_proba(X[900:]))


@pytest.mark.parametrize("load", [load_digits, load_breast_cancer])
@pytest.mark.parametrize(
    "kind", [KNeighborsClassifier(), GaussianNB(), BernoulliNB(), MultinomialNB()]
)
def test_what_an_attacker_sees(load, kind):
    """The AUC of LiRA is the same within .003, the bound that is promised."""
    X, y = load(return_X_y=True)
    aucs = []
    for trainer in ("generic", "auto"):
        how = {"signals": ["scaled_logit"], "trainer": trainer, "random_state": 0}
        shadows = ShadowModels(kind, n_shadows=16, **how).fit(X, y)
        inside = shadows.membership_.T
        score = leave_one_out_likelihood_ratio(
            shadows.reference("scaled_logit"), inside
        )
        pairs = zip(inside.T, score.T, strict=True)
        aucs.append(np.mean([roc_auc_score(*pair) for pair in pairs]))
    assert abs(aucs[0] - aucs[1]) < 0.003
