"""How a server makes one model of the uploads of a round."""

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator

from skmia.federated._history import average_of
from skmia.federated._hooks import Isolation


class Aggregation:
    """Weighted means of uploads that the server sees: federated averaging.

    Parameters
    ----------
    n_parties : int
    fraction : float
        Share of the parties that take part in a round.
    """

    def __init__(self, n_parties, fraction):
        self.n_parties, self.fraction = n_parties, fraction

    def choose(self, rng):
        """Places of the parties that take part in a round, in ascending order."""
        n_chosen = max(1, round(self.fraction * self.n_parties))
        return np.sort(rng.permutation(self.n_parties)[:n_chosen])

    def combine(self, before, uploads, weights):
        """Parameters of the next model, or None: those before.

        Parameters
        ----------
        before : ndarray of shape (n_parameters,)
            Of the model of this round.
        uploads : list of ndarray of shape (n_parameters,)
        weights : ndarray of shape (n_uploads,)
            How much each counts; 0 is left out.
        """
        return average_of(uploads, weights) if weights.any() else None


class Aggregator(BaseEstimator, metaclass=ABCMeta):
    """Another way to aggregate, as a parameter: no state of a fit is on it."""

    # Attributes of a history that nobody is shown.
    _hides: frozenset[str] = frozenset()

    @abstractmethod
    def _begin(self, federation, n_parties):
        """What aggregates in one fit, and fitted attributes that come of it.

        Parameters
        ----------
        federation : Federation
            Its parameters are valid.
        n_parties : int

        Returns
        -------
        aggregation : Aggregation
        learned : dict

        Raises
        ------
        ValueError
            The federation is none that can be aggregated so.
        """


def hidden_by(aggregator):
    """Attributes of a federation that nobody is shown; no aggregator hides none."""
    return getattr(aggregator, "_hides", frozenset())


def begin_aggregation(federation, n_parties):
    """What aggregates in one fit, and fitted attributes that come of it.

    Parameters
    ----------
    federation : Federation
    n_parties : int

    Returns
    -------
    aggregation : Aggregation
    learned : dict
    """
    aggregator = federation.aggregator
    if aggregator is None:
        return Aggregation(n_parties, federation.client_fraction), {}
    cuts_off = any(isinstance(hook, Isolation) for hook in federation.hooks)
    if cuts_off and "uploads_" in aggregator._hides:
        raise ValueError(
            "Isolation sends a party its own upload back, which nobody sees with "
            f"{type(aggregator).__name__}."
        )
    aggregator._validate_params()
    return aggregator._begin(federation, n_parties)


def clipped(update, max_norm):
    """An update of at most this length; one that is not finite is none."""
    length = np.linalg.norm(update)
    if not np.isfinite(length):
        return np.zeros_like(update)
    return update if length <= max_norm else update * (max_norm / length)
