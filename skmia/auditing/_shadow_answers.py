"""Answers of shadow models that are given, with the members of each."""

import joblib
import numpy as np
from scipy.stats import hypergeom
from sklearn.utils import check_consistent_length

from skmia.auditing._check_answers import check_answers, check_columns
from skmia.auditing._recorded import RecordedAnswers
from skmia.metrics._validation import check_member
from skmia.utils._groups import number_groups

# Models whose members were drawn at random are refused less often than that.
_BY_CHANCE = 1e-6


def shadow_answers(shadow, kind, classes, of_model, groups):
    """Shadow models that answer what is given, and the members of each.

    Parameters
    ----------
    shadow : tuple of (answers, member) or None
    kind : {"proba", "labels", "scores"}
    classes : ndarray of shape (n_classes,)
    of_model : ndarray of {0, 1} of shape (n_records,)
        Members of the audited model.
    groups : array-like of shape (n_records,) or None

    Returns
    -------
    pairs : list of (RecordedAnswers, ndarray of {0, 1})

    Raises
    ------
    ValueError
        Answers or members do not fit, or tell who is a member of the audited model, or
        are given twice.
    """
    if shadow is None:
        return []
    if len(shadow) != 2 or len(shadow[0]) != len(shadow[1]):
        raise ValueError(
            "The 'shadow' parameter of audit_predictions must be a pair, answers and "
            "members, with as many models in both."
        )
    once = _counted_once(groups, len(of_model))
    pairs, seen = [], {}
    for number, (answers, member) in enumerate(zip(*shadow, strict=True)):
        try:
            if kind != "labels":
                check_columns(answers, classes)
            answers = check_answers(kind, np.asarray(answers), classes, len(of_model))
            member = check_member("audit_predictions", member).astype(int)
            check_consistent_length(answers, member)
            _check_apart(member, of_model, once)
            first = seen.setdefault(joblib.hash((answers, member)), number)
            if first != number:
                raise ValueError(f"It is given twice, as shadow model {first}.")
        except ValueError as error:
            raise ValueError(f"Shadow model {number}: {error}") from error
        pairs.append((RecordedAnswers(kind, answers, classes), member))
    _check_together([member[once] for _, member in pairs], of_model[once])
    return pairs


def _counted_once(groups, n_records):
    """One record of each group: they are dealt together."""
    if groups is None:
        return np.arange(n_records)
    return np.unique(number_groups("audit_predictions", groups), return_index=True)[1]


def _check_apart(member, of_model, once):
    """Refuse a model whose members tell who is a member of the audited one."""
    if np.array_equal(member, of_model):
        raise ValueError("Its members are those of the audited model.")
    if np.array_equal(member, 1 - of_model):
        raise ValueError("Its members are just those that the audited model's are not.")
    _check_dealt(member[once], of_model[once], "its {} members", _BY_CHANCE)


def _check_together(members, of_model):
    """Refuse models that together tell it, as the other folds of one do."""
    n_times = np.sum(members, axis=0)
    _, *levels = np.unique(n_times)
    for least in levels:
        what = f"the {{}} members of {least} or more of the shadow models"
        _check_dealt(n_times >= least, of_model, what, _BY_CHANCE / len(levels))


def _check_dealt(inside, of_model, what, level):
    """Refuse members who are members of the audited model too often, or too rarely."""
    n, n_inside, n_of = len(inside), int(inside.sum()), int(of_model.sum())
    both = int(of_model[inside == 1].sum())
    dealt = hypergeom(n, n_of, n_inside)
    if min(dealt.cdf(both), dealt.sf(both - 1)) < level:
        raise ValueError(
            f"{both} of {what.format(n_inside)} are among the {n_of} of the audited "
            f"model, of {n}: chance would not do that, and it tells who is a member. "
            "Models of one cross-validation are for audit_cv."
        )
