"""Models that are no more complex than their validation score asks for."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, check_cv
from sklearn.utils import check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.utils._card import DefenseCard
from skmia.utils._equal_records import number_records
from skmia.utils._inside import last_step
from skmia.utils._random import set_random_states
from skmia.utils._sklearn import JOBS, NOT_NEGATIVE
from skmia.utils._typing import Classifier, CrossValidation, RandomStateLike
from skmia.utils._weights import fit_weights

# Parameters that limit a fit, the most telling first; from weak to strong.
_VALUES = {
    "min_samples_leaf": [1, 2, 5, 10, 20, 50],
    "n_neighbors": [1, 3, 5, 9, 15, 25, 41],
    "weight_decay": [0.0, 1e-4, 1e-3, 1e-2, 1e-1],
    "C": [100.0, 10.0, 1.0, 0.1, 0.01, 0.001],
    "alpha": [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0],
    "var_smoothing": [1e-9, 1e-6, 1e-4, 1e-2, 0.1, 1.0],
}
_MAX_ALPHAS = 20


class FitControlledClassifier(TrainingDefense):
    """Classifier of the least complexity that costs no validation score.

    One parameter that limits how closely the model follows its records is tuned by
    cross-validation. Of its values, the most private one is taken whose score is at
    most one standard error below the best.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to fit; a clone is, with one parameter changed.
    parameter : str, default="auto"
        Name of the parameter, as ``estimator.set_params`` takes it. "auto": the first
        one of the table in the notes that `estimator` has (a pipeline: its last step).
    values : array-like of shape (n_values,), default=None
        Values to try, from the least to the most private one. None: those of the
        table in the notes.
    cv : int, splitter or iterable of (train, test), default=5
        Splits of the training records. An int means that many stratified folds, equal
        records (in single precision) in one of them.
    scoring : str or callable, default=None
        What the model should be good at, as in ``GridSearchCV``. None: accuracy.
    max_gap : float, default=None
        Largest difference allowed between the accuracies on training and on validation
        records. Only values within it compete. None: no limit.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Replaces every ``random_state`` of `estimator`; None keeps them.

    Attributes
    ----------
    estimator_ : classifier
        The released model, trained on all records.
    parameter_ : str
        Name of the tuned parameter.
    value_ : object
        The value taken.
    results_ : DataFrame of shape (n_values, 4)
        ``value``, mean validation ``score``, its ``standard_error``, and the ``gap``
        between the accuracies on training and validation records.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    EarlyStoppedClassifier : Limits how long a model is trained.
    PenalizedClassifier : A penalty of a given strength, not tuned.

    Notes
    -----
    Parameters that are found by themselves, in this order:

    ==================== ======================================= =====================
    parameter            found in                                default values
    ==================== ======================================= =====================
    ``ccp_alpha``        decision trees                          pruning path, <= 20
    ``min_samples_leaf`` forests, gradient boosting              1 to 50
    ``n_neighbors``      k nearest neighbors, uniform weights    1 to 41
    ``weight_decay``     ``MLPNet``                              0 to 0.1
    ``C``                linear models, support vector machines  100 to 0.001
    ``alpha``            networks, SGD, ridge, discrete Bayes    1e-5 to 10
    ``var_smoothing``    Gaussian naive Bayes                    1e-9 to 1
    ==================== ======================================= =====================

    ``sample_weight`` weighs records in every fit; in scores each counts once, as in
    ``GridSearchCV``.

    Threat model: the adversary sees scores or labels; the parameters of the model
    change as well. No formal guarantee: `max_gap` limits what the gap attack can win
    (its advantage *is* the difference of the two accuracies) and no other attack, and
    the influence of a single record is not bounded. The choice itself reads all
    training records.

    References
    ----------
    S. Truex, L. Liu, M. E. Gursoy, L. Yu, W. Wei, "Demystifying Membership Inference
    Attacks in Machine Learning as a Service", IEEE TSC 2019.
    :doi:`10.1109/TSC.2019.2897554`

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import FitControlledClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0)
    >>> model = FitControlledClassifier(tree).fit(X, y)
    >>> model.parameter_
    'ccp_alpha'
    >>> model.estimator_.get_n_leaves(), tree.fit(X, y).get_n_leaves()
    (np.int64(3), np.int64(22))
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label", "white-box"),
        broken_by="records of outsized influence (LiRA, canaries), whatever the gap",
        paper="Truex et al. 2019",
    )

    _voids_guarantee = (
        "it trains many models on the same records, and its choice is made by "
        "scores without noise"
    )

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "parameter": [str],
        "values": ["array-like", None],
        "cv": ["cv_object"],
        "scoring": [str, callable, None],
        "max_gap": [NOT_NEGATIVE, None],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        parameter: str = "auto",
        values: ArrayLike | None = None,
        cv: CrossValidation = 5,
        scoring: str | Callable[..., Any] | None = None,
        max_gap: float | None = None,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.parameter = parameter
        self.values = values
        self.cv = cv
        self.scoring = scoring
        self.max_gap = max_gap
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        model = clone(self.estimator)
        if self.random_state is not None:
            set_random_states(model, check_random_state(self.random_state))
        splits = list(_splits(self.cv, X, y))
        name = self._name(model)
        if self.values is None:
            n_training = min(len(train) for train, _ in splits)
            values = _default_values(model, name, X, y, n_training, sample_weight)
        else:
            values = list(self.values)
        search = GridSearchCV(
            model,
            {name: values},
            scoring={"score": self.scoring or "accuracy", "accuracy": "accuracy"},
            cv=splits,
            n_jobs=self.n_jobs,
            # Takes the results to the position of the value to train on all records.
            refit=lambda results: _choice(_table(results, values), self.max_gap),
            return_train_score=True,
            error_score="raise",
        ).fit(X, y, **fit_weights(model, sample_weight))
        return {
            "estimator_": search.best_estimator_,
            "parameter_": name,
            "value_": values[search.best_index_],
            "results_": _table(search.cv_results_, values),
        }

    def _name(self, model):
        """Name of the parameter to tune, as ``model.set_params`` takes it."""
        name = self.parameter
        if name == "auto":
            name = _find_parameter(model)
        elif name not in model.get_params():
            raise ValueError(
                "The 'parameter' parameter of FitControlledClassifier must be the "
                f"name of a parameter of {model!r}. Got {name!r} instead."
            )
        elif self.values is None and not _has_default_values(model, name):
            raise ValueError(
                "The 'values' parameter of FitControlledClassifier must be given for "
                f"{name!r}, from the least to the most private value: default values "
                f"are known for {sorted(_VALUES)}, and ccp_alpha of a decision tree."
            )
        return name


def _splits(cv, X, y):
    """Rows to train on and rows to validate on; a number of folds divides no equals."""
    number = number_records(X)
    if isinstance(cv, Integral) and number.max() + 1 < len(y):
        return StratifiedGroupKFold(cv).split(X, y, number)
    return check_cv(cv, y, classifier=True).split(X, y)


def _find_parameter(model):
    """Name of the first parameter that limits the fit of this model."""
    last, prefix = last_step(model)
    if _has_default_values(model, f"{prefix}ccp_alpha"):
        return f"{prefix}ccp_alpha"
    known = [name for name in _VALUES if name in last.get_params(deep=False)]
    if not known:
        raise ValueError(
            "FitControlledClassifier knows no parameter that limits the fit of "
            f"{last!r}. Give 'parameter' and 'values', the latter from the least to "
            "the most private one."
        )
    if known[0] == "n_neighbors" and last.get_params().get("weights") == "distance":
        raise ValueError(
            "The 'weights' of the neighbors must not be 'distance': every training "
            "record then has its own label, whatever the number of neighbors. Use "
            "weights='uniform'."
        )
    return prefix + known[0]


def _has_default_values(model, name):
    last, prefix = last_step(model)
    if name == f"{prefix}ccp_alpha":
        return hasattr(last, "cost_complexity_pruning_path")
    return name.rpartition("__")[2] in _VALUES


def _default_values(model, name, X, y, n_training, sample_weight):
    """Values of a known parameter, from the least to the most private one."""
    kind = name.rpartition("__")[2]
    if kind == "ccp_alpha":
        return _pruning_path(model, X, y, sample_weight)
    values = _VALUES[kind]
    # A model refuses more neighbors than it has records.
    if kind == "n_neighbors":
        return [value for value in values if value <= n_training]
    return values


def _pruning_path(model, X, y, sample_weight):
    """Values of ``ccp_alpha`` at which the tree loses a branch, thinned evenly."""
    last, prefix = last_step(model)
    if prefix:
        X = clone(model)[:-1].fit_transform(X, y)
    path = clone(last).cost_complexity_pruning_path(X, y, sample_weight).ccp_alphas
    # Impurities are sums in floating point: differences may fall just below 0.
    alphas = np.unique(np.maximum(path, 0))
    n_alphas = min(len(alphas), _MAX_ALPHAS)
    kept = np.linspace(0, len(alphas) - 1, n_alphas).astype(int)
    return alphas[kept].tolist()


def _table(results, values):
    """What is known of every value, from the results of a search."""
    n_splits = sum(key.endswith("_test_score") for key in results) - 3
    return pd.DataFrame(
        {
            "value": pd.Series(values, dtype=object).infer_objects(),
            "score": results["mean_test_score"],
            # numpy's deviation divides by n, hence not by the root of n here.
            "standard_error": results["std_test_score"] / max(n_splits - 1, 1) ** 0.5,
            "gap": results["mean_train_accuracy"] - results["mean_test_accuracy"],
        }
    )


def _choice(table, max_gap):
    """Position of the last value within one standard error of the best score."""
    if max_gap is not None:
        small = table["gap"] <= max_gap
        if not small.any():
            raise ValueError(
                "The 'max_gap' parameter of FitControlledClassifier must be at least "
                "the smallest gap between training and validation accuracy, "
                f"{table['gap'].min():.3f}. Got {max_gap} instead; allow more, or "
                "give more private 'values'."
            )
        table = table[small]
    best = table.loc[table["score"].idxmax()]
    return int(
        table.index[table["score"] >= best["score"] - best["standard_error"]][-1]
    )
