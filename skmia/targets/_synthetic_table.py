"""A synthetic table alone, of which nobody has the generator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from skmia.targets._synthesizer import as_synthesizer

if TYPE_CHECKING:
    import pandas as pd


class SyntheticTable(BaseEstimator):
    """A table that was published, as a target: it answers with itself.

    It cannot be trained again. Attacks that compare with shadow generators need a
    generator like the one that made it, as the `shadow_estimator` of an audit:
    ``Synthesizer(generator, n_samples=len(table))``.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    table : {array-like, DataFrame} of shape (n_rows, n_features)
        Synthetic rows, with the columns of the records.

    Attributes
    ----------
    synthetic_ : {array-like, DataFrame} of shape (n_rows, n_features)
        The table.

    See Also
    --------
    Synthesizer : A generator, and the table that is drawn of it.
    audit_synthetic : Audit of either in one call.

    Notes
    -----
    Threat model: what is published is the table.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.targets import Session, SyntheticTable
    >>> X = load_iris().data
    >>> Session(SyntheticTable(X[::2]), X).observe("sample_distance")[:2]
       sample_distance
    0          0.00000
    1          0.17891
    """

    def __init__(self, table: ArrayLike | pd.DataFrame) -> None:
        self.table = table

    @property
    def synthetic_(self) -> Any:
        """The table, as it was given."""
        return self.table

    def __sklearn_tags__(self):
        return as_synthesizer(super().__sklearn_tags__())
