"""Stacking in which every record trains one model only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils import _safe_indexing, check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.utils._card import DefenseCard
from skmia.utils._equal_records import number_records, rarest_classes
from skmia.utils._fitting import fit_clone
from skmia.utils._parallel import in_parallel
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._sklearn import JOBS, HasMethods, _BaseComposition
from skmia.utils._tags import pass_records_to
from skmia.utils._typing import Classifier, RandomStateLike
from skmia.utils._weights import fit_weights
from skmia.utils._wrapper import ModelWrapper


class DisjointStackingClassifier(_BaseComposition, TrainingDefense):
    """Classifiers trained on disjoint parts of the records, and one that combines them.

    The records are split by class into one part for each classifier of the first
    level, and one for the combiner, which learns from their posteriors. No model sees
    all records, so that what one has learned by heart is diluted in the answer.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimators : list of (str, classifier)
        The first level, by name; each needs ``predict_proba``. `fit` clones them.
    final_estimator : classifier, default=None
        The combiner. None: ``LogisticRegression()``.
    fractions : array-like of shape (n_estimators + 1,), default=None
        Part of the records for each of `estimators` and, last, for the combiner; they
        sum to 1. None: equal parts.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the split and of every model. It replaces the ``random_state`` of
        `estimators` and `final_estimator`.

    Attributes
    ----------
    estimator_ : StackingClassifier
        The released stack.
    parts_ : ndarray of shape (n_samples,)
        For each training record the position of the model trained on it: that in
        `estimators`, or ``len(estimators)`` for the combiner; -1 where its weight is 0.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    sklearn.ensemble.StackingClassifier : Uses every record at both levels, which does
        not protect.
    FeatureBaggedClassifier : Each model sees other features, not other records.

    Notes
    -----
    Every part has at least one record of every class: a class needs as many different
    records as there are models, the combiner included. Equal records (in single
    precision) are in one part, and count as one for `fractions`. Parameters of the
    models are set by name, as in scikit-learn: ``set_params(nn__alpha=1)``,
    ``set_params(nn=model)``.

    Threat model: the adversary sees scores or labels. No formal guarantee: each record
    is still in one model, and attacks that look for its influence on that model
    find it. The fewer the records, the more the split costs.

    References
    ----------
    A. Salem et al., "ML-Leaks: Model and Data Independent Membership Inference Attacks
    and Defenses on Machine Learning Models", NDSS 2019. :arxiv:`1806.01246`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import DisjointStackingClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> first = [("nb", GaussianNB()), ("forest", RandomForestClassifier(10))]
    >>> model = DisjointStackingClassifier(first, random_state=0).fit(X, y)
    >>> model.parts_[:5], model.score(X, y) > 0.9
    (array([1, 2, 2, 1, 0]), True)
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label"),
        broken_by="canaries and LiRA, on the one model that a record is in",
        paper="Salem et al. 2019",
    )

    _voids_guarantee = (
        "which part a record is in depends on the labels of others, and the "
        "combiner sees records without noise"
    )

    _parameter_constraints = {
        "estimators": [list],
        "final_estimator": [HasMethods("fit"), None],
        "fractions": ["array-like", None],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimators: Sequence[tuple[str, Classifier]],
        *,
        final_estimator: Classifier | None = None,
        fractions: ArrayLike | None = None,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimators = estimators
        self.final_estimator = final_estimator
        self.fractions = fractions
        self.n_jobs = n_jobs
        self.random_state = random_state

    @property
    def _template(self):
        return self._combiner

    @property
    def _combiner(self):
        final = self.final_estimator
        return LogisticRegression() if final is None else final

    @property
    def _weighted(self):
        return [*(model for _, model in _named(self.estimators)), self._combiner]

    def _learn(self, X, y, sample_weight):
        learned = super()._learn(X, y, sample_weight)
        if sample_weight is not None:
            parts = np.full(len(sample_weight), -1)
            parts[sample_weight > 0] = learned["parts_"]
            learned["parts_"] = parts
        return learned

    def _train(self, X, y, sample_weight=None):
        rng = check_random_state(self.random_state)
        names, models = self._check_estimators()
        number = number_records(X)
        labels = rarest_classes(number, y)
        parts = _disjoint_parts(labels, self._check_fractions(), rng)[number]
        *rows_of, last = (np.flatnonzero(parts == i) for i in range(len(models) + 1))
        *first, combiner = draw_seeds(rng, len(models) + 1)
        calls = [
            {"estimator": model, "rows": rows, "seed": seed}
            for rows, model, seed in zip(rows_of, models, first, strict=True)
        ]
        shared = {"X": X, "y": y, "sample_weight": sample_weight}
        fitted = in_parallel(fit_clone, calls, shared=shared, n_jobs=self.n_jobs)
        final = set_random_states(clone(self._combiner), check_random_state(combiner))
        X_last, y_last = _safe_indexing(X, last), y[last]
        stack = StackingClassifier(
            list(zip(names, fitted, strict=True)),
            final_estimator=final,
            cv="prefit",
            stack_method="predict_proba",
        ).fit(X_last, y_last)
        if sample_weight is not None:
            # Not by the stack: it would not find the name that a pipeline has for them.
            codes = np.searchsorted(stack.classes_, y_last)
            weights = fit_weights(final, sample_weight[last])
            stack.final_estimator_.fit(stack.transform(X_last), codes, **weights)
        return {"estimator_": stack, "parts_": parts}

    def _check_estimators(self):
        """Names and models of the first level."""
        named = _named(self.estimators)
        wrong = sorted(
            name
            for name in dict(named)
            if "__" in name or name in self.get_params(deep=False)
        )
        if not named or wrong or len(dict(named)) < len(self.estimators):
            raise ValueError(
                "The 'estimators' parameter of DisjointStackingClassifier must be a "
                "list of (name, classifier) with at least one entry, and with names "
                "that differ, hold no '__' and are no parameters of it. Got "
                f"{self.estimators!r} instead."
            )
        return zip(*named, strict=True)

    def _check_fractions(self):
        n_parts = len(self.estimators) + 1
        if self.fractions is None:
            return np.full(n_parts, 1 / n_parts)
        fractions = np.asarray(self.fractions, dtype=float)
        if (
            fractions.shape != (n_parts,)
            or not (fractions > 0).all()
            or not np.isclose(fractions.sum(), 1)
        ):
            raise ValueError(
                "The 'fractions' parameter of DisjointStackingClassifier must be "
                f"{n_parts} positive numbers that sum to 1, one for each of the "
                f"'estimators' and one for the combiner. Got {self.fractions!r} "
                "instead."
            )
        return fractions

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the models by name, and their parameters.

        Returns
        -------
        params : dict
        """
        return self._get_params("estimators", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set parameters, those of the models and whole models included.

        Parameters
        ----------
        **params : dict
            Parameters by name, as `get_params` names them.

        Returns
        -------
        self : object
        """
        return self._set_params("estimators", **params)

    def __sklearn_tags__(self):
        # Past the parents that ask their one `estimator` for its tags.
        tags = super(ModelWrapper, self).__sklearn_tags__()
        return pass_records_to(tags, [model for _, model in _named(self.estimators)])


def _named(estimators):
    """The (name, model) pairs in what may be anything, before it is checked."""
    if not isinstance(estimators, list):
        return []
    return [
        item
        for item in estimators
        if isinstance(item, tuple)
        and len(item) == 2
        and isinstance(item[0], str)
        and hasattr(item[1], "get_params")
    ]


def _disjoint_parts(y, fractions, rng):
    """Part of each different record: by class as `fractions` say, and never empty."""
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    n_parts = len(fractions)
    if counts.min() < n_parts:
        rare = classes.tolist()[counts.argmin()]
        raise ValueError(
            "DisjointStackingClassifier needs at least one record of every class in "
            f"each of its {n_parts} parts, hence {n_parts} different records. Got "
            f"{counts.min()} of class {rare!r}."
        )
    parts = np.empty(len(y), dtype=int)
    for code, count in enumerate(counts):
        sizes = _sizes(count, fractions, rng)
        own = np.repeat(np.arange(n_parts), sizes)
        parts[codes == code] = rng.permutation(own)
    return parts


def _sizes(count, fractions, rng):
    """Positive sizes that sum to `count`, nearest to the fractions of it."""
    exact = fractions * count
    sizes = np.maximum(np.floor(exact).astype(int), 1)
    while sizes.sum() != count:
        # Of equal ones a random part: otherwise all classes would favour the first.
        missing = exact - sizes + rng.uniform(0, 1e-9, size=len(sizes))
        if sizes.sum() < count:
            sizes[missing.argmax()] += 1
        else:
            sizes[np.where(sizes > 1, missing, np.inf).argmin()] -= 1
    return sizes
