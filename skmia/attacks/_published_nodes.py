"""Published attacks on nodes of graphs; those that see 2 hops are of any classifier."""

from skmia.attacks._published import scaled_linear
from skmia.attacks.evidence import Signals
from skmia.utils._threads import Boosting

_HE = "X. He et al., 2021"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    alone, around = "zero_hop_top_posterior", "top_posterior"
    paper = f"{_HE}; here linear"
    yield "node-0-hop", Signals([alone]), scaled_linear(), "shadows", paper
    # What the two answers tell together is no sum.
    both = Signals([alone, around])
    yield "node-combined", both, Boosting(), "shadows", f"{_HE}; here trees"
