"""What is tested at which level, declared before the scores are seen."""

from typing import NamedTuple

import numpy as np

from skmia.metrics._validation import check_count, check_fraction
from skmia.metrics.bounds._bounds import check_probability

RELATIONS = {
    "fixed": "replace-one",
    "coin": "add-or-remove",
    "pairs": "replace-one",
}
ORDERS = ("top", "bottom", "both")


class Plan(NamedTuple):
    """Design and level of a test of epsilon."""

    design: str
    alpha: float
    delta: float
    orders: tuple[str, ...]
    n_attacks: int

    @property
    def alpha_spent(self):
        """Level of this attack, one of several."""
        return self.alpha / self.n_attacks

    def needed(self, n_bets):
        """Logarithm of what must be won to refute an epsilon, as a function of it.

        Of `n_bets` records, events of probability delta betray
        ``n_bets * delta / (1 + exp(epsilon))`` on average at most. They are the same
        events in every order, so the level that they leave is shared by the orders. It
        grows with epsilon, but less than what is won falls (for a level of one half at
        most): an epsilon that is refuted refutes all smaller ones here as well.
        """

        def logarithm(epsilon):
            betrayed = n_bets * self.delta / (1 + np.exp(epsilon))
            return np.log(len(self.orders) / (self.alpha_spent - betrayed))

        return logarithm

    def start(self, n_bets):
        """Smallest epsilon that delta leaves half of the level to; smaller ones follow.

        Who is private for an epsilon is private for all larger ones.
        """
        odds = 2 * n_bets * self.delta / self.alpha_spent - 1
        return float(np.log(odds)) if odds > 1 else 0.0


def check_plan(caller, design, alpha, delta, orders, n_attacks):
    """The plan, if it is one."""
    if not (isinstance(design, str) and design in RELATIONS):
        raise ValueError(
            f"The 'design' parameter of {caller} must be one of {list(RELATIONS)}. Got "
            f"{design!r} instead."
        )
    alpha = check_fraction(caller, "alpha", alpha)
    delta = check_probability(caller, "delta", delta)
    if delta and design == "fixed":
        raise ValueError(
            f"The 'delta' parameter of {caller} must be 0 with design='fixed', where "
            f"the odds of a bet depend on the bets before. Got {delta!r} instead. "
            "design='pairs' takes a delta, if it is chosen before the scores are seen."
        )
    return Plan(
        design,
        alpha,
        delta,
        _check_orders(caller, orders),
        check_count(caller, "n_attacks", n_attacks, least=1),
    )


def _check_orders(caller, orders):
    several = isinstance(orders, list | tuple)
    known = several and all(isinstance(one, str) and one in ORDERS for one in orders)
    if not known or not 0 < len(orders) == len(set(orders)):
        raise ValueError(
            f"The 'orders' parameter of {caller} must be a tuple of one or more "
            f"different ones of {list(ORDERS)}. Got {orders!r} instead."
        )
    return tuple(orders)
