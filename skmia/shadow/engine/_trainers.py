"""Who trains which shadow models."""

from collections import defaultdict

from skmia.shadow.engine._generic import Generic
from skmia.shadow.engine._stacked import StackedNetworks

GENERIC = Generic()

# By exact type: a subclass may learn in another way. By its name: nothing is loaded
# that nobody uses.
_TRAINERS = {"skmia.neural._mlp.MLPNet": StackedNetworks()}


def choose_trainer(estimator, X, y, fit_params=None):
    """Trainer of an estimator on these records, and why it is the generic one.

    Parameters
    ----------
    estimator : estimator
    X : records
    y : array-like of shape (n_records,) or (n_records, n_outputs), or None
    fit_params : dict, default=None
        What ``fit`` is given besides.

    Returns
    -------
    trainer : object
        ``refuses(estimator, X, y, fit_params)`` is a reason in words, or None;
        ``fit(tasks, X, y)`` are fitted models in the order of the tasks, those that
        ``fit_clone`` would return, up to rounding.
    reason : str or None
        None where it is a trainer of this very kind of model.
    """
    kind = type(estimator)
    trainer = _TRAINERS.get(f"{kind.__module__}.{kind.__qualname__}")
    if trainer is None:
        return GENERIC, f"no trainer knows {kind.__name__}"
    reason = trainer.refuses(estimator, X, y, fit_params)
    return (trainer, None) if reason is None else (GENERIC, reason)


def train_stacked(tasks, X, y):
    """Fitted models of tasks: as many at once as a trainer can, the others alone.

    Parameters
    ----------
    tasks : list of Task
    X : records
        All that the rows of the tasks are among.
    y : array-like of shape (n_records,) or (n_records, n_outputs), or None
        Their labels.

    Returns
    -------
    models : list of fitted estimators
        In the order of the tasks. What each is depends on its task only, up to
        rounding, not on the company that it is trained in.
    """
    chosen, places = {}, defaultdict(list)
    for place, task in enumerate(tasks):
        # Tasks share the estimator that they are clones of.
        key = id(task.estimator), id(task.fit_params)
        if key not in chosen:
            chosen[key], _ = choose_trainer(task.estimator, X, y, task.fit_params)
        places[chosen[key]].append(place)
    models = {}
    for trainer, own in places.items():
        fitted = trainer.fit([tasks[place] for place in own], X, y)
        models |= dict(zip(own, fitted, strict=True))
    return [models[place] for place in range(len(tasks))]
