"""How the risk of a record is told, by kind of model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import rankdata
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from skmia.auditing._log_odds import by_surgery, out_of_bag
from skmia.shadow.surgery._influence import influence_spread
from skmia.shadow.surgery._registry import last_step, operation_of, refusal

# Added to the standard deviation of log-odds: what strays less is no surer sign.
_LEAST_SPREAD = 0.02
_FORESTS = (RandomForestClassifier, ExtraTreesClassifier)
# Out of fold; by exact type, see docs/audits.md for what was measured.
_STRONG_OUT_OF_FOLD = (HistGradientBoostingClassifier,)


@dataclass(frozen=True)
class RiskMethod:
    """How the risk is told from what the model says of the label of each record.

    Attributes
    ----------
    name : str
    without : callable
        ``without(model, X, y)``: what models say that do not know the record, nan where
        that takes training, of shape (n_records,).
    risk : callable
        ``risk(own, without, spread)``: from what the model says itself and what others
        say; the spread is for "influence", else None.
    """

    name: str
    without: Callable
    risk: Callable

    def spread(self, model, X, y):
        """Standard deviation of what is said, over training sets; None if unknown."""
        return influence_spread(model, X, y) if self is INFLUENCE else None

    def auc(self, own, without, spread, of_pool=0.0):
        """AUC of who knows both answers and how others stray; nan if nobody does.

        Training sets that are this share of a known pool stray less than independent
        draws (finite-pool correction).
        """
        if spread is None:
            return np.nan
        effect = self.risk(own, without, spread * np.sqrt(1 - of_pool))
        return ndtr(np.abs(effect) / np.sqrt(2))


def _effect(own, without, spread):
    return (own - without) / (spread + _LEAST_SPREAD)


def _change(own, without, spread):
    return own - without


def _loss(own, without, spread):
    return -without


def _larger_rank(own, without, spread):
    """Larger rank of loss and change: on some kinds of models one of them fails."""
    ranks = rankdata(-without), rankdata(own - without)
    return np.maximum(*ranks) / len(own)


def _untold(model, X, y):
    return np.full(len(y), np.nan)


INFLUENCE = RiskMethod("influence", by_surgery, _effect)
LEAVE_ONE_OUT = RiskMethod("leave-one-out", by_surgery, _change)
OF_NEIGHBOURS = RiskMethod("leave-one-out", by_surgery, _loss)
OUT_OF_BAG = RiskMethod("out-of-bag", out_of_bag, _loss)
OUT_OF_FOLD = RiskMethod("out-of-fold", _untold, _larger_rank)


def method_of(model):
    """The method that tells most of a fitted model."""
    last, operation = last_step(model), operation_of(model)
    if type(last) in _FORESTS and last.bootstrap and last.n_outputs_ == 1:
        return OUT_OF_BAG
    if operation is None or refusal(model):
        return OUT_OF_FOLD
    if type(last) is LogisticRegression:
        return INFLUENCE
    if type(last) is KNeighborsClassifier:
        return OF_NEIGHBOURS
    return LEAVE_ONE_OUT if operation.exact else OUT_OF_FOLD


def trust(model, method):
    """What was measured of a method on this kind of model: "strong" or "weak"."""
    if method == OUT_OF_FOLD.name:
        strong = type(last_step(model)) in _STRONG_OUT_OF_FOLD
    else:
        strong = method != OUT_OF_BAG.name
    return "strong" if strong else "weak"
