"""What reference attacks on scores without a unit share: one scale for all models."""

from dataclasses import replace

import numpy as np

from skmia.utils._quantities import spread_of_labels
from skmia.utils._sklearn import StrOptions


class OnScores:
    """Mixin of a reference attack on scores that have neither unit nor bounds.

    A score becomes ``arcsinh((s - centre) / spread)``, with the median and the spread
    of what out models say of all records: log densities of a narrow kernel lie
    thousands of spreads below the others, and would decide every moment. No two scores
    become one, nor change places; which side members lie on is `direction`.
    """

    _direction_constraint = {"direction": [StrOptions({"higher", "lower"})]}

    def _learn_columns(self, views):
        self._units = [_scale_of(view) for view in views]
        return self._compared(views)

    def _compared(self, views):
        """Members have larger values."""
        sign = 1 if self.direction == "higher" else -1
        return [
            replace(
                view,
                target=sign * _on_scale(view.target, scale),
                reference=sign * _on_scale(view.reference, scale),
            )
            for view, scale in zip(views, self._units, strict=True)
        ]


def _scale_of(view):
    """Centre and spread of what out models say; of all models where none is out."""
    outside = ~view.in_models
    values = view.reference[outside if outside.any() else ...].astype(float)
    return np.median(values), spread_of_labels(values)


def _on_scale(values, scale):
    centre, spread = scale
    return np.arcsinh((values.astype(float) - centre) / spread)
