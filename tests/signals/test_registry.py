"""Signals by name, and signals of one's own."""

import re

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from skmia.signals import Signal, get_signal, get_signal_names, make_signal


def first_entry(y, posterior, power=1):
    return posterior[:, 0] ** power


def test_names():
    names = get_signal_names()
    assert names == sorted(names)
    assert {"loss", "posterior", "correctness", "true_label"} <= set(names)
    assert all(get_signal(name).name == name for name in names)


def test_names_by_access():
    label, scores = (set(get_signal_names(access=a)) for a in ("label", "scores"))
    nearby = {"augmented_correctness", "noise_robustness", "sampled_posterior"}
    nearby |= {"boundary_distance", "boundary_distance_inf"}
    assert label == {"correctness", "predicted_label", "true_label"} | nearby
    assert label < scores == set(get_signal_names())
    with pytest.raises(ValueError, match=r"'proba' is not the name of an access\. "):
        get_signal_names(access="proba")


def test_unknown_name():
    message = (
        "'los' is not the name of a signal. Did you mean 'loss' or 'staged_loss' or "
        "'structured_loss'? Use one of ['absolute_error', 'answer_time', "
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        get_signal("los")


def test_a_signal_passes_through():
    signal = get_signal("loss")
    assert get_signal(signal) is signal


def test_parameters_are_changed_on_a_copy():
    floored = get_signal("loss", floor=0.1)
    assert floored.params == {"floor": 0.1}
    assert get_signal("loss").params == {"floor": 1e-30}
    with pytest.raises(ValueError, match=r"no parameter 'flor'; it has \['floor'\]"):
        get_signal("loss", flor=0.1)


@pytest.mark.parametrize(
    ("response_method", "access"),
    [("predict_proba", "scores"), ("predict", "label"), (None, "label")],
)
def test_access_by_default(response_method, access):
    assert make_signal(first_entry, response_method=response_method).access == access


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (None, ["first_entry"]),
        (["a", "b"], ["first_entry_a", "first_entry_b"]),
        ("per-class", ["first_entry_x", "first_entry_y"]),
        (lambda signal: [signal.name.upper()], ["FIRST_ENTRY"]),
    ],
)
def test_column_names(columns, names):
    signal = make_signal(first_entry, columns=columns)
    assert signal.column_names(["x", "y"]) == names


def test_own_signal_with_parameters():
    signal = make_signal(first_entry, name="own", needs_y=False, power=2)
    X, y = [[0.0], [1.0], [5.0]], [0, 0, 1]
    model = GaussianNB().fit(np.array(X), y)
    expected = model.predict_proba(X)[:, [0]]
    np.testing.assert_array_equal(signal(model, X), expected**2)
    np.testing.assert_array_equal(signal.set_params(power=1)(model, X), expected)
    assert isinstance(signal, Signal)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"response_method": "decision_function"}, "'response_method' parameter"),
        ({"access": "all"}, "'access' parameter of make_signal must be one of"),
    ],
)
def test_make_signal_errors(kwargs, message):
    with pytest.raises(ValueError, match=message):
        make_signal(first_entry, **kwargs)


def test_make_signal_of_no_function():
    with pytest.raises(TypeError, match=r"A signal is made of a callable\. Got 'loss'"):
        make_signal("loss")
