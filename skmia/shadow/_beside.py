"""A model beside reference models, and which of them knows which record."""

from itertools import chain

import numpy as np

from skmia.shadow._operated import Operated
from skmia.signals._registry import check_signals
from skmia.targets._same_records import positions
from skmia.utils._cache import hashed_once
from skmia.utils._reference_table import table_of


def beside(session, references, signals, classes, own=None, room=np.empty):
    """Table of what a model and the references give away about its records.

    Who was trained on what goes by the content of the records. Candidates that are all
    among the references' records are not asked about again.

    Parameters
    ----------
    session : Session
        The model and the candidates.
    references : list of Session
        Shadow models, all with the same records. Those of the other side are left out
        of what they cannot tell.
    signals : str, Signal or list of them
    classes : array-like
        Labels that columns stand for.
    own : DataFrame, default=None
        What the model gave away, with the columns of `signals` among others. None: it
        is asked.
    room : callable, default=numpy.empty
        As for :func:`skmia.utils._reference_table.table_of`.

    Returns
    -------
    Z : DataFrame of float32
        See :func:`skmia.utils._reference_table.reference_table`.
    """
    place = positions(session, references[0])
    known = place >= 0
    references = _telling(references, signals, known.all())
    inside = None
    if known.any():
        inside = [one.member[place] & known for one in references]
    with hashed_once():
        tables = _tables(references, signals, classes, session, known.all())
        first = next(tables)
        if own is None:
            own = session.observe(signals, classes=classes)
        target = own[list(first)].to_numpy()
        in_order = np.array_equal(place, np.arange(len(first)))
        rows = place if known.all() and not in_order else slice(None)
        values = (table.to_numpy()[rows] for table in chain([first], tables))
        sides = values, len(references), inside
        return table_of(list(first), target, *sides, own.index, room)


def _tables(references, signals, classes, session, known):
    """What references give away, one after the other: of strangers they are asked."""
    records = () if known else (session.X, session.y)
    for reference in references:
        yield reference.observe(signals, *records, classes=classes)


def _telling(references, signals, known):
    """References that can tell, of candidates that are all their records or not."""
    signals = check_signals(signals)
    return [
        one
        for one in references
        if not isinstance(one, Operated) or (known and one.tells(signals))
    ]
