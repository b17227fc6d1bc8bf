"""A model that was dropped, and what it gave away before."""

from skmia.targets._session import Session


class Recorded(Session):
    """A session of a model that is gone: what it gave away was recorded.

    Parameters
    ----------
    signals : list of Signal
        What was recorded.
    values : ndarray or Spilled of shape (n_records, n_columns)
        Their columns.
    X, y, classes, member : as for :class:`Session`
    """

    def __init__(self, signals, values, X, y, *, classes, member):
        super().__init__(None, X, y, classes=classes, member=member)
        self.recorded = signals
        self._record(signals, values, classes)

    def observe(self, signals=None, X=None, y=None, *, classes=None):
        """Recorded columns; all of them, where no signals are named."""
        if X is not None and X is not self.X:
            raise ValueError(
                "The models were dropped after their signals on the pool had been "
                "recorded. To ask them about other records fit with signals=None."
            )
        signals = self.recorded if signals is None else signals
        return super().observe(signals, classes=classes)

    def _grants(self, signal):
        return True  # models of the adversary's own

    def _ask_for(self, signals, classes):
        names = [signal.name for signal in self.recorded]
        raise ValueError(
            f"The signal {signals[0].name!r} was not recorded. Recorded are "
            f"{names}; name it in the 'signals' parameter of ShadowModels, or fit with "
            "signals=None."
        )
