"""SISA: forgetting is training without, to the bit."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import SisaClassifier

SEED = {"random_state": 0}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:300], y[:300]


def by_hand(model, X, y, unfitted):
    """Mean posterior of shards that are trained anew on the records that are left."""
    answers = []
    for shard, one in enumerate(unfitted):
        fresh = clone(one)
        for number in range(model.n_slices):
            rows = np.flatnonzero((model.shard_ == shard) & (model.slice_ == number))
            if model.n_slices == 1:
                fresh.fit(X[rows], y[rows])
            elif len(rows):
                fresh.partial_fit(X[rows], y[rows], classes=model.classes_)
        posterior = np.zeros((len(X), len(model.classes_)))
        posterior[:, np.searchsorted(model.classes_, fresh.classes_)] = (
            fresh.predict_proba(X)
        )
        answers.append(posterior)
    return np.mean(answers, axis=0)


@pytest.mark.parametrize(
    ("estimator", "n_slices"),
    [
        (DecisionTreeClassifier(), 1),
        (LogisticRegression(max_iter=5000), 1),
        (MultinomialNB(), 4),
        (SGDClassifier(loss="log_loss"), 3),
        # Its partial_fit goes on with a random state that it keeps.
        (MLPClassifier((8,), learning_rate_init=0.01), 3),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else str(value),
)
def test_forgetting_is_training_without(digits, estimator, n_slices):
    X, y = digits
    model = SisaClassifier(estimator, n_shards=3, n_slices=n_slices, **SEED).fit(X, y)
    unfitted = [shard.unfitted for shard in model._shards]
    assert_array_equal(model.predict_proba(X), by_hand(model, X, y, unfitted))
    before = model.predict_proba(X)
    for rows in ([0], [5, 17, 200], np.arange(300) == 250):
        model.forget(X, y, rows)
        assert_array_equal(model.predict_proba(X), by_hand(model, X, y, unfitted))
    assert_array_equal(np.flatnonzero(model.shard_ < 0), [0, 5, 17, 200, 250])
    assert (model.predict_proba(X) != before).any()


def test_only_the_shards_concerned_are_trained(digits):
    X, y = digits
    model = SisaClassifier(GaussianNB(), n_shards=4, **SEED).fit(X, y)
    before = [shard.model for shard in model._shards]
    row = 7
    shard = model.shard_[row]
    model.forget(X, y, [row])
    kept = [a is b.model for a, b in zip(before, model._shards, strict=True)]
    assert_array_equal(np.flatnonzero(~np.array(kept)), [shard])


def test_slices_before_that_of_the_record_are_not_trained_again(digits):
    X, y = digits
    model = SisaClassifier(Counting(), n_shards=1, n_slices=5, **SEED).fit(X, y)
    row = np.flatnonzero(model.slice_ == 3)[0]
    CALLS.clear()
    model.forget(X, y, [row])
    n_in = [np.sum((model.slice_ == k) & (model.shard_ == 0)) for k in (3, 4)]
    assert n_in == CALLS


CALLS = []


class Counting(GaussianNB):
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        CALLS.append(len(X))
        return super().partial_fit(X, y, classes, sample_weight)


def test_shards_do_not_depend_on_who_is_forgotten_later(digits):
    """Places are drawn record by record: those before are the same without a later."""
    X, y = digits
    whole, part = (
        SisaClassifier(GaussianNB(), **SEED).fit(X[:n], y[:n]) for n in (300, 299)
    )
    assert_array_equal(whole.shard_[:299], part.shard_)


def test_equal_records_are_in_one_shard(digits):
    X, y = (np.tile(part, (2,) + (1,) * (part.ndim - 1)) for part in digits)
    model = SisaClassifier(GaussianNB(), **SEED).fit(X, y)
    assert_array_equal(model.shard_[:300], model.shard_[300:])


def test_votes_of_who_has_no_scores(digits):
    X, y = digits
    model = SisaClassifier(RidgeClassifier(), **SEED).fit(X, y)
    assert not hasattr(model, "predict_proba")
    votes = np.array([shard.model.predict(X) for shard in model._shards])
    counts = (votes[:, :, None] == np.arange(10)).sum(axis=0)
    assert_array_equal(model.predict(X), counts.argmax(axis=1))


def test_a_shard_of_one_class_answers_it():
    X, y = np.arange(12.0)[:, None], np.array([0] * 11 + [1])
    model = SisaClassifier(LogisticRegression(), n_shards=3, **SEED).fit(X, y)
    assert model.predict_proba(X).shape == (12, 2)
    constant = [len(shard.model.classes_) == 1 for shard in model._shards]
    assert sum(constant) == 2


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([300], "must be places of training records, 0 to 299"),
        ([-1], "must be places of training records"),
        ([0.5], "must be places of training records"),
        (np.zeros(300, dtype=bool), "must be places of training records"),
        ([3, 4], r"has forgotten the records \[3\] before"),
    ],
)
def test_rows_that_are_no_places_are_refused(digits, rows, error):
    X, y = digits
    model = SisaClassifier(GaussianNB(), **SEED).fit(X, y).forget(X, y, [3])
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match=error):
        model.forget(X, y, rows)
    assert_array_equal(model.predict_proba(X), before)


def test_what_else_is_refused(digits):
    X, y = digits
    model = SisaClassifier(GaussianNB(), **SEED).fit(X, y)
    with pytest.raises(ValueError, match=r"must be given the 300 records of fit"):
        model.forget(X[1:], y[1:], [0])
    with pytest.raises(ValueError, match="cannot forget the last record of class 9"):
        model.forget(X, y, y == 9)
    with pytest.raises(ValueError, match="must be given the labels of fit"):
        model.forget(X, y + 1, [0])
    with pytest.raises(ValueError, match="must be given the labels of fit"):
        model.forget(X, np.r_[y[:-1], 77], [0])
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match="X has 9 features"):
        model.forget(X[:, :9], y, [0])
    assert_array_equal(model.predict_proba(X), before)
    with pytest.raises(TypeError, match="must have partial_fit"):
        SisaClassifier(DecisionTreeClassifier(), n_slices=2).fit(X, y)
    with pytest.raises(TypeError, match="is trained again without them"):
        model.fit(X, y, sample_weight=np.ones(300))
