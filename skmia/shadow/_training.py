"""The one step that trains a model, and what it gives away: what caches hold."""

from typing import Any, NamedTuple

from skmia.shadow._kept import Kept, Known, known_of
from skmia.shadow._members import ensemble_members
from skmia.shadow._operated import inside_once, other_answers
from skmia.shadow.engine._trainers import GENERIC, answers_of, train_tasks
from skmia.targets import Session
from skmia.utils._arrays import answer_of
from skmia.utils._cache import fingerprint, is_kept, kept_as, remember
from skmia.utils._fitting import per_record
from skmia.utils._plain_values import plain
from skmia.utils._records import copied


class Task(NamedTuple):
    """A model to be trained: what it is depends on nothing else.

    Signals and attacks are no part of it, so that all of them share one model. The
    trainer is: models of two are equal up to rounding, and are not mixed in a cache.
    """

    estimator: Any
    rows: Any
    seed: int
    fingerprint: str
    fit_params: Any = None
    trainer: str = GENERIC


@plain
class Shadow(NamedTuple):
    """A shadow model or what it gave away, and the other side, if that was wanted.

    The other side is :class:`OtherAnswers`, or why there are none, in words.
    """

    own: Any
    other: Any = None


class Introduced(NamedTuple):
    """What is known of a model in a cache; the model if it was trained just now."""

    known: Known
    model: Any = None


class Trained:
    """A model in a cache: loaded where it must be, trained anew where it is gone.

    Sessions share its answers through the cache, too. A copy that leaves the process
    holds the model itself, and no cache. Without a cache it is a model that is asked
    about its pool together with others.

    Parameters
    ----------
    memory : Store or joblib.Memory
    task : Task
    X, y : all records that its rows are among, and labels
    known : Known
    model : fitted estimator, default=None
        None: it is in the cache.
    pool : PoolAnswers, default=None
        What models like it say about the pool.
    """

    def __init__(self, memory, task, X, y, known, model=None, pool=None):
        self.memory, self.task, self.data, self.known = memory, task, (X, y), known
        self._model, self.pool = model, pool

    @property
    def model(self):
        """The fitted estimator."""
        if self._model is None:
            self._model = train(self.memory, self.task, *self.data)
        return self._model

    def answer(self, method, X):
        """Answer about records; of a model with a budget none is kept."""
        if self.memory is None or self.known.limited:
            return ask(self, method, X)
        key = self.task, method, fingerprint(X)
        return remember(self.memory, key, ask, self, method, X)

    def __getstate__(self):
        gone = dict.fromkeys(("memory", "task", "data", "pool"))
        return {**vars(self), **gone, "_model": self.model}


@kept_as("answers")
def ask(trained, method, X):
    """Answer of a model, as it gives it."""
    if trained.pool is not None and X is trained.data[0]:
        inside = inside_once(trained.task.rows, X)
        said = trained.pool.ask(trained.model, method, inside)
        if said is not None:
            return said
    return answer_of(trained.model, method, copied(X))


def train(memory, task, X, y, model=None):
    """Trained model, from the cache if it is there; the cache keeps a given one."""
    return remember(memory, task, _fitted, task, X, y, model)


@kept_as("model")
def _fitted(task, X, y, model):
    return train_tasks([task], X, y)[0] if model is None else model


def introduce(memory, task, X, y, model=None):
    """What is known of a trained model, and the model if it was trained just now."""
    made = [] if model is None else [model]
    known = remember(memory, task, _introduce, memory, task, X, y, made)
    return Introduced(known, *made)


@kept_as("about a model")
def _introduce(memory, task, X, y, made):
    if not made:
        made.append(train(memory, task, X, y))
    return known_of(made[0])


def at_hand(memory, task, X, y, model=None, pool=None):
    """Trained model; where there is a cache, one that need not be loaded.

    `model` is what is there of it already: a model, an introduction, or answers. `pool`
    is what models like it say about the records.
    """
    if model is None:
        cached = memory.location is not None
        model = (introduce if cached else train)(memory, task, X, y)
    if isinstance(model, Introduced):
        return Trained(memory, task, X, y, *model, pool=pool)
    if pool is not None and hasattr(model, "predict"):
        return Trained(memory, task, X, y, known_of(model), model, pool)
    return model


def session_of(model, X, y, **given):
    """Session of a model, or of one in a cache."""
    return (Kept if isinstance(model, Trained) else Session)(model, X, y, **given)


def train_and_ask_lot(memory, tasks, X, y, *asked):
    """Shadow models of tasks that are trained at once, see :func:`train_and_ask`.

    Nothing is trained that is in the cache, and a model is there before any is asked.

    Returns
    -------
    shadows : list of list of Shadow
        Of each task.
    """
    absent = [i for i, one in enumerate(tasks) if not _is_kept(memory, one, *asked)]
    fitted = train_tasks([tasks[i] for i in absent], X, y)
    models = {
        i: train(memory, tasks[i], X, y, model)
        for i, model in zip(absent, fitted, strict=True)
    }
    pools = answers_of(tasks, X, y)
    return [
        train_and_ask(memory, task, X, y, *asked, model=models.get(i), pool=pools[i])
        for i, task in enumerate(tasks)
    ]


def _is_kept(memory, task, signals, *how):
    """Whether a cache has the model, or all that is asked of it."""
    asked = signals is not None and is_kept(memory, (task, signals, *how), _ask)
    return asked or is_kept(memory, task, _fitted)


def train_and_ask(
    memory, task, X, y, signals, classes, unpack, alone, *, model=None, pool=None
):
    """Shadow models of one task, or of each what it gives away.

    The models are dropped where signals are named, unless one of these fails: who asks
    for it is told why. Of a model in the cache there is an introduction.

    Parameters
    ----------
    alone : ndarray of bool of shape (n_records,)
        Records that may change sides. None: the other side is not wanted.
    model : fitted estimator, default=None
        That of the task, where it was trained just now.
    pool : PoolAnswers, default=None
        What models like it say about the records.

    Returns
    -------
    shadows : list of Shadow
    """
    if signals is not None:
        key = task, signals, classes, unpack, alone
        args = memory, task, X, y, signals, classes, unpack, alone, model, pool
        return remember(memory, key, _ask, *args)
    if unpack:
        model = train(memory, task, X, y) if model is None else model
        return [Shadow(one) for one in ensemble_members(model)]
    if memory.location is not None:
        model = introduce(memory, task, X, y, model)
    elif model is None:
        model = train(memory, task, X, y)
    other = None
    if alone is not None:
        key = task, "other side", alone
        source = at_hand(memory, task, X, y, model, pool)
        other = remember(memory, key, _other_side, source, task, X, y, alone)
    return [Shadow(model, other)]


@kept_as("signals")
def _ask(memory, task, X, y, signals, classes, unpack, alone, model, pool):
    how = classes, unpack, alone
    shadows = train_and_ask(memory, task, X, y, None, *how, model=model, pool=pool)
    sources = [at_hand(memory, task, X, y, one.own, pool) for one in shadows]
    return [
        one._replace(own=_given_away(source, X, y, signals, classes))
        for one, source in zip(shadows, sources, strict=True)
    ]


def _given_away(model, X, y, signals, classes):
    try:
        return session_of(model, X, y, classes=classes).observe(signals).to_numpy()
    except Exception:
        return _loaded(model)


@kept_as("other side")
def _other_side(model, task, X, y, alone):
    weighted = bool(per_record(task.fit_params, X))
    pool = model.pool if isinstance(model, Trained) else None
    return other_answers(_loaded(model), task.rows, X, y, alone, weighted, pool)


def _loaded(model):
    return model.model if isinstance(model, Trained) else model
