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
    in_order = np.array_equal(place, np.arange(len(references[0])))
    rows = slice(None) if in_order else place
    inside = None
    if known.any():
        inside = [one.member[rows] & known for one in references]
    with hashed_once():
        tables = _tables(references, signals, classes, session, rows, known.all())
        names, first = next(tables)
        if own is None:
            own = session.observe(signals, classes=classes)
        blocks = chain([first], (others for _, others in tables))
        sides = blocks, len(references), inside
        return table_of(names, own[names].to_numpy(), *sides, own.index, room)


def _tables(references, signals, classes, session, rows, known):
    """Names and blocks of each reference's columns: of strangers it is asked."""
    for reference in references:
        if known:
            names, blocks = reference.columns(signals, classes)
            yield names, [block[rows] for block in blocks]
        else:
            Z = reference.observe(signals, session.X, session.y, classes=classes)
            yield list(Z), [Z.to_numpy()]


def _telling(references, signals, known):
    """References that can tell, of candidates that are all their records or not."""
    signals = check_signals(signals)
    return [
        one
        for one in references
        if not isinstance(one, Operated) or (known and one.tells(signals))
    ]
