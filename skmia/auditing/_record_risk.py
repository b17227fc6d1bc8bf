"""The risk of each training record, from one fitted model and no shadow model."""

from __future__ import annotations

from numbers import Integral

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.auditing._log_odds import (
    held_out,
    largest,
    refuses_to_be_refitted,
    with_it,
)
from skmia.auditing._risk_methods import OUT_OF_FOLD, method_of, trust
from skmia.auditing._training_records import check_training_records
from skmia.utils._cache import hashed_once
from skmia.utils._records import index_of
from skmia.utils._sklearn import HasMethods, Interval, validate_params
from skmia.utils._typing import FittedClassifier, MatrixLike, RandomStateLike


@validate_params(
    model=[HasMethods("predict")],
    cv=[Interval(Integral, 2, None, closed="left")],
    random_state=["random_state"],
)
@hashed_once()
def record_risk(
    model: FittedClassifier,
    X: MatrixLike,
    y: ArrayLike,
    *,
    cv: int = 10,
    random_state: RandomStateLike = None,
) -> pd.DataFrame:
    """Rank the training records of a model by what it gives away about each.

    Without shadow models: of many kinds of models it is a matter of arithmetic what
    they would have answered without a record. Others are trained again `cv` times, each
    time without a part of the records.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted classifier or Pipeline
        It is not changed.
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        The records that the model was trained on, all of them, each once, in the order
        of the fit; as the model takes them.
    y : array-like of shape (n_records,)
        Their labels.
    cv : int, default=10
        How many models are trained where arithmetic does not tell; at least 2. Fewer
        if there are fewer records to leave out.
    random_state : int, RandomState instance or None, default=None
        Seed of the parts and of the models that are trained.

    Returns
    -------
    risk : DataFrame of shape (n_records, 5)
        One row per record, in order, with the index of `X` if it has one.

        - ``risk``: higher = more at risk. The unit is the method's: compare records of
          one model, not models. nan where the model, which cannot be trained again,
          does not tell.
        - ``auc_outsider``: with "influence", the area under the curve of an attacker
          who knows what models with and without this record answer, from training sets
          that are drawn anew. nan otherwise: one model does not tell how far others
          stray.
        - ``auc_insider``: the same of one who holds a pool of twice as many records
          that the training set was drawn from, as an audit does.
        - ``method``: "influence", "leave-one-out", "out-of-bag" or "out-of-fold".
        - ``trust``: "strong" or "weak", as measured for this kind of model against 64
          models (docs/audits.md); out of fold "weak" for kinds that were not.

        ``risk.attrs["n_fits"]`` is the number of models that were trained, at most
        `cv`; 0 where arithmetic told everything.

    Raises
    ------
    ValueError
        These are not the records that the model was trained on, as far as it tells:
        another number, sums that do not fit, labels that it does not know. Rows of `X`
        are missing, or the model has to be trained again and cannot be.

    See Also
    --------
    audit : What attacks make of a model, overall and per record.
    skmia.shadow.other_side : What a model would answer with or without a record.
    skmia.inference.differential_training_privacy : How much any answer about a record
        changes, by a model without each.

    Notes
    -----
    Level: records. Threat model: none; it is the owner's view, who holds the model and
    all of its training records, and costs next to nothing beside an audit. A low rank
    is no proof of safety.

    What a record changes is the log-odds of its label as the model answers, less those
    of the model without it; both within 36 where the model has one of two probabilities
    as 1 less the other, which double precision loses beyond. Without probabilities the
    margin of the decision takes their place, and without decisions whether the label is
    right.

    - "influence", `LogisticRegression`: the change d in units of how far the log-odds
      stray from one training set to the next (infinitesimal jackknife, plus 0.02), and
      ``auc_outsider`` is the normal distribution's share below the size of d / sqrt 2.
      Training sets are independent draws of the population. Those on random halves of
      one pool, as in an audit, stray less, by a factor of sqrt 2 (finite-pool
      correction): ``auc_insider``.
    - "leave-one-out", what `other_side` calls exact (naive Bayes, linear and quadratic
      discriminants, `RidgeClassifier`): the change itself. Of `KNeighborsClassifier`,
      whose votes change by steps, the log-odds of any other label without the record.
    - "out-of-bag", random forests with a bootstrap: the log-odds of any other label by
      the trees that did not draw the record.
    - "out-of-fold", all others, and records of which arithmetic does not tell. For all
      others the larger of two ranks among the records, from 0 to 1: that of the loss
      out of fold, and that of the change.

    Steps of a pipeline before the last one stay as they were fitted, except out of
    fold. Copies of a record (features and label, as `audit` has them) share a fold;
    arithmetic leaves the copies where they are. Folds have their share of each class; a
    class of fewer different records than folds has one in each of some folds, and
    the only record of a class is judged by a model that does not know the class.

    References
    ----------
    R. D. Cook and S. Weisberg, "Residuals and Influence in Regression", Chapman and
    Hall, 1982. L. A. Jaeckel, "The Infinitesimal Jackknife", Bell Laboratories, 1972.
    N. Carlini et al., "The Privacy Onion Effect: Memorization is Relative", NeurIPS
    2022, arXiv:2206.10469 (risk per record). Which of them tells most was measured by
    ours, ``benchmarks/bench_record_risk.py``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skmia.auditing import record_risk
    >>> X, y = load_iris(return_X_y=True)
    >>> y[3] = 2  # a mislabelled record
    >>> risk = record_risk(LogisticRegression(max_iter=500).fit(X, y), X, y)
    >>> risk["risk"].idxmax(), risk.attrs["n_fits"]
    (3, 0)
    >>> risk.loc[3, ["method", "trust"]].tolist()
    ['influence', 'strong']
    """
    if hasattr(model, "fit"):
        check_is_fitted(model)
    X, y = check_training_records(model, X, y, caller="record_risk")
    method, own = method_of(model), with_it(model, X, y)
    without = method.without(model, X, y)
    untold = np.flatnonzero(np.isnan(without))
    if len(untold) == len(y):
        method = OUT_OF_FOLD
    n_fits = 0
    if len(untold) and _can_be_refitted(model, method):
        rng = check_random_state(random_state)
        without[untold], n_fits = held_out(model, X, y, untold, cv, rng)
    bound = largest(model, X)
    own, without = np.clip([own, without], -bound, bound)
    spread = method.spread(model, X, y)
    risk = method.risk(own, without, spread)
    names = np.full(len(y), method.name, dtype=object)
    names[untold] = OUT_OF_FOLD.name
    table = pd.DataFrame(
        {
            "risk": risk,
            "auc_outsider": method.auc(own, without, spread),
            "auc_insider": method.auc(own, without, spread, of_pool=0.5),
            "method": names,
            "trust": [trust(model, name) for name in names],
        },
        index=index_of(X),
    )
    table.attrs["n_fits"] = n_fits
    return table


def _can_be_refitted(model, method):
    """Whether a model can be trained again; it must where nothing else tells."""
    refused = refuses_to_be_refitted(model)
    if refused and method is OUT_OF_FOLD:
        raise ValueError(
            f"What this {type(model).__name__} would answer without a record cannot be "
            f"told without training it again, and {refused}."
        )
    return not refused
