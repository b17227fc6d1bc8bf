"""Signals by name."""

from math import inf

from skmia.signals import (
    _adversarial,
    _augmented,
    _boundary,
    _decisions,
    _labels,
    _labels_nearby,
    _moves,
    _neighbours,
    _residuals,
    _scores,
)
from skmia.signals import _trajectory as _stages
from skmia.signals._base import PER_CLASS, Signal
from skmia.signals._input_gradients import no_gradients
from skmia.signals._making import signal
from skmia.signals.white_box import _stored
from skmia.utils._access import ACCESS, check_access
from skmia.utils._kinds import kind_of
from skmia.utils._names import check_name

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
)
_SIGNALS = {}


def register_signal(signal):
    """Give a signal its name, for attacks.

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


def _top_columns(signal):
    return [f"{signal.name}_{i}" for i in range(signal.params["n_top"])]


def _built_in():
    proba, floor = "predict_proba", {"floor": _scores.FLOOR}
    up, down = {"greater_is_member": True}, {"greater_is_member": False}
    unlabelled = {"needs_y": False}
    yield signal(proba, **up)(_scores.confidence)
    yield signal(proba, **down, **floor)(_scores.loss)
    yield signal(proba, **up, **floor)(_scores.scaled_logit)
    yield signal(proba, **up, **floor)(_scores.margin)
    yield signal(proba, top_k=True, **up, **unlabelled)(_scores.max_confidence)
    yield signal(proba, **down, **unlabelled)(_scores.entropy)
    yield signal(proba, **down, **floor)(_scores.modified_entropy)
    yield signal(proba, **up, **unlabelled)(_scores.posterior_std)
    yield signal(proba, **unlabelled, columns=PER_CLASS)(_scores.posterior)
    top = {"top_k": True, "columns": _top_columns, "n_top": 3}
    yield signal(proba, **unlabelled, **top)(_scores.top_posterior)
    yield signal("predict", **up)(_labels.correctness)
    yield signal("predict", **unlabelled)(_labels.predicted_label)
    yield signal()(_labels.true_label)
    scores = "decision_function"
    yield signal(scores, **unlabelled, columns=PER_CLASS)(_decisions.decision)
    yield signal(scores, **up)(_decisions.decision_margin)
    yield signal(scores, **up)(_decisions.decision_confidence)
    yield signal("predict", of="regressor", **down)(_residuals.absolute_error)
    of = "outlier_detector", "density_estimator"
    yield signal("score_samples", of=of, **up, **unlabelled)(_residuals.score_samples)
    yield signal(
        *(proba,),
        probing=True,
        numeric="images",
        **up,
        n_copies=100,
        scale=1.0,
        spread=None,
        noise="gaussian",
        coverage="all",
        floor=1e-6,
        seed=None,
    )(_neighbours.merlin_ratio)
    for func, n_queries, scale in (
        (_augmented.augmented_logit, 6, 3.0),
        (_augmented.nearby_logit, 10, 1.0),
    ):
        yield signal(
            *(proba,),
            probing=True,
            numeric="images",
            columns=_augmented.query_columns,
            n_queries=n_queries,
            scale=scale,
            spread=None,
            seed=None,
            **floor,
        )(func)
    yield signal(
        "staged_predict_proba",
        probing=True,
        columns=_stages.snapshot_columns,
        n_snapshots=20,
        **floor,
    )(_stages.staged_loss)
    yield from _of_labels_nearby()
    yield from _of_boundaries()
    yield from _of_what_is_held()


def _of_labels_nearby():
    noise = {"n_copies": 99, "scale": 0.3, "spread": None, "schema": None, "seed": None}
    labels = {"probing": True}
    yield signal("predict", **labels, greater_is_member=True, **noise)(
        _labels_nearby.noise_robustness
    )
    yield signal("predict", **labels, needs_y=False, columns=PER_CLASS, **noise)(
        _labels_nearby.sampled_posterior
    )
    yield signal(
        "predict",
        **labels,
        columns=_labels_nearby.augmentation_columns,
        augment=_moves.MOVES,
    )(_labels_nearby.augmented_correctness)


def _of_boundaries():
    for name, norm in (("boundary_distance", 2), ("boundary_distance_inf", inf)):
        yield signal(
            "predict",
            probing=True,
            numeric="images",
            greater_is_member=True,
            name=name,
            n_queries=100,
            norm=norm,
            spread=None,
            starts=None,
            seed=None,
        )(_boundary.boundary_distance)
    yield signal(
        "parameters",
        probing=True,
        numeric="images",
        greater_is_member=True,
        norm=2,
        spread=None,
        starts=None,
        n_steps=10,
        refuses=no_gradients,
    )(_adversarial.pgd_distance)


def _of_what_is_held():
    held = {"probing": True, "greater_is_member": True}
    rows = {"refuses": _stored.holds_no_rows, "needs_y": False}
    yield signal("parameters", **held, **rows)(_stored.stored_rows)
    margins = {"refuses": _stored.proves_nothing}
    yield signal("parameters", **held, **margins)(_stored.margin_test)


for _signal in _built_in():
    register_signal(_signal)


def get_signal_names(*, access=None, of="classifier"):
    """Names of the signals that :func:`get_signal` knows.

    Parameters
    ----------
    access : {"label", "top-k", "scores", "explanations", "timing", "white-box"} or \
sequence of them, default=None
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
