"""Hill climbing against a slow climber, written line by line as published."""

import re
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import GaussianNB

from skmia.generators import FeatureSchema, QueryGenerator
from skmia.generators._asking import Questions
from skmia.generators._climbing import Climbers, Rules, climb, judge, mutate
from skmia.targets import BlackBox

N_COLUMNS, N_CLASSES = 6, 3
RULES = Rules(k_max=4, k_min=2, rej_max=1, conf_min=0.4, iter_max=15, n_restarts=2)
SCHEMA = FeatureSchema.from_bounds(np.zeros(N_COLUMNS), 1)
X, y = load_iris(return_X_y=True)
IRIS = FeatureSchema.from_bounds([4, 2, 1, 0], [8, 5, 7, 3])
NAMES = np.array(["setosa", "versicolor", "virginica"])


class Peaks:
    """Scores that are coarse, so that many are equal."""

    def __init__(self, seed, sharpness=1.0):
        rng = np.random.RandomState(seed)
        self.weights = sharpness * rng.standard_normal((N_COLUMNS, N_CLASSES))
        self.classes_ = np.arange(N_CLASSES)

    def predict_proba(self, X):
        scores = np.exp(np.rint(2 * (X - 0.5) @ self.weights))
        return scores / scores.sum(axis=1, keepdims=True)


def climb_slowly(target, c, start, luck, redraw, rules):
    """One climb of Shokri et al., algorithm 1: the row or None, and the questions.

    `luck` and `redraw` are the random decisions: a number, and a function that
    returns a copy of a row with k features drawn anew.
    """
    x, best, j, k, peak = start, 0, 0, rules.k_max, None
    for n_asked in range(1, rules.iter_max + 1):
        p = target.predict_proba(x[None])[0]
        u = luck()
        if p[c] >= best:
            if p[c] > rules.conf_min and p.argmax() == c and u < p[c]:
                return x, n_asked
            peak, best, j = x, p[c], 0
        else:
            j += 1
            if j > rules.rej_max:
                k, j = max(rules.k_min, int(np.ceil(k / 2))), 0
        if n_asked < rules.iter_max:
            x = redraw(peak, k)
    return None, rules.iter_max


def redraw_features(row, k, order, fresh):
    row = row.copy()
    for feature in np.argsort(order)[:k]:
        row[feature] = fresh[feature]
    return row


@pytest.mark.parametrize("seed", range(10))
def test_climbers_side_by_side_decide_as_each_alone(seed):
    rng = np.random.RandomState(seed)
    target, n = Peaks(seed), 20
    goals = rng.randint(N_CLASSES, size=n)
    start = rng.random_sample((n, N_COLUMNS))
    luck = rng.random_sample((RULES.iter_max, n))
    order = rng.random_sample((RULES.iter_max, n, N_COLUMNS))
    fresh = rng.random_sample((RULES.iter_max, n, N_COLUMNS))

    climbers = Climbers.start(np.arange(n), goals, start, RULES)
    found, asked = {}, np.zeros(n, dtype=int)
    for step in range(RULES.iter_max):
        asked[climbers.task] += 1
        posterior = target.predict_proba(climbers.row)
        u = luck[step, climbers.task]
        climbers, accepted = judge(climbers, posterior, u, RULES)
        found |= dict(zip(climbers.task[accepted], climbers.row[accepted], strict=True))
        climbers = climbers.take(~accepted)
        tasks = climbers.task
        climbers = mutate(climbers, order[step, tasks], fresh[step, tasks])

    for i in range(n):
        lucks, draws = iter(luck[:, i]), zip(order[:, i], fresh[:, i], strict=True)
        row, n_asked = climb_slowly(
            target,
            goals[i],
            start[i],
            partial(next, lucks),
            lambda peak, k, draws=draws: redraw_features(peak, k, *next(draws)),
            RULES,
        )
        assert n_asked == asked[i]
        assert (row is None) == (i not in found)
        if row is not None:
            assert_array_equal(row, found[i])


@pytest.mark.parametrize("seed", range(10))
def test_restarts_and_queue_are_those_of_climbers_one_after_another(seed):
    target = Peaks(seed, sharpness=0.3)
    goals = np.arange(8) % N_CLASSES

    def draw(n, rng):
        return rng.random_sample((n, N_COLUMNS))

    rng = np.random.RandomState(seed)
    questions = Questions(target, SCHEMA)
    rows, found = climb(questions, goals, partial(draw, rng=rng), RULES, 1, rng)

    rng = np.random.RandomState(seed)
    n_asked = 0

    def redraw(peak, k):
        fresh = draw(1, rng)[0]
        return redraw_features(peak, k, rng.random_sample(N_COLUMNS), fresh)

    start = draw(1, rng)[0]
    for i, c in enumerate(goals):
        for left in reversed(range(RULES.n_restarts + 1)):
            row, n = climb_slowly(
                target,
                c,
                start,
                lambda: rng.random_sample(1)[0],
                redraw,
                RULES,
            )
            n_asked += n
            if row is not None or left == 0:
                break
            start = draw(1, rng)[0]
            rng.random_sample(N_COLUMNS)  # which features to redraw: all
        assert found[i] == (row is not None)
        assert_array_equal(rows[i], 0 if row is None else row)
        start = draw(1, rng)[0]
    assert questions.n_queries == n_asked


def test_exactly_as_many_features_change_as_the_width_says():
    rng = np.random.RandomState(0)
    climbers = Climbers.start(np.arange(3), np.zeros(3, int), np.zeros((3, 6)), RULES)
    climbers = climbers._replace(width=np.array([1, 3, 6]))
    row = mutate(climbers, rng.random_sample((3, 6)), np.ones((3, 6))).row
    assert_array_equal(row.sum(axis=1), [1, 3, 6])


@pytest.fixture
def target():
    return GaussianNB().fit(X, NAMES[y])


@pytest.mark.parametrize("variant", ["shokri", "truex"])
def test_rows_are_confident_and_labelled_as_answered(variant, target):
    generator = QueryGenerator(
        variant=variant, conf_min=0.8, schema=IRIS, random_state=0
    )
    api = BlackBox(target)
    rows, labels = generator.fit().sample(60, api)
    posterior = target.predict_proba(rows)
    assert IRIS.contains(rows).all()
    assert (posterior.max(axis=1) > 0.8).all()
    assert_array_equal(labels, target.predict(rows))
    assert generator.n_queries_ == api.n_queries_
    assert len(rows) == 60


def test_classes_are_balanced_or_as_known(target):
    generator = QueryGenerator(schema=IRIS, random_state=0)
    _, labels = generator.fit().sample(31, target)
    assert set(np.unique(labels, return_counts=True)[1]) <= {10, 11}
    _, labels = generator.fit(y=NAMES[[0, 0, 0, 1]]).sample(40, target)
    assert dict(zip(*np.unique(labels, return_counts=True), strict=True)) == {
        "setosa": 30,
        "versicolor": 10,
    }


def test_known_records_give_the_values(target):
    X_known = X[::10]
    generator = QueryGenerator(random_state=0).fit(X_known)
    rows, _ = generator.sample(30, target)
    for known, drawn in zip(X_known.T, rows.T, strict=True):
        assert set(drawn) <= set(known)


def test_calls_do_not_grow_with_rows(target):
    calls = []
    for n_samples in (10, 1000):
        generator = QueryGenerator(schema=IRIS, random_state=0).fit()
        generator.sample(n_samples, target)
        calls.append(generator.n_calls_)
    assert calls[1] <= 100 + calls[0]


def test_small_budget_is_spent_in_batches(target):
    api = BlackBox(target, max_queries=100)
    generator = QueryGenerator(schema=IRIS, random_state=0).fit()
    with pytest.warns(UserWarning, match="100 questions were asked, 0 are left"):
        generator.sample(500, api)
    assert generator.n_calls_ <= 15


def test_missing_rows_are_counted_by_class():
    """A model that never answers one of its classes."""
    target = GaussianNB(priors=[0, 0.5, 0.5])
    with np.errstate(divide="ignore"):
        target.fit(X, NAMES[y])
        generator = QueryGenerator(schema=IRIS, random_state=0, iter_max=30).fit()
        message = "found 20 of 30 rows: 10 of 10 are missing for class setosa"
        with pytest.warns(UserWarning, match=message):
            _, labels = generator.sample(30, target)
    assert "setosa" not in labels


def test_no_row_at_all_is_an_error(target):
    for variant in ("shokri", "truex"):
        generator = QueryGenerator(variant=variant, schema=IRIS, max_queries=0)
        with pytest.raises(ValueError, match="found 0 of 5 rows"):
            generator.set_params(random_state=0).fit().sample(5, target)


def test_label_only_targets_are_refused_with_advice(target):
    generator = QueryGenerator(schema=IRIS, random_state=0).fit()
    label_only = BlackBox(target, access="label")
    for model in (label_only, RidgeClassifier().fit(X, y)):
        with pytest.raises(ValueError, match=r"no predict_proba.*RegionGenerator"):
            generator.sample(5, model)
    with pytest.raises(ValueError, match="pass 'target'"):
        generator.sample(5)


@pytest.mark.parametrize("k_max", [1, None])
def test_k_min_is_at_most_k_max(k_max, target):
    generator = QueryGenerator(k_min=3, k_max=k_max, schema=IRIS, random_state=0)
    message = "'k_min' parameter of QueryGenerator must be at most .* Got 3"
    with pytest.raises(ValueError, match=message):
        generator.fit().sample(5, target)


def test_schema_or_records_are_needed():
    with pytest.raises(ValueError, match=re.escape("pass the 'schema' parameter")):
        QueryGenerator(random_state=0).fit()
