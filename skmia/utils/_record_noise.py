"""Randomness that is a secret function of the record: same question, same noise.

Noise that is drawn anew for each question averages out over many questions. Here the
stream of a record comes from a keyed hash of its key (`skmia.utils._record_keys`), so
that it depends neither on the batch nor on how often it was asked. This is one-time
randomness, not differential privacy.
"""

import hashlib

import numpy as np

from skmia.utils._secret_stream import open_uniforms


def record_uniforms(keys, n_columns, secret):
    """Uniform numbers that only the holder of the secret can foretell.

    Parameters
    ----------
    keys : list of bytes of length n_samples
        Keys of the records. Records of one key share their numbers: of what must not
        be told without noise, no ledger may tell more records apart than they do.
    n_columns : int
        Numbers per record.
    secret : bytes
        From `secret_key`, drawn in ``fit``.

    Returns
    -------
    uniforms : ndarray of shape (n_samples, n_columns)
        In the open interval (0, 1), independent between different keys.
    """
    streams = [hashlib.shake_128(secret + key).digest(8 * n_columns) for key in keys]
    words = np.frombuffer(b"".join(streams), dtype="<u8").reshape(-1, n_columns)
    return open_uniforms(words)
