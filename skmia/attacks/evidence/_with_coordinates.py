"""What a model gives away, beside where the record lies among others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pandas as pd
from numpy.typing import ArrayLike

from skmia.attacks.evidence._signals import Signals

if TYPE_CHECKING:
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session


class WithCoordinates(Signals):
    """Signals, and where the record lies: for attacks with a density of people.

    Records are rows of a table, of numbers and of categories. Numbers are in spreads of
    their column, two categories lie apart, and of all that the directions in which the
    records vary most.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default=("posterior", "loss")
        See :func:`skmia.signals.get_signal_names`.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.DensityRatioAttack : Compares a density with that of others.
    WithRecords : Beside the features, which must be numbers.

    Notes
    -----
    Threat model: that of the signals, of an adversary who holds the records. The
    directions are those of the records that the evidence is fitted on, members and
    others alike, ten at most.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks.evidence import WithCoordinates
    >>> from skmia.targets import Session
    >>> from skmia.targets import SyntheticTable
    >>> people = pd.DataFrame({"age": [31, 58, 40], "town": ["Bonn", "Ulm", "Bonn"]})
    >>> session = Session(SyntheticTable(people[:2]), people)
    >>> list(WithCoordinates("sample_distance").fit_transform(session))
    ['sample_distance', 'coordinate_0', 'coordinate_1']
    """

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Learn in which directions records vary.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records.
        member : array-like of shape (n_pairs,), default=None
            Ignored.

        Returns
        -------
        self : object
        """
        super().fit(pairs, member)
        self._space = self._check(pairs).parts[0].space()
        return self

    def observe(self, session: Session) -> pd.DataFrame:
        """Signals of one model and coordinates, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """
        Z = super().observe(session)
        places = pd.DataFrame(self._space.reduce(session.X), index=Z.index)
        return pd.concat([Z, places.add_prefix("coordinate_")], axis=1)
