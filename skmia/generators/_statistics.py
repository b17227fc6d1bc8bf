"""Shadow data from statistics: marginals of the columns, and how they depend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from skmia.generators._dependence import (
    ChowLiuTree,
    GaussianCopula,
    Independence,
    Marginals,
    order_categories,
)
from skmia.generators._from_records import RecordsGenerator, encode_classes
from skmia.utils._sklearn import StrOptions
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.generators._schema import FeatureSchema

_DEPENDENCE = {
    "independent": Independence,
    "copula": GaussianCopula,
    "tree": ChowLiuTree,
}


class StatisticsGenerator(RecordsGenerator):
    """Rows drawn from the marginals of the features, with or without dependence.

    The label is one more column: its value comes with the row, or from the target
    where there is one.

    Parameters
    ----------
    dependence : {"independent", "copula", "tree"}, default="independent"
        "independent": every column is drawn on its own. "copula": columns are as
        correlated as Gaussians can be. "tree": every column depends on one other, along
        the likeliest tree (Chow and Liu), numbers through up to ten parts of equal
        count.
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
    DensityGenerator : A density for each class.
    NoisyRecords : Known records with noise.

    Notes
    -----
    Level: records. Threat model: population statistics of the features, here computed
    from records that the adversary has. With "independent" it does not matter which
    values stand in one row: published marginals are enough, as a table whose columns
    hold quantiles, or categories as often as they are frequent. Without a target the
    labels are noise then: nothing can be learned from such rows but the marginals.

    Numbers that are not whole are drawn between two neighbouring observed values,
    everything else among the observed values. Rows of the records are not copied, but
    with few distinct values they may come up again.

    The copula draws categories through thresholds of a Gaussian, in an order in which
    neighbours are alike (reciprocal averaging). That is one direction only: what does
    not follow it is lost, and the dependence between columns of few values comes out
    weaker than it is. For many classes or categories "tree" keeps more.

    References
    ----------
    R. Shokri et al., "Membership Inference Attacks Against Machine Learning Models",
    IEEE S&P 2017. S. Truex et al., "Demystifying Membership Inference Attacks in
    Machine Learning as a Service", IEEE TSC 2019.

    C. K. Chow, C. N. Liu, "Approximating Discrete Probability Distributions with
    Dependence Trees", IEEE Transactions on Information Theory 1968.
    :doi:`10.1109/TIT.1968.1054142`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.generators import StatisticsGenerator
    >>> X, y = load_iris(return_X_y=True)
    >>> generator = StatisticsGenerator(dependence="tree", random_state=0).fit(X, y)
    >>> X_shadow, y_shadow = generator.sample(300)
    >>> X_shadow.shape, y_shadow.shape
    ((300, 4), (300,))
    >>> GaussianNB().fit(X_shadow, y_shadow).score(X, y) > 0.9
    True
    """

    _parameter_constraints = RecordsGenerator._parameter_constraints | {
        "dependence": [StrOptions(set(_DEPENDENCE))]
    }

    def __init__(
        self,
        *,
        dependence: Literal["independent", "copula", "tree"] = "independent",
        schema: FeatureSchema | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.dependence = dependence
        self.schema = schema
        self.random_state = random_state

    def _learn(self, Z, y):
        classes, codes = encode_classes(y)
        kinds = list(self.schema_.kinds)
        if classes is not None:
            Z, kinds = np.column_stack([Z, codes]), [*kinds, "categorical"]
        codes_of = {}
        if self.dependence == "copula":
            Z, codes_of = order_categories(Z, kinds)
        return {
            "_classes": classes,
            "_codes_of": codes_of,
            "_marginals": Marginals(Z, np.array(kinds) != "continuous"),
            "_dependence": _DEPENDENCE[self.dependence](Z, kinds),
        }

    def _draw_rows(self, n_samples, rng):
        Z = self._marginals.values(self._dependence.ranks(n_samples, rng))
        for j, codes in self._codes_of.items():
            Z[:, j] = codes[Z[:, j].astype(np.intp)]
        if self._classes is None:
            return Z, None
        return Z[:, :-1], self._classes[Z[:, -1].astype(np.intp)]
