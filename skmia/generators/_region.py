"""Shadow data around records that the adversary knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skmia.generators._asking import ShadowDataGenerator
from skmia.utils._sklearn import COUNT, FRACTION, NOT_NEGATIVE
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.generators._schema import FeatureSchema


def sample_cubes(Z, schema, radius, flip, rng):
    """One random row in the hyper-cube around each row.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_columns)
        Encoded rows within the bounds of the schema.
    schema : FeatureSchema
    radius : float
        Half the width of the cube, as a fraction of the range of each number.
    flip : float
        Probability that what has no neighbours within the radius is drawn anew:
        categories, and integers of a short range.
    rng : RandomState

    Returns
    -------
    rows : ndarray of shape (n_samples, n_columns)
    """
    kinds = np.array(schema.kinds)
    half = radius * (schema.high - schema.low)
    # Whole steps only; the tolerance is for radius * range = 2.9999...
    half = np.where(kinds == "integer", np.floor(half + 1e-9), half)
    U = 2 * rng.random_sample(Z.shape) - 1
    whole_steps = np.floor(rng.random_sample(Z.shape) * (2 * half + 1)) - half
    moved = Z + np.where(kinds == "integer", whole_steps, U * half)
    jumps = (kinds == "categorical") | ((kinds == "integer") & (half < 1))
    drawn = jumps & (rng.random_sample(Z.shape) < flip)
    return schema.resample(schema.snap(np.where(jumps, Z, moved)), drawn, rng)


class RegionGenerator(ShadowDataGenerator):
    """Rows in small hyper-cubes around records that the adversary knows.

    Parameters
    ----------
    radius : float, default=0.1
        Half the width of a cube, as a fraction of the range of each number.
    per_seed : int, default=10
        Rows per cube. As many known records are picked as that takes; all are used
        once before one is used again.
    flip : float, default=0.05
        Probability that a category is drawn anew. So are integers of which the cube
        holds only one, such as 0 and 1.
    schema : FeatureSchema, default=None
        What records look like. None: as seen in the records given to `fit`.
    random_state : int, RandomState instance or None, default=None
        Seed of all random draws.

    Attributes
    ----------
    schema_ : FeatureSchema
        What records look like.
    n_queries_ : int
        Rows that the last call of `sample` with a target asked.
    n_calls_ : int
        Calls that it made.
    n_features_in_ : int
        Number of features of the records given to `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where there are any.

    See Also
    --------
    skmia.generators.CombinedGenerator : Finds the centres of the cubes by itself.

    Notes
    -----
    Level: records. Threat model: the adversary has some records, real, noisy or
    leaked. Without a target each row has the label of the record it was made from
    (the source's rule), so that nothing is asked at all; with a target, the label that
    the target answers. Cubes are cut at the bounds of the schema.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning as
    a Service", IEEE TSC 2019, region-based generation.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.generators import RegionGenerator
    >>> X, y = load_iris(return_X_y=True)
    >>> generator = RegionGenerator(random_state=0).fit(X[::10], y[::10])
    >>> X_shadow, y_shadow = generator.sample(90)
    >>> X_shadow.shape
    (90, 4)
    """

    _parameter_constraints = ShadowDataGenerator._parameter_constraints | {
        "radius": [NOT_NEGATIVE],
        "per_seed": [COUNT],
        "flip": [FRACTION],
    }

    def __init__(
        self,
        *,
        radius: float = 0.1,
        per_seed: int = 10,
        flip: float = 0.05,
        schema: FeatureSchema | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.radius = radius
        self.per_seed = per_seed
        self.flip = flip
        self.schema = schema
        self.random_state = random_state

    def _sample(self, n_samples, questions, rng):
        if self._known is None:
            raise ValueError(
                "RegionGenerator looks around records: pass some to fit. Where there "
                "are none, CombinedGenerator finds rows to look around."
            )
        self._check_labels(questions)
        n_known = len(self._known)
        order = np.resize(rng.permutation(n_known), -(-n_samples // self.per_seed))
        seeds = np.repeat(order, self.per_seed)[:n_samples]
        rows = sample_cubes(
            self._known[seeds], self.schema_, self.radius, self.flip, rng
        )
        if questions is None:
            return rows, self._labels[seeds], ""
        labels = questions.labels(rows)
        return rows[: len(labels)], labels, "the budget ends there"
