"""How well attacks do as a data set, or the way a model is trained, changes."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t as student
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array, check_random_state

from skmia.game import MembershipGame
from skmia.metrics import game_scorer, in_class_deviation
from skmia.shadow._splitters import check_even
from skmia.utils._cache import open_store
from skmia.utils._kinds import kind_of, name_of
from skmia.utils._progress import track
from skmia.utils._random import draw_rows, draw_seeds
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import (
    COUNT,
    INNER_FRACTION,
    JOBS,
    HasMethods,
    Interval,
    StrOptions,
    validate_params,
)
from skmia.utils._typing import Classifier, MemoryLike, RandomStateLike

if TYPE_CHECKING:
    from skmia.attacks._recipe import AttackRecipe

METRICS = ("accuracy", "auc", "target_train_accuracy", "target_test_accuracy")
DEFAULT_VALUES = {
    "size": (50, 100, 200, 400),
    "classes": (2, 5, 10),
    "deviation": (1.0, 1.5, 2.0, 4.0),
}
BY = (*DEFAULT_VALUES, "robustness")
_AT_LEAST_2 = Interval(Integral, 2, None, closed="left")
_FROM_1 = Interval(Real, 1, None, closed="left")
# What a value may be, and how that is called.
_KINDS = {
    "size": (COUNT, "numbers of records, ints of at least 1"),
    "classes": (_AT_LEAST_2, "numbers of classes, ints of at least 2"),
    "deviation": (_FROM_1, "factors of the deviation, finite and at least 1"),
}


def robust_targets() -> dict[str, Classifier]:
    """Networks that are hardened, rounded, pruned, or none of it (extra: ``neural``).

    .. versionadded:: 0.2

    Returns
    -------
    targets : dict of str to classifier
        One hidden layer of 128 units, for features in [0, 1]: as it is, trained on
        adversarial examples (Song et al. 2019), with weights of 4 bits (Zhang et al.
        2025), and with 80 % of its weights set to 0.

    Examples
    --------
    >>> from skmia.grid import robust_targets
    >>> list(robust_targets())
    ['as it is', 'adversarially trained', 'quantised', 'pruned']
    """
    from skmia.neural import NetClassifier
    from skmia.neural.objectives import AdversarialTraining, Pruning, Quantization

    units: dict[str, Any] = {"module_params": {"hidden_units": (128,)}}
    return {
        "as it is": NetClassifier(**units),
        "adversarially trained": NetClassifier(
            objective=AdversarialTraining(0.05, steps=5), **units
        ),
        "quantised": NetClassifier(objective=Quantization(4), **units),
        "pruned": NetClassifier(objective=Pruning(0.8), **units),
    }


@validate_params(
    X=["array-like"],
    y=["array-like"],
    model=[HasMethods("fit"), None],
    by=[StrOptions(set(BY))],
    values=["array-like", None],
    n_records=[COUNT, None],
    n_repeats=[_AT_LEAST_2],
    n_shadows=[_AT_LEAST_2],
    confidence_level=[INNER_FRACTION],
    n_jobs=JOBS,
    random_state=["random_state"],
    verbose=["boolean"],
)
def study(
    X: ArrayLike,
    y: ArrayLike,
    model: Classifier | None = None,
    *,
    by: Literal["size", "classes", "deviation", "robustness"] = "size",
    values: Sequence[Any] | dict[str, Classifier] | None = None,
    n_records: int | None = None,
    attack: Classifier | str | AttackRecipe | None = None,
    n_repeats: int = 5,
    n_shadows: int = 10,
    confidence_level: float = 0.95,
    memory: MemoryLike = None,
    n_jobs: int | None = None,
    random_state: RandomStateLike = None,
    verbose: bool = False,
) -> pd.DataFrame:
    """Play the membership game while one thing changes: size, classes, or the like.

    .. versionadded:: 0.2

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Records, numbers.
    y : array-like of shape (n_samples,)
        Their labels.
    model : classifier, default=None
        The target, of which shadow models are clones. Not needed for "robustness".
    by : {"size", "classes", "deviation", "robustness"}, default="size"
        What changes: how many records the target is trained on; how many classes there
        are, of random ones; how much the records of a class differ (multiples of
        differences of two others of the class are added); or how the target is trained.
    values : sequence or dict of str to classifier, default=None
        Numbers of records, of classes, factors of the deviation, all different; of
        "robustness" the targets by name. None: some that are usual, see
        :func:`robust_targets`.
    n_records : int, default=None
        Records that a target is trained on, where these do not change. None: as many as
        there are for every value, at most 400. The game takes four times as many; of
        "classes" there must be so many in the smallest classes.
    attack : classifier, Pipeline, str or AttackRecipe, default=None
        See :class:`skmia.MembershipGame`.
    n_repeats : int, default=5
        Random draws of the records, two or more: intervals are over them.
    n_shadows : int, default=10
        Shadow models of a game, even.
    confidence_level : float, default=0.95
        Of the intervals.
    memory : str, path-like, Store or joblib.Memory, default=None
        Cache of finished models: a killed run resumes.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws and games.
    verbose : bool, default=False
        Show a progress bar (needs ``rich``).

    Returns
    -------
    table : DataFrame
        One row per value: "by", "value", "n_records", "n_classes", "deviation" within
        classes, and of "accuracy" and "auc" of the attack and the accuracies of the
        target the mean, ``<metric>_se`` (standard error), ``<metric>_low`` and
        ``<metric>_high``.

    Raises
    ------
    ValueError
        There are too few records, or classes, for a value; or values of another kind.

    See Also
    --------
    StudyDisplay : The table as a plot.
    model_grid : Targets, generators and attacks of several kinds.

    Notes
    -----
    Level: records. Intervals are those of Student's law over repeats. Repeats draw
    from one data set and share records: they say how it varies within this one.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning as a
    Service", IEEE TSC 2019, :arxiv:`1807.09173`. L. Song, R. Shokri, P. Mittal,
    "Privacy Risks of Securing Machine Learning Models against Adversarial Examples",
    ACM CCS 2019, :arxiv:`1905.10291`. C. Zhang et al., "Bits for Privacy: Evaluating
    Post-Training Quantization via Membership Inference", 2025, :arxiv:`2512.15335`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.grid import study
    >>> X, y = load_digits(return_X_y=True)
    >>> short = {"n_repeats": 2, "n_shadows": 2, "random_state": 0}
    >>> table = study(X, y, DecisionTreeClassifier(), values=[40, 80], **short)
    >>> table[["value", "n_records", "n_classes"]].to_numpy().tolist()
    [[40, 40, 10], [80, 80, 10]]
    """
    check_even("study", "n_shadows", n_shadows)
    X, y = check_labelled(check_array(X), y)
    values = _values(by, values)
    _check_targets(by, values, model)
    n_fixed = _n_fixed(by, values, n_records, y)
    settings = {"attack": attack, "n_shadows": n_shadows, "n_jobs": n_jobs}
    settings["memory"] = open_store(memory)
    seeds = draw_seeds(check_random_state(random_state), n_repeats)
    cells = [(value, seed) for value in values for seed in seeds]
    rows = []
    for value, seed in track(cells, len(cells), f"Study by {by}", verbose):
        target = values[value] if by == "robustness" else model
        n = value if by == "size" else n_fixed
        rows.append(_played(X, y, target, by, value, n, seed, settings))
    return _with_intervals(pd.DataFrame(rows), by, n_repeats, confidence_level)


def _values(by, values):
    """Values that can be studied, of "robustness" a dict."""
    if values is None:
        return robust_targets() if by == "robustness" else list(DEFAULT_VALUES[by])
    if not len(values):
        raise ValueError("The 'values' parameter of study must not be empty.")
    if by == "robustness":
        if not isinstance(values, dict):
            raise TypeError(
                "The 'values' parameter of study by 'robustness' must be a dict of "
                f"targets by name. Got {values!r} instead."
            )
        return values
    values, (kind, said) = list(values), _KINDS[by]
    if not all(kind.is_satisfied_by(value) and value < np.inf for value in values):
        raise ValueError(
            f"The 'values' parameter of study by {by!r} must be {said}. Got {values}."
        )
    if len(set(values)) < len(values):
        raise ValueError(
            "The 'values' parameter of study must be different: what is there twice "
            f"would count as more repeats. Got {values}."
        )
    return values


def _check_targets(by, values, model):
    """Raise where a target is no classifier, or there is none."""
    if by != "robustness" and model is None:
        raise ValueError(f"study by {by!r} needs a model. Got None.")
    targets = values.values() if by == "robustness" else [model]
    strangers = [name_of(one) for one in targets if kind_of(one) != "classifier"]
    if strangers:
        raise TypeError(f"The targets of study must be classifiers. Got {strangers}.")


def _n_fixed(by, values, n_records, y):
    """Records of a target, where there are as many for every value.

    Raises where there are too few for any of them, whatever is drawn.
    """
    counts = np.sort(np.unique(y, return_counts=True)[1])
    if by == "classes" and max(values) > len(counts):
        raise ValueError(
            f"study by 'classes' needs {max(values)} classes. Got {len(counts)}."
        )
    there = counts[: min(values)].sum() if by == "classes" else len(y)
    usual = max(1, min(400, there // 4))
    n_fixed = int(usual if n_records is None else n_records)
    n_most = 4 * (max(values) if by == "size" else n_fixed)
    if n_most > there:
        raise ValueError(
            f"study needs {n_most} records, four times those of a target, and there "
            f"are {there} for every value: ask for fewer with 'values' or 'n_records'."
        )
    return n_fixed


def _played(X, y, model, by, value, n, seed, settings):
    """One game: what was asked about, and who won."""
    rng = check_random_state(seed)
    rows = _rows(y, value if by == "classes" else None, 4 * n, rng)
    X, y = X[rows], y[rows]
    if by == "deviation":
        X = _spread(X, y, value, rng)
    mine, others = train_test_split(
        np.arange(len(y)), test_size=0.5, stratify=y, random_state=rng
    )
    game = MembershipGame(model, random_state=draw_seeds(rng), **settings)
    found = game_scorer(*METRICS)(game.fit(X[mine], y[mine]), X[others], y[others])
    about = {"by": by, "value": value, "n_records": len(others) // 2}
    about |= {"n_classes": len(np.unique(y)), "deviation": in_class_deviation(X, y)}
    return about | found


def _rows(y, n_classes, n, rng):
    """Random records, perhaps of some random classes only."""
    classes = np.unique(y)
    if n_classes is not None:
        classes = rng.choice(classes, n_classes, replace=False)
    rows = np.flatnonzero(np.isin(y, classes))
    return rows[draw_rows(y[rows], n, draw_seeds(rng))]


def _spread(X, y, factor, rng):
    """Records that deviate so many times as much from the mean of their class.

    A difference of two random records of the class has mean 0 and twice the variance.
    To stretch the distances from the mean would write the class into the values: those
    of features that are counts or booleans would be the mean's, and a tree reads them.
    """
    one, other = np.arange(len(y)), np.arange(len(y))
    for label in np.unique(y):
        own = np.flatnonzero(y == label)
        one[own], other[own] = rng.choice(own, (2, len(own)))
    return X + np.sqrt((factor**2 - 1) / 2) * (X[one] - X[other])


def _with_intervals(found, by, n_repeats, level):
    groups = found.groupby("value", sort=False)
    about = groups[["n_records", "n_classes", "deviation"]].mean()
    about = about.astype({"n_records": int, "n_classes": int})
    half = student.ppf((1 + level) / 2, n_repeats - 1)
    for name in METRICS:
        mean, error = groups[name].mean(), groups[name].sem()
        about[name], about[f"{name}_se"] = mean, error
        about[f"{name}_low"] = (mean - half * error).clip(lower=0)
        about[f"{name}_high"] = (mean + half * error).clip(upper=1)
    about = about.reset_index()
    about.insert(0, "by", by)
    return about
