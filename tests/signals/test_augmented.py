"""Several queries about a record: noisy copies, or an image shifted and mirrored."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logit
from sklearn.datasets import load_digits, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia import BlackBox, observe
from skmia.attacks import lacks, make_attack
from skmia.attacks.evidence import Signals
from skmia.signals import _neighbours, get_signal
from skmia.targets import Session

X, Y = make_classification(60, 5, n_informative=4, n_redundant=1, random_state=0)
IMAGES = load_digits().images[:20] / 16
SIGNALS = ["augmented_logit", "nearby_logit"]


class Recorder:
    """Probability of class 1 grows with the sum of a record; keeps the questions."""

    classes_ = np.array([0, 1])

    def __init__(self):
        self.asked = []

    def predict_proba(self, X):
        self.asked.append(X)
        X = np.asarray(X, dtype=float)
        p = 1 / (1 + np.exp(-X.reshape(len(X), -1).sum(axis=1) / 10))
        return np.column_stack([1 - p, p])


def queries_of(name, X, **params):
    """What was asked, (n_records, n_queries, ...), and what the signal made of it."""
    model = Recorder()
    values = get_signal(name, **params)(model, X, np.ones(len(X), int))
    asked = np.concatenate([np.asarray(rows) for rows in model.asked])
    return asked.reshape(len(X), -1, *np.shape(X)[1:]), values


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("records", [X, IMAGES], ids=["table", "images"])
def test_each_column_is_the_logit_of_one_query(name, records):
    queries, values = queries_of(name, records, n_queries=7)
    assert queries.shape[1] == values.shape[1] == 7
    flat = queries.reshape(-1, *records.shape[1:])
    expected = logit(Recorder().predict_proba(flat)[:, 1]).reshape(values.shape)
    assert_allclose(values, expected, rtol=1e-9, atol=1e-9)


def test_the_record_itself_comes_first_or_never():
    queries, _ = queries_of("augmented_logit", X)
    assert queries.shape[1] == 6
    assert_array_equal(queries[:, 0], X)
    for records in (X, IMAGES):
        queries, _ = queries_of("augmented_logit", records, n_queries=1)
        assert_array_equal(queries[:, 0], records)
    for records in (X, IMAGES, np.zeros((3, 4, 4))):
        queries, _ = queries_of("nearby_logit", records)
        assert (
            not (queries == records[:, None]).reshape(len(records), 10, -1).all(2).any()
        )


@pytest.mark.parametrize("name", SIGNALS)
def test_noise_is_that_of_all_records_and_of_the_spread(name, global_random_seed):
    """20,000 draws a feature: the deviation is right within 5 / sqrt(40,000)."""
    spread = np.array([0.0, 1, 10, 1e-3, 5])
    params = {"spread": spread, "scale": 2, "seed": global_random_seed}
    queries, _ = queries_of(name, X[:2] * spread, n_queries=20_001, **params)
    steps = queries - X[:2, None] * spread
    assert_allclose(steps[0], steps[1], atol=1e-12)
    assert_array_equal(steps[0][:, 0], 0)
    deviation = steps[0][1:].std(axis=0)[1:] / spread[1:]
    assert_allclose(deviation, 2, rtol=5 / np.sqrt(40_000))


@pytest.mark.parametrize("name", SIGNALS)
def test_units_do_not_matter(name):
    """What is a thousand times larger gets a thousand times the noise."""
    Z = []
    for records in (X, X * [1, 1000, 1, 1e-3, 1]):
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(records, Y)
        Z.append(Session(model, records, Y).observe(name))
    assert_allclose(*Z, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", [*SIGNALS, "merlin_ratio"])
def test_a_spread_may_be_a_series_and_is_not_negative(name):
    frame = pd.DataFrame(X).add_prefix("x")
    model = LogisticRegression().fit(frame, Y)
    signal = get_signal(name, spread=frame.std())
    expected = get_signal(name, spread=frame.std().to_numpy())
    assert_array_equal(signal(model, frame, Y), expected(model, frame, Y))
    for wrong in ([-1.0] * 5, [np.nan] * 5):
        with pytest.raises(ValueError, match="'scale' of a signal must not be negati"):
            get_signal(name, scale=wrong)(model, frame, Y)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64])
def test_moved_images_are_of_their_own_type(dtype):
    model = Recorder()
    images = (IMAGES * 16).astype(dtype)
    get_signal("augmented_logit")(model, images, np.ones(len(images), int))
    assert {asked.dtype for asked in model.asked} == {np.dtype(dtype)}


@pytest.mark.parametrize("name", [*SIGNALS, "merlin_ratio"])
def test_single_precision_stays(name):
    model = Recorder()
    get_signal(name)(model, X.astype(np.float32), np.ones(len(X), int))
    assert {np.asarray(asked).dtype for asked in model.asked} == {np.dtype("f4")}


def test_images_are_shifted_and_mirrored():
    """Nine places, each without and with a mirror, the nearest first."""
    queries, _ = queries_of("augmented_logit", IMAGES, n_queries=18)
    wide = np.pad(IMAGES, [(0, 0), (1, 1), (1, 1)], mode="reflect")
    places = [wide[:, i : i + 8, j : j + 8] for i in range(3) for j in range(3)]
    expected = [*places, *(place[:, :, ::-1] for place in places)]
    assert_array_equal(queries[:, 0], IMAGES)
    assert_array_equal(queries[:, 1], IMAGES[:, :, ::-1])
    for image in range(len(IMAGES)):
        one = {query.tobytes() for query in queries[image]}
        assert one == {np.ascontiguousarray(e[image]).tobytes() for e in expected}
    further, _ = queries_of("augmented_logit", IMAGES, n_queries=50)
    assert_array_equal(further[:, :18], queries)
    steps = further[0].reshape(50, -1)
    assert len(np.unique(steps, axis=0)) == 50


@pytest.mark.parametrize("n_channels", [1, 3])
def test_colours_come_first_or_last(n_channels):
    last = np.repeat(IMAGES[..., None], n_channels, axis=3) + np.arange(n_channels)
    first = np.moveaxis(last, 3, 1)
    queries, _ = queries_of("augmented_logit", last)
    turned, _ = queries_of("augmented_logit", first)
    assert_array_equal(np.moveaxis(turned, 2, 4), queries)
    alone, _ = queries_of("augmented_logit", IMAGES)
    assert_array_equal(queries[..., 0], alone)


@pytest.mark.parametrize("name", SIGNALS)
def test_names_and_precision_of_the_records_are_kept(name):
    frame = pd.DataFrame(X, columns=list("abcde"))
    model = Recorder()
    Z = observe(model, frame, Y, name)
    assert all(list(rows) == list(frame) for rows in model.asked)
    assert_array_equal(Z, observe(model, X, Y, name))
    for records in (X, IMAGES):
        model = Recorder()
        observe(model, records.astype(np.float32), np.ones(len(records)), name)
        assert all(rows.dtype == np.float32 for rows in model.asked)


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Float32, pl.Int64])
@pytest.mark.parametrize("name", [*SIGNALS, "merlin_ratio"])
def test_models_are_asked_about_the_kind_of_table_that_is_given(name, dtype):
    frame = pl.DataFrame(X * 8, schema=list("abcde")).cast(dtype)
    model = Recorder()
    Z = observe(model, frame, Y, name)
    assert {type(rows) for rows in model.asked} == {pl.DataFrame}
    assert all(rows.columns == frame.columns for rows in model.asked)
    assert_array_equal(Z, observe(Recorder(), frame.to_numpy(), Y, name))


@pytest.mark.parametrize("name", [*SIGNALS, "merlin_ratio"])
@pytest.mark.parametrize("records", [X, IMAGES], ids=["table", "images"])
def test_only_so_many_rows_are_asked_at_once(name, records, monkeypatch):
    """And what is answered does not depend on how many."""
    y = np.arange(len(records)) % 2
    whole = observe(Recorder(), records, y, name)
    signal = get_signal(name)
    for limit, most in (("_MAX_ROWS", 110), ("_MAX_NUMBERS", 110 * records[0].size)):
        model = Recorder()
        with monkeypatch.context() as patched:
            patched.setattr(_neighbours, limit, most)
            Z = observe(model, records, y, name)
        n_rows = [len(rows) for rows in model.asked]
        assert sum(n_rows) == len(records) * signal.price
        assert n_rows[0] == 110 // signal.price * signal.price
        assert max(n_rows) <= 110
        assert_array_equal(Z, whole)


def test_answers_that_are_longer_than_questions_count(monkeypatch):
    classes = np.arange(50)

    class Sure(Recorder):
        classes_ = classes

        def predict_proba(self, X):
            self.asked.append(X)
            return np.full((len(X), 50), 1 / 50)

    monkeypatch.setattr(_neighbours, "_MAX_NUMBERS", 60 * 50)
    for signal in (*map(get_signal, SIGNALS), get_signal("merlin_ratio", n_copies=9)):
        model = Sure()
        observe(model, X, Y, signal)
        assert max(map(len, model.asked)) == 60


@pytest.mark.parametrize("name", SIGNALS)
def test_a_budget_is_spent_on_whole_records(name):
    signal = get_signal(name)
    model = LogisticRegression().fit(X, Y)
    box = BlackBox(model, max_queries=10 * signal.price + 5)
    session = Session(box, X, Y)
    Z = session.observe(name)
    answered = Z.notna().all(axis=1)
    assert answered.sum() == 10
    assert box.n_queries_ == session.n_queries == 10 * signal.price
    assert_array_equal(session.unanswered, ~answered)
    whole = Session(model, X, Y).observe(signal.set_params(spread=X.std(axis=0)))
    assert whole.shape == Z.shape == (60, signal.price)


def test_what_it_cannot_ask_about():
    words = pd.DataFrame({"town": ["Ulm", "Bonn"]})
    labels = np.array([0, 1])
    for name, records, reason in (
        ("augmented_logit", words, "the features are not dense, finite numbers"),
        ("nearby_logit", words, "the features are not dense, finite numbers"),
        ("augmented_logit", IMAGES[:2], None),
        ("merlin_ratio", words, "the features are not dense, finite numbers"),
        ("merlin_ratio", IMAGES[:2], None),
    ):
        session = Session(LogisticRegression().fit(X, Y), records, labels)
        attack = make_attack(Signals(name), LogisticRegression())
        assert lacks(attack, session) == reason


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_queries": 0}, "'n_queries' parameter of augmented_logit must be an int"),
        ({"scale": -1}, "'scale' parameter of augmented_logit must be a float"),
        ({"spread": [1, 2]}, r"one for each of 5 features\. Got shape \(2,\)"),
        ({"seed": -1}, "'seed' parameter of augmented_logit must be an int"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        queries_of("augmented_logit", X, **params)
