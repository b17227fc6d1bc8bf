"""What densities with differential privacy share: they score records, and draw some."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.defenses.private._declared_fit import PrivateFit
from skmia.utils._sklearn import COUNT, validate_params
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    import pandas as pd


class PrivateDensity(PrivateFit):
    """A density that is released with differential privacy, and rows drawn of it.

    Subclasses also implement ``_log_density(X)`` of validated records and
    ``_draw(n_samples, rng)``. Both see what is released and nothing else.
    """

    _parameter_constraints: dict = {
        **PrivateFit._parameter_constraints,
        "bounds": ["array-like", None],
    }

    @abstractmethod
    def _log_density(self, X):
        """Logarithm of the density, from validated records."""

    @abstractmethod
    def _draw(self, n_samples, rng):
        """Rows, as an ndarray."""

    def score_samples(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        """Logarithm of the released density at each record.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        log_density : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self._log_density(self._read(self, X, reset=False))

    @validate_params(n_samples=[COUNT], random_state=["random_state"])
    def sample(
        self, n_samples: int = 1, random_state: RandomStateLike = None
    ) -> np.ndarray:
        """Draw rows of the released density, which costs nothing.

        Parameters
        ----------
        n_samples : int, default=1
            Rows.
        random_state : int, RandomState instance or None, default=None
            Seed of the draw. It is no secret: the noise is in what was released.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return self._draw(n_samples, check_random_state(random_state))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "density_estimator"
        return tags
