"""Ranks among scores that are known."""

import numpy as np


def mid_ranks(reference, scores):
    """How many of the sorted `reference` are lower than each score; equal ones half."""
    below = np.searchsorted(reference, scores, side="left")
    return (below + np.searchsorted(reference, scores, side="right")) / 2
