"""What to do about a leak: defenses that fit the model, tried and audited."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.auditing._again import (
    COLUMNS,
    attack_for,
    audit_again,
    check_report,
    measured,
)
from skmia.auditing._audited_records import check_audited
from skmia.auditing._deployed import Deployed
from skmia.auditing._findings import failed
from skmia.auditing._log_odds import refuses_to_be_refitted
from skmia.auditing._remedies import remedies, trainable
from skmia.auditing._report import AuditReport
from skmia.auditing._timing import seconds_of
from skmia.reporting._scale import step_of
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._sklearn import COUNT, JOBS, HasMethods, validate_params
from skmia.utils._typing import FittedModel, MatrixLike, RandomStateLike

AS_IT_IS = "as it is"
_ORDER = ["train_seconds_ratio", *COLUMNS]
_ORDER += ["factor", "step", "attack", "loses", "broken_by"]
_ORDER += ["on_front", "status"]
_AGAIN = (
    "The attack was chosen before, but the best of these was chosen on these records: "
    "audit it again, with all attacks, on others if there are some."
)
_MASKS_ONLY = "The model is not trained again, so that only its answers were masked. "


class _Models(dict):
    """Fitted models; a table that is copied does not copy them."""

    def __deepcopy__(self, memo):
        return self


@validate_params(
    report=[AuditReport],
    model=[HasMethods("predict")],
    n=[COUNT],
    random_state=["random_state"],
    n_jobs=JOBS,
)
def suggest_defenses(
    report: AuditReport,
    model: FittedModel,
    X_train: MatrixLike,
    y_train: ArrayLike,
    X_holdout: MatrixLike,
    y_holdout: ArrayLike,
    *,
    n: int = 5,
    random_state: RandomStateLike = None,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Try the defenses that fit a model, and audit each.

    They are chosen by the kind of the model and what it answers, never by what the
    audit found: first a parameter of the model itself, such as larger leaves or a
    penalty, then training that hides records from the models that answer for them, then
    masks of the answers. Each is fitted on the training records and audited by the
    attack that `report` is judged by.

    .. versionadded:: 0.2

    Parameters
    ----------
    report : AuditReport
        Of `model` on these records. Its attack, seed, levels, groups and number of
        shadow models are used.
    model : fitted classifier, regressor or Pipeline
        It is not changed. A defense is put around the whole of a pipeline; a parameter
        is one of its last step.
    X_train : {array-like, sparse matrix, DataFrame} of shape (n_train, n_features)
        Records that the model was trained on, as in the audit.
    y_train : array-like of shape (n_train,)
        Their labels.
    X_holdout : {array-like, sparse matrix, DataFrame} of shape (n_holdout, n_features)
        Records that had no part in training, as in the audit.
    y_holdout : array-like of shape (n_holdout,)
        Their labels.
    n : int, default=5
        How many defenses are tried, if so many fit the model.
    random_state : int, RandomState instance or None, default=None
        Seed of the defended models. It replaces every ``random_state`` of theirs.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.

    Returns
    -------
    defenses : DataFrame
        A row for each, indexed by "defense", and one for the model "as it is"; sorted
        by ``factor``, then the best first.

        - ``accuracy`` on the holdout records, and the ``accuracy_change``; of a
          regressor ``r2`` and ``r2_change``.
        - ``train_seconds_ratio``: wall time of a fit, of the model's own it is 1. Masks
          are put around the fitted model, which costs no training.
        - ``auc``, ``tpr_at_fpr_0.01``, with ``_low`` and ``_high``; ``epsilon_low``.
        - ``factor``: by how much the odds that somebody was in are multiplied, as
          proved: the largest of ``exp(epsilon_low)`` and of the lower ends of the true
          positive rates at 1 % and 0.1 % by these rates, at least 1. ``step``: the same
          from 0 to 5.
        - ``attack``: that of the report; "label-lira" or "gap" of what hides the
          scores that it needs.
        - ``loses``: what users lose, in words. ``broken_by``: what is known to get
          around the defense; "" where it is no more than a parameter.
        - ``on_front``: whether no other row is as good in factor and in accuracy or
          R², and better in one.
        - ``status``: "ok", or what went wrong; the numbers are nan then.

        ``attrs["models"]`` holds the fitted models by name, ``attrs["notes"]`` what is
        to be kept in mind.

    Raises
    ------
    ValueError
        The report is of other records, or its numbers do not count.

    See Also
    --------
    attribute_leak : Which step of a pipeline leaks.
    skmia.defenses.defended_by : What is known to break a defense.

    Notes
    -----
    Level: records. Threat model: that of the attack; its shadow models are defended
    alike. A defense may stop this attack and no other: Split-AI hides a record that is
    asked about directly, and not one whose neighbours are. No bound needs a correction
    for the choice of the attack, which was named before. But who takes the best row
    chose it on these records, and another attack, chosen for the defended model, may
    find more: audit it again. Fit what you release without a seed that others may
    guess: noise of masks is made from it.

    A model that cannot be trained again, and a `BlackBox`, get masks only; attacks that
    need shadow models are not run on the former. The holdout records choose nothing
    within a defense. Parameters of ``fit`` such as weights are not passed.

    References
    ----------
    The papers of the defenses are those of :mod:`skmia.defenses`. Which are tried
    first follows ours, ``benchmarks/bench_defenses.py`` and
    ``bench_regression_defenses.py``.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import audit
    >>> from skmia.auditing import suggest_defenses
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> sets = X[::2], y[::2], X[1::2], y[1::2]
    >>> tree = DecisionTreeClassifier(random_state=0).fit(*sets[:2])
    >>> report = audit(tree, *sets, attacks="gap", random_state=0)
    >>> defenses = suggest_defenses(report, tree, *sets, n=2, random_state=0)
    >>> sorted(defenses.index)
    ['as it is', 'leaves of 20 records', 'leaves of 5 records']
    >>> defenses.attrs["models"]["leaves of 5 records"].min_samples_leaf
    5
    """
    if hasattr(model, "fit"):
        check_is_fitted(model)
    check_audited("The 'model' parameter of suggest_defenses", model)
    if report.right is not None:
        raise ValueError(
            "The 'model' parameter of suggest_defenses must have one output: no "
            f"defenses of several are tried yet. Got {model!r}."
        )
    check_report("suggest_defenses", report, X_train, y_train, X_holdout, y_holdout)
    seed = draw_seeds(check_random_state(random_state))
    sets = X_train, y_train, X_holdout, y_holdout
    how = {"report": report, "sets": sets, "n_jobs": n_jobs}
    rows, models = {AS_IT_IS: _row(audited=model, shadow=model, **how)}, _Models()
    seconds = None
    for remedy in remedies(model)[:n]:
        try:
            if remedy.trains and seconds is None:
                seconds = seconds_of(_seeded(clone(model), seed).fit, X_train, y_train)
            bare = clone(model) if remedy.trains else Deployed(model)
            defended = _seeded(remedy.defend(bare), seed)
            needed = seconds_of(defended.fit, X_train, y_train)
            shadow = _shadow(remedy, model, defended)
            row = _row(audited=defended, shadow=shadow, **how)
            if remedy.trains:
                row["train_seconds_ratio"] = needed / seconds
            row["broken_by"] = _known_to_break(defended)
            models[remedy.name] = defended
        except Exception as error:
            row = {"broken_by": "", "status": failed(error, X_train)}
        rows[remedy.name] = row | {"loses": remedy.loses}
    table = _table(rows)
    note = _AGAIN if trainable(model) else _MASKS_ONLY + _AGAIN
    table.attrs = {"models": models, "notes": [note]}
    return table


def _seeded(estimator, seed):
    return set_random_states(estimator, check_random_state(seed))


def _shadow(remedy, model, defended):
    """What shadow models are clones of; nothing can be trained like a frozen model."""
    if remedy.trains or refuses_to_be_refitted(model):
        return defended
    return remedy.defend(clone(model))


def _known_to_break(defended):
    card = getattr(defended, "_card", None)
    return "" if card is None else card.broken_by


def _row(report, audited, shadow, sets, n_jobs):
    attack = attack_for(report, audited)
    how = {"attacks": attack, "shadow_estimator": shadow, "n_jobs": n_jobs}
    found, status = measured(audit_again(report, audited, sets, **how))
    row = {"train_seconds_ratio": 1.0, "attack": attack, "status": status}
    return found | row | {"loses": "", "broken_by": ""}


def _table(rows):
    """All rows, with what follows from comparing them, in order."""
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("defense")
    quality = "r2" if "r2" in table else "accuracy"
    change = f"{quality}_change"
    table[change] = table[quality] - table.loc[AS_IT_IS, quality]
    table = table.reindex(columns=[quality, change, *_ORDER])
    steps = [None if np.isnan(one) else step_of(one) for one in table["factor"]]
    table["step"] = pd.array(steps, dtype="Int64")
    table["on_front"] = _on_front(table["factor"], table[quality])
    return table.sort_values(["factor", quality], ascending=[True, False])


def _on_front(factor, accuracy):
    """Whether nothing else is as good in both, and better in one."""
    factor, accuracy = np.asarray(factor), np.asarray(accuracy)
    as_good = (factor <= factor[:, None]) & (accuracy >= accuracy[:, None])
    better = (factor < factor[:, None]) | (accuracy > accuracy[:, None])
    measured = ~np.isnan(factor) & ~np.isnan(accuracy)
    return measured & ~(as_good & better).any(axis=1)
