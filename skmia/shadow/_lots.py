"""Shadow models trained in parallel, as many at once as a trainer can."""

from collections import defaultdict
from itertools import chain

from sklearn.utils.parallel import Parallel, delayed

from skmia.shadow._training import train_and_ask_lot
from skmia.shadow.engine._trainers import at_once
from skmia.utils._progress import track


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
    trained = Parallel(n_jobs=n_jobs)(jobs)
    shadows = dict(zip(chain(*lots), chain(*trained), strict=True))
    return [shadows[place] for place in range(len(tasks))]


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
