"""Which columns of observations are steps of one sequence, by their names."""

import re

_NAME = re.compile(r"(?P<metric>.+)_(?P<step>\d+)")


def sequence_columns(estimator):
    """Columns of each metric, in the order of its steps.

    A name of another form than ``<metric>_<step>`` is a metric of one step, as is
    "loss" beside "loss_0". Without names all columns are one sequence.

    Parameters
    ----------
    estimator : estimator
        Has seen the observations: ``n_features_in_`` and, if they came with names,
        ``feature_names_in_``.

    Returns
    -------
    columns : dict of str to list of int
        Positions of the columns, by metric.
    """
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        names = [f"trajectory_{i}" for i in range(estimator.n_features_in_)]
    steps = {}
    for column, name in enumerate(names):
        found = _NAME.fullmatch(name)
        metric, step = found.groups() if found else (name, 0)
        steps.setdefault(metric, []).append((int(step), column))
    return {
        metric: [column for _, column in sorted(places)]
        for metric, places in steps.items()
    }
