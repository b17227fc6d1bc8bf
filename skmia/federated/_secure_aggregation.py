"""Secure aggregation: the server learns the sum of the uploads and nothing else."""

from __future__ import annotations

from itertools import combinations
from numbers import Integral

import numpy as np

from skmia.federated._aggregation import Aggregation, Aggregator
from skmia.utils._secret_stream import SecretStream, secret_key
from skmia.utils._sklearn import Interval

# Messages are integers modulo 2**64, which is how 64 bits add up.
_N_BITS = 64


class SecureAggregation(Aggregator):
    """Let the server see the sum of what the parties send, and no single upload.

    Each party writes its parameters as whole numbers modulo 2**64, times its weight,
    and adds random masks that it shares with each of the others. In the sum all masks
    cancel, exactly.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    fraction_bits : int, default=24
        Binary digits after the point that a parameter is rounded to.

    See Also
    --------
    DPFedAvg : Noise on the sum.

    Notes
    -----
    Threat model: an honest but curious server, and parties that do not collude with it.
    It sees as much as a party does: the model after each round. ``uploads_`` are not
    there, and who looks at them says so. What each message would be by itself is
    uniform noise to whoever does not know the masks.

    The sum still tells: of two parties, one subtracts its own. A server that sends the
    parties different models, or lets only one take part, is not held back; `Isolation`,
    which needs single uploads, is refused.

    It is simulated: parties agree on keys in secret, all who take part answer, and the
    weights are public.

    References
    ----------
    K. Bonawitz et al., "Practical Secure Aggregation for Privacy-Preserving Machine
    Learning", CCS 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation, SecureAggregation
    >>> learner = MLPClassifier((), solver="sgd")
    >>> federation = Federation(learner, aggregator=SecureAggregation(), random_state=0)
    >>> federation.fit(*load_iris(return_X_y=True))
    Federation(aggregator=SecureAggregation(),
               estimator=MLPClassifier(hidden_layer_sizes=(), solver='sgd'),
               random_state=0)
    >>> hasattr(federation, "rounds_"), hasattr(federation, "uploads_")
    (True, False)
    """

    _hides = frozenset({"uploads_"})
    _parameter_constraints: dict = {
        "fraction_bits": [Interval(Integral, 1, _N_BITS - 1, closed="left")]
    }

    def __init__(self, fraction_bits: int = 24) -> None:
        self.fraction_bits = fraction_bits

    def _begin(self, federation, n_parties):
        """What aggregates in one fit; it adds no fitted attribute."""
        fraction = federation.client_fraction
        sums = MaskedSums(n_parties, fraction, self.fraction_bits)
        if round(fraction * n_parties) < 2:
            raise ValueError(
                "SecureAggregation needs two parties or more in a round, or the sum is "
                f"an upload. Got a client_fraction of {fraction} of {n_parties} "
                "parties."
            )
        return sums, {}


class MaskedSums(Aggregation):
    """Weighted means from a sum of masked whole numbers.

    Parameters
    ----------
    n_parties, fraction : as of `Aggregation`
    fraction_bits : int
    """

    def __init__(self, n_parties, fraction, fraction_bits):
        super().__init__(n_parties, fraction)
        self.scale = 2.0**fraction_bits

    def combine(self, before, uploads, weights):
        """Parameters of the next model, as `Aggregation`."""
        if not weights.any():
            return None
        values = self.fixed(weights[:, None] * np.asarray(uploads, dtype=float))
        total = masked(values, secret_key(None)).sum(axis=0, dtype=np.uint64)
        return total.view(np.int64) / (self.scale * weights.sum())

    def fixed(self, values):
        """Numbers in fixed point, modulo 2**64.

        Parameters
        ----------
        values : ndarray of shape (n_uploads, n_parameters)

        Returns
        -------
        integers : ndarray of uint64 of shape (n_uploads, n_parameters)

        Raises
        ------
        ValueError
            A sum might go beyond the modulus.
        """
        most = 2.0 ** (_N_BITS - 1) / len(values)
        steps = np.rint(values * self.scale)
        if not (np.abs(steps) < most).all():
            raise ValueError(
                "SecureAggregation adds up modulo 2**64, and a parameter times the "
                f"weight of its party is too large, {np.abs(values).max():.3g}: lower "
                "'fraction_bits', or take averaging='plain'."
            )
        return steps.astype(np.int64).view(np.uint64)


def masked(values, key):
    """What each party sends: its numbers, and a mask for each of the others.

    Of two parties one adds and the other subtracts the same mask.

    Parameters
    ----------
    values : ndarray of uint64 of shape (n_parties, n_parameters)
    key : bytes
        What makes the masks. It stands for keys that each two parties agree on.

    Returns
    -------
    messages : ndarray of uint64 of shape (n_parties, n_parameters)
        Each of them uniform, all together with the sum of the values.
    """
    messages = values.copy()
    for one, other in combinations(range(len(values)), 2):
        mask = SecretStream(key, b"%d and %d" % (one, other)).words(values.shape[1])
        messages[one] += mask
        messages[other] -= mask
    return messages
