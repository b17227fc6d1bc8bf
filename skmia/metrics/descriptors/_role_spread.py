"""Which choice matters most in a grid of targets, generators and attacks."""

from __future__ import annotations

import numpy as np
import pandas as pd

ROLES = ["target", "generator", "attack"]


def role_spread(table: pd.DataFrame, metric: str = "accuracy") -> pd.Series:
    """Mean standard deviation of a metric over a grid with one role fixed.

    Parameters
    ----------
    table : DataFrame
        A row per cell and repeat, with the columns "target", "generator", "attack"
        and the metric, as from :func:`skmia.grid.model_grid`; every combination of
        the three must be there.
    metric : str, default="accuracy"
        Column of the metric.

    Returns
    -------
    spread : Series
        For each of the three roles: the population standard deviation of the cells
        with the same model in that role, averaged over the models. The smaller, the
        more this role decides.

    Raises
    ------
    ValueError
        A column, a combination or a value is missing.

    See Also
    --------
    skmia.grid.model_grid : The table.

    Notes
    -----
    Level: observations. The recipe of Table 4 of Truex et al. Repeats are averaged
    first: chance between them widens the spread of a small grid all the same.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019. arXiv:1807.09173

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.metrics import role_spread
    >>> grid = pd.DataFrame({
    ...     "target": ["tree", "tree", "nb", "nb"],
    ...     "generator": ["tree", "nb", "tree", "nb"],
    ...     "attack": ["nb", "nb", "nb", "nb"],
    ...     "accuracy": [0.9, 0.8, 0.5, 0.5],
    ... })
    >>> role_spread(grid).round(3)
    target       0.025
    generator    0.175
    attack       0.179
    Name: accuracy, dtype: float64
    """
    missing = [name for name in [*ROLES, metric] if name not in table]
    if missing:
        raise ValueError(
            f"The 'table' parameter of role_spread must have the columns "
            f"{[*ROLES, metric]}. Got none called {missing[0]!r}."
        )
    if table.empty or table[metric].isna().any():
        raise ValueError(
            f"The column {metric!r} of the 'table' parameter of role_spread must hold "
            "numbers. Got an empty one or missing values."
        )
    cells = table.groupby(ROLES, observed=True)[metric].mean()
    n_combinations = np.prod(table[ROLES].nunique())
    if len(cells) != n_combinations:
        raise ValueError(
            "The 'table' parameter of role_spread must hold every combination of "
            f"target, generator and attack. Got {len(cells)} of {n_combinations}."
        )
    spread = {
        role: cells.groupby(level=role, observed=True).std(ddof=0).mean()
        for role in ROLES
    }
    return pd.Series(spread, name=metric)
