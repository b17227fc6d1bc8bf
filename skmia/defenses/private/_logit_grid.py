"""Logits as integers, and their noise: no digit is left below the grid."""

import hashlib
import math
from fractions import Fraction

import numpy as np

from skmia.utils._integer_noise import discrete_gaussian
from skmia.utils._posteriors import FLOOR
from skmia.utils._secret_stream import SecretStream

# Steps of the grid in the length that logits are clipped to.
STEPS = 2**20


def logit_steps(P, clip):
    """Clipped logits as integers, whose Euclidean norm is at most `STEPS`.

    Parameters
    ----------
    P : ndarray of shape (n_samples, n_classes)
        Any numbers; rows of a posterior sum to 1. A row that is not finite counts as
        uniform.
    clip : float
        Norm beyond which logits that sum to 0 are shortened to it.

    Returns
    -------
    steps : ndarray of int64 of shape (n_samples, n_classes)
        In units of ``clip / STEPS``, rounded towards 0.
    """
    P = np.where(np.isfinite(P).all(axis=1, keepdims=True), P, 1.0)
    logits = np.log(np.clip(P, FLOOR, 1))
    logits -= logits.mean(axis=1, keepdims=True)
    length = np.linalg.norm(logits, axis=1, keepdims=True)
    shortened = logits / np.maximum(length, clip)
    # A little less than STEPS, for the rounding up to here.
    return np.trunc(shortened * (STEPS * (1 - 2.0**-40))).astype(np.int64)


def step_noise(secret, record, noise_multiplier, n_classes):
    """Integer Gaussian noise of a record: the same whenever it is asked.

    Parameters
    ----------
    secret : bytes of length 32
        From `SecretNoise`.
    record : bytes
        Key of the record.
    noise_multiplier : float
        Standard deviation divided by ``2 * STEPS``, the most that two answers of
        `logit_steps` are apart.
    n_classes : int

    Returns
    -------
    noise : ndarray of object (Python integers), of shape (n_classes,)
    """
    label = hashlib.blake2b(record, digest_size=32).digest()
    variance = math.ceil((2 * STEPS * Fraction(noise_multiplier)) ** 2)
    return discrete_gaussian(SecretStream(secret, label), variance, n_classes)
