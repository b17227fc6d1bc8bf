"""Shadow models trained in parallel, as many at once as a trainer can."""

from collections import defaultdict
from dataclasses import replace
from itertools import chain

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from skmia.shadow._operated import OtherAnswers
from skmia.shadow._training import Shadow, train_and_ask_lot
from skmia.shadow.engine._trainers import at_once
from skmia.utils._progress import track
from skmia.utils._spilled import Spill


def train_lots(memory, tasks, X, y, *asked, n_jobs, verbose):
    """Shadow models of tasks, see :func:`train_and_ask_lot`.

    Returns
    -------
    shadows : list of list of Shadow
        Of each task, in their order.
    """
    lots = _lots(tasks)
    jobs = (
        delayed(train_and_ask_lot)(memory, [tasks[i] for i in lot], X, y, *asked)
        for lot in lots
    )
    # Progress of what is begun: not every backend hands results on one by one.
    jobs = track(jobs, len(lots), "Shadow models", verbose)
    trained = _parallel(n_jobs)(jobs)
    spill = Spill()
    shadows = (_spilled(one, spill) for one in chain.from_iterable(trained))
    shadows = dict(zip(chain(*lots), shadows, strict=True))
    return [shadows[place] for place in range(len(tasks))]


def _parallel(n_jobs):
    """Jobs whose results come one by one, so that they need not all be in memory."""
    try:
        return Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:  # multiprocessing and dask hand over all at once
        return Parallel(n_jobs=n_jobs)


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
