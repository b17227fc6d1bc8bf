"""Numbers on an axis."""

from math import floor, log10


class Axis:
    """From numbers to places on a picture.

    Parameters
    ----------
    first, last : float
        Numbers at both ends; on a logarithmic axis positive.
    start, stop : float
        Places of them.
    log : bool, default=False
        Whether equal factors are equally far apart.
    """

    def __init__(self, first, last, start, stop, *, log=False):
        self.first, self.last = first, last
        self.start, self.stop = start, stop
        self._scale = log10 if log else float

    def __call__(self, value):
        value = min(max(value, self.first), self.last)
        first, last = self._scale(self.first), self._scale(self.last)
        share = (self._scale(value) - first) / (last - first)
        return self.start + share * (self.stop - self.start)

    def holds(self, value):
        """Whether it is between the ends."""
        return self.first <= value <= self.last


def decades(low):
    """Powers of ten from `low` to 1, the largest first."""
    powers = range(floor(-log10(low) + 1e-9) + 1)
    return [10.0**-power for power in powers]


def even_steps(low, high, most=5):
    """Round numbers between two others, `most` or fewer."""
    span = max(high - low, 1e-12)
    unit = 10.0 ** floor(log10(span / most))
    step = next(unit * n for n in (1, 2, 5, 10, 20) if span / (unit * n) <= most)
    first = -(-low // step)
    return [step * (first + i) for i in range(most + 1) if step * (first + i) <= high]


def round_up(value):
    """The next end of an axis: 0.05, 0.1, 0.2, 0.3, 0.5 or 1, and beyond."""
    unit = 10.0 ** floor(log10(value)) if value > 0 else 1.0
    return next(unit * n for n in (1, 2, 3, 5, 10) if value <= unit * n * (1 + 1e-9))
