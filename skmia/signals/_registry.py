"""Signals by name."""

from skmia.signals import _labels, _neighbours, _scores, _trajectory
from skmia.signals._base import ACCESS_LEVELS, PER_CLASS, Signal, make_signal

# What an adversary with scores, or with labels only, looks at unless told otherwise.
# The true class enters both: an unpruned tree answers members and non-members with
# one-hot vectors alike, and only the comparison with the label tells them apart.
DEFAULT_SCORE_SIGNALS = ("posterior", "loss")
DEFAULT_LABEL_SIGNALS = ("correctness",)


def _top_columns(signal):
    return [f"{signal.name}_{i}" for i in range(signal.params["n_top"])]


def _label_signal(func, **kwargs):
    return make_signal(func, response_method="predict", **kwargs)


_SIGNALS = {
    signal.name: signal
    for signal in (
        make_signal(_scores.confidence, greater_is_member=True),
        make_signal(_scores.loss, greater_is_member=False, floor=_scores.FLOOR),
        make_signal(_scores.scaled_logit, greater_is_member=True, floor=_scores.FLOOR),
        make_signal(_scores.margin, greater_is_member=True, floor=_scores.FLOOR),
        make_signal(
            _scores.max_confidence,
            access="top-k",
            greater_is_member=True,
            needs_y=False,
        ),
        make_signal(_scores.entropy, greater_is_member=False, needs_y=False),
        make_signal(
            _scores.modified_entropy, greater_is_member=False, floor=_scores.FLOOR
        ),
        make_signal(_scores.posterior_std, greater_is_member=True, needs_y=False),
        make_signal(_scores.posterior, needs_y=False, columns=PER_CLASS),
        make_signal(
            _scores.top_posterior,
            access="top-k",
            needs_y=False,
            columns=_top_columns,
            n_top=3,
        ),
        _label_signal(_labels.correctness, greater_is_member=True),
        _label_signal(_labels.predicted_label, needs_y=False),
        make_signal(_labels.true_label, response_method=None),
        make_signal(
            _neighbours.merlin_ratio,
            response_method="estimator",
            access="scores",
            greater_is_member=True,
            asks=["predict_proba"],
            n_copies=100,
            scale=0.01,
            noise="gaussian",
            coverage="all",
            floor=1e-6,
            seed=0,
        ),
        make_signal(
            _trajectory.staged_loss,
            response_method="estimator",
            asks=["staged_predict_proba"],
            columns=_trajectory.snapshot_columns,
            n_snapshots=20,
            floor=_scores.FLOOR,
        ),
    )
}


def get_signal_names(*, access=None):
    """Names of the signals that :func:`get_signal` knows.

    Parameters
    ----------
    access : {"label", "top-k", "scores", "white-box"}, default=None
        Only signals that an adversary with this access can see. None: all that a
        prediction interface shows, as for "scores".

    Returns
    -------
    names : list of str
        Sorted.

    Examples
    --------
    >>> from skmia.signals import get_signal_names
    >>> get_signal_names(access="label")
    ['correctness', 'predicted_label', 'true_label']
    """
    if access not in (None, *ACCESS_LEVELS):
        raise ValueError(
            f"The 'access' parameter of get_signal_names must be one of "
            f"{ACCESS_LEVELS} or None. Got {access!r} instead."
        )
    seen = ACCESS_LEVELS[: ACCESS_LEVELS.index(access or "scores") + 1]
    return sorted(name for name, signal in _SIGNALS.items() if signal.access in seen)


def get_signal(signal, **params):
    """Signal by name, with other values for its parameters if any are given.

    Parameters
    ----------
    signal : str or Signal
        One of :func:`get_signal_names`; a signal passes through.
    **params
        Parameters of the signal: ``floor`` of the logarithms ("loss",
        "scaled_logit", "margin", "modified_entropy", "merlin_ratio"), ``n_top`` of
        "top_posterior". "merlin_ratio", the fraction of noisy copies of a record with
        a larger loss, has more: ``n_copies``, the ``scale`` of the ``noise``
        ("gaussian", "uniform" or "flip" for binary features), its ``coverage`` ("all"
        features or "one" per copy) and its ``seed``.
        "staged_loss", the loss at ``n_snapshots`` stages of boosting, has a ``floor``.

    Returns
    -------
    signal : Signal

    Examples
    --------
    >>> from skmia.signals import get_signal
    >>> get_signal("loss").access
    'scores'
    >>> get_signal("top_posterior", n_top=5).column_names(classes=[0, 1])[-1]
    'top_posterior_4'
    """
    if not isinstance(signal, Signal):
        if signal not in _SIGNALS:
            raise ValueError(
                f"{signal!r} is not the name of a signal. Use one of "
                f"{sorted(_SIGNALS)}, or make your own with make_signal."
            )
        signal = _SIGNALS[signal]
    return signal.set_params(**params) if params else signal


def check_signals(signals):
    """List of signals from one name, one signal or a sequence of them."""
    if isinstance(signals, str | Signal):
        signals = [signals]
    signals = [get_signal(signal) for signal in signals]
    names = [signal.name for signal in signals]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            "The 'signals' parameter must name at least one signal, each once. "
            f"Got {names}."
        )
    return signals


def default_signals(*estimators):
    """Default signals that every one of the estimators can be asked for."""
    if all(hasattr(estimator, "predict_proba") for estimator in estimators):
        return DEFAULT_SCORE_SIGNALS
    return DEFAULT_LABEL_SIGNALS
