"""Random numbers from a keyed hash: their values, ranges and distributions."""

import copy
import hashlib
import os
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chi2, expon, gamma, kstest, laplace, norm

from skmia.utils import _secret_stream
from skmia.utils._secret_stream import (
    SecretStream,
    fresh_random_state,
    open_uniforms,
    secret_key,
)

ONES = np.array([2**64 - 1], dtype=np.uint64)
# Keys are fixed: what passes once passes always.
UNLIKELY = 1e-3


def stream(seed=0, label=b"noise"):
    return SecretStream(secret_key(seed), label)


class Scripted(SecretStream):
    """Words from a list, as if the hash had given them."""

    def __init__(self, *words):
        self.left = b"".join(word.to_bytes(8, "little") for word in words)

    def bytes(self, n_bytes):
        drawn, self.left = self.left[:n_bytes], self.left[n_bytes:]
        assert len(drawn) == n_bytes
        return drawn


def test_values():
    """Of the specification: SHAKE-256 of key, length of the label, label, counter."""
    known = SecretStream(bytes(32), b"noise")
    assert known.bytes(16).hex() == "28b9fffcd79afc3be312534bb322c9f0"
    known = SecretStream(bytes(32), b"noise")
    expected = [0.23432319424773496, 0.9405690849046774, 0.7636966055324256]
    assert_array_equal(known.uniforms(3), expected)


def test_counter_mode():
    """However it is cut up, it is one sequence of blocks of 2**16 bytes."""
    prefix = bytes(32) + b"\x05noise"
    blocks = [
        hashlib.shake_256(prefix + bytes([i]) + bytes(7)).digest(2**16)
        for i in range(4)
    ]
    known = SecretStream(bytes(32), b"noise")
    sizes = [0, 1, 7, 2**16 - 8, 2**16, 3, 2**16 - 2, 2**16 - 1]
    assert b"".join(known.bytes(size) for size in sizes) == b"".join(blocks)


def test_labels_and_keys_make_other_streams():
    seen = {
        stream(seed, label).bytes(32)
        for seed in (0, 1, None)
        for label in (b"noise", b"nois", b"e", b"", b"public")
    }
    assert len(seen) == 15


def test_the_end_of_a_label_does_not_make_the_next_block():
    """The label is as long as it says: it does not run into the counter."""
    one, other = stream(0, b"a"), stream(0, b"a" + bytes(8))
    one.bytes(2**16)
    assert one.bytes(16) != other.bytes(16)


def test_a_stream_stays_where_it_was_made():
    for duplicate in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="same noise"):
            duplicate(stream())


def test_key_of_the_operating_system(monkeypatch):
    monkeypatch.setattr(os, "urandom", lambda n: b"\x07" * n)
    assert secret_key(None) == b"\x07" * 32
    assert secret_key(0) != secret_key(None)


def test_key_of_a_seed():
    """The same for an int of numpy; another for the next state of a generator."""
    assert secret_key(3) == secret_key(np.int64(3)) != secret_key(4)
    rng = np.random.RandomState(0)
    assert secret_key(rng) != secret_key(rng)
    assert secret_key(np.random.RandomState(0)) == secret_key(np.random.RandomState(0))
    assert len(secret_key(0)) == len(secret_key(rng)) == len(secret_key(None)) == 32


def test_public_structure_has_entropy_of_its_own():
    """Not numpy's global generator, and not a Mersenne Twister."""
    one, other = fresh_random_state(None), fresh_random_state(None)
    assert one.random_sample() != other.random_sample()
    assert one.get_state(legacy=False)["bit_generator"] == "PCG64DXSM"
    seeded = fresh_random_state(5)
    assert seeded.random_sample() == np.random.RandomState(5).random_sample()


def test_uniforms_are_neither_0_nor_1():
    """An all-ones word: with 53 bits its middle would be rounded to 1."""
    (largest,) = open_uniforms(ONES)
    (smallest,) = open_uniforms(np.zeros(1, dtype=np.uint64))
    assert largest == 1 - 2.0**-53
    assert smallest == 2.0**-53
    words = np.array([2**63, 2**63 - 1], dtype=np.uint64)
    assert open_uniforms(words).sum() == 1  # symmetric


@pytest.mark.parametrize("word", [0, 2**64 - 1])
def test_nothing_is_infinite(word):
    assert abs(Scripted(word).normals(1)[0]) == pytest.approx(8.2095, abs=1e-4)
    assert 0 < abs(Scripted(word, word).laplaces(1)[0]) < 36.8
    # The tail of a gamma goes on, to -log(2**-105).
    assert 0 <= Scripted(word, word).gamma_length(1) < 72.8


def test_the_tail_of_a_gamma_is_filled_by_the_second_word():
    """-log of (0 + u) / 2**52 where the first word is below 2**12."""
    drawn = Scripted(5, 2**63).gamma_length(1)
    assert drawn == pytest.approx(-np.log(open_uniforms(np.uint64(2**63)) / 2**52))


def repeated(draw, n_draws):
    many = stream(1)
    return np.array([draw(many) for _ in range(n_draws)])


DISTRIBUTIONS = pytest.mark.parametrize(
    ("draw", "cdf"),
    [
        (lambda: stream(1).uniforms(200_000), "uniform"),
        (lambda: stream(1).normals(200_000), norm.cdf),
        (lambda: stream(1).laplaces(200_000), laplace.cdf),
        (lambda: repeated(lambda s: s.gamma_length(1), 40_000), expon.cdf),
        (lambda: repeated(lambda s: s.gamma_length(15), 5000), gamma(15).cdf),
        (
            lambda: repeated(lambda s: np.arctan2(*s.direction(2)), 20_000),
            lambda angle: np.clip((angle + np.pi) / (2 * np.pi), 0, 1),
        ),
    ],
    ids=["uniform", "normal", "laplace", "exponential", "gamma", "direction"],
)


@DISTRIBUTIONS
def test_distributions(draw, cdf):
    assert kstest(draw(), cdf).pvalue > UNLIKELY


@DISTRIBUTIONS
def test_a_scale_wrong_by_5_percent_is_noticed(draw, cdf):
    assert kstest(1.05 * draw(), cdf).pvalue < 1e-5


def test_signs_are_equally_likely():
    """Of 100 000 the sum has a standard deviation of 316."""
    signs = stream().signs(100_000)
    assert set(signs) == {-1, 1}
    assert abs(signs.sum()) < 3.3 * 316


def test_directions_have_length_1():
    lengths = [np.linalg.norm(stream().direction(i)) for i in range(1, 9)]
    assert_allclose(lengths, 1)


@pytest.mark.parametrize("bound", [2, 3, 5, 8, 12])
def test_integers_below_a_bound_are_equally_likely(bound):
    for drawn in (
        stream(2).below(bound, 20_000),
        repeated(lambda s: s.below_int(bound), 20_000),
    ):
        expected = len(drawn) / bound
        counts = np.bincount(drawn)
        assert len(counts) == bound
        statistic = ((counts - expected) ** 2 / expected).sum()
        assert chi2(bound - 1).sf(statistic) > UNLIKELY


def test_below_takes_the_first_bits_and_draws_again():
    """Bounded by 5, of three bits: 0 to 4 are taken, 5 to 7 rejected."""
    words = [n << 61 for n in (0, 5, 4, 7, 2, 6, 1, 3)]
    # Of five, 5 and 7 come again, as 6 and 1; the 6 comes again, as 3.
    assert_array_equal(Scripted(*words).below(5, 5), [0, 3, 4, 1, 2])


def test_below_int_takes_the_last_bits_and_draws_again():
    """The same from bytes, in words of eight of them."""
    drawn = Scripted(int.from_bytes(bytes(n << 5 for n in (6, 7, 4, 0, 5, 2, 1, 3))))
    assert [drawn.below_int(5) for _ in range(5)] == [3, 1, 2, 0, 4]


@pytest.mark.parametrize("bound", [1, 2**42, 2**42 + 1, 2**62, 2**62 + 1, 2**63])
def test_large_bounds(bound):
    """No overflow: the largest 64 bits can hold, in arrays of int64."""
    drawn = stream(3).below(bound, 1000)
    assert drawn.dtype == np.int64
    assert (drawn >= 0).all()
    assert int(drawn.max()) < bound
    # Not in the lowest 99 % of a range: 0.99**1000 is 4e-5.
    assert bound == 1 or drawn.max() > 0.99 * bound
    many = stream(4)
    largest = max(many.below_int(bound**4) for _ in range(1000))
    assert bound == 1 or 0.99 * bound**4 < largest < bound**4


@pytest.mark.parametrize("size", [0, 1, 7, (2, 3), (4, 0), (2, 1, 3)])
def test_shapes(size):
    shape = (size,) if isinstance(size, int) else size
    for name in ("words", "uniforms", "signs", "normals", "laplaces"):
        assert getattr(stream(), name)(size).shape == shape
    for bound in (1, 3):
        assert stream().below(bound, size).shape == shape


def test_blocks_are_made_once(monkeypatch):
    """A request for a few bytes costs a few bytes."""
    made = []
    shake = hashlib.shake_256
    monkeypatch.setattr(
        _secret_stream.hashlib, "shake_256", lambda x: made.append(x) or shake(x)
    )
    many = SecretStream(bytes(32), b"noise")
    for _ in range(1000):
        many.bytes(100)
    assert len(made) == 2
