"""A generator whose parts were fitted on disjoint parts of the records."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import logsumexp
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import _safe_indexing, check_random_state, get_tags
from sklearn.utils.validation import check_is_fitted

from skmia.utils._card import DefenseCard
from skmia.utils._equal_records import number_records
from skmia.utils._random import deal, draw_seeds, refuse_private, set_random_states
from skmia.utils._records import (
    check_unlabelled,
    concatenate,
    know_features,
    n_records,
)
from skmia.utils._sampling import drawn, reseeded
from skmia.utils._sklearn import (
    COUNT,
    HasMethods,
    _fit_context,
    available_if,
    validate_params,
)
from skmia.utils._typing import Estimator, RandomStateLike


def _score_records(model):
    """Whether all generators score records, or will."""
    inner = getattr(model, "estimators_", [model.estimator])
    return all(hasattr(one, "score_samples") for one in inner)


class PartitionedGenerator(MetaEstimatorMixin, BaseEstimator):
    """Generators of disjoint parts of the records, one of which draws each row.

    A record shapes one generator of several, so that what that one has learned by heart
    is a part of what all of them draw.

    Works on *records*: `X` holds features.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        With ``fit(X)`` and ``sample(n_samples)``, which gives rows, or a tuple of which
        they are the first: ``GaussianMixture``, ``KernelDensity``, a synthesizer of
        another library, which is copied where scikit-learn cannot clone it.
    n_parts : int, default=5
        Parts, and generators.
    random_state : int, RandomState instance or None, default=None
        Seed of the split and of every generator, where it takes one.

    Attributes
    ----------
    estimators_ : list of estimators
        Fitted, one for each part.
    weights_ : ndarray of shape (n_parts,)
        Share of the records in each part.
    part_ : ndarray of int of shape (n_records,)
        Part of each training record. Equal records are in one.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where there are any.

    See Also
    --------
    PrivateHistogram, PrivateGaussianMixture : Generators with a proof.
    skmia.targets.Synthesizer : One table that is drawn of it, as a target.

    Notes
    -----
    Threat model: the attacker has rows, or asks for the density of records. There is no
    guarantee: a part has fewer records, and its generator is the more overfitted for
    that. The density of a kernel density of one width is that of all records; of what
    has as many parameters whatever the number of records it is worse (a mixture of 40
    components on a fifth of the records). It pays where the generator is as simple as
    its part allows.

    The idea is that of PAR-GAN, whose discriminators are what is divided there.

    References
    ----------
    J. Chen, W. H. Wang, H. Gao, X. Shi, "PAR-GAN: Improving the Generalization of
    Generative Adversarial Networks Against Membership Inference Attacks", KDD 2021,
    :doi:`10.1145/3447548.3467445`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.mixture import GaussianMixture
    >>> from skmia.defenses import PartitionedGenerator
    >>> X = load_iris().data
    >>> model = PartitionedGenerator(GaussianMixture(), random_state=0).fit(X)
    >>> model.sample(100, random_state=0).shape, model.score_samples(X).shape
    ((100, 4), (150,))
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("table", "scores"),
        broken_by="what each generator has learned by heart of its fewer records",
        paper="Chen et al. 2021",
    )

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "sample"])],
        "n_parts": [COUNT],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        n_parts: int = 5,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.n_parts = n_parts
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike | pd.DataFrame, y: None = None) -> Self:
        """Deal the records, and fit a generator to each part.

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
            Fewer different records than parts, or a private generator.
        """
        refuse_private(self, "who is dealt where depends on the others, without noise")
        X = check_unlabelled(X)
        know_features(self, X)
        rng = check_random_state(self.random_state)
        part = self._dealt(X, rng)
        generators = []
        for number in range(self.n_parts):
            generator = clone(self.estimator, safe=False)
            if hasattr(generator, "get_params"):
                set_random_states(generator, rng)
            own = _safe_indexing(X, np.flatnonzero(part == number))
            generators.append(generator.fit(own) or generator)
        self.estimators_ = generators
        self.part_ = part
        self.weights_ = np.bincount(part) / len(part)
        return self

    @validate_params(n_samples=[COUNT], random_state=["random_state"])
    def sample(
        self, n_samples: int = 1, random_state: RandomStateLike = None
    ) -> np.ndarray | pd.DataFrame:
        """Draw rows, each of a random generator.

        Parameters
        ----------
        n_samples : int, default=1
            Rows.
        random_state : int, RandomState instance or None, default=None
            Seed of who draws which row, and of the rows where a generator takes one.

        Returns
        -------
        rows : {ndarray, DataFrame} of length n_samples
            In random order.
        """
        check_is_fitted(self)
        rng = check_random_state(random_state)
        counts = rng.multinomial(n_samples, self.weights_)
        seeds = draw_seeds(rng, len(counts))
        rows = [
            drawn(reseeded(generator, seed), int(count), seed)
            for generator, count, seed in zip(
                self.estimators_, counts, seeds, strict=True
            )
            if count
        ]
        table = concatenate(rows)
        mixed = _safe_indexing(table, rng.permutation(n_samples))
        return mixed.reset_index(drop=True) if hasattr(mixed, "columns") else mixed

    @available_if(_score_records)
    def score_samples(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        """Logarithm of the mean density of the generators.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_records, n_features)
            Records.

        Returns
        -------
        log_density : ndarray of shape (n_records,)
        """
        check_is_fitted(self)
        logs = [generator.score_samples(X) for generator in self.estimators_]
        return logsumexp(np.column_stack(logs), b=self.weights_, axis=1)

    def _dealt(self, X, rng):
        """Part of each record; equal ones have one."""
        number = number_records(X)
        n_different = number.max() + 1
        if n_different < self.n_parts:
            raise ValueError(
                f"{type(self).__name__} deals different records to n_parts="
                f"{self.n_parts} parts. Got {n_different} of them, with n_samples="
                f"{n_records(X)}: choose fewer parts."
            )
        return deal(np.zeros(n_different, dtype=int), self.n_parts, rng)[number]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if hasattr(self.estimator, "__sklearn_tags__"):
            tags.input_tags = get_tags(self.estimator).input_tags
        return tags
