"""Hill climbing for many rows side by side: pure functions and the loop around them.

A *climber* looks for one row of one class. One step asks the target about the rows of
all climbers at once, then decides for each of them as if it were alone. The decisions
(`judge`, `mutate`) are functions of arrays without randomness: whatever is random comes
in as an array, so that a slow one-by-one climber can be given the same draws.
"""

import math
from typing import NamedTuple

import numpy as np


class Rules(NamedTuple):
    """How one climb goes; names as in Shokri et al."""

    k_max: int
    k_min: int
    rej_max: int
    conf_min: float
    iter_max: int
    n_restarts: int


class Climbers(NamedTuple):
    """Climbers side by side: every array has one entry, or row, per climber."""

    task: np.ndarray  # which of the wanted rows
    target: np.ndarray  # column of the class climbed for
    row: np.ndarray  # what is asked next
    peak: np.ndarray  # best row so far
    best: np.ndarray  # its score
    rejected: np.ndarray  # proposals in a row that were no better
    width: np.ndarray  # features changed per proposal
    steps: np.ndarray  # questions asked in this climb
    restarts: np.ndarray  # climbs left after this one

    @classmethod
    def start(cls, task, target, row, rules):
        """Climbers that have asked nothing yet."""
        n = len(task)
        return cls(
            task=task,
            target=target,
            row=row,
            peak=row,
            best=np.zeros(n),
            rejected=np.zeros(n, dtype=int),
            width=np.full(n, rules.k_max),
            steps=np.zeros(n, dtype=int),
            restarts=np.full(n, rules.n_restarts),
        )

    def take(self, which):
        """Some of the climbers."""
        return Climbers(*(values[which] for values in self))

    def join(self, others):
        """These climbers and others."""
        return Climbers(*map(np.concatenate, zip(self, others, strict=True)))


def judge(climbers, posterior, luck, rules):
    """What becomes of each climber when its row has been answered.

    Parameters
    ----------
    climbers : Climbers
    posterior : ndarray of shape (n_climbers, n_classes)
        Answers for ``climbers.row``.
    luck : ndarray of shape (n_climbers,)
        Uniform on [0, 1): an eligible row is accepted with its score as probability.
    rules : Rules

    Returns
    -------
    climbers : Climbers
    accepted : ndarray of bool of shape (n_climbers,)
        ``climbers.row`` is what was looked for.
    """
    score = posterior[np.arange(len(posterior)), climbers.target]
    better = score >= climbers.best
    eligible = (score > rules.conf_min) & (posterior.argmax(1) == climbers.target)
    accepted = better & eligible & (luck < score)

    rejected = np.where(better, 0, climbers.rejected + 1)
    narrower = rejected > rules.rej_max
    halved = np.maximum(rules.k_min, (climbers.width + 1) // 2)
    return climbers._replace(
        peak=np.where(better[:, None], climbers.row, climbers.peak),
        best=np.where(better, score, climbers.best),
        rejected=np.where(narrower, 0, rejected),
        width=np.where(narrower, halved, climbers.width),
        steps=climbers.steps + 1,
    ), accepted


def mutate(climbers, order, fresh):
    """Propose the best row of each climber with `width` random features redrawn.

    Parameters
    ----------
    climbers : Climbers
    order : ndarray of shape (n_climbers, n_features)
        Random keys: the features with the smallest ones are redrawn.
    fresh : ndarray of shape (n_climbers, n_features)
        Random rows, from which the new values are taken.

    Returns
    -------
    climbers : Climbers
    """
    last = np.sort(order, axis=1)[np.arange(len(order)), climbers.width - 1]
    redrawn = order <= last[:, None]
    return climbers._replace(row=np.where(redrawn, fresh, climbers.peak))


def restart(climbers, again, fresh, rules):
    """Send some climbers back to a random row, with one restart less."""
    new = Climbers.start(climbers.task, climbers.target, fresh, rules)
    new = new._replace(restarts=climbers.restarts - 1)
    return Climbers(
        *(
            np.where(again[:, None] if old.ndim == 2 else again, begun, old)
            for begun, old in zip(new, climbers, strict=True)
        )
    )


def climb(questions, classes, draw, rules, batch, rng):
    """Look for one row of each class in `classes`, repeats included.

    Parameters
    ----------
    questions : Questions
        Whom to ask, and how much may still be asked.
    classes : ndarray of int of shape (n_rows,)
        Column of the posterior that each row is wanted for. Rows further back are
        begun as climbers before them finish.
    draw : callable
        ``draw(n)`` gives n random rows.
    rules : Rules
    batch : int
        Most climbers side by side.
    rng : RandomState

    Returns
    -------
    rows : ndarray of shape (n_rows, n_features)
    found : ndarray of bool of shape (n_rows,)
        Which rows there are; the others are 0.
    """
    n_rows = len(classes)
    n_slots = _slots(n_rows, questions.left, rules.iter_max, batch)
    active = Climbers.start(*_tasks(classes, 0, n_slots), draw(n_slots), rules)
    rows = np.zeros((n_rows, active.row.shape[1]))
    found = np.zeros(n_rows, dtype=bool)
    begun = n_slots
    while len(active.task):
        posterior = questions.posterior(active.row)
        active = active.take(slice(len(posterior)))
        if not len(active.task):
            break
        luck = rng.random_sample(len(active.task))
        active, accepted = judge(active, posterior, luck, rules)
        rows[active.task[accepted]] = active.row[accepted]
        found[active.task[accepted]] = True

        failed = (active.steps == rules.iter_max) & (active.restarts == 0)
        active = active.take(~accepted & ~failed)
        fresh = draw(len(active.task))
        again = active.steps == rules.iter_max
        active = mutate(active, rng.random_sample(fresh.shape), fresh)
        active = restart(active, again, fresh, rules)
        n_new = min(n_slots - len(active.task), n_rows - begun)
        if n_new:
            new = Climbers.start(*_tasks(classes, begun, n_new), draw(n_new), rules)
            active = active.join(new)
            begun += n_new
    return rows, found


def _slots(n_rows, left, iter_max, batch):
    """Climbers side by side: on a small budget fewer, so that some may get far.

    Either the budget lasts for whole climbs, or, where even that would mean single
    rows per call, for as many steps as there are climbers.
    """
    affordable = max(left / iter_max, math.sqrt(left))
    return int(max(1, min(n_rows, batch, affordable)))


def _tasks(classes, first, n):
    return np.arange(first, first + n), classes[first : first + n]
