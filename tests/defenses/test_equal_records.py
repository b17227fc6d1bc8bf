"""A record that is there twice is on one side of every division of the records."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import (
    AdaptiveGuard,
    CrossDistilledClassifier,
    DisjointStackingClassifier,
    DistilledClassifier,
    EarlyStoppedClassifier,
    FitControlledClassifier,
    MemGuard,
    PurifiedPosterior,
    SelenaClassifier,
)
from skmia.neural import AdversarialRegularizationClassifier

SEED = {"random_state": 0}
LEARNED = []


def contents(X):
    return [row.tobytes() for row in X]


class Witnessing:
    """Notes whether it is asked about a record equal to one that it was fitted to."""

    def fit(self, X, y, sample_weight=None):
        self.known_ = set(contents(X))
        return super().fit(X, y, sample_weight)

    def predict_proba(self, X):
        LEARNED.append(any(content in self.known_ for content in contents(X)))
        return super().predict_proba(X)


class Witness(Witnessing, GaussianNB):
    pass


class WitnessTree(Witnessing, DecisionTreeClassifier):
    pass


@pytest.fixture(params=["one label", "two labels"])
def doubled(request, global_random_seed):
    """Every record twice, some three times; in one case with another label."""
    rng = np.random.RandomState(global_random_seed)
    X, y = make_blobs(60, centers=3, cluster_std=4, random_state=global_random_seed)
    rows = rng.permutation(np.r_[:60, :60, :20])
    X, y = X[rows], y[rows]
    if request.param == "two labels":
        changed = rng.choice(len(y), 12, replace=False)
        y[changed] = (y[changed] + 1) % 3
    return X, y


# The one model asked of these is a student, which is asked by nobody in `fit`.
@pytest.mark.parametrize(
    "defense",
    [
        AdaptiveGuard(Witness(), **SEED),
        CrossDistilledClassifier(Witness(), student=GaussianNB(), **SEED),
        CrossDistilledClassifier(
            Witness(), student=GaussianNB(), scheme="fold", cv=3, **SEED
        ),
        DisjointStackingClassifier([("a", Witness()), ("b", Witness())], **SEED),
        DistilledClassifier(Witness(), student=GaussianNB(), **SEED),
        PurifiedPosterior(Witness(), **SEED),
    ],
    ids=lambda defense: type(defense).__name__,
)
def test_no_model_is_asked_about_what_it_has_learned(defense, doubled):
    LEARNED.clear()
    defense.fit(*doubled)
    assert LEARNED
    assert not any(LEARNED)


@pytest.mark.parametrize(
    "defense",
    [
        MemGuard(GaussianNB(), max_steps=5, **SEED),
        AdversarialRegularizationClassifier((2,), max_epochs=2, **SEED),
    ],
    ids=lambda defense: type(defense).__name__,
)
def test_held_out_records_are_no_members(defense, doubled):
    X, y = doubled
    held_out = defense.fit(X, y).held_out_
    kept = np.setdiff1d(np.arange(len(y)), held_out)
    assert not set(contents(X[held_out])) & set(contents(X[kept]))
    assert 0.1 < len(held_out) / len(y) < 0.4


def test_one_model_of_a_stack_for_equal_records(doubled):
    X, y = doubled
    first = [("a", GaussianNB()), ("b", GaussianNB())]
    model = DisjointStackingClassifier(first, **SEED).fit(X, y)
    pairs = set(zip(contents(X), model.parts_.tolist(), strict=True))
    assert len(pairs) == 60
    for part in range(3):
        assert set(y[model.parts_ == part]) == {0, 1, 2}


def test_validation_losses_are_of_other_records(doubled):
    LEARNED.clear()
    EarlyStoppedClassifier(WitnessTree(**SEED), **SEED).fit(*doubled)
    # Each stage is asked about the records held out, then about its own.
    assert not any(LEARNED[::2])
    assert all(LEARNED[1::2])


def test_the_choice_does_not_fall_for_copies():
    """One nearest neighbour of a record that is there twice is its double."""
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(100, 2)), rng.randint(2, size=100)
    model = FitControlledClassifier(KNeighborsClassifier(), values=[1, 15, 41])
    model.set_params(parameter="n_neighbors").fit(np.r_[X, X], np.r_[y, y])
    score = model.results_["score"]
    # Coins: 0.5 with standard error 0.05, where copies would make it 1.
    assert score.max() < 0.75
    assert model.value_ == 41


def test_a_class_needs_different_records():
    X, y = np.arange(20.0)[:, None] // 2, np.repeat([0, 1], 10)
    y[-2:] = 9  # one record, twice
    nb = GaussianNB()
    for defense, needed in [
        (CrossDistilledClassifier(nb, **SEED), "at least 2 different training records"),
        (DisjointStackingClassifier([("a", nb)], **SEED), "hence 2 different records"),
        (EarlyStoppedClassifier(nb, **SEED), "at least 2 different records"),
        (SelenaClassifier(nb, **SEED), "at least 2 different training records"),
    ]:
        with pytest.raises(ValueError, match=f"{needed}.* Got 1 of class 9"):
            defense.fit(X, y)
    message = r"number of different training records: 10\. Got 11 instead"
    with pytest.raises(ValueError, match=message):
        CrossDistilledClassifier(GaussianNB(), cv=11).fit(X, np.repeat([0, 1], 10))
    same = np.zeros((6, 1))
    for kind in (DistilledClassifier, MemGuard):
        with pytest.raises(ValueError, match=r"two different .* Got .* pass '"):
            kind(GaussianNB(), **SEED).fit(same, [0, 0, 0, 1, 1, 1])
