import hashlib

import numpy as np
from scipy import stats

from skmia.utils._record_noise import record_uniforms
from skmia.utils._secret_stream import secret_key


def keys_of(n):
    return [b"%d" % i for i in range(n)]


def test_uniforms_are_uniform_and_secret(global_random_seed):
    keys = keys_of(2000)
    secret, other = (secret_key(global_random_seed + i) for i in (0, 1))
    uniforms = record_uniforms(keys, 3, secret)
    assert uniforms.shape == (2000, 3)
    # A true null passes at 1e-4 in all but one seed of 10,000.
    assert stats.kstest(uniforms.ravel(), "uniform").pvalue > 1e-4
    assert stats.pearsonr(uniforms[:, 0], uniforms[:, 1]).pvalue > 1e-4
    assert not np.isin(record_uniforms(keys, 3, other), uniforms).any()
    again = record_uniforms(keys[7:8], 3, secret)
    np.testing.assert_array_equal(again, uniforms[[7]])


def test_no_digest_gives_0_or_1(monkeypatch):
    """53 bits would be rounded to 1 where all are ones."""

    class Constant:
        def __init__(self, byte):
            self.byte = byte

        def digest(self, size):
            return self.byte * size

    for byte, expected in ((b"\xff", 1 - 2.0**-53), (b"\x00", 2.0**-53)):
        monkeypatch.setattr(hashlib, "shake_128", lambda _, byte=byte: Constant(byte))
        assert (record_uniforms(keys_of(5), 2, b"") == expected).all()


def test_a_seed_gives_one_secret(global_random_seed):
    assert secret_key(global_random_seed) == secret_key(global_random_seed)
    assert len(secret_key(global_random_seed)) == 32


def test_without_a_seed_the_secret_is_the_systems():
    """The fixture that watches numpy's global generator sees no draw."""
    assert secret_key(None) != secret_key(None)
