"""Naive Bayes models from shared sums, beside those of scikit-learn."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB

from skmia.shadow._training import Task
from skmia.shadow.engine._trainers import GENERIC, choose_trainer, train_tasks

# A variance is a difference of squares that are at most 1e4 times as large, and those
# are sums of some dozens of terms: rounding is below 1e4 * 50 * 2.2e-16 = 1.1e-10.
ROUNDING = 2e-10


def both_ways(model, X, y, parts):
    trainer, reason = choose_trainer(model, X, y)
    assert (trainer, reason) == ("naive-bayes", None)
    tasks = [Task(model, rows, seed, "") for seed, rows in enumerate(parts)]
    return [
        train_tasks([task._replace(trainer=name) for task in tasks], X, y)
        for name in (GENERIC, trainer)
    ]


def assert_equal_models(alone, together, rtol=ROUNDING):
    """All that was fitted is the same, to its types."""
    assert len(alone) == len(together)
    for one, other in zip(alone, together, strict=True):
        assert type(one) is type(other)
        assert vars(one).keys() == vars(other).keys()
        assert one.get_params() == other.get_params()
        for name in vars(one).keys() - one.get_params().keys():
            expected, found = np.asarray(vars(one)[name]), np.asarray(vars(other)[name])
            assert found.dtype == expected.dtype
            if expected.dtype.kind == "f" and rtol:
                assert_allclose(found, expected, rtol=rtol, atol=1e-12, err_msg=name)
            else:
                assert_array_equal(found, expected, err_msg=name)


def halves(rng, n_records, n_models=4):
    return [rng.permutation(n_records)[: n_records // 2] for _ in range(n_models)]


def numbers(rng, n_records, container):
    """Records with features of all kinds: large, constant, nearly constant, binary."""
    X = rng.normal(size=(n_records, 6)) * [1, 100, 0.01, 1, 1, 1] + [0, 1e3, 5, 0, 0, 0]
    X[:, 3] = 0.1
    X[:, 4] = np.where(rng.random(n_records) < 0.05, 7.3, 0.1)
    X[:, 5] = rng.random(n_records) < 0.5
    return container(X)


@given(
    seed=st.integers(0, 2**32 - 1),
    n_classes=st.integers(1, 5),
    container=st.sampled_from([np.asarray, lambda X: pd.DataFrame(X).add_prefix("f")]),
    names=st.booleans(),
)
def test_means_and_variances(seed, n_classes, container, names):
    rng = np.random.default_rng(seed)
    X, y = numbers(rng, 60, container), rng.integers(n_classes, size=60)
    y = np.array(["a", "bb", "c", "dddd", "e"])[y] if names else y
    both = both_ways(GaussianNB(), X, y, halves(rng, 60))
    assert_equal_models(*both)
    for one, other in zip(*both, strict=True):
        assert_allclose(other.predict_proba(X), one.predict_proba(X), atol=1e-6)


@given(
    seed=st.integers(0, 2**32 - 1),
    n_classes=st.integers(1, 4),
    container=st.sampled_from([np.asarray, sparse.csr_array, pd.DataFrame]),
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
    X = container(rng.integers(4, size=(40, 5)))
    y = rng.integers(n_classes, size=40)
    assert_equal_models(*both_ways(model, X, y, halves(rng, 40)), rtol=0)


def test_records_may_be_drawn_twice_or_by_a_mask(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    X, y = numbers(rng, 60, np.asarray), rng.integers(3, size=60)
    parts = [rng.integers(60, size=50), rng.random(60) < 0.5]
    assert_equal_models(*both_ways(GaussianNB(), X, y, parts))


def test_features_that_are_constant_among_members():
    """Variances of 0 to rounding would be told from 0 by the smoothing, 1e-9."""
    rng = np.random.default_rng(0)
    X, y = numbers(rng, 80, np.asarray), np.repeat([0, 1], 40)
    # The members have the value that is rare, and no median, or a single other one.
    X[:, 4] = 1e3 + np.arange(80) / 7
    X[:20, 4] = 0.1
    parts = [np.r_[:20, 40:60], np.r_[:20, 40:80, 25], np.r_[:80]]
    alone, together = both_ways(GaussianNB(), X, y, parts)
    assert_equal_models(alone, together)
    assert together[0].var_[0, 4] == pytest.approx(together[0].epsilon_)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (GaussianNB(priors=[0.5, 0.5]), "priors are given"),
        (MultinomialNB(class_prior=[0.5, 0.5]), "priors are given"),
        (GaussianNB(var_smoothing=0), "'var_smoothing' must be"),
        (BernoulliNB(alpha=0), "'alpha' must be"),
        (MultinomialNB(alpha=[1.0, 2.0]), "'alpha' must be"),
        (BernoulliNB(binarize=-1), "binarize"),
        (BernoulliNB(fit_prior="yes"), "fit_prior"),
        (MultinomialNB(), "Negative values"),
    ],
)
def test_what_is_left_to_the_generic_trainer(model, why):
    X, y = np.array([[1.0, -2.0], [0.0, 1.0]]), np.array([0, 1])
    trainer, reason = choose_trainer(model, X, y)
    assert trainer == GENERIC
    assert why in reason


@pytest.mark.parametrize(
    ("X", "y", "why"),
    [
        (np.eye(2, dtype=np.float32), [0, 1], "single precision"),
        (sparse.csr_array(np.eye(2)), [0, 1], "sparse"),
        ([[np.nan], [1]], [0, 1], "nan"),
        ([[0], [1]], [0.5, 1.7], "continuous"),
        ([[0], [1]], [[0, 1], [1, 0]], "several outputs"),
        ([[0], [1]], None, "y"),
    ],
)
def test_records_and_labels_that_are(X, y, why):
    trainer, reason = choose_trainer(GaussianNB(), X, y)
    assert trainer == GENERIC
    assert why in reason.lower()


def test_nothing_is_warned_of_where_a_model_lacks_a_class():
    X, y = np.arange(12.0).reshape(6, 2), [0, 0, 0, 1, 1, 2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        alone, together = both_ways(GaussianNB(), X, y, [np.r_[:4], np.r_[3:6]])
    assert_equal_models(alone, together)
    assert [list(model.classes_) for model in together] == [[0, 1], [1, 2]]


def test_no_warning_of_the_record_that_is_tried():
    """One record that is negative has no logarithm; the models need none."""
    X, y = np.array([[-3.0, 1.0], [2.0, 0.5], [2.0, 0.5]]), np.array([0, 0, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choose_trainer(BernoulliNB(binarize=None), X, y)[0] == "naive-bayes"
