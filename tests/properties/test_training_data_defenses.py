"""What always holds for training on soft labels, altered and synthetic records."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from recorders import Recorder, WeightedRecorder
from scipy.stats import entropy
from sklearn.base import clone
from sklearn.utils import check_random_state
from strategies import probas

from skmia.defenses import (
    AugmentedClassifier,
    LabelSmoothedClassifier,
    MixupClassifier,
    ObfuscatedClassifier,
    SurrogateDataClassifier,
)
from skmia.defenses.distillation._surrogate import class_sizes
from skmia.defenses.training._augmenters import AUGMENTERS, between
from skmia.defenses.training._label_smoothed import smoothed_targets
from skmia.defenses.training._mixup import mixed_pairs
from skmia.utils._soft_labels import fit_soft_labels

NAMES = sorted(AUGMENTERS)
SEEDS = st.integers(0, 2**32 - 1)
DEFENSES = [
    LabelSmoothedClassifier(Recorder()),
    MixupClassifier(Recorder()),
    *(AugmentedClassifier(Recorder(), augmenter=name) for name in NAMES),
    ObfuscatedClassifier(Recorder(), extra=0.5, fraction=0.5),
    SurrogateDataClassifier(Recorder()),
]


@st.composite
def problems(draw):
    """Records with ties, repeated rows and constant columns, and labels of any type."""
    alphabet = draw(st.sampled_from([["b", "a", "dd"], [7, -2, 0]]))
    y = np.array(draw(st.lists(st.sampled_from(alphabet), min_size=2, max_size=12)))
    numbers = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6, width=32))
    shape = (len(y), draw(st.integers(1, 3)))
    return draw(hnp.arrays(np.float64, shape, elements=numbers)), y


def seen_by(model, X, y, **parameters):
    return clone(model).set_params(**parameters).fit(X, y).estimator_


@pytest.mark.parametrize("model", DEFENSES, ids=repr)
@given(problem=problems(), seed=SEEDS)
def test_deterministic_for_a_fixed_seed(model, problem, seed):
    first, again = (seen_by(model, *problem, random_state=seed) for _ in range(2))
    assert_array_equal(first.X_, again.X_)
    assert_array_equal(first.y_, again.y_)


@pytest.mark.parametrize("model", DEFENSES, ids=repr)
@given(problem=problems(), seed=SEEDS)
def test_class_set_stays(model, problem, seed):
    X, y = problem
    fitted = clone(model).set_params(random_state=seed).fit(X, y)
    assert_array_equal(fitted.classes_, np.unique(y))
    assert_array_equal(fitted.estimator_.classes_, np.unique(y))


# The smallest floats vanish when they are divided among the classes.
@given(P=probas(), smoothing=st.just(0.0) | st.floats(1e-300, 0.999), data=st.data())
def test_weights_are_the_soft_target_cross_entropy(P, smoothing, data):
    """For any model: the weighted loss of its rows, whatever it answers."""
    n_samples, n_classes = P.shape
    codes = data.draw(hnp.arrays(int, n_samples, elements=st.integers(0, 1)))
    targets = smoothed_targets(codes, n_classes, smoothing)
    assert_allclose(targets.sum(axis=1), 1, rtol=0, atol=1e-12)
    rows, classes = np.arange(n_samples)[:, np.newaxis], np.arange(n_classes)
    seen = fit_soft_labels(
        WeightedRecorder(), rows, targets, classes, random_state=None
    )
    weights = 1 if seen.sample_weight_ is None else seen.sample_weight_
    loss = -np.log(np.clip(P, 1e-30, 1))
    expected = (targets * loss).sum()
    assert_allclose((weights * loss[seen.X_[:, 0], seen.y_]).sum(), expected)
    # The least loss there is, that of the targets themselves, is their entropy.
    least = entropy(targets, axis=1).sum()
    assert expected >= least - 1e-9
    assert (least > 0) == (smoothing > 0)


@pytest.mark.parametrize(
    "model",
    [
        LabelSmoothedClassifier(WeightedRecorder(), smoothing=0),
        MixupClassifier(WeightedRecorder(), alpha=0),
        MixupClassifier(WeightedRecorder(), alpha=1e-300),
    ],
    ids=repr,
)
@given(problem=problems(), seed=SEEDS)
def test_no_softness_is_a_plain_fit(model, problem, seed):
    seen = seen_by(model, *problem, random_state=seed)
    assert_array_equal(seen.X_, problem[0])
    assert_array_equal(seen.y_, problem[1])
    assert seen.sample_weight_ is None


@given(problem=problems(), alpha=st.floats(1e-3, 1e3), seed=SEEDS)
def test_mixup_stays_in_the_hull(problem, alpha, seed):
    X, y = problem
    onehot = (y[:, np.newaxis] == np.unique(y)).astype(float)
    records, targets = mixed_pairs(X, onehot, alpha, check_random_state(seed))
    assert (records >= X.min(axis=0)).all()
    assert (records <= X.max(axis=0)).all()
    assert_allclose(targets.sum(axis=1), 1, rtol=0, atol=1e-12)
    assert targets.min() >= 0
    assert (targets[onehot == 1] >= 0.5).all()


@given(A=st.floats(-1e300, 1e300), B=st.floats(-1e300, 1e300), share=st.floats(0, 1))
@example(A=0.1, B=0.1, share=0.7)
def test_between_is_between(A, B, share):
    mixed = between(np.array([A]), np.array([B]), share)[0]
    assert min(A, B) <= mixed <= max(A, B)


@pytest.mark.parametrize("name", NAMES)
@given(
    problem=problems(),
    n_copies=st.integers(1, 4),
    keep_original=st.booleans(),
    seed=SEEDS,
)
def test_augmenting_by_nothing_repeats_the_records(
    name, problem, n_copies, keep_original, seed
):
    model = AugmentedClassifier(
        WeightedRecorder(),
        augmenter=name,
        strength=0,
        n_copies=n_copies,
        keep_original=keep_original,
    )
    seen = seen_by(model, *problem, random_state=seed)
    times = n_copies + keep_original
    assert_array_equal(seen.X_, np.tile(problem[0], (times, 1)))
    assert_array_equal(seen.y_, np.tile(problem[1], times))
    weights = np.ones(1) if seen.sample_weight_ is None else seen.sample_weight_
    assert_allclose(weights, 1 / times)


@pytest.mark.parametrize("name", NAMES)
@given(problem=problems(), strength=st.floats(0, 1), seed=SEEDS)
def test_augmenting_keeps_class_proportions_and_ranges(name, problem, strength, seed):
    X, y = problem
    model = AugmentedClassifier(Recorder(), augmenter=name, strength=strength)
    seen = seen_by(model, X, y, n_copies=2, random_state=seed)
    counts = np.unique(y, return_counts=True)[1]
    assert_array_equal(np.unique(seen.y_, return_counts=True)[1], 3 * counts)
    if name != "jitter":
        # The mean of a column, for "drop", to the rounding of a sum of 12 numbers.
        slack = 1e-9 * np.abs(X).max()
        assert (seen.X_.min(axis=0) >= X.min(axis=0) - slack).all()
        assert (seen.X_.max(axis=0) <= X.max(axis=0) + slack).all()


@given(problem=problems(), fraction=st.floats(0, 1), seed=SEEDS)
def test_obfuscating_by_nothing_is_a_plain_fit(problem, fraction, seed):
    model = ObfuscatedClassifier(Recorder(), scale=0, fraction=fraction)
    seen = seen_by(model, *problem, random_state=seed)
    assert_array_equal(seen.X_, problem[0])
    assert_array_equal(seen.y_, problem[1])


@given(
    problem=problems(),
    noise=st.sampled_from(["gaussian", "uniform"]),
    scale=st.floats(0, 10),
    fraction=st.floats(0, 1),
    extra=st.floats(0, 2),
    bounds=st.tuples(st.floats(-10, 0), st.floats(1, 10)),
    seed=SEEDS,
)
def test_obfuscation_keeps_labels_and_bounds(
    problem, noise, scale, fraction, extra, bounds, seed
):
    X, y = problem
    model = ObfuscatedClassifier(
        Recorder(), noise=noise, scale=scale, fraction=fraction, extra=extra
    )
    seen = seen_by(model, X, y, bounds=bounds, random_state=seed)
    assert len(seen.y_) == len(seen.X_) == len(y) + round(extra * len(y))
    assert_array_equal(seen.y_[: len(y)], y)
    assert seen.X_.min() >= bounds[0]
    assert seen.X_.max() <= bounds[1]


@given(problem=problems(), seed=SEEDS)
def test_no_real_record_reaches_the_model(problem, seed):
    X, y = problem
    seen = seen_by(SurrogateDataClassifier(Recorder()), X, y, random_state=seed)
    assert_array_equal(np.sort(seen.y_), np.sort(y))
    # Where all records are equal there is nothing else to sample.
    if np.ptp(X, axis=0).max() > 1e-9:
        assert not {tuple(row) for row in X} & {tuple(row) for row in seen.X_}


@given(
    counts=hnp.arrays(int, st.integers(1, 6), elements=st.integers(1, 100)),
    more=st.integers(0, 200),
)
def test_class_sizes_are_in_proportion(counts, more):
    n_samples = len(counts) + more
    sizes = class_sizes(counts, n_samples)
    assert sizes.sum() == n_samples
    assert sizes.min() >= 1
    exact = n_samples * counts / counts.sum()
    # Only what gives to a class without a row has less than its share rounded down.
    assert (sizes <= np.maximum(np.ceil(exact + 1e-9), 1)).all()
    assert_array_equal(class_sizes(counts, counts.sum()), counts)
