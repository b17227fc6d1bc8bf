"""When an audit begins nothing more."""

import time
from math import inf
from numbers import Real

from joblib import effective_n_jobs
from sklearn.base import clone

from skmia.attacks._recipe import TRAINS
from skmia.auditing._epsilon import bet, may_be_bet_on
from skmia.auditing._timing import seconds_of, train_some
from skmia.metrics import epsilon_lower_bound

# Part of the time that is left which shadow models may take; attacks ask and judge.
_SHARE = 0.8


class Stopping:
    """Whether an audit goes on: it has decided, or its time is over.

    All attacks that are planned count, whether they are begun or not: the level of what
    one of them shows does not depend on which was the last.

    Parameters
    ----------
    deal : Deal, default=None
        What is bet on, in the order of the pool.
    max_epsilon : float, default=inf
        A larger epsilon decides.
    max_seconds : float, default=inf
    started : float, default=None
        When the time began, of :func:`time.monotonic`. None: now.

    Attributes
    ----------
    why : str or None
        Why nothing more is begun.
    remark : str or None
        What there was no time for.
    """

    def __init__(self, deal=None, max_epsilon=inf, max_seconds=inf, started=None):
        self.deal, self.max_epsilon, self.max_seconds = deal, max_epsilon, max_seconds
        self.started = time.monotonic() if started is None else started
        self.why = self.remark = None
        self.n_attacks = 1

    @property
    def left(self):
        """Seconds."""
        return self.max_seconds - (time.monotonic() - self.started)

    def watch(self, results):
        """Count the attacks that are bet on; planned, and not begun."""
        bets = [r for r in results if r.status == "ok" and not r.uses_membership]
        self.n_attacks = max(len(bets), 1)

    def limits_shadows(self, knowledge):
        """Whether there is no time for all shadow models; if so, `knowledge` has fewer.

        An even number. One is trained to see; where that fails the audit will say so.
        """
        if self.max_seconds == inf:
            return False
        design = knowledge.design
        trained = any(recipe.fitted_on in TRAINS for recipe in knowledge.recipes)
        if not (design.n_shadows and trained):
            return False
        try:
            n_shadows = min(self._affordable(knowledge), design.n_shadows)
        except Exception:
            return False
        if n_shadows == design.n_shadows:
            return False
        self.remark = (
            f"max_seconds={self.max_seconds:g} left time for {n_shadows} of "
            f"{design.n_shadows} shadow models."
        )
        knowledge.design = clone(design).set_params(n_shadows=n_shadows)
        knowledge.why_few = f"max_seconds left time for {n_shadows} shadow models"
        return True

    def _affordable(self, knowledge):
        """Shadow models that there is time for; where it is over, none is tried."""
        if self.left <= 0:
            return 0
        design, n_records = knowledge.design, len(knowledge.member)
        seconds = seconds_of(train_some, knowledge, design.estimator, n_records)
        at_once = effective_n_jobs(design.n_jobs)
        # One more is the control.
        n_fits = int(_SHARE * max(self.left, 0) / seconds * at_once) - 1
        return max(n_fits - n_fits % 2, 0)

    def spares(self, result):
        """Whether an attack that can be run is not begun, which its status says."""
        if result.status != "ok" or not self.is_over():
            return False
        result.status, result.spared = f"not run: {self.why}", True
        return True

    def is_over(self):
        """Whether nothing more is begun."""
        if self.why is None and self.left <= 0:
            self.why = f"max_seconds={self.max_seconds:g} were over"
        return self.why is not None

    def look_at(self, result):
        """Decide, if what an attack has found is enough."""
        if self.max_epsilon == inf or not may_be_bet_on(self.deal, result):
            return
        found = bet(self.deal, result, epsilon_lower_bound, self.n_attacks)
        if found > self.max_epsilon:
            self.why = f"{result.name} shows an epsilon above {self.max_epsilon:g}"


def decides_at(decide):
    """The epsilon that decides, of the parameter `decide`."""
    if decide is None:
        return inf
    value = decide.get("max_epsilon")
    number = isinstance(value, Real) and not isinstance(value, bool)
    if set(decide) != {"max_epsilon"} or not number or not value >= 0:
        raise ValueError(
            "The 'decide' parameter of audit must be {'max_epsilon': number}, 0 or "
            f"more. Got {decide!r}."
        )
    return float(value)
