"""What the hardened models promise, whatever they are given."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import check_random_state

from skmia.defenses import (
    DisjointStackingClassifier,
    EarlyStoppedClassifier,
    FeatureBaggedClassifier,
    FitControlledClassifier,
    PenalizedClassifier,
    PrunedMLPClassifier,
)
from skmia.defenses.networks._pruned_mlp import _prune
from skmia.defenses.training._disjoint_stacking import _disjoint_parts
from skmia.defenses.training._fit_controlled import _choice
from skmia.neural import AdversarialRegularizationClassifier, MLPNet

SEEDS = st.integers(0, 1000)


@st.composite
def records(draw, *, min_per_class=6, max_per_class=12, max_classes=3):
    """Features on a coarse grid (many ties), and labels in any order."""
    sizes = st.integers(min_per_class, max_per_class)
    counts = draw(st.lists(sizes, min_size=2, max_size=max_classes))
    rng = np.random.RandomState(draw(SEEDS))
    y = rng.permutation(np.repeat(np.array(["b", "a", "c"])[: len(counts)], counts))
    X = rng.randint(-2, 3, size=(len(y), 3)) + (y == "a")[:, None]
    return X.astype(float), y


# Fit control


@pytest.mark.slow
@given(records())
def test_larger_penalties_prune_more(problem):
    X, y = problem
    tree = DecisionTreeClassifier(random_state=0)
    model = FitControlledClassifier(tree, cv=2).fit(X, y)
    values = model.results_["value"]
    assert (values.diff().dropna() > 0).all()
    trees = [clone(tree).set_params(ccp_alpha=value).fit(X, y) for value in values]
    nodes = [fitted.tree_.node_count for fitted in trees]
    accuracies = [fitted.score(X, y) for fitted in trees]
    assert (np.diff(nodes) <= 0).all()
    assert (np.diff(accuracies) <= 1e-12).all()


@pytest.mark.slow
@given(records())
def test_leaves_are_as_large_as_asked(problem):
    X, y = problem
    model = FitControlledClassifier(
        DecisionTreeClassifier(random_state=0), parameter="min_samples_leaf", cv=2
    ).fit(X, y)
    leaves = np.unique(model.estimator_.apply(X), return_counts=True)[1]
    assert leaves.min() >= min(model.value_, len(y))


@pytest.mark.slow
@given(records(), records())
def test_gap_attack_wins_the_gap(members, others):
    """It says "member" where the label is right: its advantage is the gap, exactly."""
    model = FitControlledClassifier(GaussianNB(), cv=2).fit(*members)
    says_member = [model.predict(X) == y for X, y in (members, others)]
    advantage = np.mean(says_member[0]) - np.mean(says_member[1])
    assert advantage == model.score(*members) - model.score(*others)


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 4), st.integers(-2, 8)),
        min_size=1,
        max_size=8,
    ),
    st.one_of(st.none(), st.integers(0, 8)),
)
def test_choice_is_the_last_within_one_standard_error(rows, max_gap):
    table = pd.DataFrame(rows, columns=["score", "standard_error", "gap"]) / 8
    limit = None if max_gap is None else max_gap / 8
    allowed = table[table["gap"] <= (np.inf if limit is None else limit)]
    if allowed.empty:
        with pytest.raises(ValueError, match="'max_gap' parameter"):
            _choice(table, limit)
        return
    choice = _choice(table, limit)
    best = allowed[allowed["score"] == allowed["score"].max()].iloc[0]
    good = allowed.index[allowed["score"] >= best["score"] - best["standard_error"]]
    assert choice == max(good)


# Early stopping


@given(records(), SEEDS, st.integers(1, 9), st.integers(1, 3))
def test_smallest_validation_loss_is_released(problem, seed, max_epochs, patience):
    X, y = problem
    model = EarlyStoppedClassifier(
        DecisionTreeClassifier(),
        max_epochs=max_epochs,
        patience=patience,
        validation_fraction=0.3,
        random_state=seed,
    ).fit(X, y)
    history = model.history_
    assert history["n_epochs"].is_monotonic_increasing
    assert history["n_epochs"].iloc[-1] <= max_epochs
    losses = history["validation_loss"]
    assert model.n_epochs_ == history["n_epochs"][losses.argmin()]
    assert len(losses) - 1 - losses.argmin() <= patience
    assert model.estimator_.max_depth == model.n_epochs_
    assert_array_equal(model.estimator_.classes_, model.classes_)


# Penalties

STRENGTHS = st.floats(1e-4, 1)


@given(records(), STRENGTHS, STRENGTHS)
def test_stronger_penalties_give_smaller_weights_and_larger_losses(problem, one, two):
    X, y = problem
    inner = LogisticRegression(tol=1e-8, max_iter=2000)
    norms, losses = [], []
    for strength in sorted([one, two]):
        model = PenalizedClassifier(inner, strength=strength).fit(X, y)
        norms.append(np.linalg.norm(model.estimator_.coef_))
        losses.append(log_loss(y, model.predict_proba(X)))
    # What the solver leaves: gradients of 1e-8 over a curvature of 2e-4 at least.
    assert norms[1] <= norms[0] + 1e-3
    assert losses[1] >= losses[0] - 1e-6


@given(records(max_classes=2), st.floats(1e-2, 1), SEEDS)
def test_one_record_moves_the_weights_a_little(problem, strength, row):
    X, y = problem
    X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1)
    row %= len(y)
    other = y.copy()
    other[row] = "a" if y[row] == "b" else "b"
    inner = LogisticRegression(fit_intercept=False, tol=1e-8, max_iter=1000)
    before, after = (
        PenalizedClassifier(inner, strength=strength).fit(X, labels).estimator_.coef_
        for labels in (y, other)
    )
    # The slope of the log loss in the weights is at most the norm of the record, 1.
    assert np.linalg.norm(after - before) <= 1 / (len(y) * strength) + 1e-4


# Dropout


@given(records(), SEEDS, st.floats(0, 0.99))
def test_dropout_ends_with_training(problem, seed, drop):
    X, y = problem
    model = FeatureBaggedClassifier(
        GaussianNB(), drop=drop, n_estimators=3, random_state=seed
    ).fit(X, y)
    posterior = model.predict_proba(X)
    assert_array_equal(model.predict_proba(X), posterior)
    assert_array_equal(model.predict_proba(X[3:5]), posterior[3:5])


@given(records(), SEEDS)
def test_no_dropout_changes_nothing(problem, seed):
    X, y = problem
    model = FeatureBaggedClassifier(
        GaussianNB(), drop=0, n_estimators=3, random_state=seed
    ).fit(X, y)
    expected = GaussianNB().fit(X, y).predict_proba(X)
    assert_allclose(model.predict_proba(X), expected, rtol=1e-9, atol=1e-12)


# Stacking


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
    st.lists(st.floats(0.01, 1), min_size=2, max_size=4),
    SEEDS,
)
def test_parts_cover_all_records_and_have_all_classes(counts, shares, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    fractions = np.array(shares) / np.sum(shares)
    rng = check_random_state(seed)
    if min(counts) < len(fractions):
        with pytest.raises(
            ValueError, match=f"parts, hence {len(fractions)} different rec"
        ):
            _disjoint_parts(y, fractions, rng)
        return
    parts = _disjoint_parts(y, fractions, rng)
    # One number per record: disjoint by construction, and none is left out.
    assert parts.shape == y.shape
    for label, count in enumerate(counts):
        sizes = np.bincount(parts[y == label], minlength=len(fractions))
        assert sizes.min() >= 1
        assert sizes.sum() == count
        # The parts that get one record more than their share take it from others.
        assert (sizes <= np.maximum(fractions * count + 1, 1)).all()


@given(records(), SEEDS, SEEDS)
def test_a_record_is_in_one_model(problem, seed, row):
    X, y = problem
    row %= len(y)
    # With its doubles, which are one record; to where no other is.
    moved = X.copy()
    doubles = np.isclose(X, X[row]).all(axis=1)
    moved[doubles] += 50
    model = DisjointStackingClassifier(
        [("one", GaussianNB()), ("two", GaussianNB())], random_state=seed
    )
    before = model.fit(X, y).estimator_.estimators_
    part = model.parts_[row]
    after = model.fit(moved, y).estimator_.estimators_
    assert model.parts_[row] == part
    changed = [
        not np.array_equal(a.theta_, b.theta_)
        for a, b in zip(before, after, strict=True)
    ]
    # In the part of the combiner (2), a record is in neither of the two.
    assert changed == [part == 0, part == 1]


# Pruning


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=3),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=3),
    SEEDS,
)
def test_no_more_weights_than_asked_for(shapes, sparsities, seed):
    rng = np.random.RandomState(seed)
    # Many ties, and zeros that are there already.
    coefs = [rng.randint(-2, 3, size=shape).astype(float) for shape in shapes]
    total = sum(coef.size for coef in coefs)
    for sparsity in sorted(sparsities):
        before = [coef.copy() for coef in coefs]
        masks = _prune(coefs, sparsity)
        assert sum(np.count_nonzero(coef) for coef in coefs) <= (1 - sparsity) * total
        for coef, old, mask in zip(coefs, before, masks, strict=True):
            assert_array_equal(coef, np.where(mask, old, 0))
            # What is kept is no smaller than what goes.
            if mask.any() and not mask.all():
                assert np.abs(old[mask]).min() >= np.abs(old[~mask]).max()


@given(records(), SEEDS, st.floats(0, 0.99), st.integers(1, 2))
def test_pruned_weights_stay_pruned(problem, seed, sparsity, n_rounds):
    X, y = problem
    network = MLPClassifier((5,), tol=0.5, random_state=seed)
    model = PrunedMLPClassifier(
        network,
        sparsity=sparsity,
        n_rounds=n_rounds,
        epochs_per_round=2,
        random_state=seed,
    ).fit(X, y)
    coefs = model.estimator_.coefs_
    total = sum(coef.size for coef in coefs)
    n_left = sum(np.count_nonzero(coef) for coef in coefs)
    assert n_left <= (1 - sparsity) * total
    assert model.sparsity_ == pytest.approx(1 - n_left / total)


@given(records(), SEEDS)
def test_nothing_pruned_is_the_network_itself(problem, seed):
    X, y = problem
    network = MLPClassifier((5,), tol=0.5, random_state=seed)
    model = PrunedMLPClassifier(network, sparsity=0, random_state=None).fit(X, y)
    assert_array_equal(model.predict_proba(X), network.fit(X, y).predict_proba(X))


# Adversarial regularization


@given(records(), SEEDS, st.floats(0.01, 0.99), st.integers(1, 40))
def test_records_are_trained_on_or_held_out(problem, seed, fraction, batch_size):
    X, y = problem
    settings = {"max_epochs": 2, "batch_size": batch_size, "random_state": seed}
    model = AdversarialRegularizationClassifier(
        (5,), alpha=0, reference_fraction=fraction, attack_steps=1, **settings
    ).fit(X, y)
    trained_on = np.setdiff1d(np.arange(len(y)), model.held_out_)
    assert set(y[trained_on]) == set(y)
    assert len(model.held_out_) >= 1
    # With the adversary looking on, the network is that of these records, to the bit.
    plain = MLPNet((5,), **settings).fit(X[trained_on], y[trained_on])
    assert_array_equal(model.predict_proba(X), plain.predict_proba(X))


@given(records(), SEEDS, st.floats(0.01, 0.99), st.floats(0, 10))
def test_records_held_out_are_a_reference(problem, seed, fraction, alpha):
    X, y = problem
    model = AdversarialRegularizationClassifier(
        (5,), alpha=alpha, reference_fraction=fraction, max_epochs=2, random_state=seed
    )
    answer = model.fit(X, y).predict_proba(X)
    held_out = model.held_out_
    kept = np.setdiff1d(np.arange(len(y)), held_out)
    model.set_params(reference=(X[held_out], y[held_out])).fit(X[kept], y[kept])
    assert_array_equal(model.predict_proba(X), answer)


@given(records(), SEEDS, st.floats(0, 100), st.floats(1e-4, 10))
def test_posteriors_stay_posteriors(problem, seed, alpha, learning_rate):
    """However strong the adversary, and however large the steps."""
    X, y = problem
    model = AdversarialRegularizationClassifier(
        (5,),
        alpha=alpha,
        attack_steps=1,
        max_epochs=2,
        learning_rate=learning_rate,
        attack_learning_rate=learning_rate,
        random_state=seed,
    ).fit(X, y)
    posterior = model.predict_proba(X)
    assert posterior.min() >= 0
    assert_allclose(posterior.sum(axis=1), 1, rtol=0, atol=1e-12)
    assert_array_equal(model.predict(X), model.classes_[posterior.argmax(axis=1)])
