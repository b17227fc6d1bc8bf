"""Audit of answers: for who has no model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, column_or_1d

from skmia.attacks import AttackRecipe
from skmia.auditing._blind_pool import repeatable
from skmia.auditing._check_answers import (
    check_answers,
    check_classes,
    check_columns,
    check_known,
    one_kind,
)
from skmia.auditing._choice import check_named, choose, default_attacks
from skmia.auditing._copies import note_on_groups
from skmia.auditing._findings import others, run_all
from skmia.auditing._order import put_back
from skmia.auditing._performance import performance
from skmia.auditing._recorded import RecordedAnswers, recorded_pool
from skmia.auditing._report import AuditReport
from skmia.auditing._shadow_answers import shadow_answers
from skmia.auditing._stopping import Stopping
from skmia.auditing.validity._checks import checks_of_audit, checks_of_input
from skmia.metrics._validation import check_fprs, check_member
from skmia.utils._sklearn import INNER_FRACTION, validate_params
from skmia.utils._typing import RandomStateLike


@validate_params(
    y=["array-like"],
    proba=["array-like", None],
    labels=["array-like", None],
    scores=["array-like", None],
    member=["array-like"],
    classes=["array-like", None],
    shadow=[tuple, list, None],
    groups=["array-like", None],
    attacks=[str, AttackRecipe, list, tuple, None],
    headline=[str, None],
    fprs=[Real, "array-like"],
    confidence_level=[INNER_FRACTION],
    random_state=["random_state"],
)
def audit_predictions(
    y: ArrayLike,
    *,
    proba: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    scores: ArrayLike | None = None,
    member: ArrayLike,
    classes: ArrayLike | None = None,
    shadow: tuple[ArrayLike, ArrayLike] | None = None,
    groups: ArrayLike | None = None,
    attacks: str | AttackRecipe | Sequence[str | AttackRecipe] | None = None,
    headline: str | None = None,
    fprs: float | ArrayLike = (0.001, 0.01, 0.1),
    confidence_level: float = 0.95,
    random_state: RandomStateLike = None,
) -> AuditReport:
    """Measure how much answers tell about who was in the training data of a model.

    For who has no model, and no records: labels, what a model answered about each
    record, and who was in its training data. All attacks are run that need no more;
    the others say why not.

    .. versionadded:: 0.2

    Parameters
    ----------
    y : array-like of shape (n_records,)
        Labels of the records.
    proba : array-like of shape (n_records, n_classes), default=None
        Probabilities that the model answered. One of these three is given.
    labels : array-like of shape (n_records,), default=None
        Labels that it answered.
    scores : array-like of shape (n_records,) or (n_records, n_classes), default=None
        Decision values that it answered.
    member : array-like of shape (n_records,)
        Truth, boolean or 0/1: 1 = the model was trained on the record.
    classes : array-like of shape (n_classes,), default=None
        Labels that the columns stand for, in their order. None: the different labels,
        sorted.
    shadow : tuple of (answers, member), default=None
        What shadow models answered about the same records, of shape (n_models, ...)
        and of the kind of the model's answers, and which records each was trained on,
        of shape (n_models, n_records).
    groups : array-like of shape (n_records,), default=None
        Whose the records are. None: every record stands for itself, since copies
        cannot be seen.
    attacks : str, AttackRecipe or list of them, default=None
        Which attacks. None for the default of :func:`skmia.audit`.
    headline : str, default=None
        The attack that the audit is judged by, named before it is run.
    fprs : float or array-like of float in (0, 1], default=(0.001, 0.01, 0.1)
        False positive rates, fractions, at which the true positive rate is reported.
    confidence_level : float in (0, 1), default=0.95
        Level of every interval of the summary.
    random_state : int, RandomState instance or None, default=None
        Seed of the cross-fitting, and of the order of the records.

    Returns
    -------
    report : AuditReport

    Raises
    ------
    ValueError
        Not one kind of answers is given, it does not fit to the records and classes,
        its columns are named as the classes in another order, or a row of it is no
        answer; the row is named, and the shadow model, by its place in `shadow`. Or the
        members of a shadow model, or of all of them together, have more or less in
        common with those of the model than chance explains (p below 1e-6), which
        would tell an attack who is a member; or a shadow model is given twice.

    See Also
    --------
    skmia.audit : The same with a model, which can be asked and trained again.

    Notes
    -----
    Level: records. Threat model: each attack's is in the summary. What takes records is
    not looked at: whether both sets are of one population, and whether one holds copies
    of the other. A difference between the sets is measured as leakage, and the checks
    that would notice are said not to be run.

    References
    ----------
    S. Yeom et al., IEEE CSF 2018; L. Song, P. Mittal, USENIX Security 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.auditing import audit_predictions
    >>> X, y = load_digits(return_X_y=True)
    >>> member = np.random.default_rng(0).random(len(y)) < 0.5
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[member], y[member])
    >>> report = audit_predictions(
    ...     y, proba=tree.predict_proba(X), member=member, random_state=0)
    >>> report.verdict
    'leak'
    """
    started = time.monotonic()
    fprs = check_fprs("audit_predictions", fprs)
    y = column_or_1d(y)
    member = check_member("audit_predictions", member).astype(int)
    check_consistent_length(y, member, groups)
    kind, answers = one_kind(proba, labels, scores)
    classes = check_classes(classes, y, kind, answers)
    check_known("y", y, classes)
    check_columns({"proba": proba, "scores": scores}.get(kind), classes)
    answers = check_answers(kind, answers, classes, len(y))
    model = RecordedAnswers(kind, answers, classes)
    records = recorded_pool(
        y,
        member,
        model,
        shadow_answers(shadow, kind, classes, member, groups),
        groups,
        repeatable(random_state),
    )
    session, knowledge = records.session, records.knowledge
    if attacks is None:
        attacks, _ = default_attacks(model, session, knowledge.granted, many=False)
    recipes = choose("audit_predictions", attacks, session.kind)
    check_named("audit_predictions", headline, recipes)
    not_chosen = others(recipes, session, knowledge)
    results = run_all(recipes, session, knowledge, Stopping())
    how_good = performance(session)
    checks = [
        *checks_of_input(
            records.split, classes, groups is not None, with_features=False
        ),
        *checks_of_audit(
            records.split,
            knowledge,
            session,
            recipes,
            results,
            how_good,
            confidence_level=confidence_level,
            verbose=False,
        ),
    ]
    back = np.argsort(records.order)
    put_back(results, back)
    return AuditReport(
        model="recorded answers",
        results=results,
        member=member,
        label=y,
        index=_index(member),
        granted=knowledge.granted.of_answers(session.answers),
        **how_good.in_order(back),
        fprs=tuple(fprs),
        confidence_level=confidence_level,
        seed=knowledge.seed,
        groups=records.groups,
        on_groups=note_on_groups(records.groups, member, groups is not None),
        checks=checks,
        order=records.order,
        headline_attack=headline,
        not_chosen=not_chosen,
        seconds=time.monotonic() - started,
    )


def _index(member):
    """Set and row of each record."""
    rows = np.arange(len(member))
    return pd.MultiIndex.from_arrays(
        [np.where(member == 1, "train", "holdout"), rows], names=["set", "row"]
    )
