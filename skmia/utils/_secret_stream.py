"""Random numbers that stay a secret, whatever of them is released.

numpy's Mersenne Twister is linear: 19,937 known bits of its outputs give its state, and
with it everything that it drew before and will draw. Noise that a proof relies on comes
from a hash instead, which nobody can run backwards.
"""

import hashlib
import os
from numbers import Integral

import numpy as np
from scipy.special import ndtri
from sklearn.utils import check_random_state

KEY_SIZE = 32
_BLOCK_SIZE = 2**16


def secret_key(random_state):
    """Key of a stream or of a keyed hash.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        None takes the key from the operating system. Anything else makes a key that
        whoever knows it can make again.

    Returns
    -------
    key : bytes of length 32
    """
    if random_state is None:
        return os.urandom(KEY_SIZE)
    if isinstance(random_state, Integral):
        seed = str(int(random_state)).encode()
    else:
        seed = check_random_state(random_state).bytes(KEY_SIZE)
    return hashlib.shake_256(seed).digest(KEY_SIZE)


def fresh_random_state(random_state):
    """Generator of what need not be a secret: trees, public records, seeds of models.

    Without a seed it has entropy of its own, from the operating system: its outputs
    tell nothing of a secret stream, and numpy's global generator nothing of them.

    Parameters
    ----------
    random_state : int, RandomState instance or None

    Returns
    -------
    rng : RandomState
    """
    if random_state is None:
        return np.random.RandomState(np.random.PCG64DXSM())
    return check_random_state(random_state)


def open_uniforms(words):
    """Numbers in the open interval (0, 1) from random words of 64 bits.

    52 bits, in the middle of their cell. With 53 the middle of the last cell is no
    double and would be rounded to 1.
    """
    return ((words >> np.uint64(12)) + 0.5) * 2.0**-52


class SecretStream:
    """Random numbers from SHAKE-256 in counter mode.

    It is made in `fit`, used up there, and never an attribute of what is released:
    whoever has it has the noise.

    Parameters
    ----------
    key : bytes of length 32
        From `secret_key`.
    label : bytes
        What the numbers are for. Streams of one key and different labels tell nothing
        of each other.

    Notes
    -----
    The key is that of :func:`os.urandom`, unless the user gave a seed. Its numbers are
    doubles from 52 bits (104 for `gamma_length`, `far_normals` and `direction`), by
    inverse distribution functions.
    """

    def __init__(self, key, label):
        self._prefix = key + bytes([len(label)]) + label
        self._n_blocks = 0
        self._block, self._start = b"", 0

    def bytes(self, n_bytes):
        """The next bytes of the stream."""
        drawn = self._block[self._start : self._start + n_bytes]
        self._start += len(drawn)
        if len(drawn) == n_bytes:
            return drawn
        parts, missing = [drawn], n_bytes - len(drawn)
        while missing:
            self._block = self._next_block()
            self._start = min(missing, _BLOCK_SIZE)
            parts.append(self._block[: self._start])
            missing -= self._start
        return b"".join(parts)

    def _next_block(self):
        counter = self._n_blocks.to_bytes(8, "little")
        self._n_blocks += 1
        return hashlib.shake_256(self._prefix + counter).digest(_BLOCK_SIZE)

    def words(self, size):
        """Uniform integers of 64 bits, as an array of this size (an int or a shape)."""
        n_words = int(np.prod(size))
        return np.frombuffer(self.bytes(8 * n_words), dtype="<u8").reshape(size)

    def uniforms(self, size):
        """Uniform in the open interval (0, 1)."""
        return open_uniforms(self.words(size))

    def signs(self, size):
        """-1.0 or 1.0, equally likely."""
        return 1.0 - 2.0 * (self.words(size) >> np.uint64(63))

    def normals(self, size):
        """Standard normal, up to 8.2 in size."""
        return ndtri(self.uniforms(size))

    def hidden_normals(self, size):
        """Standard normal: halves of sums of four.

        The digits of one alone may tell which number it was added to.
        """
        return self.normals((4, int(np.prod(size)))).sum(axis=0).reshape(size) / 2

    def happens(self, chance, size):
        """Coins, of shape `size`, that say yes with this chance.

        It is rounded down to a multiple of 2**-64.
        """
        if chance == 1:
            return np.ones(size, dtype=bool)
        return self.words(size) < np.uint64(int(chance * 2**64))

    def far_normals(self, size):
        """Standard normal, up to 11.8 in size: from two words each, and a sign.

        Like `gamma_length`, for a proof that has no place for a noise that ends before.
        """
        high, low = self.words((2, int(np.prod(size)))) >> np.uint64(12)
        # Uniform in (0, 1/2), with 104 bits, rounded to the precision of a double.
        tail = (high + (low + 0.5) * 2.0**-52) * 2.0**-53
        return self.signs(size) * -ndtri(tail).reshape(size)

    def laplaces(self, size):
        """Laplace of scale 1, up to 36.7 in size."""
        return self.signs(size) * -np.log(self.uniforms(size))

    def below(self, bound, size):
        """Uniform integers from 0 to `bound` - 1, exactly."""
        if bound == 1:
            return np.zeros(size, dtype=np.int64)
        shift = np.uint64(64 - (int(bound) - 1).bit_length())
        drawn = (self.words(size) >> shift).astype(np.int64)
        while (wrong := drawn >= bound).any():
            again = self.words(np.count_nonzero(wrong)) >> shift
            drawn[wrong] = again.astype(np.int64)
        return drawn

    def below_int(self, bound):
        """One uniform Python integer from 0 to `bound` - 1, exactly, of any size."""
        n_bits = (bound - 1).bit_length()
        n_bytes = (n_bits + 7) // 8
        while True:
            drawn = (
                int.from_bytes(self.bytes(n_bytes), "little") >> 8 * n_bytes - n_bits
            )
            if drawn < bound:
                return drawn

    def gamma_length(self, shape):
        """Gamma distributed number of scale 1 and an integer shape.

        From two words for each exponential, so that the tail goes on to where its
        probability is 2e-32: a proof has no place for a noise that ends before.
        """
        high, low = self.words((2, shape))
        # The second word fills the cell of the first: never 0, and 1 at most.
        fine = (high >> np.uint64(12)) + open_uniforms(low)
        return -np.sum(np.log(fine * 2.0**-52))

    def direction(self, n_features):
        """Unit vector of a uniform direction."""
        drawn = self.far_normals(n_features)
        return drawn / np.linalg.norm(drawn)

    def __reduce__(self):
        raise TypeError(
            "A SecretStream cannot be pickled or copied: two of them would draw the "
            "same noise."
        )
