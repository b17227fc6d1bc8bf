"""What always holds for defenses by distillation."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import entr
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.tree import DecisionTreeClassifier
from strategies import labels, probas

from skmia.defenses import (
    CrossDistilledClassifier,
    DistilledClassifier,
    PateClassifier,
    SelenaClassifier,
    SplitAIClassifier,
)
from skmia.defenses.distillation._distilled import lowest_entropies
from skmia.defenses.distillation._folds import deal_folds
from skmia.defenses.distillation._split_ensemble import draw_non_models
from skmia.defenses.private._pate_votes import MECHANISMS, NoisyVotes, count_votes
from skmia.utils._secret_stream import secret_key
from skmia.utils._soft_labels import fit_soft_labels

DELTA = 1e-5
seeds = st.integers(0, 2**31 - 1)
trees = DecisionTreeClassifier(max_depth=2, random_state=0)


class Remembers(DecisionTreeClassifier):
    """A tree that keeps what it was fitted on."""

    def fit(self, X, y, sample_weight=None):
        self.seen_ = X, y, sample_weight
        return super().fit(X, y, sample_weight)


@st.composite
def records(draw, *, max_samples=40):
    """Records, some of them equal, and labels with at least two of each class."""
    y = np.repeat(draw(labels(max_samples=max_samples // 2)), 2)
    # Classifiers take fractions for a regression target.
    y = np.unique(y, return_inverse=True)[1]
    rng = np.random.RandomState(draw(seeds))
    return rng.randint(-1, 3, size=(len(y), 3)).astype(float), y


@st.composite
def designs(draw):
    n_models = draw(st.integers(2, 8))
    return {"n_models": n_models, "n_out": draw(st.integers(1, n_models - 1))}


# DMP


@given(P=probas(max_rows=30), keep=st.floats(0.01, 1))
def test_the_smallest_entropies_are_kept(P, keep):
    kept = lowest_entropies(P, keep)
    entropy = entr(P).sum(axis=1)
    assert len(kept) == np.ceil(keep * len(P))
    dropped = np.delete(entropy, kept)
    assert entropy[kept].max() <= min(dropped, default=np.inf)


@given(data=records(), reference=records(), seed=seeds)
def test_labels_reach_the_student_through_the_teacher_only(data, reference, seed):
    """It is given the reference records, labelled by the teacher, and no others."""
    (X, y), (X_ref, _) = data, reference
    teacher = clone(trees).fit(X, y)
    soft = teacher.predict_proba(X_ref)
    assume(soft.any(axis=0).sum() > 1 or len(teacher.classes_) == 1)
    model = DistilledClassifier(
        FrozenEstimator(teacher),
        student=Remembers(),
        reference=X_ref,
        keep=1.0,
        random_state=seed,
    )
    assert_same_lesson(model.fit(X, y[::-1]), X_ref, soft, teacher.classes_)


def assert_same_lesson(defense, X, soft, classes):
    """A student was fitted on these soft labels of these records."""
    expected = fit_soft_labels(Remembers(), X, soft, classes, random_state=0)
    for got, wanted in zip(defense.estimator_.seen_, expected.seen_, strict=True):
        assert_array_equal(got, wanted)


# SELENA


@given(y=labels(), design=designs(), seed=seeds)
def test_designs_are_balanced(y, design, seed):
    non_model = draw_non_models(y, **design, rng=np.random.RandomState(seed))
    n_models, n_out = design["n_models"], design["n_out"]
    assert non_model.shape == (len(y), n_out)
    assert (np.diff(non_model, axis=1) > 0).all()  # different ones: exactly L
    for label in np.unique(y):
        left_out = np.bincount(non_model[y == label].ravel(), minlength=n_models)
        assert np.ptp(left_out) <= 1
        if np.sum(y == label) >= n_models / (n_models - n_out):
            assert (left_out < np.sum(y == label)).all()


def large_enough(X, y, n_models, n_out):
    """Different records of each class, counted where they first appear."""
    _, first = np.unique(X, axis=0, return_index=True)
    counts = [np.sum(y[first] == label) for label in np.unique(y)]
    return min(counts) * (n_models - n_out) >= n_models


@given(data=records(), design=designs(), seed=seeds)
def test_no_sub_model_saw_what_it_labels(data, design, seed):
    X, y = data
    assume(large_enough(X, y, **design))
    model = SplitAIClassifier(Remembers(max_depth=2), random_state=seed, **design)
    ensemble = model.fit(X, y).estimator_
    assert ensemble.non_model.shape == (len(y), design["n_out"])
    for x, own in zip(X, ensemble.non_model, strict=True):
        for j in own:
            assert not (ensemble.models[j].seen_[0] == x).all(axis=1).any()
    assert all(len(sub.classes_) == len(np.unique(y)) for sub in ensemble.models)


@given(data=records(), questions=records(), seed=seeds)
def test_all_patterns_are_those_of_training_records(data, questions, seed):
    (X, y), (Q, _) = data, questions
    design = {"n_models": 4, "n_out": 2}
    assume(large_enough(X, y, **design))
    model = SplitAIClassifier(trees, random_state=seed, **design).fit(X, y)
    rows = model.estimator_._patterns(Q)
    assert ((rows >= 0) & (rows < len(y))).all()
    assert_array_equal(model.estimator_._patterns(Q[::-1]), rows[::-1])
    assert_allclose(model.predict_proba(Q).sum(axis=1), 1)


@given(data=records(), seed=seeds)
def test_the_student_is_a_function_of_records_and_soft_labels(data, seed):
    X, y = data
    design = {"n_models": 4, "n_out": 1}
    assume(large_enough(X, y, **design))
    model = SelenaClassifier(trees, student=Remembers(), random_state=seed, **design)
    teachers = SplitAIClassifier(trees, random_state=seed, **design).fit(X, y)
    soft = teachers.predict_proba(X)
    assert_same_lesson(model.fit(X, y), X, soft, teachers.classes_)
    assert_array_equal(model._non_model, teachers.estimator_.non_model)


# CKD and PCKD


@given(y=labels(), n_folds=st.integers(2, 6), seed=seeds)
def test_folds_share_classes_evenly(y, n_folds, seed):
    rng = np.random.RandomState(seed)
    folds = deal_folds(y, n_folds, rng, np.ones(len(y), dtype=int))
    assert np.ptp(np.bincount(folds, minlength=n_folds)) <= 1
    for label in np.unique(y):
        assert np.ptp(np.bincount(folds[y == label], minlength=n_folds)) <= 1
    # Cards that are dealt in turn, class by class.
    order = np.random.RandomState(seed).permutation(len(y))
    by_class = order[np.argsort(y[order], kind="stable")]
    assert_array_equal(folds[by_class], np.arange(len(y)) % n_folds)


@given(y=labels(), n_folds=st.integers(2, 6), data=st.data(), seed=seeds)
def test_records_that_came_often_leave_folds_as_even_as_they_can(
    y, n_folds, data, seed
):
    sizes = st.lists(st.integers(1, 9), min_size=len(y), max_size=len(y))
    sizes = np.array(data.draw(sizes))
    folds = deal_folds(y, n_folds, np.random.RandomState(seed), sizes)
    for label in np.unique(y):
        own = y == label
        in_fold = np.bincount(folds[own], sizes[own], minlength=n_folds)
        # The last one that went to the fullest fold went to the least full.
        assert np.ptp(in_fold) <= sizes[own].max()
        # Where a class can be in all folds, or each record in a fold of its own, it is.
        assert np.count_nonzero(in_fold) == min(n_folds, own.sum())
    assert len(np.unique(folds)) == min(n_folds, len(y))


@given(
    data=records(),
    scheme=st.sampled_from(["complement", "fold"]),
    n_folds=st.integers(2, 4),
    seed=seeds,
)
def test_soft_labels_do_not_depend_on_the_own_label(data, scheme, n_folds, seed):
    """Permuting the labels of a fold leaves its own soft labels alone."""
    X, y = data
    assume(len(y) >= n_folds)
    model = CrossDistilledClassifier(trees, scheme=scheme, cv=n_folds)
    rng = np.random.RandomState(seed)
    folds = deal_folds(y, n_folds, rng, np.ones(len(y), dtype=int))

    def soft(y):
        rng = np.random.RandomState(seed)
        return model._teach(X, y, folds, rng, None, len(np.unique(y)))

    before = soft(y)
    assert_allclose(before.sum(axis=1), 1)
    own = np.flatnonzero(folds == 0)
    permuted = y.copy()
    permuted[own] = y[own][::-1]
    assert_array_equal(soft(permuted)[own], before[own])


# PATE

votings = st.builds(
    NoisyVotes,
    st.sampled_from(MECHANISMS),
    st.floats(5, 100),
    st.floats(5, 100),
    st.floats(-10, 50),
)
all_counts = hnp.arrays(
    int, st.tuples(st.integers(1, 30), st.integers(2, 4)), elements=st.integers(0, 20)
)


@given(data=records(), n_teachers=st.integers(1, 6), seed=seeds)
def test_parts_are_disjoint_and_each_teacher_has_one_vote(data, n_teachers, seed):
    X, y = data
    numbered = np.column_stack([X, np.arange(len(y))])
    parts = []

    class Spy(PateClassifier):
        def _vote(self, X, y, rows, seed, public, classes):
            parts.append(rows)
            return super()._vote(X, y, rows, seed, public, classes)

    model = Spy(clone(trees), n_teachers=n_teachers)
    classes = np.unique(y)
    rng = np.random.RandomState(seed)
    votes = model._votes(numbered, y, numbered, classes, rng)
    assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(y)))
    counts = count_votes(votes, len(classes))
    assert_array_equal(counts.sum(axis=1), sum(len(part) > 0 for part in parts))


@given(data=records(), n_teachers=st.integers(1, 6), seed=seeds)
def test_one_record_moves_one_vote(data, n_teachers, seed):
    X, y = data
    model = PateClassifier(trees, n_teachers=n_teachers)
    other = X.copy(), y.copy()
    other[0][0] += 1
    other[1][0] = y[-1]
    before, after = (
        count_votes(model._votes(*d, X, np.unique(y), np.random.RandomState(seed)), 4)
        for d in (data, other)
    )
    moved = np.abs(before - after)
    assert (moved.sum(axis=1) <= 2).all()
    assert (moved <= 1).all()


@given(counts=all_counts, mechanism=st.sampled_from(MECHANISMS), seed=seeds)
def test_without_noise_the_plurality_wins(counts, mechanism, seed):
    voting = NoisyVotes(mechanism, 0.0, 0.0, 5)
    answers = voting.answer(counts, secret_key(seed))
    plurality = counts.argmax(axis=1)
    if mechanism == "confident-gnmax":
        plurality = np.where(counts.max(axis=1) >= 5, plurality, -1)
    assert_array_equal(answers, plurality)


@given(voting=votings, asked=st.integers(2, 60), answered=st.integers(1, 59))
def test_epsilon_grows_with_every_question(voting, asked, answered):
    answered = min(answered, asked - 1)
    spent = voting.epsilon(asked, answered, DELTA)
    # Privacy loss distributions are rounded to steps of 1e-4.
    assert spent <= voting.epsilon(asked, answered + 1, DELTA) + 1e-4
    assert spent <= voting.epsilon(asked + 1, answered, DELTA) + 1e-4


@given(voting=votings, counts=all_counts, budget=st.floats(0.1, 5), seed=seeds)
def test_never_above_the_budget(voting, counts, budget, seed):
    answers = voting.answer(counts, secret_key(seed))
    n_asked = voting.affordable(answers, DELTA, budget)
    n_answered = int(np.sum(answers[:n_asked] != -1))
    promised = voting.promise(len(answers), DELTA, budget)
    if n_asked:
        assert voting.epsilon(n_asked, n_answered, DELTA) <= promised <= budget
    if n_asked < len(answers):
        assert voting.epsilon(n_asked + 1, n_answered + 1, DELTA) > budget
