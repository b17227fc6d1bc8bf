"""Shadow data from real records with noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skmia.generators._from_records import RecordsGenerator
from skmia.utils._sklearn import FRACTION
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.generators._schema import FeatureSchema


class NoisyRecords(RecordsGenerator):
    """Known records, of which each feature is drawn anew with some probability.

    A feature of two values changes to the other one; any other gets the value of a
    random known record. Labels are those of the records, or the answers of the target
    where there is one.

    Parameters
    ----------
    flip : float, default=0.1
        Probability that a feature of a record is drawn anew. 0: the records as they
        are.
    schema : FeatureSchema, default=None
        What records look like. None: as seen in the records given to `fit`.
    random_state : int, RandomState instance or None, default=None
        Seed of all random draws.

    Attributes
    ----------
    schema_ : FeatureSchema
        What records look like.
    n_queries_ : int
        Rows that the last call of `sample` asked.
    n_calls_ : int
        Calls that it made.
    n_features_in_ : int
        Number of features of the records given to `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where there are any.

    See Also
    --------
    StatisticsGenerator : Needs the marginals of the features only.

    Notes
    -----
    Level: records. Threat model: the adversary has real but imperfect records of the
    population, an old or a leaked table, say. Every record is used before any is used
    twice.

    References
    ----------
    R. Shokri et al., "Membership Inference Attacks Against Machine Learning Models",
    IEEE S&P 2017: "noisy real data", with 10 or 20 percent of binary features flipped.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.generators import NoisyRecords
    >>> X = np.random.RandomState(0).randint(2, size=(500, 20))
    >>> generator = NoisyRecords(flip=0.2, random_state=0).fit(X, X[:, 0])
    >>> X_shadow, y_shadow = generator.sample(500)
    >>> print(f"{(X_shadow[:, 0] != y_shadow).mean():.2f}")
    0.22
    """

    _parameter_constraints = RecordsGenerator._parameter_constraints | {
        "flip": [FRACTION]
    }

    def __init__(
        self,
        *,
        flip: float = 0.1,
        schema: FeatureSchema | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.flip = flip
        self.schema = schema
        self.random_state = random_state

    def _learn(self, Z, y):
        return {}

    def _draw_rows(self, n_samples, rng):
        record = np.resize(rng.permutation(len(self._known)), n_samples)
        Z = self._known[record]
        low, high = self.schema_.low, self.schema_.high
        binary = (high - low == 1) & (np.array(self.schema_.kinds) != "continuous")
        changed = rng.random_sample(Z.shape) < self.flip
        drawn = self.schema_.resample(Z, changed, rng, pool=self._known)
        Z = np.where(changed & binary, low + high - Z, drawn)
        return Z, None if self._labels is None else self._labels[record]
