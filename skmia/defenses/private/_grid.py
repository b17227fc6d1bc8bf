"""Values as integers on a public grid: what exact noise is added to."""

import numpy as np

# Half the width of the bounds is 2**10 steps.
GRID_BITS = 10
GRID = 2**GRID_BITS


def to_unit(X, low, high):
    """Values clipped to their bounds, from -1 to 1."""
    half = (high - low) / 2
    return (np.clip(X, low, high) - low) / half - 1


def on_grid(X, low, high):
    """Values clipped to their bounds and rounded, as integers from -1024 to 1024."""
    steps = np.floor(to_unit(X, low, high) * GRID + 0.5)
    return np.clip(steps, -GRID, GRID).astype(np.int64)
