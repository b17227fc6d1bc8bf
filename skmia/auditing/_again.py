"""Audits of other models by the one attack that a report is judged by."""

import numpy as np

from skmia.attacks import get_attack
from skmia.attacks._recipe import TRAINS
from skmia.auditing._audit import audit
from skmia.auditing.facts._finding import FPRS, proved, rates_of
from skmia.targets._answers import answers_of
from skmia.utils._kinds import kind_of
from skmia.utils._records import n_records

_FPR = FPRS[0]
COLUMNS = ("auc", "auc_low", "auc_high")
COLUMNS += tuple(f"tpr_at_fpr_{_FPR}{end}" for end in ("", "_low", "_high"))
COLUMNS += ("epsilon_low",)


def check_report(caller, report, X_train, y_train, X_holdout, y_holdout):
    """Refuse a report of other records, or one whose numbers do not count."""
    given = n_records(X_train), n_records(X_holdout)
    audited = int((report.member == 1).sum()), int((report.member == 0).sum())
    must = f"The 'report' parameter of {caller} must be"
    if report.order is None:
        raise ValueError(f"{must} of audit. Got one of audit_cv.")
    if report.label is None:
        raise ValueError(f"{must} of a model that learns from labels. Got one without.")
    if given != audited:
        raise ValueError(
            f"{must} that of these records, {given[0]} of X_train and {given[1]} of "
            f"X_holdout. Got one of {audited[0]} and {audited[1]}."
        )
    labels = np.concatenate([np.asarray(y_train), np.asarray(y_holdout)])
    if not np.array_equal(labels, report.label):
        raise ValueError(
            f"{must} that of these records. Got one with other labels: are the sets "
            "swapped, or in another order?"
        )
    if report.verdict == "invalid" or not report.ran:
        raise ValueError(
            f"{must} one with numbers that count. Got the verdict {report.verdict!r}: "
            f"{' '.join(report.reasons)}"
        )


def attack_for(report, model):
    """Attack of the headline; of a model that hides what it asks, one on labels.

    No regressor hides anything: its predictions are all that there is.
    """
    recipe = get_attack(report.headline["attack"], of=kind_of(model))
    if recipe.attack[0].asks - {"parameters"} <= answers_of(model):
        return recipe.name
    return "label-lira" if recipe.fitted_on in TRAINS else "gap"


def audit_again(report, model, sets, rows=slice(None), **how):
    """Audit of a model on records of a report, by one attack that was named before.

    Seed, levels, groups and number of shadow models are those of the report.

    Parameters
    ----------
    report : AuditReport
        Of any model on these records.
    model : fitted classifier
    sets : X_train, y_train, X_holdout, y_holdout
    rows : slice or ndarray of int, default=slice(None)
        Which records of the report they are.
    **how
        "attacks", the name of one, and other parameters of :func:`skmia.audit`.

    Returns
    -------
    report : AuditReport
    """
    # 0 of an attack that needs no shadow models: "auto" trains none for it either.
    n_fits = report.headline_result.n_fits
    return audit(
        model,
        *sets,
        headline=how["attacks"],
        n_shadows=n_fits or "auto",
        access=report.granted.named,
        top_k=report.granted.top_k,
        groups=report.units[rows],
        fprs=report.fprs,
        confidence_level=report.confidence_level,
        random_state=report.seed,
        **how,
    )


def measured(report):
    """What a report of one attack says, by the names of `COLUMNS`, and more.

    Its checks are left aside: they are of the records, and were made of them before.
    Rates are at the level of the factor, which allows for how many of them are shown.

    Returns
    -------
    row : dict of str to float
        Also "accuracy" of the model on the holdout records, "r2" of a regressor, and
        "factor".
    status : str
        That of the attack.
    """
    errors = report.errors
    row = {"accuracy": report.holdout_accuracy}
    if errors is not None:
        row = {"r2": errors["holdout"]["r2"]}
    if report.ran:
        rates = rates_of(report)
        row |= {name: report.headline[name] for name in COLUMNS[:3]}
        row |= dict(zip(COLUMNS[3:6], rates.get(_FPR, {}).values(), strict=False))
        row["epsilon_low"] = report.summary["epsilon_low"].iloc[0]
        row["factor"] = proved(report, rates)[0]
    return row, report.results[0].status
