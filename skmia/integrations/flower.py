"""A recorder for strategies of Flower: attacks read what the server has seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import clone

from skmia.utils._spilled import Spill
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    from skmia.federated._averaging import Federation

__all__ = ["Recording", "recorded"]


def recorded(strategy: Any, *, name_of: Callable[..., Any] | None = None) -> Any:
    """A strategy of Flower that records what it sends and gets in each round.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    strategy : flwr.serverapp.strategy.Strategy
        Any; it is copied, and does what it did.
    name_of : callable, default=None
        Name of the party that a reply is from. None: the id of its node. A simulation
        knows more, such as what the client put among its metrics.

    Returns
    -------
    strategy : flwr.serverapp.strategy.Strategy
        Of a class of its own below that of `strategy`; its ``recording`` is a
        :class:`Recording`.

    Notes
    -----
    Threat model: the server, as it runs the strategy. What the strategy adds before it
    averages, such as clipping, is behind what is recorded: record the strategy inside
    of a wrapper to have what that hands on.

    Examples
    --------
    In a server app, before ``strategy.start(...)``:

    >>> from skmia.integrations.flower import recorded
    >>> class FedAvg:
    ...     "Stands for one of flwr.serverapp.strategy."
    >>> strategy = recorded(FedAvg())
    >>> type(strategy).__name__, len(strategy.recording)
    ('RecordedFedAvg', 0)
    """
    kind = type(strategy)
    recorder: Any = object.__new__(
        type(f"Recorded{kind.__name__}", (_Records, kind), {})
    )
    vars(recorder).update(
        vars(strategy), recording=Recording(), _name_of=name_of or _node_of
    )
    return recorder


class _Records:
    """Before the class of a strategy: hands on what that does, and writes it down."""

    def configure_train(self, server_round, arrays, config, grid):
        sent = list(super().configure_train(server_round, arrays, config, grid))
        self._sent = {message.metadata.dst_node_id: message for message in sent}
        self._current = arrays
        return sent

    def aggregate_train(self, server_round, replies):
        replies = list(replies)
        arrays, metrics = super().aggregate_train(server_round, replies)
        answered = [
            reply
            for reply in replies
            if not reply.has_error() and reply.content.array_records
        ]
        self.recording.add(
            parties=[self._name_of(reply) for reply in answered],
            before=_numbers(self._current),
            broadcasts=[_parameters(self, self._sent[_node_of(r)]) for r in answered],
            uploads=[_parameters(self, reply) for reply in answered],
            after=_numbers(self._current if arrays is None else arrays),
        )
        return arrays, metrics


def _node_of(reply):
    return reply.metadata.src_node_id


def _parameters(strategy, message):
    """Arrays of a message: those that the strategy averages, or the only ones."""
    records = message.content.array_records
    key = getattr(strategy, "arrayrecord_key", None)
    return _numbers(records[key] if key in records else next(iter(records.values())))


def _numbers(record):
    return record.to_numpy_ndarrays()


class Recording:
    """What a server sent and got in each round, in memory or in a temporary file.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    See Also
    --------
    recorded : Where it comes from.

    Notes
    -----
    Tables beyond 64 MB in all lie in a temporary file, one for each round.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.integrations.flower import Recording
    >>> recording = Recording()
    >>> zero, one, two = ([np.full((2, 2), value)] for value in (0.0, 1.0, 2.0))
    >>> recording.add(["a", "b"], zero, [zero, zero], [one, two], one)
    >>> len(recording), recording.parties
    (1, ['a', 'b'])
    """

    def __init__(self) -> None:
        self._spill = Spill()
        self._shapes: Any = None
        self._tables: list[np.ndarray] = []
        self._rounds: list[Any] = []

    def __len__(self) -> int:
        return len(self._rounds)

    @property
    def parties(self) -> list[str]:
        """Names of all that took part, sorted."""
        return sorted({name for names, _ in self._rounds for name in names})

    def add(
        self,
        parties: Sequence[str | int],
        before: list[np.ndarray],
        broadcasts: Sequence[Sequence[np.ndarray]],
        uploads: Sequence[Sequence[np.ndarray]],
        after: list[np.ndarray],
    ) -> None:
        """Write a round down.

        Parameters
        ----------
        parties : list of str or int
            Who answered.
        before : list of ndarray
            Parameters of the model before the round.
        broadcasts, uploads : list of list of ndarray
            Parameters that were sent to these parties, and came back.
        after : list of ndarray
            Parameters of the model after the round.
        """
        if self._shapes is None:
            self._shapes = [(part.shape, part.dtype.str) for part in before]
        columns, places = [_flat(before), _flat(after)], []
        for sent in map(_flat, broadcasts):
            usual = np.array_equal(sent, columns[0])
            places.append(0 if usual else len(columns))
            if not usual:
                columns.append(sent)
        columns += map(_flat, uploads)
        self._tables.append(self._spill.keep(np.column_stack(columns)))
        self._rounds.append(([_plain(name) for name in parties], places))

    def save(self, path: FilePath) -> None:
        """Write it to a file of numpy, which runs no code when it is read.

        Parameters
        ----------
        path : str or path-like
            Ends in ".npz".
        """
        about = json.dumps({"shapes": self._shapes, "rounds": self._rounds})
        tables: dict[str, Any] = {"about": np.array(about)}
        tables |= {f"round_{place}": table for place, table in enumerate(self._tables)}
        np.savez_compressed(path, **tables)

    @classmethod
    def load(cls, path: FilePath) -> Self:
        """Read a file that `save` wrote.

        Parameters
        ----------
        path : str or path-like
            Its name; nothing in it is executed.

        Returns
        -------
        recording : Recording
        """
        recording = cls()
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            recording._shapes, recording._rounds = about["shapes"], about["rounds"]
            for place in range(len(recording)):
                table = recording._spill.keep(file[f"round_{place}"])
                recording._tables.append(table)
        return recording

    def federation(
        self, federation: Federation, to_model: Callable[..., Any]
    ) -> Federation:
        """The federation that was recorded, as attacks read one.

        Parameters
        ----------
        federation : skmia.federated.Federation
            Not fitted: how shadow federations are trained, which is how this one was,
            as far as it is known.
        to_model : callable
            Makes a fitted classifier of a list of arrays, as clients do.

        Returns
        -------
        federation : skmia.federated.Federation
            A fitted clone, whose ``parties_`` are the names that were recorded. Whose
            records are whose nobody told: it has no ``owner_``.

        Raises
        ------
        ValueError
            Nothing was recorded.
        """
        if not len(self):
            raise ValueError(
                "The recording has no rounds: record a strategy, skmia.integrations."
                "flower.recorded(strategy), and start that."
            )
        rounds = range(len(self))
        make = partial(_Models, self, to_model)
        sent = [self._rounds[place][1] for place in rounds]
        known = np.asarray(self.parties)
        last = make([(len(self) - 1, 1)])[0]
        fitted = clone(federation)
        vars(fitted).update(
            model_=last,
            initial_=make([(0, 0)])[0],
            rounds_=make([(place, 1) for place in rounds]),
            broadcasts_=[make([(p, one) for one in sent[p]]) for p in rounds],
            uploads_=[make(self._uploads(place)) for place in rounds],
            participants_=[np.searchsorted(known, names) for names, _ in self._rounds],
            hooks_=[],
            parties_=known,
            classes_=last.classes_,
        )
        return fitted

    def _uploads(self, place):
        """Where the uploads of a round lie: in its last columns."""
        n_uploads = len(self._rounds[place][0])
        n_columns = self._tables[place].shape[1]
        return [(place, column) for column in range(n_columns - n_uploads, n_columns)]

    def arrays(self, place: int, column: int) -> list[np.ndarray]:
        """Parameters that were sent.

        Parameters
        ----------
        place : int
            Round.
        column : int
            In its table.

        Returns
        -------
        arrays : list of ndarray
        """
        vector = np.asarray(self._tables[place][:, column : column + 1]).ravel()
        ends = np.cumsum([int(np.prod(shape)) for shape, _ in self._shapes])
        parts = zip(np.split(vector, ends[:-1]), self._shapes, strict=True)
        return [part.reshape(shape).astype(dtype) for part, (shape, dtype) in parts]


class _Models(Sequence):
    """Models of a recording, each made when it is looked at."""

    def __init__(self, recording, to_model, places):
        self._recording, self._to_model, self._places = recording, to_model, places

    def __len__(self):
        return len(self._places)

    def __getitem__(self, place):
        if isinstance(place, slice):
            return _Models(self._recording, self._to_model, self._places[place])
        return self._to_model(self._recording.arrays(*self._places[place]))


def _flat(arrays):
    """All numbers in one row."""
    return np.concatenate([np.ravel(part) for part in arrays])


def _plain(name):
    """A name that a file can hold: numbers of numpy as those of Python."""
    return name.item() if isinstance(name, np.generic) else name
