"""The audit of users in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skmia.auditing import audit
from skmia.auditing._audited_records import check_answers, pool
from skmia.tasks._user_level import UserLevel
from skmia.tasks._users import bundle
from skmia.tasks._wrapped import check_there
from skmia.utils._typing import FittedModel, MatrixLike

if TYPE_CHECKING:
    from skmia.auditing._report import AuditReport


def audit_users(
    model: FittedModel,
    X_train: MatrixLike,
    y_train: ArrayLike | None,
    groups_train: ArrayLike,
    X_holdout: MatrixLike,
    y_holdout: ArrayLike,
    groups_holdout: ArrayLike,
    **options: Any,
) -> AuditReport:
    """Measure how much a fitted model tells about whose data it was trained on.

    The audit of :class:`UserLevel`: records are users, and so is whatever is counted,
    attacked, bounded or listed by name.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted estimator
        The model to audit, of records, or a :class:`UserLevel` of it.
    X_train : {array-like, sparse matrix, DataFrame} of length n_train
        Records of users that the model was trained on: those of the training, or others
        of the same people.
    y_train : array-like of shape (n_train,) or None
        Their labels; None where the model learns from records alone.
    groups_train : array-like of shape (n_train,)
        User of each.
    X_holdout, y_holdout, groups_holdout : as for training
        Records of users of whom the model has seen nothing.
    **options : dict
        Those of :func:`skmia.audit`. A `shadow_estimator` is one of users:
        ``UserLevel(estimator)``.

    Returns
    -------
    report : AuditReport
        Its records are users, and the rows of ``report.records`` their names.

    Raises
    ------
    ValueError
        A user has records in both sets, or whatever :func:`skmia.audit` refuses.

    See Also
    --------
    skmia.audit : With ``groups`` it judges records, and counts users in intervals.

    Notes
    -----
    Level: records. Threat model: that of :class:`UserLevel`. Shadow models are trained
    on the users as they are given here, each with all of these records or none.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.tasks import audit_users
    >>> X, y = load_digits(return_X_y=True)
    >>> writer = [row // 10 for row in range(len(X))]
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[:900], y[:900])
    >>> report = audit_users(
    ...     tree, X[:900], y[:900], writer[:900], X[900:], y[900:], writer[900:],
    ...     attacks="score-threshold", random_state=0,
    ... )
    >>> report.verdict, len(report.records)
    ('leak', 180)
    """
    of_users = model if isinstance(model, UserLevel) else UserLevel.of(model)
    _check_records(of_users, X_train, y_train, X_holdout, y_holdout)
    train = bundle(X_train, y_train, groups_train)
    holdout = bundle(X_holdout, y_holdout, groups_holdout)
    shared = train.index.intersection(holdout.index)
    if len(shared):
        raise ValueError(
            f"{len(shared)} users have records in both sets, the first of them "
            f"{shared[:5].tolist()}: they are neither members nor not. Leave them out."
        )
    return audit(of_users, train, X_holdout=holdout, **options)


def _check_records(of_users, *sets):
    """Refuse records that an audit of the model of records refuses."""
    check_there(of_users)
    model = of_users.estimator_
    check_answers(model)
    if hasattr(model, "fit"):
        check_is_fitted(model)
    X, *_ = pool(model, *sets)
    n_features = getattr(model, "n_features_in_", None)
    if getattr(X, "ndim", 0) == 2 and n_features not in (None, X.shape[1]):
        raise ValueError(
            f"X_train and X_holdout have {X.shape[1]} features, and this "
            f"{type(model).__name__} was trained on {n_features}."
        )
