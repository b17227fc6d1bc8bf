"""Shadow models trained in parallel, as many at once as a trainer can."""

from collections import defaultdict
from itertools import chain

from joblib import effective_n_jobs
from sklearn.utils.parallel import Parallel, delayed

from skmia.shadow._training import train_and_ask_lot
from skmia.shadow.engine._trainers import GENERIC
from skmia.utils._progress import track

# Held at once, and what a killed run may lose: more gain little.
_MOST = 64


def train_lots(memory, tasks, X, y, *asked, n_jobs, verbose):
    """Shadow models of tasks, see :func:`train_and_ask_lot`.

    Returns
    -------
    shadows : list of list of Shadow
        Of each task, in their order.
    """
    lots = _lots(tasks, n_jobs)
    jobs = (
        delayed(train_and_ask_lot)(memory, [tasks[i] for i in lot], X, y, *asked)
        for lot in lots
    )
    # Progress of what is begun: not every backend hands results on one by one.
    jobs = track(jobs, len(lots), "Shadow models", verbose)
    trained = Parallel(n_jobs=n_jobs)(jobs)
    shadows = dict(zip(chain(*lots), chain(*trained), strict=True))
    return [shadows[place] for place in range(len(tasks))]


def _lots(tasks, n_jobs):
    """Places of the tasks that are trained at once; every job has a part."""
    alike = defaultdict(list)
    for place, task in enumerate(tasks):
        alone = place if task.trainer == GENERIC else None
        alike[task.trainer, id(task.estimator), alone].append(place)
    lots = []
    for places in alike.values():
        size = min(_MOST, -(-len(places) // effective_n_jobs(n_jobs)))
        lots += [places[i : i + size] for i in range(0, len(places), size)]
    return lots
