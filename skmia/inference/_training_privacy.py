"""How much a record's own answer changes when the record is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.shadow.surgery._other_side import other_side
from skmia.shadow.surgery._registry import has_closed_form, last_step
from skmia.utils._fitting import fit_clone
from skmia.utils._labels import aligned_posterior, classes_of
from skmia.utils._parallel import in_parallel
from skmia.utils._posteriors import log_posterior
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_records, n_records
from skmia.utils._sklearn import COUNT, JOBS, HasMethods, validate_params
from skmia.utils._typing import FittedClassifier, MatrixLike, RandomStateLike


@validate_params(
    model=[HasMethods(["fit", "predict_proba"])],
    rows=["array-like", None],
    n_repeats=[COUNT],
    random_state=["random_state"],
    n_jobs=JOBS,
)
def differential_training_privacy(
    model: FittedClassifier,
    X: MatrixLike,
    y: ArrayLike,
    *,
    rows: ArrayLike | None = None,
    n_repeats: int = 1,
    random_state: RandomStateLike = None,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Pointwise differential training privacy of training records.

    Of a record it is the largest change of a log probability that the model answers
    about this record, over all classes, when it is trained without the record.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted classifier
        With ``predict_proba``. It is not changed.
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        The records that it was trained on, all of them, each once, as it takes them.
    y : array-like of shape (n_records,)
        Their labels.
    rows : array-like of int of shape (n_rows,), default=None
        Places of the records in question. None: all.
    n_repeats : int, default=1
        Models with, and without each record, whose probabilities are averaged. More
        than one where training is random: a change of seed is no change by the record.
    random_state : int, RandomState instance or None, default=None
        Seed of the models: each pair, with the record and without it, has one.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.

    Returns
    -------
    privacy : DataFrame of shape (n_rows, 4)
        One row per record, with the index of `X` if it has one: "dtp", in nats, at
        least 0; "label", the class whose probability changes most; its probability
        "with" and "without" the record. Probabilities count as 1e-30 at least, so that
        69.08 is the largest value there is. nan where arithmetic does not tell.

        ``attrs["n_fits"]`` is the number of models that were trained.

    Raises
    ------
    ValueError
        The records are not those of the model, as far as it tells, or `rows` are no
        places of records.

    See Also
    --------
    skmia.auditing.record_risk : Ranks all training records, with few fits or none.
    skmia.shadow.other_side : What the model would answer without a record.

    Notes
    -----
    Level: records. Threat model: none; it is the owner's view, and a risk measure. It
    bounds an attacker who asks about the record itself and sees one label, drawn with
    the probabilities of the answer: the odds that the record was there change by a
    factor of ``exp(dtp)`` at most. Who sees probabilities and knows all other records
    can compute both sides, and who asks about other records may see more. It is that of
    one training set, and no differential privacy.

    Kinds of models that :func:`skmia.shadow.other_side` calls exact are not trained
    again. All others, and what is in a pipeline, whose steps depend on the record, too,
    or behind a defense are trained ``n_repeats * (n_rows + 1)`` times; "with" is then
    of models that were trained anew.

    References
    ----------
    Y. Long, V. Bindschaedler, C. A. Gunter, "Towards Measuring Membership Privacy",
    2017, :arxiv:`1712.09136`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.inference import differential_training_privacy
    >>> X, y = load_iris(return_X_y=True)
    >>> model = GaussianNB().fit(X, y)
    >>> privacy = differential_training_privacy(model, X, y)
    >>> privacy.loc[[70, 83]].round(3)
          dtp  label   with  without
    70  0.457      1  0.154    0.098
    83  0.128      2  0.388    0.441
    """
    check_is_fitted(model)
    X, y = check_records(X, y)
    classes_of(y)
    rows = _check_rows(rows, n_records(X))
    exact = has_closed_form(model) and last_step(model) is model
    n_fits = 0 if exact else n_repeats * (len(rows) + 1)
    if exact:
        inside = np.ones(len(y), dtype=bool)
        own = aligned_posterior(model, _safe_indexing(X, rows), model.classes_)
        without = other_side(model, X, y, inside)[rows]
    else:
        seeds = draw_seeds(check_random_state(random_state), n_repeats)
        own, without = _refitted(model, X, y, rows, seeds, n_jobs)
    index = X.index.take(rows) if hasattr(X, "iloc") else rows
    table = _changes(own, without, model.classes_, index)
    table.attrs["n_fits"] = n_fits
    return table


def _check_rows(rows, n):
    if rows is None:
        return np.arange(n)
    rows = np.asarray(rows)
    if (
        rows.ndim != 1
        or rows.dtype.kind not in "iu"
        or not np.isin(rows, range(n)).all()
    ):
        raise ValueError(
            "The 'rows' parameter of differential_training_privacy must hold places of "
            f"records, from 0 to {n - 1}. Got {rows!r} instead."
        )
    return rows


def _refitted(model, X, y, rows, seeds, n_jobs):
    """Mean posteriors of models with all records, and without each, about it."""
    shared = {"model": model, "X": X, "y": y, "seeds": seeds}
    calls = [{"left_out": [], "asked": rows}]
    calls += [{"left_out": [row], "asked": [row]} for row in rows]
    own, *without = in_parallel(_posterior, calls, shared=shared, n_jobs=n_jobs)
    return own, np.concatenate(without)


def _posterior(model, X, y, seeds, left_out, asked):
    """Mean posterior about some records of models that are trained without others."""
    kept = np.delete(np.arange(len(y)), left_out)
    models = [fit_clone(model, X, y, kept, seed) for seed in seeds]
    X = _safe_indexing(X, asked)
    said = [aligned_posterior(one, X, model.classes_) for one in models]
    return np.mean(said, axis=0)


def _changes(own, without, classes, index):
    """A row for each record: how much which probability changed most."""
    change = np.abs(log_posterior(own) - log_posterior(without))
    # What cannot be told is told of no class; the first stands for all.
    most = np.argmax(np.nan_to_num(change), axis=1)
    rows = np.arange(len(most))
    return pd.DataFrame(
        {
            "dtp": change[rows, most],
            "label": classes[most],
            "with": own[rows, most],
            "without": without[rows, most],
        },
        index=index,
    )
