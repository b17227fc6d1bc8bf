"""Shadow data from questions only: rows about which the target is sure."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from skmia.generators._asking import ShadowDataGenerator
from skmia.generators._climbing import Rules, climb
from skmia.utils._labels import encode_labels
from skmia.utils._sklearn import COUNT, COUNT_OR_0, FRACTION_BELOW_1, StrOptions
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.generators._schema import FeatureSchema

# Of many classes that miss rows, a warning names those that miss most.
_CLASSES_TOLD = 5


class QueryGenerator(ShadowDataGenerator):
    """Rows that the target classifies with confidence, found by asking it.

    Records of a class are likely where the target is sure of that class. Climbers, one
    for each row wanted, start from random rows and redraw random features, keeping
    what raises the score of their class. They climb side by side: one call to the
    target per step answers all of them.

    Parameters
    ----------
    variant : {"shokri", "truex"}, default="shokri"
        "shokri": hill climbing. "truex": random rows, of which those are kept whose
        largest score is above `conf_min`; classes come as they come.
    k_max : int, default=None
        Features redrawn per proposal at first; None for half of them.
    k_min : int, default=1
        Features redrawn per proposal at least.
    rej_max : int, default=5
        After more proposals than this in a row that were no better, the number of
        features redrawn is halved.
    conf_min : float, default=0.2
        The score of an accepted row is above this, and the largest of its row.
    iter_max : int, default=100
        Rows asked per climb. The "truex" variant gives up when it has asked as many
        as all climbers with all restarts might.
    n_restarts : int, default=5
        Climbs after a failed one, each from a new random row.
    batch : int, default=1000
        Most rows per call: climbers side by side.
    max_queries : int, default=None
        Rows that a call of `sample` may ask. None: as many as the climbs take, or as
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
    skmia.generators.CombinedGenerator : Puts a cube of rows around each row found.

    Notes
    -----
    Level: records. Threat model: a prediction interface that shows scores, and many
    questions to it. No record is needed if the `schema` is known; records given to
    `fit` serve for the marginals of their features, from which random values are then
    drawn. If they come with labels, classes are wanted in their proportions, otherwise
    all classes of the target in equal ones.

    The label of a row is the class with the largest score. The number of calls is
    about `iter_max`, up to ``iter_max * (n_restarts + 1)`` where climbs fail, for each
    `batch` of rows. With few questions left fewer climbers start at a time, so that
    those that do may finish. Rare classes may not be found at all, which tells
    something about the target: a warning counts what is missing, by class.

    References
    ----------
    R. Shokri et al., "Membership Inference Attacks Against Machine Learning Models",
    IEEE S&P 2017, algorithm 1. S. Truex et al., "Demystifying Membership Inference
    Attacks in Machine Learning as a Service", IEEE TSC 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.targets import BlackBox
    >>> from skmia.generators import FeatureSchema, QueryGenerator
    >>> X, y = load_iris(return_X_y=True)
    >>> api = BlackBox(GaussianNB().fit(X, y), max_queries=5000)
    >>> schema = FeatureSchema.from_bounds([4, 2, 1, 0], [8, 5, 7, 3])
    >>> generator = QueryGenerator(schema=schema, random_state=0).fit()
    >>> X_shadow, y_shadow = generator.sample(90, api)
    >>> X_shadow.shape, (api.predict(X_shadow) == y_shadow).all()
    ((90, 4), np.True_)
    >>> generator.n_calls_ < generator.n_queries_ / 5
    True
    """

    _parameter_constraints = ShadowDataGenerator._parameter_constraints | {
        "variant": [StrOptions({"shokri", "truex"})],
        "k_max": [COUNT, None],
        "k_min": [COUNT],
        "rej_max": [COUNT_OR_0],
        "conf_min": [FRACTION_BELOW_1],
        "iter_max": [COUNT],
        "n_restarts": [COUNT_OR_0],
        "batch": [COUNT],
        "max_queries": [COUNT_OR_0, None],
    }

    def __init__(
        self,
        *,
        variant: Literal["shokri", "truex"] = "shokri",
        k_max: int | None = None,
        k_min: int = 1,
        rej_max: int = 5,
        conf_min: float = 0.2,
        iter_max: int = 100,
        n_restarts: int = 5,
        batch: int = 1000,
        max_queries: int | None = None,
        schema: FeatureSchema | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.variant = variant
        self.k_max = k_max
        self.k_min = k_min
        self.rej_max = rej_max
        self.conf_min = conf_min
        self.iter_max = iter_max
        self.n_restarts = n_restarts
        self.batch = batch
        self.max_queries = max_queries
        self.schema = schema
        self.random_state = random_state

    def _sample(self, n_samples, questions, rng):
        self._check_target(questions)
        look = self._climb if self.variant == "shokri" else self._try
        return look(n_samples, questions, rng)

    def _check_target(self, questions):
        """The target exists and shows scores."""
        if questions is None:
            raise ValueError("QueryGenerator asks a target: pass 'target' to sample.")
        if not hasattr(questions.target, "predict_proba"):
            raise ValueError(
                "QueryGenerator follows scores, and this target has no predict_proba: "
                f"{questions.target!r}. Where only labels are shown, "
                "StatisticsGenerator, RegionGenerator and ActiveLearningGenerator work."
            )

    def _climb(self, n_samples, questions, rng):
        """Hill climbing, for each class as many rows as are wanted of it."""
        labels = questions.target.classes_
        wanted = self._wanted(n_samples, labels, rng)
        rows, found = climb(
            questions,
            wanted,
            partial(self._draw, rng=rng),
            self._rules(),
            self.batch,
            rng,
        )
        of = np.bincount(wanted, minlength=len(labels))
        missing = np.bincount(wanted[~found], minlength=len(labels))
        worst = np.argsort(-missing, kind="stable")[: np.count_nonzero(missing)]
        why = ", ".join(
            f"{missing[c]} of {of[c]} are missing for class {labels[c]}"
            for c in worst[:_CLASSES_TOLD]
        )
        if len(worst) > _CLASSES_TOLD:
            why += f" and some for {len(worst) - _CLASSES_TOLD} other classes"
        return rows[found], labels[wanted[found]], why

    def _wanted(self, n_samples, labels, rng):
        """Column of the class that each row is wanted for.

        Any first rows have the classes in their proportions, too: Sainte-Laguë's
        method, ties in random order.
        """
        weights = np.ones(len(labels))
        if self._labels is not None:
            codes = encode_labels(self._labels, labels)
            weights = np.bincount(codes[codes >= 0], minlength=len(labels))
        columns = rng.permutation(np.flatnonzero(weights))
        turns = (np.arange(n_samples)[:, None] + 0.5) / weights[columns]
        order = np.argsort(turns, axis=None, kind="stable")[:n_samples]
        return columns[order % len(columns)]

    def _rules(self):
        n_columns = self.schema_.n_columns
        k_max = (n_columns + 1) // 2 if self.k_max is None else self.k_max
        k_max = min(k_max, n_columns)
        if self.k_min > k_max:
            raise ValueError(
                "The 'k_min' parameter of QueryGenerator must be at most the number "
                f"of features redrawn at first, {k_max}. Got {self.k_min} instead."
            )
        return Rules(
            k_max=k_max,
            k_min=self.k_min,
            rej_max=self.rej_max,
            conf_min=self.conf_min,
            iter_max=self.iter_max,
            n_restarts=self.n_restarts,
        )

    def _try(self, n_samples, questions, rng):
        """Random rows, of which those with a large score are kept."""
        labels = questions.target.classes_
        most = n_samples * self.iter_max * (self.n_restarts + 1)
        rows = np.empty((0, self.schema_.n_columns))
        columns = np.empty(0, dtype=int)
        while len(rows) < n_samples:
            missing, asked = n_samples - len(rows), questions.n_queries
            tries_per_row = max(asked, 1) / max(len(rows), 1)
            size = math.ceil(missing * tries_per_row)
            size = int(min(size, self.batch, most - asked, questions.left))
            Z = self._draw(size, rng)
            posterior = questions.posterior(Z)
            if not len(posterior):
                break
            kept = np.flatnonzero(posterior.max(axis=1) > self.conf_min)[:missing]
            rows = np.vstack([rows, Z[kept]])
            columns = np.append(columns, posterior[kept].argmax(axis=1))
        why = f"few random rows have a score above conf_min={self.conf_min}"
        return rows, labels[columns], why
