"""How much shadow data is like real data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import ks_2samp
from sklearn.base import clone, is_classifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import _safe_indexing, check_consistent_length, check_random_state
from sklearn.utils.validation import column_or_1d

from skmia.generators._schema import FeatureSchema
from skmia.metrics import auc_interval
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._records import concatenate, n_records
from skmia.utils._typing import Classifier, RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

_N_FOLDS = 5


@dataclass(frozen=True)
class ShadowFidelity:
    """What `shadow_fidelity` found.

    Attributes
    ----------
    marginal_distance : float
        Mean of `marginal_distances`: 0 for equal marginals, 1 for disjoint ones.
    marginal_distances : ndarray of shape (n_features,)
        Of each feature: total variation between categories, Kolmogorov-Smirnov distance
        between numbers.
    two_sample_auc : float
        How well a classifier tells synthetic from real records it was not trained on.
        0.5: it cannot.
    two_sample_interval : tuple of float
        95 % confidence interval of that.
    accuracy_synthetic : float
        Accuracy on the real records of a classifier trained on the synthetic ones.
    accuracy_real : float
        Accuracy on real records of the same classifier trained on others of them.
    """

    marginal_distance: float
    marginal_distances: Any
    two_sample_auc: float
    two_sample_interval: tuple[float, float]
    accuracy_synthetic: float
    accuracy_real: float

    def __str__(self):
        low, high = self.two_sample_interval
        return (
            f"marginal distance   {self.marginal_distance:.3f}\n"
            f"two-sample AUC      {self.two_sample_auc:.3f} [{low:.3f}, {high:.3f}]\n"
            f"accuracy, synthetic {self.accuracy_synthetic:.3f}\n"
            f"accuracy, real      {self.accuracy_real:.3f}"
        )


def shadow_fidelity(
    X_real: ArrayLike | pd.DataFrame,
    y_real: ArrayLike,
    X_synthetic: ArrayLike | pd.DataFrame,
    y_synthetic: ArrayLike,
    *,
    estimator: Classifier | None = None,
    random_state: RandomStateLike = None,
) -> ShadowFidelity:
    """Compare shadow data with real data.

    Parameters
    ----------
    X_real : {array-like, DataFrame} of shape (n_real, n_features)
        Real records, at least ten.
    y_real : array-like of shape (n_real,)
        Their labels.
    X_synthetic : {array-like, DataFrame} of shape (n_synthetic, n_features)
        Shadow records, at least ten.
    y_synthetic : array-like of shape (n_synthetic,)
        Their labels.
    estimator : classifier, default=None
        With `predict_proba`. It tells synthetic from real, and it is trained for the
        two accuracies. None: a random forest, categories as codes.
    random_state : int, RandomState instance or None, default=None
        Seed of the splits and of the classifiers.

    Returns
    -------
    fidelity : ShadowFidelity
        Marginal distances, two-sample AUC with its interval, accuracies.

    See Also
    --------
    StatisticsGenerator : Shadow data from marginals.

    Notes
    -----
    Level: records. Threat model: none; it needs the real records that an adversary does
    not have, and tells how well an adversary did.

    The two-sample AUC is cross-fitted: a classifier is trained on one half of all
    records and tells apart the other half, and the other way round. The AUC is the mean
    of both. So are the bounds of the interval: it is as wide as that of one half, which
    is enough however much the halves depend on each other. Records that are in both
    sets, as NoisyRecords may leave them, count for "cannot be told".

    The accuracy on real records is cross-validated in five folds; the classifier is
    trained on four fifths of the real records there, but on all synthetic ones.

    References
    ----------
    D. Lopez-Paz, M. Oquab, "Revisiting Classifier Two-Sample Tests", ICLR 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.generators import StatisticsGenerator, shadow_fidelity
    >>> X, y = load_iris(return_X_y=True)
    >>> for dependence in ["independent", "tree"]:
    ...     generator = StatisticsGenerator(dependence=dependence, random_state=0)
    ...     X_shadow, y_shadow = generator.fit(X, y).sample(150)
    ...     fidelity = shadow_fidelity(X, y, X_shadow, y_shadow, random_state=0)
    ...     print(f"{dependence}: AUC {fidelity.two_sample_auc:.1f}")
    independent: AUC 0.9
    tree: AUC 0.5
    """
    check_consistent_length(X_real, y_real)
    check_consistent_length(X_synthetic, y_synthetic)
    if estimator is not None and not (
        is_classifier(estimator) and hasattr(estimator, "predict_proba")
    ):
        raise ValueError(
            "The 'estimator' parameter of shadow_fidelity must be a classifier with "
            f"predict_proba. Got {estimator!r} instead."
        )
    X = concatenate([X_real, X_synthetic])
    n_real, n_synthetic = n_records(X_real), n_records(X_synthetic)
    is_synthetic = np.repeat([0, 1], [n_real, n_synthetic])
    if min(np.bincount(is_synthetic, minlength=2)) < 2 * _N_FOLDS:
        raise ValueError(
            f"shadow_fidelity needs {2 * _N_FOLDS} real and as many synthetic records. "
            f"Got {n_real} and {n_synthetic}."
        )
    schema = FeatureSchema.from_records(X)
    if estimator is None:
        forest = RandomForestClassifier(min_samples_leaf=2)
        estimator = make_pipeline(FunctionTransformer(schema.encode), forest)
    rng = check_random_state(random_state)
    estimator = set_random_states(clone(estimator), rng)
    distances = _marginal_distances(schema, schema.encode(X), is_synthetic)
    auc, interval = _two_sample(estimator, X, is_synthetic, draw_seeds(rng))
    y_real, y_synthetic = column_or_1d(y_real), column_or_1d(y_synthetic)
    X_real = _safe_indexing(X, np.flatnonzero(is_synthetic == 0))
    X_synthetic = _safe_indexing(X, np.flatnonzero(is_synthetic))
    folds = KFold(_N_FOLDS, shuffle=True, random_state=draw_seeds(rng))
    trained = clone(estimator).fit(X_synthetic, y_synthetic)
    return ShadowFidelity(
        float(distances.mean()),
        distances,
        auc,
        interval,
        float(np.mean(trained.predict(X_real) == y_real)),
        float(cross_val_score(estimator, X_real, y_real, cv=folds).mean()),
    )


def _marginal_distances(schema, Z, is_synthetic):
    distances = []
    for kind, column in zip(schema.kinds, Z.T, strict=True):
        real, synthetic = column[is_synthetic == 0], column[is_synthetic == 1]
        if kind == "categorical":
            codes = [part.astype(np.intp) for part in (real, synthetic)]
            width = int(column.max()) + 1
            p, q = (np.bincount(c, minlength=width) / len(c) for c in codes)
            distances.append(np.abs(p - q).sum() / 2)
        else:
            distances.append(ks_2samp(real, synthetic, method="asymp").statistic)
    return np.array(distances)


def _two_sample(estimator, X, is_synthetic, seed):
    """AUC of telling real from synthetic, and its interval, over two halves."""
    halves = StratifiedKFold(2, shuffle=True, random_state=seed)
    found = []
    for train, test in halves.split(is_synthetic, is_synthetic):
        model = clone(estimator).fit(_safe_indexing(X, train), is_synthetic[train])
        score = model.predict_proba(_safe_indexing(X, test))[:, 1]
        truth = is_synthetic[test]
        found.append([roc_auc_score(truth, score), *auc_interval(truth, score)])
    auc, low, high = np.mean(found, axis=0).tolist()
    return auc, (low, high)
