"""How often audits are wrong where there is nothing to find."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import pandas as pd
from sklearn.utils import check_random_state

from skmia.auditing._statements import statements
from skmia.metrics import clopper_pearson
from skmia.utils._parallel import in_parallel
from skmia.utils._random import draw_seeds
from skmia.utils._sklearn import INNER_FRACTION, JOBS, Interval, validate_params
from skmia.utils._typing import RandomStateLike


@validate_params(
    play=[callable],
    n_games=[Interval(Integral, 1, None, closed="left")],
    alpha=[INNER_FRACTION],
    random_state=["random_state"],
    n_jobs=JOBS,
)
def calibrate(
    play: Callable[..., Any],
    n_games: int = 200,
    *,
    alpha: float = 0.05,
    random_state: RandomStateLike = None,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Play audits of models that cannot leak, and count what they say all the same.

    Whatever an audit says at a nominal level is counted: intervals that leave out the
    truth, lower bounds above it, p-values below their level, verdicts. For attacks,
    models and data of your own: whether their numbers can be trusted is then known.

    .. versionadded:: 0.2

    Parameters
    ----------
    play : callable
        ``play(seed) -> AuditReport``: one audit of a model that was trained on neither
        set, or whose answers do not depend on what it was trained on. All randomness
        must come from the seed: data, split, model and audit.
    n_games : int, default=200
        How many audits. A rate of 5 % is known to 3 % with 200, to 1.4 % with 1,000.
    alpha : float in (0, 1), default=0.05
        1 less the confidence level of `low` and `high`.
    random_state : int, RandomState instance or None, default=None
        What the seeds are drawn with.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.

    Returns
    -------
    rates : DataFrame
        One row for each statement of an audit and, below, attack; the attack is "" for
        what the audit says as a whole. ``nominal``: how often it may be wrong.
        ``observed``: how often it was, of ``games`` in which it was said at all.
        ``low`` and ``high``: Clopper-Pearson interval of the observed rate. What is
        calibrated has ``low <= nominal``.

    Raises
    ------
    TypeError
        `play` does not return an audit report.
    Exception
        As `play` raises it, with a note that names the seed.

    See Also
    --------
    audit : What is played.

    Notes
    -----
    Without a leak the AUC is one half, the advantage 0, the TPR at an FPR that FPR, and
    no epsilon above 0 is true. Of a TPR only the lower end can be wrong: with ties it
    may lie below. An accuracy has no truth of its own where the two sets are not
    equally large, and is counted where they are.

    With many rows some have ``low > nominal`` by chance: of rows that hold exactly at
    their level a share of alpha / 2.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia import audit
    >>> from skmia.auditing import calibrate
    >>> def play(seed):
    ...     rng = np.random.default_rng(seed)
    ...     X = rng.normal(size=(90, 3))
    ...     y = (X[:, 0] + rng.normal(size=90) > 0).astype(int)
    ...     model = GaussianNB().fit(X[60:], y[60:])
    ...     parts = X[:30], y[:30], X[30:60], y[30:60]
    ...     names = ["gap", "loss-threshold"]
    ...     return audit(model, *parts, attacks=names, random_state=seed)
    >>> rates = calibrate(play, 20, random_state=0)
    >>> bool((rates["low"] <= rates["nominal"]).all())
    True
    """
    rng = check_random_state(random_state)
    seeds = [draw_seeds(rng) for _ in range(n_games)]
    calls = [{"seed": seed} for seed in seeds]
    games = list(in_parallel(_said, calls, shared={"play": play}, n_jobs=n_jobs))
    table = pd.concat(games, keys=range(n_games), names=["game"])
    by = table.groupby(["statement", "attack"], sort=False)
    rates = by.agg(nominal=("nominal", "first"), observed=("wrong", "mean"))
    bounds = [
        clopper_pearson(wrong.sum(), len(wrong), confidence_level=1 - alpha)
        for _, wrong in by["wrong"]
    ]
    rates[["low", "high"]] = bounds
    return rates.assign(games=by.size())


def _said(play, seed):
    """What the audit of a seed says; an error names the seed, to see it again."""
    try:
        return statements(_report(play, seed))
    except Exception as error:
        error.add_note(f"It was the game of the seed {seed}: play({seed}).")
        raise


def _report(play, seed):
    report = play(seed)
    if not hasattr(report, "summary") or not hasattr(report, "headline"):
        raise TypeError(
            "The 'play' parameter of calibrate must return the report of an audit. Got "
            f"{report!r}."
        )
    return report
