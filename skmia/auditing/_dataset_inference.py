"""Was a data set trained on: a test with a p-value, by what a model says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import ttest_ind
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import _safe_indexing, check_random_state

from skmia.attacks import set_membership_test
from skmia.signals import Signal, get_signal, observe
from skmia.targets import Session, Synthesizer, SyntheticTable
from skmia.utils._equal_records import number_records
from skmia.utils._kinds import kind_of
from skmia.utils._labels import refuse_unknown
from skmia.utils._records import check_records, concatenate, n_records
from skmia.utils._sklearn import COUNT, HasMethods, StrOptions, validate_params
from skmia.utils._typing import FittedModel, MatrixLike, RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike

# What single answers say of a record, without one column per class.
_FEATURES = (
    *("loss", "margin", "max_confidence", "entropy", "modified_entropy"),
    *("posterior_std", "decision_margin", "decision_confidence", "correctness"),
    *("absolute_error", "score_samples", "sample_distance", "sample_density"),
)
# What these have published is seen in the space of the records.
_TABLES = (Synthesizer, SyntheticTable)
# Beyond these quantiles of the records that are learned from, values are set to them.
_MIDDLE = 0.025, 0.975
_FEWEST = 4


@dataclass(frozen=True)
class DatasetInference:
    """Result of :func:`dataset_inference`.

    .. versionadded:: 0.2

    Attributes
    ----------
    pvalue : float
        Probability of suspect records that look at least as much like members, if they
        are like the unseen ones.
    auc : float
        Size of the effect: the probability that a suspect record that was judged has a
        higher score than an unseen one, ties counting half. 0.5 is none.
    n_suspect, n_unseen : int
        Records that were judged: the halves that nothing was learned from.
    weights : Series
        What the aggregate makes of each signal, in its standard deviations.
    """

    pvalue: float
    auc: float
    n_suspect: int
    n_unseen: int
    weights: pd.Series = field(repr=False)


@validate_params(
    model=[
        *(HasMethods(["predict"]), HasMethods(["score_samples"])),
        *_TABLES,
    ],
    signals=[str, Signal, list, tuple, None],
    test=[StrOptions({"permutation", "t"})],
    n_resamples=[COUNT],
    random_state=["random_state"],
)
def dataset_inference(
    model: FittedModel,
    X_suspect: MatrixLike,
    y_suspect: ArrayLike,
    X_unseen: MatrixLike,
    y_unseen: ArrayLike,
    *,
    signals: SignalsLike | None = None,
    test: Literal["permutation", "t"] = "permutation",
    n_resamples: int = 9999,
    random_state: RandomStateLike = None,
) -> DatasetInference:
    """Test whether a model was trained on a set of records.

    One answer says little of one record; many small differences add up over a set. A
    linear model learns on one half of both sets what tells suspect records from
    unseen ones, and its values on the other halves are compared.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted estimator
        The model, or what stands for it: it is asked about each record once per method.
        Or a published table, :class:`skmia.targets.SyntheticTable`.
    X_suspect : {array-like, sparse matrix, DataFrame} of shape (n_suspect, n_features)
        Records that are suspected to be in its training set.
    y_suspect : array-like of shape (n_suspect,)
        Their labels; None where the model has none.
    X_unseen : {array-like, sparse matrix, DataFrame} of shape (n_unseen, n_features)
        Records like these, from the same source, that it was surely not trained on.
    y_unseen : array-like of shape (n_unseen,)
        Their labels.
    signals : str, Signal or list of them, default=None
        What is seen of each record, see :func:`skmia.signals.get_signal_names`. None:
        all of one column that are known for one answer of such a model.
    test : {"permutation", "t"}, default="permutation"
        How the halves are compared: by a permutation test of the mean, valid for any
        number of records, or by a one-sided t-test (Welch), as published, which is
        approximate for few.
    n_resamples : int, default=9999
        Random permutations.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves and of the permutations.

    Returns
    -------
    result : DatasetInference

    Raises
    ------
    ValueError
        A set has fewer than four different records, records are in both sets, or labels
        are no classes of the model.

    See Also
    --------
    skmia.attacks.set_membership_test : The same of scores that are there already, for
        a set that is all in or all out.

    Notes
    -----
    Level: records. Threat model: who may ask for what the signals ask; no model is
    trained but the linear one.

    If the suspect records are like the unseen ones, the p-value is at most p with
    probability at most p: what was learned was learned of other records, and these are
    exchangeable. Equal records count once. If the sets differ for another reason, as by
    the time when they were collected, the test measures that: it cannot tell why. A
    small p-value says that some of the suspect records were in, not that all were. It
    holds for one split: do not try several seeds and keep the smallest.

    References
    ----------
    P. Maini et al., "LLM Dataset Inference: Did You Train on My Dataset?", NeurIPS
    2024, arXiv:2406.06443. P. Maini, M. Yaghini, N. Papernot, "Dataset Inference:
    Ownership Resolution in Machine Learning", ICLR 2021, arXiv:2104.10706.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skmia.auditing import dataset_inference
    >>> X, y = load_digits(return_X_y=True)
    >>> forest = RandomForestClassifier(10, random_state=0).fit(X[:600], y[:600])
    >>> unseen = X[1200:1300], y[1200:1300]
    >>> result = dataset_inference(forest, X[:100], y[:100], *unseen, random_state=0)
    >>> result.pvalue
    0.0001
    >>> other = X[700:800], y[700:800]
    >>> dataset_inference(forest, *other, *unseen, random_state=0).pvalue > 0.05
    True
    """
    rng = check_random_state(random_state)
    X, y, suspect = _different_records(X_suspect, y_suspect, X_unseen, y_unseen, rng)
    if y is not None and isinstance(getattr(model, "classes_", None), np.ndarray):
        refuse_unknown(y, model.classes_, "y_suspect and y_unseen")
    signals = _signals_of(model) if signals is None else signals
    if isinstance(model, _TABLES):
        Z = Session(model, X).observe(signals)
    else:
        Z = observe(model, X, y, signals)
    learn = _halves(suspect, rng)
    low, high = np.quantile(Z[learn], _MIDDLE, axis=0)
    Z = Z.clip(low, high, axis=1)
    aggregate = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-3, 3, 7)))
    aggregate.fit(Z[learn], suspect[learn].astype(float))
    score = aggregate.predict(Z)
    ours, others = (score[~learn & (suspect == side)] for side in (True, False))
    tested = set_membership_test(
        ours, others, statistic="mean", n_resamples=n_resamples, random_state=rng
    )
    pvalue = tested.pvalue if test == "permutation" else _welch(ours, others)
    weights = pd.Series(aggregate[-1].coef_, index=Z.columns)
    return DatasetInference(pvalue, tested.auc, len(ours), len(others), weights)


def _different_records(X_suspect, y_suspect, X_unseen, y_unseen, rng):
    """Different records of both sets, and whose they are, in random order."""
    suspect = check_records(X_suspect, y_suspect, names=("X_suspect", "y_suspect"))
    unseen = check_records(X_unseen, y_unseen, names=("X_unseen", "y_unseen"))
    if (suspect[1] is None) != (unseen[1] is None):
        raise ValueError("Give labels of both sets, or of none.")
    X = concatenate([suspect[0], unseen[0]])
    y = None if suspect[1] is None else np.concatenate([suspect[1], unseen[1]])
    ours = np.arange(n_records(X)) < n_records(suspect[0])
    number = number_records(X)
    both = np.intersect1d(number[ours], number[~ours])
    if len(both):
        raise ValueError(
            f"{len(both)} records of X_unseen are among X_suspect. Leave them out of "
            "both: they say nothing, or are no unseen records."
        )
    first = np.unique(number, return_index=True)[1]
    for name, side in (("X_suspect", True), ("X_unseen", False)):
        n_different = int((ours[first] == side).sum())
        if n_different < _FEWEST:
            raise ValueError(
                f"There must be {_FEWEST} different records in {name} at least: half "
                f"of them are learned from. Got {n_different}."
            )
    rows = rng.permutation(first)
    return _safe_indexing(X, rows), None if y is None else y[rows], ours[rows]


def _signals_of(model):
    """Signals that a model like this answers, in the order of the list."""
    signals = map(get_signal, _FEATURES)
    names = [
        signal.name
        for signal in signals
        if signal.fits(kind_of(model)) and all(hasattr(model, m) for m in signal.asks)
    ]
    if not names:
        raise ValueError(
            f"No built-in signal is of a {type(model).__name__}: give 'signals'."
        )
    return names


def _halves(suspect, rng):
    """A random half of each set, which the aggregate is learned from."""
    learn = np.zeros(len(suspect), dtype=bool)
    for side in (True, False):
        rows = rng.permutation(np.flatnonzero(suspect == side))
        learn[rows[: len(rows) // 2]] = True
    return learn


def _welch(ours, others):
    """One-sided p-value; 1 where all values are equal, of which none is larger."""
    if np.ptp(np.concatenate([ours, others])) == 0:
        return 1.0
    return float(ttest_ind(ours, others, equal_var=False, alternative="greater").pvalue)
