"""Audit of a cross-validation that was run anyway: nothing is trained."""

from __future__ import annotations

import time
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from skmia.attacks import AttackRecipe
from skmia.attacks._granted import Granted
from skmia.auditing._audited_records import (
    check_audited,
    known_classes,
    labelled,
    row_names,
)
from skmia.auditing._blind_pool import repeatable
from skmia.auditing._choice import check_named, choose, default_attacks
from skmia.auditing._copies import find_copies
from skmia.auditing._cross_validated import CrossValidated
from skmia.auditing._described import described
from skmia.auditing._findings import others, run_all
from skmia.auditing._performance import performance, together
from skmia.auditing._report import AuditReport
from skmia.auditing._row_names import in_row_order
from skmia.auditing._shadow_design import note_on_references
from skmia.auditing._stopping import Stopping
from skmia.auditing.structural._in_audit import OF_SEVERAL
from skmia.metrics._validation import check_fprs
from skmia.shadow import ShadowModels
from skmia.targets import Pairs
from skmia.utils._cache import hashed_once
from skmia.utils._groups import number_groups
from skmia.utils._kinds import is_regressor
from skmia.utils._labels import refuse_other_kind
from skmia.utils._records import n_records
from skmia.utils._sklearn import COUNT, INNER_FRACTION, validate_params
from skmia.utils._typing import MatrixLike, RandomStateLike


@validate_params(
    results=[dict],
    attacks=[str, AttackRecipe, list, tuple, None],
    headline=[str, None],
    access=[str, list, tuple],
    top_k=[COUNT],
    groups=["array-like", None],
    fprs=[Real, "array-like"],
    confidence_level=[INNER_FRACTION],
    random_state=["random_state"],
    verbose=["boolean"],
)
@hashed_once()
def audit_cv(
    results: dict[str, Any],
    X: MatrixLike,
    y: ArrayLike | None = None,
    *,
    attacks: str | AttackRecipe | Sequence[str | AttackRecipe] | None = None,
    headline: str | None = None,
    access: str | Sequence[str] = "scores",
    top_k: int = 3,
    groups: ArrayLike | None = None,
    fprs: float | ArrayLike = (0.001, 0.01, 0.1),
    confidence_level: float = 0.95,
    random_state: RandomStateLike = None,
    verbose: bool = False,
) -> AuditReport:
    """Measure how much the models of a cross-validation tell about their records.

    Every model is audited in turn, with the others as shadow models and references:
    its members are the records that it was trained on, its non-members those that were
    held out. Nothing is trained. Models trained on so many of the same records leak
    about as much as the one that is trained on all of them, rather more.

    .. versionadded:: 0.2

    Parameters
    ----------
    results : dict
        From ``cross_validate(estimator, X, y, return_estimator=True,
        return_indices=True)``. A search inside (``GridSearchCV`` as the estimator) is
        audited as the model that it refits.
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Records, as ``cross_validate`` was given them.
    y : array-like of shape (n_records,), default=None
        Their labels. Models that learn from records alone need none.
    attacks : str, AttackRecipe or list of them, default=None
        Which attacks, see :func:`skmia.attacks.get_attack_names`. None for the default
        of :func:`skmia.audit`.
    headline : str, default=None
        The attack that the audit is judged by, as for :func:`skmia.audit`.
    access : str or sequence of str, default="scores"
        What an attacker may see of each model, as for :func:`skmia.audit`.
    top_k : int, default=3
        How many of the largest posteriors "top-k" shows.
    groups : array-like of shape (n_records,), default=None
        Whose the records are: intervals count groups. A Series may have the row names
        of `X`, in any order. None: those of copies of a row.
    fprs : float or array-like of float in (0, 1], default=(0.001, 0.01, 0.1)
        False positive rates, fractions, at which the true positive rate is reported.
    confidence_level : float in (0, 1), default=0.95
        Level of every interval of the summary.
    random_state : int, RandomState instance or None, default=None
        Seed of the cross-fitting and of the attacks.
    verbose : bool, default=False
        Show the progress (needs ``rich``).

    Returns
    -------
    report : AuditReport
        One row of ``records`` for each model and record, with shares as scores: of
        the records that the attacker of that model is less sure of.

    Raises
    ------
    ValueError
        The results hold no models or no indices, or records do not fit to them.

    See Also
    --------
    skmia.audit : Audit of one model, with a holdout set.
    skmia.ShadowModels.from_cross_validate : The models as shadow models.

    Notes
    -----
    Level: records. Threat model: as in :func:`skmia.audit`, an auditor whose references
    know the candidates. No record helps to judge itself: attacks are fitted on one
    half of the records and judge the other.

    Within one cross-validation a held-out record is in all other models, and every
    other record is not: the references alone would tell who is a member. Attacks that
    compare are therefore given models of other repeats (``RepeatedStratifiedKFold``),
    or models that answer for both sides of every record exactly
    (:func:`skmia.shadow.other_side`). Else they are not run.

    A record counts once for each model in the metrics, and once in the intervals.

    References
    ----------
    N. Carlini et al., "Membership Inference Attacks From First Principles", IEEE S&P
    2022. arXiv:2112.03570 (models trained on random parts as references of each other).

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.model_selection import cross_validate
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.auditing import audit_cv
    >>> X, y = load_wine(return_X_y=True)
    >>> kept = {"return_estimator": True, "return_indices": True}
    >>> tree = DecisionTreeClassifier(random_state=0)
    >>> results = cross_validate(tree, X, y, cv=5, **kept)
    >>> report = audit_cv(results, X, y, random_state=0)
    >>> report.summary.loc["gap", "status"], int(report.summary["n_fits"].sum())
    ('ok', 0)
    """
    started = time.monotonic()
    fprs = check_fprs("audit_cv", fprs)
    X, y = labelled(results.get("estimator", [None])[0], X, y, "X", "y")
    shadows = ShadowModels.from_cross_validate(results, X, y, both_sides=True)
    _check_models(shadows, X, y)
    index, n = _index(shadows, X), n_records(X)
    groups = in_row_order("audit_cv", "groups", groups, index[:n])
    code = find_copies(X, y) if groups is None else number_groups("audit_cv", groups)
    if len(code) != n:
        raise ValueError(
            "The 'groups' parameter of audit_cv must have one value for each of the "
            f"{n} records. Got {len(code)}."
        )
    _check_folds(shadows.membership_, code)
    seed = repeatable(random_state)
    models, session = shadows.estimators_, shadows.sessions()[0]
    granted = Granted.of("audit_cv", access, top_k).of_classes(shadows.classes_)
    known, left_out = CrossValidated(shadows, code, seed, granted), None
    asked = Pairs(shadows.sessions())
    if attacks is None:
        attacks, left_out = default_attacks(models[0], session, granted, held=known)
    recipes = choose("audit_cv", attacks, session.kind)
    check_named("audit_cv", headline, recipes)
    not_chosen = others(recipes, session, known)
    found = run_all(recipes, session, known, Stopping(), asked=asked, verbose=verbose)
    how_good = together([performance(one) for one in shadows.sessions()])
    return AuditReport(
        model=type(models[0]).__name__,
        results=found,
        member=known.member,
        label=None if y is None else np.concatenate([y] * len(models)),
        index=index,
        **how_good.in_order(slice(None)),
        kind=session.kind,
        fprs=tuple(fprs),
        confidence_level=confidence_level,
        seed=seed,
        remarks=[*filter(None, [left_out])],
        groups=np.tile(code, len(models)),
        on_groups=(
            f"Each of {n} records is counted for each of {len(models)} models of "
            "the cross-validation; intervals count records."
        ),
        on_references=note_on_references(shadows),
        headline_attack=headline,
        granted=granted.of_answers(session.answers),
        n_queries=sum(one.n_queries for one in shadows.sessions()),
        described=described(models[0]),
        not_chosen=not_chosen,
        structure=OF_SEVERAL if "white-box" in granted.levels else None,
        seconds=time.monotonic() - started,
    )


def _check_models(shadows, X, y):
    """Refuse models that are not of these records, or of which nobody was held out."""
    if shadows.n_models_ < 2:
        raise ValueError("An audit needs at least two models. Got one fold.")
    for model in shadows.estimators_:
        check_audited("Every model of the results", model)
        if y is not None and not is_regressor(model):
            refuse_other_kind(y, known_classes(model, y), "y")
    member, seen = shadows.membership_, shadows.membership_ | shadows.tested_
    last = np.flatnonzero(seen.any(axis=0))[-1]
    n = n_records(X)
    if last < n - 1:
        raise ValueError(
            f"The last record that the results name is {last}, and X has {n} "
            "records: it must be what was cross-validated."
        )
    if member.all():
        raise ValueError(
            "Every model of the results was trained on all records: audit_cv needs "
            "some that were held out."
        )


def _check_folds(member, code):
    """Refuse models of which too little was held out to judge one by another."""
    for inside in member:
        held_out = np.unique(code[~inside])
        if len(held_out) < 2:
            raise ValueError(
                "Of every model two different records, or groups, must be held out, so "
                f"that one can be judged by the other. Got {len(held_out)}: take "
                "fewer, larger folds than LeaveOneOut has."
            )


def _index(shadows, X):
    """Set, record and model of every pair."""
    rows = pd.Index(row_names(X))
    return pd.MultiIndex.from_arrays(
        [
            np.where(shadows.membership_.ravel(), "train", "holdout"),
            rows.append([rows] * (shadows.n_models_ - 1)),
            np.repeat(np.arange(shadows.n_models_), len(rows)),
        ],
        names=["set", "row", "model"],
    )
