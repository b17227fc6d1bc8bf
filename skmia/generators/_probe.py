"""What a prediction interface tells about itself when it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state, check_scalar

from skmia.generators._probing import (
    Trials,
    find_boundaries,
    find_form,
    find_kinds,
    find_rows,
    find_scores,
    find_width,
)
from skmia.utils._typing import FittedClassifier, RandomStateLike


@dataclass(frozen=True, repr=False)
class ApiReport:
    """What `probe` found out.

    Attributes
    ----------
    n_features : int or None
        Number of features of a record. None: no width tried was answered, or several
        were.
    classes : ndarray
        Class labels: those that the interface names, else those that were seen.
    labels_seen : ndarray
        Labels among the answers.
    n_classes : int
        Number of classes: of the scores of a row, else of `classes`.
    answers : {"labels", "one-hot", "top-k", "full"} or None
        What is answered: labels alone; scores that are all 0 or 1; scores of which all
        but `k` are equal in every row; scores. None: nothing was answered.
    k : int or None
        Scores that differ, for "top-k".
    decimals : int or None
        Digits to which all scores seen are rounded. None: they are not, or not shown.
    kinds : tuple of str or None
        Of each feature. "continuous": a fraction more changes the answer. "whole":
        whole steps do, fractions do not. "whole only": fractions are refused.
        "unknown": no change was seen, or too few. None: there was no budget to try.
    n_queries : int
        Rows answered.
    n_calls : int
        Calls that were answered.
    n_refused : int
        Calls that failed.
    """

    n_features: int | None
    classes: Any
    labels_seen: Any
    n_classes: int
    answers: str | None
    k: int | None
    decimals: int | None
    kinds: tuple[str, ...] | None
    n_queries: int
    n_calls: int
    n_refused: int

    def __repr__(self):
        form = self.answers or "none"
        form += f", k={self.k}" if self.k is not None else ""
        if self.decimals is not None:
            form += f", {self.decimals} decimal" + "s" * (self.decimals != 1)
        kinds = {kind: self.kinds.count(kind) for kind in self.kinds or ()}
        kinds = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        return (
            f"ApiReport: {self.n_features} features ({kinds or 'kinds not tried'}), "
            f"{self.n_classes} classes, {len(self.labels_seen)} seen\n"
            f"  answers: {form}\n"
            f"  spent: {self.n_queries} queries in {self.n_calls} calls, "
            f"{self.n_refused} calls refused"
        )


def probe(
    api: FittedClassifier,
    candidates: Iterable[int] | None = None,
    *,
    max_queries: int = 1000,
    random_state: RandomStateLike = None,
) -> ApiReport:
    """Find out what a prediction interface takes and answers, by asking it.

    Parameters
    ----------
    api : BlackBox or fitted classifier
        Only `predict`, `predict_proba`, and what it names of ``n_features_in_``,
        ``feature_names_in_``, ``classes_`` and ``queries_left_`` are used.
    candidates : iterable of int, default=None
        Numbers of features to try, in this order. None: the one that the interface
        names, else 1 to 1024.
    max_queries : int, default=1000
        Rows that may be asked and answered.
    random_state : int, RandomState instance or None, default=None
        Seed of the rows that are asked.

    Returns
    -------
    report : ApiReport
        What was found, and what it cost.

    See Also
    --------
    FeatureSchema.from_bounds : What records look like, as declared.
    skmia.BlackBox : An interface with a budget.

    Notes
    -----
    Level: records. Threat model: the adversary has nothing but the interface.

    A refusal is an answer too: a call that fails says that the width or a value is
    wrong. It is not counted as a query, as a BlackBox does not charge it, but the
    number of refused calls is reported.

    What was not seen is not excluded. The rows are random numbers around 0, on several
    scales, then rows between those with different labels, where scores are
    neither 0 nor 1. Scores of k-nearest neighbours and of trees look rounded, or
    all 0 and 1, by nature, and where equal records get different answers every feature
    seems to matter. Rows of numbers cannot probe an interface that wants words.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning as a
    Service", IEEE TSC 2019: the adversary begins by probing the interface.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.targets import BlackBox
    >>> from skmia.defenses import RoundedPosterior
    >>> from skmia.generators import probe
    >>> X, y = load_iris(return_X_y=True)
    >>> api = BlackBox(RoundedPosterior(GaussianNB(), decimals=2).fit(X, y))
    >>> probe(api, random_state=0).decimals
    2
    """
    check_scalar(max_queries, "max_queries", Integral, min_val=0)
    trials = Trials(api, max_queries)
    rng = check_random_state(random_state)
    width, is_sure = find_width(trials, candidates)
    rows, labels = find_rows(trials, width, rng)
    close = find_boundaries(trials, rows, labels, rng)
    rows = np.vstack([close, rows])
    scores = find_scores(trials, rows)
    answers, k, decimals = find_form(labels, scores)
    seen = np.unique(labels)
    classes = getattr(api, "classes_", seen)
    return ApiReport(
        n_features=width if is_sure else None,
        classes=classes,
        labels_seen=seen,
        n_classes=len(classes) if scores is None else scores.shape[1],
        answers=answers,
        k=k,
        decimals=decimals,
        kinds=find_kinds(trials, rows),
        n_queries=trials.n_queries,
        n_calls=trials.n_calls,
        n_refused=trials.n_refused,
    )
