"""The verdict on an unlearning."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skmia.shadow.surgery._registry import has_closed_form
from skmia.unlearning._closed_form import distances
from skmia.unlearning._compared import Compared
from skmia.unlearning._findings import retained
from skmia.unlearning._report import UnlearningReport
from skmia.unlearning._sets import check_sets, copies_note
from skmia.unlearning._versions import attack_of, check_answers
from skmia.utils._sklearn import (
    INNER_FRACTION,
    JOBS,
    HasMethods,
    Interval,
    validate_params,
)
from skmia.utils._typing import (
    Classifier,
    FittedClassifier,
    MatrixLike,
    RandomStateLike,
)

_NO_UNSEEN = (
    "Forgotten records were compared with no others: give X_unseen and y_unseen, like "
    "the forgotten ones, that no version was trained on."
)


@validate_params(
    before=[HasMethods(["predict"])],
    after=[HasMethods(["predict"])],
    unlearn=[callable, None],
    estimator=[HasMethods(["fit"]), None],
    n_references=[Interval(Integral, 4, None, closed="left")],
    attack=[HasMethods(["fit"]), None],
    tolerance=[Interval(Real, 0, None, closed="left")],
    confidence_level=[INNER_FRACTION],
    random_state=["random_state"],
    n_jobs=JOBS,
)
def verify_unlearning(
    before: FittedClassifier,
    after: FittedClassifier,
    X_forget: MatrixLike,
    y_forget: ArrayLike,
    X_retain: MatrixLike,
    y_retain: ArrayLike,
    X_unseen: MatrixLike | None = None,
    y_unseen: ArrayLike | None = None,
    *,
    unlearn: Callable[..., Any] | None = None,
    estimator: Classifier | None = None,
    n_references: int = 16,
    attack: Classifier | None = None,
    tolerance: float = 1e-8,
    confidence_level: float = 0.95,
    random_state: RandomStateLike = None,
    n_jobs: int | None = None,
) -> UnlearningReport:
    """Whether a model has forgotten records, and what the change gives away.

    .. versionadded:: 0.2

    Parameters
    ----------
    before : fitted classifier
        The model that was trained on the forgotten and the retained records.
    after : fitted classifier
        The model that is to have forgotten the former.
    X_forget : {array-like, sparse matrix, DataFrame} of shape (n_forgotten, n_features)
        Records that were to be forgotten.
    y_forget : array-like of shape (n_forgotten,)
        Their class labels.
    X_retain : {array-like, sparse matrix, DataFrame} of shape (n_retained, n_features)
        All other training records.
    y_retain : array-like of shape (n_retained,)
        Their class labels.
    X_unseen : {array-like, sparse matrix, DataFrame} of shape (n_unseen, n_features), \
default=None
        Records like the forgotten ones that no version was trained on. None: only what
        needs none of them is measured.
    y_unseen : array-like of shape (n_unseen,), default=None
        Their class labels.
    unlearn : callable, default=None
        The method: ``unlearn(model, X, y, forget)`` returns the model without the
        records that the mask `forget` marks among `X`, `y`, those of its training. It
        may change `model`, which is a copy. None: references still have their records,
        and those without are trained anew.
    estimator : classifier, default=None
        What references are clones of. None: of `before`.
    n_references : int, default=16
        Models that are trained, each with half of the forgotten and unseen records,
        and asked once more when they have forgotten them.
    attack : classifier, default=None
        What learns to tell deleted records by the answers before and after. None: a
        forest of 100 trees.
    tolerance : float, default=1e-8
        Up to this distance, of log probabilities or decision values, answers are those
        of a model that was trained anew.
    confidence_level : float, default=0.95
        Of the verdict, and of each interval that it does not rest on.
    random_state : int, RandomState instance or None, default=None
        Seed of references and attacks.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.

    Returns
    -------
    report : UnlearningReport

    Raises
    ------
    ValueError
        Sets are empty or of other shapes, labels are no classes of `before`, or unseen
        records are among the others.

    See Also
    --------
    deletion_leak : What both versions give away, of models by this method.
    skmia.defenses.SisaClassifier : A model that forgets exactly.

    Notes
    -----
    Level: records. Threat model: an auditor who has the records; references know all
    that is retained, and the method where it is given.

    The verdict rests on the later version alone. If that is one that was trained
    without the forgotten records, and the unseen ones are like them, nothing tells the
    two sets apart: references treat both alike. It is wrong about such a model with a
    probability of ``1 - confidence_level`` at most (approximately, as the intervals
    are). Where people chose to be forgotten, they may differ from others for that very
    reason, which looks the same.

    *exact*: naive Bayes, nearest neighbours, ridge and discriminants, by exact type,
    also at the end of a pipeline, are known when they are trained anew (of one record
    also by :func:`skmia.shadow.other_side`); of neighbours that are equally far the
    order of the fit decides. All answers about forgotten and retained records count, in
    logarithms. *excess* is how much more the later version says for the true label than
    references without the record do: above it remembers, below it was unlearned too
    much, which names the record as well. *lira* is the likelihood ratio between
    references that had the record, and unlearned it, and those that never had.
    *lira-exposed* is the same for the quarter of the records that references react to
    most. The rows by features of both versions
    (:func:`change_features`) are what is lost by deleting from a model that is public:
    no fault of the method.

    References
    ----------
    M. Chen et al., "When Machine Unlearning Jeopardizes Privacy", ACM CCS 2021,
    arXiv:2005.02205. J. Hayes et al., "Inexact Unlearning Needs More Careful
    Evaluations to Avoid a False Sense of Privacy", arXiv:2403.01218 (U-LiRA). L.
    Bourtoule et al., "Machine Unlearning", IEEE S&P 2021, arXiv:1912.03817.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.unlearning import verify_unlearning
    >>> X, y = load_iris(return_X_y=True)
    >>> before = GaussianNB().fit(X[10:], y[10:])
    >>> after = GaussianNB().fit(X[20:], y[20:])
    >>> verify_unlearning(before, after, X[10:20], y[10:20], X[20:], y[20:]).verdict
    'exact'
    >>> verify_unlearning(before, before, X[10:20], y[10:20], X[20:], y[20:]).verdict
    'not-exact'
    """
    check_answers("before", before)
    check_answers("after", after)
    _check_fitted(before, after)
    attack = attack_of(attack)
    sets = check_sets(
        before.classes_, X_forget, y_forget, X_retain, y_retain, X_unseen, y_unseen
    )
    forget, retain, unseen = sets
    found = {"notes": copies_note(forget, retain)}
    kept = retained(before, after, *retain, level=confidence_level)
    rows, records = {}, pd.DataFrame({"label": forget[1]})
    if unseen is None:
        found["notes"].append(_NO_UNSEEN)
    else:
        seen = Compared(
            before, after, sets, unlearn, before if estimator is None else estimator
        )
        rng = check_random_state(random_state)
        rows = seen.compare(n_references, attack, confidence_level, rng, n_jobs)
        found["share"] = seen.share(confidence_level, rng)
        records = records.assign(**seen.records())
    if has_closed_form(before) and type(after) is type(before):
        records["distance"], found["former_distance"], kept["distance"] = distances(
            before, after, forget, retain
        )
    return UnlearningReport(
        model=type(before).__name__,
        summary=_table(rows),
        records=records,
        retained=kept,
        confidence_level=confidence_level,
        tolerance=tolerance,
        n_unseen=0 if unseen is None else len(unseen[1]),
        former_distance=found.get("former_distance"),
        share=found.get("share"),
        notes=found["notes"],
    )


def _check_fitted(before, after):
    for name, version in (("before", before), ("after", after)):
        if not hasattr(version, "classes_"):
            raise ValueError(
                f"The {name!r} parameter must be a fitted classifier, with classes_. "
                f"Got {version!r} instead."
            )


def _table(rows):
    names = None if rows else ["auc", "auc_low", "auc_high", "n"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return table.rename_axis("told by")
