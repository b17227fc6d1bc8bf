"""A ledger of what was learned from the same records, in epsilon and delta."""

from __future__ import annotations

import math
import os
from numbers import Real
from typing import Literal, NamedTuple

import pandas as pd

from skmia.defenses.queries._query_budget import ROUNDING
from skmia.exceptions import PrivacyBudgetExceeded
from skmia.utils._accounting import concentrated_epsilon
from skmia.utils._accounts import open_accounts
from skmia.utils._sklearn import FRACTION_BELOW_1, Interval, StrOptions, validate_params
from skmia.utils._typing import FilePath

_COLUMNS = ("what", "epsilon", "delta")
_TABLES = {
    "spendings": "position INTEGER PRIMARY KEY, what TEXT, epsilon REAL, delta REAL"
}


class PrivacyCost(NamedTuple):
    """Privacy, spent or left."""

    epsilon: float
    delta: float


class PrivacyAccountant:
    """Ledger of everything that differentially private estimators learn of a data set.

    Hand one object to all estimators that are fitted to the same records, as their
    `accountant`. Each fit is booked before it draws any noise; one that the budget
    cannot pay is refused.

    .. versionadded:: 0.2

    Parameters
    ----------
    epsilon : float, default=inf
        Privacy that may be spent in all, 0 or more. inf: no limit on it.
    delta : float, default=0.0
        Probability, in [0, 1), with which more may be lost, all fits together: 0 lets
        no fit pass that has a delta. What the fits leave of it buys a smaller total
        epsilon with "advanced" and "rdp".
    composition : {"basic", "advanced", "rdp"}, default="basic"
        How costs are added up: as they are; by the advanced rule; by Rényi
        differential privacy, which is tighter and needs dp-accounting (extra: dp). The
        last two never say more than the first.
    path : str or path-like, default=None
        SQLite file that holds the ledger; it is made if there is none, in a folder that
        exists. None keeps it in memory.

    Attributes
    ----------
    spent_ : PrivacyCost
        Epsilon and delta of all that was booked, together.
    remaining_ : PrivacyCost
        What is left of the two limits. With "advanced" and "rdp" a fit may cost more
        than the difference, since costs do not add up there.

    See Also
    --------
    QueryBudget : Of the answers of one model, per client.

    Notes
    -----
    A clone and a copy are the same account, so that a search over private models counts
    all its fits. Threads may share it. Pickling is refused without `path`, since
    processes (``n_jobs``) would count on their own; with `path` all of them share the
    file, which must lie on a local disk, no network file system, outlives the program
    and holds no records. While it is open, two files beside it (``-wal``, ``-shm``)
    belong to it.

    What it adds up holds for one record that is in all the data sets: a fit on other
    people's records needs no room in this account. The relation is that of the
    estimators: one record is replaced, the number of records is public. Costs may be
    chosen after a look at earlier results (Rogers et al. 2016 for "basic", Whitehouse
    et al. 2023 for the others, which take the deltas as planned beforehand). A fit that
    fails after it was booked stays booked.

    A fitted model holds its accountant: before it is released or saved, take it off
    with ``model.set_params(accountant=None)``.

    "rdp" takes a fit of epsilon and delta 0 as one of zero-concentrated differential
    privacy with rho = epsilon ** 2 / 2 (Bun and Steinke 2016); deltas are added.

    References
    ----------
    R. Rogers, A. Roth, J. Ullman, S. Vadhan, "Privacy Odometers and Filters:
    Pay-as-you-Go Composition", NeurIPS 2016. :arxiv:`1605.08294`

    J. Whitehouse, A. Ramdas, R. Rogers, Z. S. Wu, "Fully-Adaptive Composition in
    Differential Privacy", ICML 2023. :arxiv:`2203.05481`

    M. Bun, T. Steinke, "Concentrated Differential Privacy: Simplifications, Extensions,
    and Lower Bounds", TCC 2016. :arxiv:`1605.02065`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skmia.defenses import PrivacyAccountant, PrivateGaussianNB
    >>> X, y = load_iris(return_X_y=True)
    >>> accountant = PrivacyAccountant(epsilon=10)
    >>> model = PrivateGaussianNB(
    ...     bounds=(0, 8), classes=[0, 1, 2], accountant=accountant
    ... )
    >>> search = GridSearchCV(model, {"epsilon": [0.5, 1]}, cv=3, refit=False)
    >>> _ = search.fit(X, y)
    >>> accountant
    PrivacyAccountant(epsilon=10): epsilon 4.5 spent, 6 booked
    >>> model.set_params(epsilon=6).fit(X, y)
    Traceback (most recent call last):
        ...
    skmia.exceptions.PrivacyBudgetExceeded: The budget is epsilon = 10: epsilon 4.5 is
    spent, and PrivateGaussianNB would make it 10.5. Nothing was learned or charged;
    raise the accountant's 'epsilon', or spend less.
    """

    @validate_params(
        epsilon=[Interval(Real, 0, None, closed="both")],
        delta=[FRACTION_BELOW_1],
        composition=[StrOptions({"basic", "advanced", "rdp"})],
        path=[str, os.PathLike, None],
    )
    def __init__(
        self,
        epsilon: float = math.inf,
        *,
        delta: float = 0.0,
        composition: Literal["basic", "advanced", "rdp"] = "basic",
        path: FilePath | None = None,
    ) -> None:
        if composition == "rdp":
            concentrated_epsilon(0.0, 0.5)  # dp-accounting is there, or says so now
        self.epsilon = epsilon
        self.delta = delta
        self.composition = composition
        self.path = path
        self._accounts = open_accounts(_TABLES, path, "PrivacyAccountant")

    def spend(self, epsilon: float, delta: float = 0.0, *, what: str) -> None:
        """Book what is about to be learned, or refuse it.

        Parameters
        ----------
        epsilon : float
            Larger than or equal to 0.
        delta : float, default=0.0
            In [0, 1).
        what : str
            What it is spent on, for the ledger.

        Raises
        ------
        PrivacyBudgetExceeded
            Together with what was booked before, it is more than the budget.
        """
        if not (0 <= epsilon < math.inf and 0 <= delta < 1):
            raise ValueError(
                "A PrivacyAccountant books an 'epsilon' from 0 and below infinity, and "
                f"a 'delta' in [0, 1). Got {epsilon!r} and {delta!r} instead."
            )
        with self._accounts.transaction() as db:
            booked = _read(db)
            after = self._total([*booked, (what, epsilon, delta)])
            self._check(self._total(booked), after, what)
            row = (len(booked), str(what), float(epsilon), float(delta))
            db.execute("INSERT INTO spendings VALUES (?, ?, ?, ?)", row)

    @property
    def spent_(self) -> PrivacyCost:
        """Epsilon and delta of all that was booked, together."""
        return self._total(self._booked())

    @property
    def remaining_(self) -> PrivacyCost:
        """What is left of the two limits."""
        deltas = math.fsum(delta for *_, delta in self._booked())
        return PrivacyCost(
            max(self.epsilon - self.spent_.epsilon, 0.0), max(self.delta - deltas, 0.0)
        )

    def ledger(self) -> pd.DataFrame:
        """Return what was booked, in its order.

        Returns
        -------
        ledger : DataFrame
            Columns "what", "epsilon" and "delta", one row per fit.
        """
        return pd.DataFrame(self._booked(), columns=_COLUMNS).astype(
            {"epsilon": float, "delta": float}
        )

    def _booked(self):
        with self._accounts.transaction() as db:
            return _read(db)

    def _check(self, before, after, what):
        for name, limit in (("epsilon", self.epsilon), ("delta", self.delta)):
            if getattr(after, name) > limit * ROUNDING:
                raise PrivacyBudgetExceeded(
                    f"The budget is {name} = {limit}: {name} "
                    f"{getattr(before, name):.6g} is spent, and {what} would make it "
                    f"{getattr(after, name):.6g}. Nothing was learned or charged; "
                    f"raise the accountant's {name!r}, or spend less."
                )

    def _total(self, booked):
        epsilons = [epsilon for _, epsilon, _ in booked]
        deltas = math.fsum(delta for *_, delta in booked)
        basic = math.fsum(epsilons)
        slack = self.delta - deltas
        if self.composition == "basic" or slack <= 0:
            return PrivacyCost(basic, deltas)
        squares = math.fsum(epsilon**2 for epsilon in epsilons)
        if self.composition == "advanced":
            less = squares / 2 + math.sqrt(2 * squares * math.log(1 / slack))
        else:
            less = concentrated_epsilon(squares / 2, slack)
        if less < basic:
            return PrivacyCost(less, float(self.delta))
        return PrivacyCost(basic, deltas)

    def __sklearn_clone__(self):
        return self

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __getstate__(self):
        if self.path is None:
            raise TypeError(
                "A PrivacyAccountant in memory cannot be pickled: the copy would count "
                "on its own, and both together pass the limit. To save or release a "
                "fitted model take it off: set_params(accountant=None). To share it "
                "with other processes give it a 'path', or set n_jobs to 1 or None."
            )
        return vars(self)

    def __repr__(self):
        told = [f"epsilon={self.epsilon}"]
        if self.delta:
            told.append(f"delta={self.delta}")
        if self.composition != "basic":
            told.append(f"composition={self.composition!r}")
        if not self._accounts.are_there():
            # A copy on another machine: nothing is opened, nothing made.
            return f"PrivacyAccountant({', '.join(told)}): no ledger at its path"
        spent = self.spent_
        delta = f", delta {spent.delta:.4g}" if spent.delta else ""
        return (
            f"PrivacyAccountant({', '.join(told)}): epsilon {spent.epsilon:.4g}{delta} "
            f"spent, {len(self._booked())} booked"
        )


def _read(db):
    sql = "SELECT what, epsilon, delta FROM spendings ORDER BY position"
    return db.execute(sql).fetchall()
