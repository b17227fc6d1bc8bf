"""What generators share that draw rows like the known records and ask afterwards."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from skmia.generators._asking import ShadowDataGenerator
from skmia.utils._sklearn import _fit_context

if TYPE_CHECKING:
    import pandas as pd


class RecordsGenerator(ShadowDataGenerator):
    """Base of the generators that model the known records, their labels included.

    A subclass implements ``_learn(Z, y)``, which returns the fitted attributes, and
    ``_draw_rows(n_samples, rng)``, which returns encoded rows, and their labels if
    these are known. Which rows are drawn does not depend on the target.
    """

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(  # type: ignore[override]  # the records are what it learns from
        self, X: ArrayLike | pd.DataFrame, y: ArrayLike | None = None
    ) -> Self:
        """Learn from the records that the adversary knows.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_records, n_features)
            Records that the adversary knows.
        y : array-like of shape (n_records,), default=None
            Their labels. Without them only a target can label what is sampled.

        Returns
        -------
        self : object
        """
        if X is None:
            raise ValueError(
                f"{type(self).__name__} learns from records: X must hold some. Got "
                "None instead. QueryGenerator needs none."
            )
        super().fit(X, y)
        self.__dict__.update(self._learn(self._known, self._labels))
        return self

    @abstractmethod
    def _learn(self, Z, y):
        """Fitted attributes, as a dict."""

    @abstractmethod
    def _draw_rows(self, n_samples, rng):
        """Encoded rows and their labels; None for labels that are not known."""

    def _sample(self, n_samples, questions, rng):
        Z, y = self._draw_rows(n_samples, rng)
        Z = self.schema_.snap(Z)
        if questions is not None:
            y = questions.labels(Z)
        elif y is None:
            raise ValueError(
                f"The rows of this {type(self).__name__} have no labels: pass "
                "'target', a fitted classifier that gives them. They come from the "
                "records only if 'y' was passed to fit and is modelled."
            )
        return Z[: len(y)], y, "the target answers no more"


def encode_classes(y):
    """Classes and the position of each label among them; None twice for no labels."""
    return (None, None) if y is None else np.unique(y, return_inverse=True)
