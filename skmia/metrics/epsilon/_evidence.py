"""A lower bound of epsilon, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

_CHANGED = {
    "replace-one": "that one {unit} rather than another was in",
    "add-or-remove": "that a {unit} was in",
}


@dataclass(frozen=True, repr=False)
class EpsilonEvidence:
    """A lower bound of epsilon, and what it rests on.

    .. versionadded:: 0.2

    Attributes
    ----------
    epsilon : float
        The bound, between 0 and `ceiling`; 0 where nothing was refuted. It speaks of
        `relation`, and is never to be compared with a guarantee of another relation.
    order : {"top", "bottom", "both"}
        In which the bets won most: recognised members, recognised non-members, or both.
    design : {"fixed", "coin", "pairs"}
        How members and non-members were divided, and what was bet on.
    relation : {"replace-one", "add-or-remove"}
        Which training sets are neighbours. An algorithm that is epsilon-private for
        add-or-remove may show twice its epsilon for replace-one.
    unit : {"record", "group"}
        What neighbours differ in.
    ceiling : float
        What a perfect attack would have shown, of the same records at the same level.
    alpha : float
        Probability, at most, that a bound is above the true epsilon, of all attacks
        together.
    alpha_spent : float
        The part of it that this attack has used, for all its orders together.
    delta : float
        Of the guarantee that is refuted.
    n_members, n_nonmembers : int
        Units, of all targets.
    path : ndarray of shape (n_bets,)
        Logarithm of what has been won against ``epsilon = 0`` after each bet in
        `order`.
    """

    epsilon: float
    order: str
    design: str
    relation: str
    unit: str
    ceiling: float
    alpha: float
    alpha_spent: float
    delta: float
    n_members: int
    n_nonmembers: int
    path: np.ndarray = field(compare=False)

    @property
    def meaning(self) -> str:
        """What the number says, in one sentence."""
        of = f"{self.n_members} members and {self.n_nonmembers} non-members"
        if not self.epsilon:
            return (
                f"No epsilon is refuted; of {of} a perfect attack would have shown "
                f"{self.ceiling:.2f}."
            )
        changed = _CHANGED[self.relation].format(unit=self.unit)
        but = f", apart from events of probability {self.delta:g}" if self.delta else ""
        return (
            "Whatever an attacker believes, the answers can multiply the odds "
            f"{changed} by {np.exp(self.epsilon):.3g} at least{but} (confidence "
            f"{100 * (1 - self.alpha):g} %, {of})."
        )

    def __repr__(self):
        return (
            f"EpsilonEvidence(epsilon >= {self.epsilon:.3f} of at most "
            f"{self.ceiling:.3f}, {self.relation}, design={self.design!r}, "
            f"order={self.order!r}, alpha={self.alpha:g})"
        )
