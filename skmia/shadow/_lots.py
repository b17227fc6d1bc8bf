"""Shadow models trained in parallel, as many at once as a trainer can."""

from collections import defaultdict
from dataclasses import replace
from itertools import chain

import numpy as np

from skmia.shadow._operated import OtherAnswers
from skmia.shadow._training import Shadow, train_and_ask_lot
from skmia.shadow.engine._trainers import at_once
from skmia.utils._parallel import in_parallel
from skmia.utils._spilled import Spill


def train_lots(memory, tasks, X, y, *asked, n_jobs, verbose):
    """Shadow models of tasks, see :func:`train_and_ask_lot`.

    Returns
    -------
    shadows : list of list of Shadow
        Of each task, in their order.
    """
    lots = _lots(tasks)
    models = {id(task.estimator): task.estimator for task in tasks}
    fit_params = tasks[0].fit_params if tasks else None
    shared = {"memory": memory, "X": X, "y": y, "asked": asked}
    shared |= {"models": list(models.values()), "fit_params": fit_params}
    places = {key: place for place, key in enumerate(models)}
    # What tasks have in common is not sent with each.
    light = [
        task._replace(estimator=places[id(task.estimator)], fit_params=None)
        for task in tasks
    ]
    calls = [{"tasks": [light[i] for i in lot]} for lot in lots]
    how = {"title": "Shadow models", "verbose": verbose}
    trained = in_parallel(_train_lot, calls, shared=shared, n_jobs=n_jobs, **how)
    spill = Spill()
    shadows = (_spilled(one, spill) for one in chain.from_iterable(trained))
    shadows = dict(zip(chain(*lots), shadows, strict=True))
    return [shadows[place] for place in range(len(tasks))]


def _train_lot(tasks, models, fit_params, memory, X, y, asked):
    """Shadow models of tasks, each with a place of `models` for its estimator."""
    tasks = [
        task._replace(estimator=models[task.estimator], fit_params=fit_params)
        for task in tasks
    ]
    return train_and_ask_lot(memory, tasks, X, y, *asked)


def _spilled(shadows, spill):
    """Shadow models of a task whose tables, if they are large, are in a file."""
    kept = []
    for own, other in shadows:
        if isinstance(own, np.ndarray):
            own = spill.keep(own)
        if isinstance(other, OtherAnswers):
            other = replace(other, values=spill.keep(other.values))
        kept.append(Shadow(own, other))
    return kept


def _lots(tasks):
    """Places of the tasks that are trained at once, whatever the number of jobs."""
    alike = defaultdict(list)
    for place, task in enumerate(tasks):
        alike[task.trainer, id(task.estimator)].append(place)
    lots = []
    for places in alike.values():
        size = at_once(tasks[places[0]])
        lots += [places[i : i + size] for i in range(0, len(places), size)]
    return lots
