"""What a model gives away, beside how frequent the words of a record are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from skmia.attacks.evidence._signals import Signals
from skmia.signals import Signal
from skmia.utils._frequency import band_cuts, bands_of, mean_log_frequency
from skmia.utils._sklearn import COUNT
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import SignalsLike
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session


class WithFrequency(Signals):
    """Signals, and the band of the record by how frequent its words are.

    How alike words are depends on how frequent they are: thresholds are of a band.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="similarity"
        See :func:`skmia.signals.get_signal_names`.
    n_bands : int, default=10
        Bands, of as many records each as ties allow.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.tasks.frequency_bands : The same bands, for reports.
    skmia.attacks.ClasswiseAttack : With ``by="band"`` an attack for each.

    Notes
    -----
    Threat model: that of the signals. Words are counted in the records that the
    evidence is fitted on, members and others alike.

    References
    ----------
    C. Song, A. Raghunathan, "Information Leakage in Embedding Models", ACM CCS 2020,
    arXiv:2004.00053.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks.evidence import WithFrequency
    >>> from skmia.targets import Session
    >>> from skmia.tasks import Encoder
    >>> model = Encoder.of(lambda words: [[len(word), 1.0] for word in words])
    >>> windows = np.array([["the", "cat"], ["the", "the"], ["a", "gnu"]])
    >>> WithFrequency(n_bands=2).fit_transform(Session(model, windows))["band"].tolist()
    [0.0, 1.0, 0.0]
    """

    _parameter_constraints: dict = {
        "signals": [str, Signal, list, tuple],
        "n_bands": [COUNT],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        signals: SignalsLike = "similarity",
        *,
        n_bands: int = 10,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(signals, random_state=random_state)
        self.n_bands = n_bands

    def lacks(self, session: Session | None = None) -> str | None:
        """Why a model cannot be seen this way.

        Parameters
        ----------
        session : skmia.targets.Session, default=None
            The model and the records in question. None: look at the parameters only.

        Returns
        -------
        reason : str or None
        """
        reason = super().lacks(session)
        if reason is None and session is not None and not _are_words(session.X):
            reason = "the records are no rows of words"
        return reason

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Count words.

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
        self._corpus = self._check(pairs).parts[0].X
        frequency = mean_log_frequency(self._corpus, self._corpus)
        self._cuts = band_cuts(frequency, self.n_bands)
        return self

    def observe(self, session: Session) -> pd.DataFrame:
        """Signals of one model and bands, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """
        Z = super().observe(session)
        frequency = mean_log_frequency(session.X, self._corpus)
        return Z.assign(band=bands_of(frequency, self._cuts).astype(float))


def _are_words(X):
    words = np.asarray(X)
    return words.ndim == 2 and words.dtype.kind in "OUST"
