"""What a private model releases tells nothing of its noise: an attack, and a search.

The thresholds of a private forest are raw outputs of its generator. Those of a Mersenne
Twister give its state, and with it all that it drew besides: noise must not come from
it.
"""

import os
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skmia.defenses import PrivateForestClassifier, PrivateGaussianNB
from skmia.utils._secret_stream import SecretStream, fresh_random_state

# Unknown bits of a word of which `random_sample` gives 27 or, the next one, 26.
HIDDEN = 5, 6
# 625 numbers: 1250 words, the last 624 of which are explained by others.
NEEDED = 625

seeded = pytest.mark.filterwarnings(
    "ignore:The noise of:skmia.exceptions.PrivacyLeakWarning"
)


def untempered(words):
    """State behind each output of a Mersenne Twister."""
    x = words ^ (words >> 18)
    x = x ^ ((x << 15) & 0xEFC60000)
    y = x
    for _ in range(4):
        y = x ^ ((y << 7) & 0x9D2C5680)
    x = y
    for _ in range(2):
        x = y ^ (x >> 11)
    return x


def residual(first, second, middle, last):
    """Zero for the outputs k, k + 1, k + 397 and k + 624; linear over GF(2)."""
    first, second, middle, last = map(untempered, (first, second, middle, last))
    mixed = (first & 0x80000000) | (second & 0x7FFFFFFF)
    return last ^ middle ^ (mixed >> 1) ^ (second & 1) * 0x9908B0DF


def completions(parity):
    """Hidden bits of output k + 1 by the residual that they cause; k of this parity.

    Those of output k + 397 cause the residuals that those of k + 624 cause: one of the
    two is enough, with the more bits.
    """
    same, other = HIDDEN[parity], HIDDEN[1 - parity]
    bits = np.arange(2 ** (same + other + max(HIDDEN)))
    first = bits & (2**same - 1)
    second = bits >> same & (2**other - 1)
    last = bits >> (same + other)
    return dict(zip(residual(first, second, 0, last).tolist(), second, strict=True))


def mersenne_twister_behind(uniforms):
    """Generator that drew these numbers, 312 of them still to come, or None.

    Each output is explained by its recurrence alone: 32 equations for the few bits that
    are hidden in its four words.
    """
    mantissa = (uniforms[:NEEDED] * 2**53).astype(np.int64)
    words = np.stack([mantissa >> 26 << 5, (mantissa & (2**26 - 1)) << 6], 1).ravel()
    wrong = residual(words[:-624], words[1:-623], words[397:-227], words[624:])
    tables = completions(0), completions(1)
    hidden = [tables[k % 2].get(int(left)) for k, left in enumerate(wrong)]
    if None in hidden:
        return None
    state = untempered(words[1 : len(hidden) + 1] | np.array(hidden))[-625:-1]
    rng = np.random.RandomState()
    rng.set_state(("MT19937", state.astype(np.uint32), 624))
    return rng


def thresholds_of(random_state):
    """Released thresholds of stumps on one feature, in their order.

    Bounds with a middle half from 0 to 1: the doubles of the generator as they are.
    """
    forest = PrivateForestClassifier(
        700,
        max_depth=1,
        bounds=(-0.5, 1.5),
        classes=[0, 1],
        epsilon=1,
        random_state=random_state,
    ).fit([[0.2], [0.7]], [0, 1])
    return forest._thresholds.ravel()


@seeded
@pytest.mark.parametrize("seed", [0, 7, np.random.RandomState(3)], ids=str)
def test_a_seeded_forest_gives_its_generator_away(seed):
    """The attack works: 75 thresholds that it has not seen, to the last bit."""
    thresholds = thresholds_of(seed)
    rng = mersenne_twister_behind(thresholds)
    assert_array_equal(rng.random_sample(700 - 313), thresholds[313:])
    # Also what was not released: the next outputs.
    if isinstance(seed, int):
        original = np.random.RandomState(seed)
        original.random_sample(700)
        assert rng.randint(2**31) == original.randint(2**31)


def test_a_forest_without_a_seed_does_not():
    """No state explains its thresholds, and no other fit has any of them."""
    one, other = thresholds_of(None), thresholds_of(None)
    assert mersenne_twister_behind(one) is None
    assert len(np.unique([one, other])) == 1400


DECLARED = {"bounds": (0, 1), "classes": ["a", "b"]}
MODELS = pytest.mark.parametrize(
    ("model", "learned"),
    [
        (PrivateForestClassifier(3, epsilon=0.01, **DECLARED), "_counts"),
        (PrivateGaussianNB(epsilon=5, **DECLARED), "theta_"),
    ],
    ids=["forest", "naive Bayes"],
)
X = np.tile([[0.2, 0.9], [0.7, 0.1]], (50, 1))
Y = ["a", "b"] * 50


def parts(value):
    """Everything that can be reached from an object, itself included."""
    yield value
    if isinstance(value, np.ndarray):
        inside = value.ravel().tolist() if value.dtype == object else []
    elif isinstance(value, dict):
        inside = [*value, *value.values()]
    elif isinstance(value, (list, tuple, set)):
        inside = value
    else:
        inside = getattr(value, "__dict__", {}).values()
    for part in inside:
        yield from parts(part)


def secrets_on(model):
    """What is on a model, may be a source of noise, and is no parameter or shape."""
    sources = bytes, SecretStream, np.random.RandomState, np.random.Generator, int
    known = [*parts(model.get_params()), model.n_features_in_]
    return [
        part
        for part in parts(model)
        if isinstance(part, sources) and not any(part is one for one in known)
    ]


@MODELS
def test_neither_key_nor_stream_nor_seed_is_on_a_model(model, learned, monkeypatch):
    keys = []
    urandom = os.urandom

    def record(n_bytes):
        keys.append(urandom(n_bytes))
        return keys[-1]

    monkeypatch.setattr(os, "urandom", record)
    model = clone(model).fit(X, Y)
    assert secrets_on(model) == []
    (key,) = keys
    assert key not in pickle.dumps(model)
    # The search finds what a broken copy would keep.
    for secret in (key, SecretStream(key, b"noise"), 12345, fresh_random_state(1)):
        model._kept = {"deep": [(secret,)]}
        assert secret in secrets_on(model)


@MODELS
def test_two_fits_share_no_noise(model, learned):
    """Counts agree by chance in 1 of 800 cells, means in 1 of 5000."""
    one, other = (getattr(clone(model).fit(X, Y), learned) for _ in range(2))
    assert (one == other).mean() < 0.5


@seeded
@MODELS
def test_two_fits_with_one_seed_share_all_noise(model, learned):
    """Why a seed warns: what differs between the fits is the data."""
    model = clone(model).set_params(random_state=1)
    one, other = (getattr(clone(model).fit(X, Y), learned) for _ in range(2))
    assert_array_equal(one, other)
