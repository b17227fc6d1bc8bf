"""Signals of the labels of noisy copies of a record, and of its augmentations."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr
from sklearn.datasets import load_digits

from skmia.generators import FeatureSchema
from skmia.signals import get_signal
from skmia.signals._keys import signal_key
from skmia.signals._moves import MOVES, Rotation, Shift
from skmia.targets import Session
from skmia.targets._noise import filled

IMAGES = load_digits().images[:20]
NAMES = ["noise_robustness", "sampled_posterior"]


class Recorder:
    """Label 1 where the first number of a record is positive; keeps the questions."""

    classes_ = np.array([0, 1])

    def __init__(self):
        self.asked = []

    def predict(self, X):
        self.asked.append(X)
        first = pd.DataFrame(np.asarray(X).reshape(len(X), -1))[0]
        return (pd.to_numeric(first, errors="coerce") > 0).astype(int).to_numpy()


def copies_of(X, **params):
    """What is asked about records, (n_records, 1 + n_copies, n_features)."""
    model = Recorder()
    Session(model, X, np.ones(len(X), int)).observe(get_signal(NAMES[0], **params))
    asked = [np.asarray(rows, dtype=object) for rows in model.asked]
    return np.concatenate(asked).reshape(len(X), -1, *np.shape(X)[1:])


def test_robustness_at_a_linear_boundary():
    """Phi(distance / deviation) of the copies, beside the record itself.

    Copies are independent: the share of 4,000 that keep the label is within 4 standard
    errors, sqrt(p (1 - p) / 4,000), of its mean. Ten records: 6 in 10,000 fail.
    """
    distance = np.linspace(0.05, 3, 10)
    X = np.column_stack([distance, np.zeros(10)])
    signal = get_signal(NAMES[0], n_copies=4000, scale=0.5, spread=2, seed=0)
    found = signal(Recorder(), X, np.ones(10, int))[:, 0]
    p = ndtr(distance)
    error = 4 * np.sqrt(p * (1 - p) / 4000) + 1e-3  # the record itself
    assert (np.abs(found - p) <= error).all()


@pytest.mark.parametrize("name", NAMES)
def test_without_noise_one_row_is_asked(name):
    model = Recorder()
    X = np.array([[1.0, 2], [-1, 2], [3, 4]])
    session = Session(model, X, np.array([1, 1, 0]))
    found = session.observe(get_signal(name, scale=0)).to_numpy()
    assert session.n_queries == 3
    assert_array_equal(found[:, -1], [1, 0, 0] if name == NAMES[0] else [1, 0, 1])


MIXED = pd.DataFrame(
    {
        "width": np.linspace(0, 1, 50),
        "age": np.arange(50) % 30 + 20,
        "smokes": np.arange(50) % 2,
        "town": pd.Categorical(["Ulm", "Bonn", "Kiel", "Ulm", "Bonn"] * 10),
        "red": np.arange(50) % 3 == 0,
        "green": np.arange(50) % 3 == 1,
        "blue": np.arange(50) % 3 == 2,
    }
)
SCHEMA = FeatureSchema.from_records(MIXED, onehot=[["red", "green", "blue"]])


def test_noise_goes_by_the_kind_of_a_feature():
    """Shares of 6,000 copies within 5 standard errors, sqrt(p (1 - p) / 6,000)."""
    n, scale = 6000, 0.4
    copies = copies_of(MIXED[:2], n_copies=n, scale=scale, schema=SCHEMA, spread=10.0)
    assert_array_equal(copies[:, 0], MIXED[:2].to_numpy(object))
    width, age, smokes, town = (copies[0, 1:, i] for i in range(4))
    assert width.astype(float).std() == pytest.approx(4, rel=5 / np.sqrt(2 * n))
    assert_array_equal(age.astype(float), np.rint(age.astype(float)))
    assert age.min() == 20 < age.max()  # the smallest that was seen
    p = 0.3 * scale

    def near(share, expected):
        return abs(share - expected) <= 5 * np.sqrt(expected * (1 - expected) / n)

    assert near((smokes != MIXED.smokes[0]).mean(), p)
    # A category is drawn anew, and is the same in one of three cases.
    assert near((town != "Ulm").mean(), p * 2 / 3)
    assert set(town) == {"Ulm", "Bonn", "Kiel"}
    colour = copies[0, 1:, 4:].astype(int)
    assert_array_equal(colour.sum(axis=1), 1)
    assert near((colour[:, 0] == 0).mean(), p * 2 / 3)


def test_what_the_schema_does_not_know_stays():
    other = MIXED[:4].astype({"town": object, "smokes": float, "width": float})
    other.loc[0, "town"], other.loc[1, "width"] = "Rome", np.nan
    other.loc[2, "smokes"], other.loc[3, "age"] = 7, 99
    copies = copies_of(other, n_copies=50, scale=1.0, schema=SCHEMA, spread=10.0)
    assert set(copies[0, :, 3]) == {"Rome"}
    assert set(copies[1, :, 3]) == {"Ulm", "Bonn", "Kiel"}
    assert pd.isna(copies[1, :, 0]).all()
    assert len(set(copies[0, :, 0])) == 51
    assert set(copies[2, :, 2]) == {7}
    assert 80 < min(copies[3, :, 1]) < max(copies[3, :, 1]) == 99


def test_frames_keep_their_types():
    model = Recorder()
    Session(model, MIXED, np.ones(50, int)).observe(get_signal(NAMES[0], n_copies=2))
    (asked,) = model.asked
    assert asked.dtypes.equals(MIXED.dtypes)
    polar = pl.DataFrame({"a": [0.5, 1.5], "b": [1.5, 0.25]})
    Session(model, polar, np.ones(2, int)).observe(NAMES[0])
    assert model.asked[1].columns == ["a", "b"]


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64])
def test_arrays_keep_their_type(dtype):
    model = Recorder()
    X = IMAGES.reshape(20, 64).astype(dtype)
    Session(model, X, np.ones(20, int)).observe(get_signal(NAMES[0], n_copies=30))
    (asked,) = model.asked
    assert asked.dtype == dtype
    assert_array_equal(asked[::31], X)
    assert (asked >= 0).all()  # whole numbers of all records


def test_images_get_the_noise_of_numbers():
    copies = copies_of(IMAGES, n_copies=3).astype(float)
    assert copies.shape == (20, 4, 8, 8)
    steps = copies[:, 1:] - IMAGES[:, None]
    assert_allclose(steps, np.broadcast_to(steps[:1], steps.shape), atol=1e-12)


def test_a_schema_is_the_same_after_its_use():
    """Else what was recorded of shadow models would be asked again."""
    signals = [filled(MIXED, None, get_signal(NAMES[0])) for _ in range(2)]
    keys = [signal_key(signal, [0, 1])[2] for signal in signals]
    signals[0](Recorder(), MIXED, np.ones(50, int))
    again = pickle.loads(pickle.dumps(signals[0]))
    keys += [signal_key(signal, [0, 1])[2] for signal in (signals[0], again)]
    assert len(set(keys)) == 1


def test_augmentations_of_images():
    model, n = Recorder(), len(MOVES)
    signal = get_signal("augmented_correctness")
    found = Session(model, IMAGES, np.zeros(20, int)).observe(signal)
    assert found.shape == (20, 1 + n) == (20, signal.price)
    assert len(model.asked) == 1 + n
    assert_array_equal(model.asked[0], IMAGES)
    for move, asked in zip(MOVES, model.asked[1:], strict=True):
        assert asked.shape == IMAGES.shape
        assert not np.array_equal(asked, IMAGES), move
    for i, asked in enumerate(model.asked):
        assert_array_equal(found.iloc[:, i], asked[:, 0, 0] <= 0)


@pytest.mark.parametrize("shape", [(5, 9, 9), (5, 3, 9, 9), (5, 9, 9, 3)])
def test_moves_of_images(shape):
    X = np.random.RandomState(0).uniform(size=shape)
    rows, columns = (2, 3) if shape[1] == 3 else (1, 2)
    inner = slice(1, -1)
    down = np.moveaxis(Shift(1, 0)(X), rows, 0)
    assert_array_equal(down[inner], np.moveaxis(X, rows, 0)[:-2])
    right = np.moveaxis(Shift(0, 1)(X), columns, 0)
    assert_array_equal(right[inner], np.moveaxis(X, columns, 0)[:-2])
    assert_allclose(Rotation(0)(X), X)
    assert_allclose(Rotation(90)(X), np.rot90(X, axes=(rows, columns)), atol=1e-9)


def negative(X):
    return -X


def test_augmentations_of_ones_own():
    X = np.array([[1.0], [-2.0], [0.0]])
    own = get_signal("augmented_correctness", augment=(negative, np.abs))
    assert own.price == 3
    found = own(Recorder(), X, np.ones(3, int))
    assert_array_equal(found, [[1, 0, 1], [0, 1, 1], [0, 0, 0]])


@pytest.mark.parametrize(
    ("augment", "error", "message"),
    [
        ((lambda X: X[1:],), ValueError, "one record for each of 3. Got 2"),
        (("shift",), TypeError, "must hold callables, records -> records. Got 'shift'"),
        (MOVES, ValueError, r"Shift\(down=-1, right=0\) is a move of images, and the"),
    ],
)
def test_what_is_no_augmentation(augment, error, message):
    signal = get_signal("augmented_correctness", augment=augment)
    with pytest.raises(error, match=message):
        signal(Recorder(), np.ones((3, 1)), np.ones(3, int))
