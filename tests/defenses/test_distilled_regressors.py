"""Students of regressors: what they are taught, and by whom."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

from skmia.defenses import CrossDistilledRegressor, DistilledRegressor

X, Y = load_diabetes(return_X_y=True)
TWO = np.column_stack([Y, -Y])
SEED = {"random_state": 0}
NEIGHBOUR = KNeighborsRegressor(1)
FITS = []


class Spy(RegressorMixin, BaseEstimator):
    """Notes what every fit is given, and answers its mean."""

    def fit(self, X, y):
        FITS.append((X, y))
        self.mean_ = np.mean(y, axis=0)
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X):
        return np.full((len(X), *np.shape(self.mean_)), self.mean_)


def places(records):
    """Which of the records these are."""
    return (records[:, None] == X).all(axis=2).argmax(axis=1)


def test_the_student_sees_held_out_records_and_no_label():
    model = DistilledRegressor(NEIGHBOUR, student=Spy(), reference_fraction=0.3, **SEED)
    FITS.clear()
    model.fit(X, Y)
    [(records, taught)] = FITS
    assert len(records) == round(0.3 * len(X))
    private = np.setdiff1d(np.arange(len(X)), places(records))
    expected = NEIGHBOUR.fit(X[private], Y[private]).predict(records)
    assert_array_equal(taught, expected)


@pytest.mark.parametrize("y", [Y, TWO])
def test_records_of_the_users_own(y):
    model = DistilledRegressor(NEIGHBOUR, reference=X[300:], **SEED)
    model.fit(X[:300], y[:300])
    taught = NEIGHBOUR.fit(X[:300], y[:300]).predict(X[300:])
    assert_array_equal(model.predict(X[300:]), taught)
    with pytest.raises(ValueError, match=r"as many features as X: 9\. Got 10"):
        model.fit(X[:, 1:], y)


@pytest.mark.parametrize("scheme", ["complement", "fold"])
@pytest.mark.parametrize("y", [Y, TWO])
def test_nobody_teaches_what_it_was_fitted_on(scheme, y):
    """Labels that a nearest neighbour cannot have seen are never what it says."""
    unique = np.reshape(y, (len(y), -1)) + np.arange(len(y))[:, None] * 1e-3
    unique = unique.reshape(y.shape)
    model = CrossDistilledRegressor(
        NEIGHBOUR, student=Spy(), cv=3, scheme=scheme, **SEED
    )
    FITS.clear()
    model.fit(X, unique)
    [(records, taught)] = FITS
    assert_array_equal(records, X)
    assert taught.shape == unique.shape
    assert (taught != unique).all()


def test_what_is_taught_does_not_depend_on_the_own_label():
    """Other labels in one fold leave what its records are taught as it was.

    In the same order of size: folds are dealt by tenths of the label.
    """
    model = CrossDistilledRegressor(NEIGHBOUR, cv=4, **SEED)
    rng = np.random.RandomState(0)
    folds = model._folds(np.arange(len(Y)), np.zeros(len(Y), dtype=int), rng)
    own = folds == 2
    other = np.where(own, Y + 50, Y)
    before, after = (
        model._teach(X, y, folds, np.random.RandomState(0), None, 1) for y in (Y, other)
    )
    assert_array_equal(before[own], after[own])
    assert (before[~own] != after[~own]).any()


def test_two_folds_are_two_halves():
    one, other = (
        CrossDistilledRegressor(Ridge(), cv=2, scheme=scheme, **SEED).fit(X, Y)
        for scheme in ("complement", "fold")
    )
    assert_allclose(one.predict(X), other.predict(X))


def test_folds_have_their_share_of_every_tenth():
    model = CrossDistilledRegressor(Spy(), student=Ridge(), cv=5, **SEED)
    FITS.clear()
    model.fit(X, Y)
    tenth = np.searchsorted(np.quantile(Y, np.arange(1, 10) / 10), Y)
    for records, _ in FITS:
        counts = np.bincount(tenth[places(records)], minlength=10)
        # Four of five folds, of tenths of 43 to 46 records: to within a record each.
        assert (np.abs(counts - 0.8 * np.bincount(tenth)) <= 1).all()


def test_equal_records_stay_together():
    twice, labels = np.vstack([X, X]), np.r_[Y, Y]
    model = CrossDistilledRegressor(NEIGHBOUR, student=Spy(), cv=3, **SEED)
    FITS.clear()
    model.fit(twice, labels)
    [(_, taught)] = FITS
    # With its double in another fold each would be taught its own label.
    assert np.mean(taught == labels) < 0.1


def test_more_folds_than_records():
    with pytest.raises(ValueError, match="'cv' parameter of CrossDistilledRegressor"):
        CrossDistilledRegressor(Ridge(), cv=9, **SEED).fit(X[:8], Y[:8])
    with pytest.raises(ValueError, match=r"DistilledRegressor holds out .* two"):
        DistilledRegressor(Ridge(), **SEED).fit(X[[0, 0]], Y[[0, 0]])


@pytest.mark.parametrize("defense", [DistilledRegressor, CrossDistilledRegressor])
def test_a_student_that_cannot_be_fitted(defense):
    with pytest.raises(ValueError, match="'student' parameter"):
        defense(Ridge(), student="tree").fit(X, Y)


@pytest.mark.parametrize("defense", [DistilledRegressor, CrossDistilledRegressor])
def test_residuals_of_members_are_no_smaller(defense):
    """The attack on the loss, which a tree gives all, has next to nothing.

    Mean of five splits of 221 and 221 records, of which one has a deviation of .03: .54
    is four deviations of that mean from .5, and more than any of these defenses has on
    ten.
    """
    tree, found = DecisionTreeRegressor(**SEED), []
    for seed in range(5):
        rows = np.random.RandomState(seed).permutation(len(Y))
        member = np.isin(np.arange(len(Y)), rows[:221])
        for model in (tree, defense(tree, random_state=seed)):
            model.fit(X[member], Y[member])
            found.append(roc_auc_score(member, -np.abs(model.predict(X) - Y)))
    bare, defended = np.reshape(found, (5, 2)).mean(axis=0)
    assert bare > 0.98
    assert defended < 0.56


def test_results_do_not_depend_on_jobs():
    one, two = (
        CrossDistilledRegressor(
            DecisionTreeRegressor(max_features=2), n_jobs=n_jobs, **SEED
        )
        .fit(X, Y)
        .predict(X)
        for n_jobs in (None, 2)
    )
    assert_array_equal(one, two)


def test_a_linear_model_of_its_own_predictions_is_itself():
    reference = X[300:]
    model = DistilledRegressor(LinearRegression(), reference=reference, **SEED)
    model.fit(X[:300], Y[:300])
    assert_allclose(
        model.predict(X), LinearRegression().fit(X[:300], Y[:300]).predict(X)
    )
