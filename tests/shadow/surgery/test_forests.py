"""Forests with and without a record, beside forests that are grown anew."""

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from slow_cases import others_slow, slow
from trained_anew import counts, halves, trained_anew

from skmia.shadow import other_side

FORESTS = [
    RandomForestClassifier(12, random_state=0),
    RandomForestClassifier(12, min_samples_leaf=5, max_samples=0.7, random_state=0),
    RandomForestClassifier(5, bootstrap=False, max_depth=3, random_state=0),
    ExtraTreesClassifier(12, random_state=0),
    ExtraTreesClassifier(12, bootstrap=True, random_state=0),
]


def noisy(seed, n_records=120):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_records, 5))
    y = (X[:, 0] + 0.7 * X[:, 1] + rng.normal(size=n_records) > 0).astype(int)
    return X, y, np.arange(n_records) % 2 == 0


def of_label(P, classes, y):
    return P[np.arange(len(y)), np.searchsorted(classes, y)]


@pytest.mark.parametrize("name", ["iris", *slow("wine", "breast_cancer")])
def test_grown_without_a_bootstrap_what_joins_is_known(name, global_random_seed):
    X, y, inside = halves(name, global_random_seed)
    model = ExtraTreesClassifier(5, random_state=0).fit(X[inside], y[inside])
    found, truth = other_side(model, X, y, inside), trained_anew(model, X, y, inside)
    np.testing.assert_allclose(found[~inside], truth[~inside], atol=1e-12)


@pytest.mark.parametrize("model", FORESTS, ids=str)
def test_trees_are_counted_one_by_one(model, global_random_seed):
    """Spelled out for every tree and record, from the samples that were drawn."""
    X, y, inside = noisy(global_random_seed, 60)
    model = clone(model).fit(X[inside], y[inside])
    found = of_label(other_side(model, X, y, inside), model.classes_, y)
    training = np.flatnonzero(inside)
    grown = model.max_depth is None and model.min_samples_leaf == 1
    for row in range(0, 60, 7):
        answers = []
        for tree, drawn in zip(
            model.estimators_, model.estimators_samples_, strict=True
        ):
            drawn = training[drawn]
            leaf = tree.apply(X[[row]])[0]
            there = drawn[tree.apply(X[drawn]) == leaf]
            right = (y[there] == y[row]).sum()
            if inside[row]:
                path = tree.decision_path(X[[row]]).indices
                others = drawn[drawn != row]
                nodes = tree.decision_path(X[others]).toarray()[:, path] > 0
                deepest = nodes[:, nodes.any(axis=0)][:, -1]
                same = others[deepest] if row in drawn else there
                answers.append((y[same] == y[row]).mean())
                continue
            mean = len(drawn) / len(training)
            weights = np.exp(-mean) * np.array([1, mean, mean**2 / 2])
            weights = [*weights, 1 - weights.sum()] if model.bootstrap else [0, 1, 0, 0]
            shares = [
                1.0 if grown and k else (right + k) / (len(there) + k) for k in range(4)
            ]
            answers.append(np.dot(weights, shares))
        assert found[row] == pytest.approx(np.mean(answers), abs=1e-12)


@pytest.mark.parametrize("model", others_slow(FORESTS, FORESTS[1:4:2]), ids=str)
@pytest.mark.parametrize("name", ["iris", *slow("wine", "noisy")])
def test_answers_are_nearer_to_refits_than_the_forests_own(
    model, name, global_random_seed
):
    """Refits draw other samples and features: half of the difference is their chance.

    Measured mean error .5 to .95 of that of the own answer.
    """
    seed = global_random_seed
    X, y, inside = noisy(seed) if name == "noisy" else halves(name, seed, 100)
    model = clone(model).fit(X[inside], y[inside])
    truth = of_label(trained_anew(model, X, y, inside), model.classes_, y)
    found = of_label(other_side(model, X, y, inside), model.classes_, y)
    own = of_label(model.predict_proba(X), model.classes_, y)
    assert np.abs(found - truth).mean() < np.abs(own - truth).mean()
    # A record says nothing against its own label.
    assert (np.where(inside, own - found, found - own) >= -1e-12).mean() > 0.9


@pytest.mark.slow
def test_the_mean_change_of_what_joins_is_that_of_refits(global_random_seed):
    """Grown trees: by the chances of the bootstrap, 1.0 of the true change on average.

    Measured .86 to 1.14 with 15 to 30 trees.
    """
    X, y, inside = noisy(global_random_seed)
    model = RandomForestClassifier(25, random_state=0).fit(X[inside], y[inside])
    truth = of_label(trained_anew(model, X, y, inside), model.classes_, y)
    found = of_label(other_side(model, X, y, inside), model.classes_, y)
    own = of_label(model.predict_proba(X), model.classes_, y)
    ratio = (found - own)[~inside].mean() / (truth - own)[~inside].mean()
    assert 0.75 < ratio < 1.25
    assert spearmanr(found[inside], truth[inside])[0] > 0.6


@pytest.mark.parametrize("model", FORESTS, ids=str)
def test_sparse_records_rare_classes_and_single_precision(model, global_random_seed):
    X, y, inside = counts(global_random_seed)
    model = clone(model)
    expected = other_side(model.fit(X[inside], y[inside]), X, y, inside)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(expected.sum(axis=1), 1)
    for records in (sparse.csr_array(X), X.astype(np.float32)):
        found = other_side(model.fit(records[inside], y[inside]), records, y, inside)
        np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("max_samples", [None, 0.5, 20])
def test_chances_of_the_bootstrap(max_samples):
    """Constant features: all is in the root, and the record as often as by chance."""
    X, y = np.zeros((41, 1)), np.arange(41) % 2
    inside = np.arange(41) < 40
    model = RandomForestClassifier(1, max_samples=max_samples, random_state=0)
    model.fit(X[inside], y[inside])
    n = 40 if max_samples is None else 20
    zeros = (1 - model.predict_proba(X)[0, 1]) * n
    mean = n / 40
    chances = np.exp(-mean) * np.array([1, mean, mean**2 / 2, 0])
    chances[3] = 1 - chances.sum()
    expected = chances @ [(zeros + k) / (n + k) for k in range(4)]
    # Equal to 40 others, whether the tree is called grown or not.
    assert other_side(model, X, y, inside)[40, 0] == pytest.approx(expected)


def test_refused():
    X, y, inside = noisy(0)
    for params, reason in (
        ({"class_weight": "balanced_subsample"}, "class_weight is given"),
        ({"monotonic_cst": [1, 0, 0, 0, 0]}, "monotonic_cst is given"),
    ):
        model = RandomForestClassifier(3, **params, random_state=0).fit(
            X[inside], y[inside]
        )
        with pytest.raises(ValueError, match=reason):
            other_side(model, X, y, inside)


@pytest.mark.parametrize("bootstrap", [True, False])
def test_other_records_than_those_of_the_fit_are_an_error(bootstrap):
    X, y, inside = noisy(0)
    model = RandomForestClassifier(3, bootstrap=bootstrap, random_state=0)
    model.fit(X[inside], y[inside])
    others = inside.copy()
    others[0] = False
    for wrong in (~inside, others, np.ones(len(y), dtype=bool)):
        with pytest.raises(ValueError, match="was not trained on the records"):
            other_side(model, X, y, wrong)
