"""Signals by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skmia.signals._base import Signal
from skmia.signals._built_in import built_in
from skmia.utils._access import ACCESS, check_access
from skmia.utils._kinds import kind_of
from skmia.utils._names import check_name
from skmia.utils._typing import Access

# What an adversary looks at unless told otherwise: the first that models can be asked.
# The true class enters those of classifiers: an unpruned tree answers members and
# non-members with one-hot vectors alike, and only the label tells them apart.
_DEFAULTS = (
    ("posterior", "loss"),
    ("decision", "decision_margin"),
    ("top_posterior", "correctness"),
    ("correctness",),
    ("absolute_error",),
    ("score_samples",),
    ("centre_distance", "centre_margin"),
    ("log_likelihood",),
    ("recommended",),
    ("sample_distance", "sample_density"),
    ("reconstruction_error",),
    ("similarity",),
)
_SIGNALS: dict[str, Signal] = {}


def register_signal(signal: Signal) -> Signal:
    """Give a signal its name, for attacks.

    .. versionadded:: 0.2

    Parameters
    ----------
    signal : Signal
        With a name that no signal has yet; see :func:`signal`. Register it where
        worker processes import it, too.

    Returns
    -------
    signal : Signal
        The same, so that this is a decorator as well.

    Examples
    --------
    >>> from skmia.signals import get_signal, register_signal, signal
    >>> @register_signal
    ... @signal("predict_proba", greater_is_member=False, needs_y=False)
    ... def impurity(y, posterior):
    ...     return 1 - (posterior**2).sum(axis=1)
    >>> get_signal("impurity") is impurity
    True
    """
    if not isinstance(signal, Signal):
        raise TypeError(
            "The 'signal' parameter of register_signal must be a Signal, made by "
            f"skmia.signals.signal. Got {signal!r} instead."
        )
    if signal.name in _SIGNALS:
        raise ValueError(f"There is a signal with the name {signal.name!r} already.")
    _SIGNALS[signal.name] = signal
    return signal


for _signal in built_in():
    register_signal(_signal)


def get_signal_names(
    *, access: Access | Sequence[Access] | None = None, of: str | None = "classifier"
) -> list[str]:
    """Names of the signals that :func:`get_signal` knows.

    Parameters
    ----------
    access : {"label", "top-k", "scores", "explanations", "timing", "insider", \
"white-box"} or sequence of them, default=None
        Only signals that an adversary with this access can see. None: all that a
        prediction interface shows, as for "scores".
    of : str or None, default="classifier"
        Only signals of this kind of model, see :func:`signal`. None: of any.

    Returns
    -------
    names : list of str
        Sorted.

    Examples
    --------
    >>> from skmia.signals import get_signal_names
    >>> "correctness" in get_signal_names(access="label")
    True
    >>> "loss" in get_signal_names(access="label")
    False
    """
    seen = check_access("get_signal_names", "scores" if access is None else access)
    return sorted(
        name
        for name, signal in _SIGNALS.items()
        if signal.access in seen and signal.fits(of)
    )


def get_signal(signal: str | Signal, **params: Any) -> Signal:
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
        features or "one" per copy), the ``spread`` of each feature that the scale is
        a multiple of, None for that of the attack's records, and its ``seed``, None
        for the attack's.
        "staged_loss", the loss at ``n_snapshots`` stages of boosting, has a ``floor``.
        "augmented_logit", of a record and its augmentations, and "nearby_logit", of
        noisy copies of it alone, have ``n_queries``, and ``scale``, ``spread`` and
        ``seed`` of Gaussian noise.
        "noise_robustness" and "sampled_posterior", of the labels of a record and its
        ``n_copies``, have ``scale``, ``spread`` and ``seed``, too, and the ``schema``
        of the records, a :class:`skmia.generators.FeatureSchema`, None for that of the
        attack's. "augmented_correctness" has ``augment``, callables from records to
        records; by default they move images.
        "structure" of a forest adds ``smoothing`` records to each leaf.
        "explanation_variance", "explanation_norm" and "attribution" have the ``spread``
        that attributions are multiplied by: 1, as of those in units of the answer, or
        None, for gradients by units, for that of the attack's records; the last has
        ``n_features``, None for as many as the records have.
        "log_likelihood" and "structured_loss" of a segmenter have a ``floor`` and the
        ``ignored`` label, the latter the fraction of pixels at the ``top`` and
        ``n_classes``, None for as many as the label maps have. "novelty" has the
        ``popularity`` of each item, None for that among the attack's records,
        "recommended" the number of places, ``n_items``. "sample_distance",
        "sample_share" and "sample_density" of a published table have the ``space`` in
        which its rows and the records lie, None for that of the attack's records, and
        the second a ``radius``, None for the median distance of the records to the
        nearest row. "reconstruction_error" has the ``spread`` of each feature, None for
        that of the attack's records.

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
        check_name(signal, _SIGNALS, "a signal", ", or make your own with signal")
        signal = _SIGNALS[signal]
    return signal.set_params(**params) if params else signal


def check_signals(signals, seed=0, fill=None):
    """List of signals from one name, one signal or a sequence of them.

    The noise of those without a seed gets the one given; ``fill(signal)`` says what
    else is None.
    """
    if isinstance(signals, str | Signal):
        signals = [signals]
    signals = [get_signal(signal) for signal in signals]
    names = [signal.name for signal in signals]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            "The 'signals' parameter must name at least one signal, each once. "
            f"Got {names}."
        )
    return [_settled(signal, seed, fill) for signal in signals]


def _settled(signal, seed, fill):
    if signal.params.get("seed", 0) is None:
        signal = signal.set_params(seed=seed)
    return signal if fill is None else fill(signal)


def default_signals(*estimators, seen=ACCESS):
    """Default signals that every one of the estimators can be asked for.

    And for which the kinds of access in `seen` suffice.
    """
    for names in _DEFAULTS:
        signals = [_SIGNALS[name] for name in names]
        if not {signal.access for signal in signals} <= set(seen):
            continue
        if all(_can_be_asked(one, signal) for one in estimators for signal in signals):
            return names
    return ("correctness",)


def _can_be_asked(estimator, signal):
    answered = all(hasattr(estimator, method) for method in signal.asks)
    return answered and signal.fits(kind_of(estimator))
