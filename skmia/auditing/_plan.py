"""What an audit of so many records could see, before it is run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import binom, norm

from skmia.metrics import auc_interval, epsilon_ceiling
from skmia.metrics._discoveries import tail_of_ranks
from skmia.metrics._intervals import beta_interval
from skmia.metrics._validation import check_count, check_fprs, check_fraction
from skmia.metrics.epsilon._e_process import EProcess
from skmia.metrics.epsilon._test_plan import ORDERS, check_plan

# How probable it is that a leak is seen which an audit says it would have seen.
POWER = 0.8
# The leak of `n_needed`: of so many members one is told.
_ONE_OF = 100
_MOST_RECORDS = 10**6


def plan_audit(
    n_train: int,
    n_holdout: int,
    *,
    fprs: float | ArrayLike = (0.001, 0.01, 0.1),
    alpha: float = 0.05,
    power: float = POWER,
) -> pd.DataFrame:
    """Smallest leak that an audit of so many records sees, by each of its metrics.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_train, n_holdout : int
        Records of each kind, at least 2; groups or persons, where these stand for
        themselves.
    fprs : float or array-like of float in (0, 1], default=(0.001, 0.01, 0.1)
        False positive rates, fractions, at which the true positive rate is reported.
    alpha : float in (0, 0.5], default=0.05
        1 less the confidence level of the audit; half of it is the probability of a
        false alarm. Of several attacks that are looked at, divide it by their number.
    power : float in (0, 1), default=0.8
        Probability with which the leak is to be seen.

    Returns
    -------
    plan : DataFrame
        One row per metric of the summary: "auc", "tpr_at_fpr_<fpr>" and "epsilon".

        - ``no_leak``: its value where nothing leaks.
        - ``n_members``: fewest members that an attack must be sure of, knowing nothing
          of all other records, so that the lower end of the metric is above `no_leak`;
          nan where even a perfect attack is not seen.
        - ``detectable``: value of the metric then; of epsilon the bound that is shown.
        - ``ceiling``: lower end of the metric for a perfect attack: the most that can
          be proved.
        - ``n_needed``: fewest records of each kind, in hundreds, with which an attack
          that is sure of one member in a hundred is seen; inf beyond a million.

    Raises
    ------
    ValueError
        The input is not as described.

    See Also
    --------
    estimate_cost : What it costs.
    skmia.metrics.epsilon_ceiling : The ceiling of epsilon.

    Notes
    -----
    Level: records. A leak of many members a little is seen at about the same AUC, or
    TPR. True positive rates are computed from the law of the ranks; the AUC as that of
    a sample with bad luck of probability 1 less `power`. Epsilon is shown by sure
    hits in a row, whatever comes after them. Played 500 times on four sizes, from 60
    and 60 records to 2,000 and 2,000, leaks of this size were seen in `power` less
    0.04 at least, and leaks of four fifths of the members in less than `power`
    (``benchmarks/bench_plan.py``).

    Examples
    --------
    >>> from skmia.auditing import plan_audit
    >>> plan = plan_audit(500, 500, fprs=[0.01, 0.1])
    >>> plan["n_members"].tolist()
    [51.0, 12.0, 40.0, 8.0]
    """
    caller = "plan_audit"
    sizes = [
        check_count(caller, name, n, least=2)
        for name, n in (("n_train", n_train), ("n_holdout", n_holdout))
    ]
    fprs = check_fprs(caller, fprs)
    alpha = check_fraction(caller, "alpha", alpha)
    power = check_fraction(caller, "power", power)
    metrics: list[Any] = [
        _Auc(alpha, power),
        *(_Tpr(f, alpha, power) for f in fprs),
        _Epsilon(alpha),
    ]
    return pd.DataFrame(
        [_row(metric, *sizes) for metric in metrics],
        index=pd.Index([metric.name for metric in metrics], name="metric"),
    )


def fewest_seen(n_train, n_holdout, *, alpha, bets):
    """Fewest members that an attack must be sure of to show a leak, or None.

    Parameters
    ----------
    n_train, n_holdout : int
    alpha : float
        As of `plan_audit`.
    bets : bool
        Whether a bound of epsilon shows it, too, and not the AUC alone.
    """
    metrics = [_Auc(alpha, POWER), *([_Epsilon(alpha)] if bets else [])]
    found = [
        _fewest(lambda k, by=metric: by.sees(k, n_train, n_holdout), n_train)
        for metric in metrics
    ]
    return min((int(k) for k in found if not math.isnan(k)), default=None)


def _row(metric, n_train, n_holdout):
    k = _fewest(lambda k: metric.sees(k, n_train, n_holdout), n_train)
    most = _MOST_RECORDS // _ONE_OF
    hundreds = _fewest(lambda j: metric.sees(j, _ONE_OF * j, _ONE_OF * j), most)
    return {
        "no_leak": metric.no_leak,
        "n_members": k,
        "detectable": math.nan
        if math.isnan(k)
        else metric.value(k, n_train, n_holdout),
        "ceiling": metric.ceiling(n_train, n_holdout),
        "n_needed": math.inf if math.isnan(hundreds) else _ONE_OF * hundreds,
    }


def _fewest(sees, most):
    """Smallest number from 1 on that is seen, where larger ones are; nan if none is."""
    high = 1
    while not sees(high):
        if high == most:
            return math.nan
        high = min(2 * high, most)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if sees(middle) else (middle, high)
    return float(high)


class _Auc:
    name, no_leak = "auc", 0.5

    def __init__(self, alpha, power):
        self.alpha, self.power = alpha, power

    def sees(self, k, n_train, n_holdout):
        return self._low(k, n_train, n_holdout) > 0.5

    def value(self, k, n_train, n_holdout):
        return 0.5 + k / n_train / 2

    def ceiling(self, n_train, n_holdout):
        return self._low(n_train, n_train, n_holdout)

    def _low(self, k, n_train, n_holdout):
        """Lower end for a sample in which the other members lie as low as they may."""
        rest = n_train - k
        luck = 0.5
        if rest:
            deviation = math.sqrt((rest + n_holdout + 1) / (12 * rest * n_holdout))
            luck = max(0.5 - norm.ppf(self.power) * deviation, 0.01)
        # Placements of these among the others have the mean `luck`.
        score = np.r_[np.full(k, 2.0), _even(rest) ** (1 / luck - 1), _even(n_holdout)]
        member = np.repeat([1, 0], [n_train, n_holdout])
        return auc_interval(member, score, confidence_level=1 - self.alpha)[0]


def _even(n):
    return (np.arange(n) + 0.5) / max(n, 1)


class _Tpr:
    def __init__(self, fpr, alpha, power):
        self.name, self.no_leak = f"tpr_at_fpr_{fpr}", fpr
        self.alpha, self.power = alpha, power

    def sees(self, k, n_train, n_holdout):
        """Whether enough members are above the holdout record that is the cut."""
        place = self._cut(n_holdout)
        # Fewest whose lower Clopper-Pearson end is above the rate.
        enough = int(binom.isf(self.alpha / 4, n_train, self.no_leak)) + 1
        if place < 1 or enough > n_train:
            return False
        by_chance = max(enough - k, 0)
        tail = tail_of_ranks(n_train - k, place, n_holdout)
        return by_chance < len(tail) and bool(tail[by_chance] >= self.power)

    def value(self, k, n_train, n_holdout):
        return (k + (n_train - k) * self.no_leak) / n_train

    def ceiling(self, n_train, n_holdout):
        if self._cut(n_holdout) < 1:
            return math.nan
        return beta_interval(n_train, n_train, 1 - self.alpha / 2)[0].item()

    def _cut(self, n_holdout):
        """As :func:`skmia.metrics.tpr_at_fpr_interval` has it."""
        return int(binom.ppf(self.alpha / 4, n_holdout, self.no_leak))


class _Epsilon:
    name, no_leak = "epsilon", 0.0

    def __init__(self, alpha):
        self.alpha = alpha / 2

    def sees(self, k, n_train, n_holdout):
        return self.value(k, n_train, n_holdout) > 0

    def value(self, k, n_train, n_holdout):
        """Bound from the sure ones in a row: bets that come after only lose."""
        n_left = n_train - np.arange(int(k))
        process = EProcess(np.ones(len(n_left), bool), np.log(n_left / n_holdout))
        plan = check_plan("plan_audit", "fixed", self.alpha, 0.0, ORDERS, 1)
        return process.lower_bound(plan.needed(process.n_bets))

    def ceiling(self, n_train, n_holdout):
        return epsilon_ceiling(n_train, n_holdout, alpha=self.alpha)
