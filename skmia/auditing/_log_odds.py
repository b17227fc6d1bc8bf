"""Log-odds of each training record's label, from models that know it or do not."""

import numpy as np
from sklearn.model_selection import PredefinedSplit
from sklearn.utils import _safe_indexing

from skmia.auditing._copies import find_copies
from skmia.shadow import ShadowModels, other_side
from skmia.shadow._bags import out_of_bag_posterior
from skmia.shadow.surgery._other_side import _transformed
from skmia.shadow.surgery._registry import last_step
from skmia.signals import observe
from skmia.signals._decisions import decision_margin
from skmia.signals._scores import scaled_logit
from skmia.utils._inside import is_frozen
from skmia.utils._labels import encode_labels
from skmia.utils._random import deal_groups

# Beyond, a probability is 1 in double precision, and 1 less it is lost.
_LARGEST = 36
# The first that a model answers; of labels alone, whether they are right.
_SIGNALS = {
    "predict_proba": "scaled_logit",
    "decision_function": "decision_margin",
    "predict": "correctness",
}


def with_it(model, X, y, classes=None):
    """What a model says of the label of each record; higher = surer of it.

    Log-odds where the model gives probabilities, else the margin of its decision, else
    1 where it is right.
    """
    signal = next(_SIGNALS[method] for method in _SIGNALS if hasattr(model, method))
    return observe(model, X, y, signal, classes=classes).to_numpy()[:, 0]


def largest(model, X):
    """How large log-odds of a model are before rounding takes over.

    There are models that have one of two probabilities as 1 less the other.
    """
    if not hasattr(model, "predict_proba") or len(model.classes_) != 2:
        return np.inf
    first, second = observe(model, X, signals="posterior").to_numpy().T
    rounds = np.array_equal(first, 1 - second) or np.array_equal(second, 1 - first)
    return _LARGEST if rounds else np.inf


def by_surgery(model, X, y):
    """The same of the model less the record, as :func:`skmia.shadow.other_side` says.

    nan where that cannot be told.
    """
    codes = encode_labels(y, model.classes_)
    answers = other_side(model, X, y, np.ones(len(y), dtype=bool))
    if hasattr(model, "predict_proba"):
        return scaled_logit(codes, answers)
    if answers.shape[1] == 2:
        answers = answers * [0, 1]  # a signal is given 0 and the decision
    return decision_margin(codes, answers)


def out_of_bag(model, X, y):
    """The same of the trees of a forest that never drew the record; nan without any."""
    forest, X = last_step(model), _transformed(model, X)
    bags = ShadowModels.from_ensemble(forest, X, y).membership_
    posterior = out_of_bag_posterior(forest, X, bags)
    posterior[bags.all(axis=0)] = np.nan
    return scaled_logit(encode_labels(y, forest.classes_), posterior)


def refuses_to_be_refitted(model):
    """Why a model cannot be trained again, in words, or None."""
    if not hasattr(model, "fit"):
        return "it has no fit"
    return "it is frozen" if is_frozen(model) else None


def held_out(model, X, y, rows, cv, rng):
    """The same of models that were trained without some records, one part at a time.

    Parameters
    ----------
    model : fitted classifier
    X, y : records and labels
    rows : ndarray of int of shape (n_rows,)
        Who is held out, each once and together with its copies.
    cv : int
        The number of models, unless there are fewer records to hold out.
    rng : RandomState

    Returns
    -------
    log_odds : ndarray of shape (n_rows,)
    n_fits : int
    """
    number = find_copies(X, y)
    _check_classes(y, number, rows)
    n_parts = min(cv, len(np.unique(number[rows])))
    part = np.full(len(y), -1)  # in every training set
    part[rows] = deal_groups(number[rows], y[rows], n_parts, rng)
    together = dict(zip(number[rows], part[rows], strict=True))
    part = np.array([together.get(copy, -1) for copy in number])
    models = ShadowModels(model, cv=PredefinedSplit(part), random_state=rng).fit(X, y)
    log_odds = np.full(len(y), np.nan)
    for fold, trained in enumerate(models.estimators_):
        out = np.flatnonzero(part == fold)
        log_odds[out] = with_it(
            trained, _safe_indexing(X, out), y[out], classes=model.classes_
        )
    return log_odds[rows], n_parts


def _check_classes(y, number, rows):
    """Of two classes no only record can be held out: nothing learns one class."""
    classes = np.unique(y)
    for label in classes:
        of_class = np.unique(number[y == label])
        if len(classes) == 2 and len(of_class) == 1 and of_class[0] in number[rows]:
            raise ValueError(
                f"The model cannot be trained without the only record of {label!s}, "
                "or its copies: one class would be left."
            )
