"""A generator that publishes one synthetic table of the records it was fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.validation import check_is_fitted

from skmia.utils._access import DECODER, DISCRIMINATOR
from skmia.utils._deprecation import renamed_attribute, renamed_parameters
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._records import check_records, know_features, like, n_records
from skmia.utils._sampling import drawn
from skmia.utils._sklearn import COUNT, HasMethods, _fit_context, available_if
from skmia.utils._table_space import as_frame
from skmia.utils._typing import Estimator, RandomStateLike

if TYPE_CHECKING:
    import pandas as pd


def as_synthesizer(tags):
    """Tags of a model that publishes a table."""
    tags.estimator_type = "synthesizer"
    return tags


def _estimator_has(name):
    """Whether the estimator, fitted or not, has a method or an attribute."""
    return lambda model: hasattr(getattr(model, "estimator_", model.estimator), name)


@renamed_parameters(generator="estimator", since="0.2", until="0.4")
class Synthesizer(MetaEstimatorMixin, BaseEstimator):
    """A generator, and the one table that is drawn of it and published.

    A target for audits and games, which learns from records alone. What an attacker
    sees is the table and nothing else.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    estimator : estimator
        With ``fit(X)`` and ``sample(n_samples)``, which gives rows, or a tuple of which
        they are the first: ``GaussianMixture``, ``KernelDensity``, a generator of
        :mod:`skmia.generators`, or a synthesizer of another library, which is copied
        where scikit-learn cannot clone it.
    n_samples : int, default=None
        Rows of the table. None: as many as the generator is fitted on.
    random_state : int, RandomState instance or None, default=None
        Seed of the generator, where it takes one, and of the rows.

    Attributes
    ----------
    synthetic_ : {ndarray, DataFrame} of length n_samples
        The table.
    estimator_ : estimator
        Fitted.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where there are any.

    See Also
    --------
    SyntheticTable : A table of which nobody has the generator.
    audit_synthetic : Audit of either in one call.

    Notes
    -----
    Threat model: the table is published once, so more of it cannot be asked for. Who
    may draw as often as they like has a larger `n_samples`. A shadow model is a clone:
    a generator of the same kind that publishes a table of as many rows.

    Of a generator that is held (the access "white-box") more is asked: of one with
    ``discriminate(X)``, a score for each record, and of one with ``decode(Z)``, rows
    from codes that are standard normal of length ``n_latent_``.

    A generator is repeatable if ``sample`` takes a `random_state`, or if it draws from
    a `random_state` parameter, as scikit-learn's do. Others draw from generators of
    their own, and an audit of them is another one each time.

    References
    ----------
    T. Stadler, B. Oprisanu, C. Troncoso, "Synthetic Data - Anonymisation Groundhog
    Day", USENIX Security 2022. arXiv:2011.07018.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KernelDensity
    >>> from skmia.targets import Synthesizer
    >>> X = load_iris().data
    >>> model = Synthesizer(KernelDensity(bandwidth=0.1), random_state=0).fit(X)
    >>> model.synthetic_.shape
    (150, 4)
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "sample"])],
        "n_samples": [COUNT, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        n_samples: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.n_samples = n_samples
        self.random_state = random_state

    generator_ = renamed_attribute("estimator_", since="0.2", until="0.4")

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike | pd.DataFrame, y: None = None) -> Self:
        """Fit the generator, and draw the table.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_records, n_features)
            Records.
        y : None
            Ignored.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            The generator draws rows of other columns.
        """
        X, _ = check_records(X, None)
        rng = check_random_state(self.random_state)
        generator = clone(self.estimator, safe=False)
        if hasattr(generator, "get_params"):
            set_random_states(generator, rng)
        generator.fit(X)
        n = n_records(X) if self.n_samples is None else self.n_samples
        table = drawn(generator, n, draw_seeds(rng))
        _check_columns(type(generator).__name__, X, table)
        know_features(self, X)
        self.estimator_ = generator
        self.synthetic_ = like(X, table) if isinstance(table, np.ndarray) else table
        return self

    @available_if(_estimator_has(DISCRIMINATOR))
    def discriminate(self, X: ArrayLike) -> np.ndarray:
        """What the discriminator of the generator says of records.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_records, n_features)
            Records.

        Returns
        -------
        score : ndarray of shape (n_records,)
            Higher = more like a record that it was trained on.
        """
        check_is_fitted(self)
        return np.ravel(self.estimator_.discriminate(X))

    @available_if(_estimator_has(DECODER))
    def decode(self, Z: ArrayLike) -> np.ndarray | pd.DataFrame:
        """Rows that the generator makes of codes.

        Parameters
        ----------
        Z : array-like of shape (n_rows, n_latent_)
            Codes.

        Returns
        -------
        rows : {ndarray, DataFrame} of shape (n_rows, n_features)
        """
        check_is_fitted(self)
        return self.estimator_.decode(Z)

    @property
    def n_latent_(self) -> int:
        """Length of a code, where the generator has a decoder."""
        return self.estimator_.n_latent_

    def __sklearn_tags__(self):
        tags = as_synthesizer(super().__sklearn_tags__())
        if hasattr(self.estimator, "__sklearn_tags__"):
            tags.input_tags = get_tags(self.estimator).input_tags
        return tags


def _check_columns(name, X, table):
    """Refuse rows that are none like the records."""
    own, drawn_ = as_frame(X), as_frame(table)
    named = hasattr(X, "columns") and hasattr(table, "columns")
    if own.shape[1] != drawn_.shape[1] or (
        named and list(own.columns) != list(drawn_.columns)
    ):
        raise ValueError(
            f"A synthetic table must have the columns of the records, here "
            f"{list(own.columns)[:10]}. This {name} draws rows of "
            f"{list(drawn_.columns)[:10]}."
        )
