"""A model beside reference models, and which of them knows which record."""

import numpy as np

from skmia.shadow._operated import Operated
from skmia.signals._registry import check_signals
from skmia.targets._same_records import positions
from skmia.utils._cache import hashed_once
from skmia.utils._reference_table import reference_table


def beside(session, references, signals, classes, own=None):
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

    Returns
    -------
    Z : DataFrame of float32
        See :func:`skmia.utils._reference_table.reference_table`.
    """
    place = positions(session, references[0])
    known = place >= 0
    references = _telling(references, signals, known.all())
    with hashed_once():
        tables = [
            reference.observe(signals, classes=classes)
            if known.all()
            else reference.observe(signals, session.X, session.y, classes=classes)
            for reference in references
        ]
    columns = list(tables[0])
    values = np.stack([Z.to_numpy() for Z in tables], axis=1)
    inside = np.stack([reference.member for reference in references], axis=1)
    if known.all():
        values = values[place]
    inside = inside[place] & known[:, None] if known.any() else None
    if own is None:
        own = session.observe(signals, classes=classes)
    return reference_table(columns, own[columns].to_numpy(), values, inside, own.index)


def _telling(references, signals, known):
    """References that can tell, of candidates that are all their records or not."""
    signals = check_signals(signals)
    return [
        one
        for one in references
        if not isinstance(one, Operated) or (known and one.tells(signals))
    ]
