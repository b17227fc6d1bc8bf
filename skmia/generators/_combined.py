"""Shadow data from questions, stretched: a cube of rows around each row found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone

from skmia.generators._asking import ShadowDataGenerator
from skmia.generators._hill_climbing import QueryGenerator
from skmia.generators._region import RegionGenerator
from skmia.utils._sklearn import COUNT_OR_0
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.generators._schema import FeatureSchema


class CombinedGenerator(ShadowDataGenerator):
    """Rows of which the target is sure, and rows around them with the same label.

    Questions find the centres; a cube around each of them gives more rows without a
    further question.

    Parameters
    ----------
    query : QueryGenerator, default=None
        How centres are found; None for the default ones. Its `max_queries`, `schema`
        and `random_state` are replaced by those here.
    region : RegionGenerator, default=None
        How rows around them are drawn, and how many (``per_seed``); None for the
        default. Its `schema` and `random_state` are replaced by those here.
    max_queries : int, default=None
        Rows that a call of `sample` may ask. None: as many as the search takes, or as
        the target has left.
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
    skmia.generators.QueryGenerator : Rows that the target was asked about only.

    Notes
    -----
    Level: records. Threat model: as for `query`, with fewer questions, by about the
    factor ``1 + per_seed``. The centres have the labels that the target gave them. The
    rows around them were never asked about and have the label of their centre, as in
    the source: close to a boundary some of these labels differ from the target's
    answer.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning as
    a Service", IEEE TSC 2019, the black-box recipe.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.generators import CombinedGenerator, FeatureSchema
    >>> X, y = load_iris(return_X_y=True)
    >>> target = GaussianNB().fit(X, y)
    >>> schema = FeatureSchema.from_bounds([4, 2, 1, 0], [8, 5, 7, 3])
    >>> generator = CombinedGenerator(schema=schema, random_state=0).fit()
    >>> X_shadow, y_shadow = generator.sample(330, target)
    >>> X_shadow.shape, generator.n_queries_ < 330
    ((330, 4), True)
    """

    _parameter_constraints = ShadowDataGenerator._parameter_constraints | {
        "query": [QueryGenerator, None],
        "region": [RegionGenerator, None],
        "max_queries": [COUNT_OR_0, None],
    }

    def __init__(
        self,
        *,
        query: QueryGenerator | None = None,
        region: RegionGenerator | None = None,
        max_queries: int | None = None,
        schema: FeatureSchema | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.query = query
        self.region = region
        self.max_queries = max_queries
        self.schema = schema
        self.random_state = random_state

    def _sample(self, n_samples, questions, rng):
        query = clone(self.query or QueryGenerator())
        region = clone(self.region or RegionGenerator())
        query._validate_params()
        region._validate_params()

        n_centres = -(-n_samples // (1 + region.per_seed))
        query._know(self.schema_, self._known, self._labels)
        centres, classes, why = query._sample(n_centres, questions, rng)
        if not len(centres):
            return centres, classes, why
        n_around = len(centres) * region.per_seed
        region._know(self.schema_, centres, classes)
        around, copied, _ = region._sample(n_around, None, rng)
        rows = np.vstack([centres, around])[:n_samples]
        return rows, np.append(classes, copied)[:n_samples], f"of the centres, {why}"
