"""The owner's audit: how much a fitted model leaks, per attack and record."""

import time
from numbers import Integral, Real

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.audit._attacks import (
    SHADOW,
    gap_attack,
    not_run,
    shadow_attack,
    threshold_attack,
    threshold_signals,
)
from skmia.audit._report import AuditReport
from skmia.metrics._validation import check_fraction
from skmia.signals import observe
from skmia.signals._registry import default_signals
from skmia.utils._frozen import is_frozen
from skmia.utils._labels import encode_labels
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_records
from skmia.utils._sklearn import HasMethods, Interval, validate_params

MIN_RECORDS = 10


@validate_params(
    {
        "model": [HasMethods(["fit", "predict"])],
        "shadow_estimator": [HasMethods(["fit", "predict"]), None],
        "n_shadows": [Interval(Integral, 0, None, closed="left")],
        "fprs": ["array-like"],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "memory": [str, HasMethods("cache"), None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["boolean"],
    },
    prefer_skip_nested_validation=False,
)
def audit(
    model,
    X_train,
    y_train,
    X_holdout,
    y_holdout,
    *,
    shadow_estimator=None,
    n_shadows=10,
    fprs=(0.001, 0.01, 0.1),
    confidence_level=0.95,
    memory=None,
    n_jobs=None,
    random_state=None,
    verbose=False,
):
    """Measure how much a fitted model tells about who was in its training data.

    Runs the gap attack, a threshold attack on every score signal, and an attack
    trained on shadow models. The model is asked once per response method.

    Parameters
    ----------
    model : fitted classifier
        The model to audit: any scikit-learn classifier, pipeline or defense. It is
        not changed.
    X_train : {array-like, sparse matrix, DataFrame} of shape (n_train, n_features)
        Records that the model was trained on.
    y_train : array-like of shape (n_train,)
        Their labels.
    X_holdout : {array-like, sparse matrix, DataFrame} of shape (n_holdout, n_features)
        Records of the same population that had no part in training: not for early
        stopping, not for the choice of parameters either.
    y_holdout : array-like of shape (n_holdout,)
        Their labels.
    shadow_estimator : classifier, default=None
        What the shadow models are clones of. None: the model itself. Needed when the
        model cannot be trained again.
    n_shadows : int, default=10
        Number of shadow models, even; 0 leaves the shadow attack out.
    fprs : array-like of float in (0, 1], default=(0.001, 0.01, 0.1)
        False positive rates, fractions, at which the true positive rate is reported.
    confidence_level : float in (0, 1), default=0.95
        Level of every interval of the summary.
    memory : str or joblib.Memory, default=None
        Cache of finished shadow models: a killed audit resumes.
    n_jobs : int, default=None
        Shadow models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the shadow models and of the cross-fitting.
    verbose : bool, default=False
        Show progress (needs ``rich``).

    Returns
    -------
    report : AuditReport
        ``summary`` (one row per attack), ``records`` (one row per record),
        ``to_html``, ``to_json``.

    Raises
    ------
    ValueError
        Too few records for an audit, or the records and labels do not fit together.

    See Also
    --------
    skmia.MembershipGame : Compare targets, attacks and defenses by search.

    Notes
    -----
    Level: records. Threat model: each attack's is in the summary. A threshold is
    never applied to a record that helped to choose it: thresholds of single signals
    are cross-fitted over the audited records, those of the shadow attack come from
    shadow models. Members and non-members must come from one population; a
    difference between them is measured as leakage.

    References
    ----------
    S. Yeom et al., IEEE CSF 2018 (gap); L. Song, P. Mittal, USENIX Security 2021
    (thresholds); R. Shokri et al., IEEE S&P 2017 (shadow models); N. Carlini et al.,
    IEEE S&P 2022 (true positive rate at low false positive rates).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import audit
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> report = audit(tree, X[::2], y[::2], X[1::2], y[1::2], random_state=0)
    >>> report.summary.loc["gap", "status"]
    'ok'
    """
    check_is_fitted(model)
    fprs = [check_fraction("audit", "fprs", fpr) for fpr in np.ravel(fprs).tolist()]
    X, y, member, index = _pool(X_train, y_train, X_holdout, y_holdout)
    # Labels of another kind than the model's would all look like errors of the model.
    encode_labels(y, model.classes_)
    seed = _repeatable(random_state)
    # The classes of the shadow models: the model may know more, or fewer.
    Z = observe(model, X, y, _signals(model), classes=np.unique(y))
    results = [_timed(gap_attack, Z, member)]
    for signal in threshold_signals():
        results.append(_timed(threshold_attack, signal, Z, member, seed))
    estimator = model if shadow_estimator is None else shadow_estimator
    reason = _no_shadows(estimator, n_shadows)
    if reason:
        results.append(not_run(SHADOW, reason))
    else:
        design = {"cv": n_shadows, "memory": memory, "n_jobs": n_jobs}
        design |= {"random_state": seed, "verbose": verbose}
        signals = default_signals(model, estimator)
        results.append(_timed(shadow_attack, estimator, signals, Z, X, y, **design))
    return AuditReport(
        model=type(model).__name__,
        results=results,
        member=member,
        label=y,
        index=index,
        correct=Z["correctness"].to_numpy(),
        fprs=tuple(fprs),
        confidence_level=confidence_level,
        seed=seed,
    )


def _pool(X_train, y_train, X_holdout, y_holdout):
    """All audited records together: members first."""
    X_train, y_train = check_records(X_train, y_train)
    X_holdout, y_holdout = check_records(X_holdout, y_holdout)
    for name, labels in {"train": y_train, "holdout": y_holdout}.items():
        if len(labels) < MIN_RECORDS:
            raise ValueError(
                f"An audit needs at least {MIN_RECORDS} records in X_{name}. Got "
                f"{len(labels)}: nothing could be measured."
            )
    member = np.repeat([1, 0], [len(y_train), len(y_holdout)])
    index = pd.MultiIndex.from_arrays(
        [
            np.where(member == 1, "train", "holdout"),
            [*_row_names(X_train), *_row_names(X_holdout)],
        ],
        names=["set", "row"],
    )
    return (
        _stack(X_train, X_holdout),
        np.concatenate([y_train, y_holdout]),
        member,
        index,
    )


def _row_names(X):
    return X.index if hasattr(X, "index") else range(X.shape[0])


def _stack(X_train, X_holdout):
    if X_train.shape[1] != X_holdout.shape[1]:
        raise ValueError(
            f"X_train has {X_train.shape[1]} features, X_holdout {X_holdout.shape[1]}: "
            "both must be as the model takes them."
        )
    if hasattr(X_train, "iloc") and hasattr(X_holdout, "iloc"):
        return pd.concat([X_train, X_holdout], ignore_index=True)
    if sparse.issparse(X_train) and sparse.issparse(X_holdout):
        return sparse.vstack([X_train, X_holdout], format="csr")
    return np.concatenate([X_train, X_holdout])


def _repeatable(random_state):
    """Integer that stands for any `random_state`: an audit with it is the same."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return draw_seeds(check_random_state(random_state))


def _signals(model):
    """Everything that the model gives away."""
    if not hasattr(model, "predict_proba"):
        return ["correctness"]
    return ["correctness", "posterior", *threshold_signals()]


def _no_shadows(estimator, n_shadows):
    """Why no shadow models can be trained, or None."""
    if n_shadows == 0:
        return "n_shadows=0"
    if is_frozen(estimator):
        return (
            "the model is frozen and cannot be trained again; give an estimator like "
            "it as shadow_estimator"
        )
    return None


def _timed(attack, *args, **kwargs):
    start = time.perf_counter()
    result = attack(*args, **kwargs)
    result.seconds = time.perf_counter() - start
    return result
