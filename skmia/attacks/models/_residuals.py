"""What reference attacks on residuals share: several outputs are one vector."""

from dataclasses import replace

import numpy as np

# Of the spread of the labels: residuals of all references below are rounding.
_ROUNDING = 1e-6


class OnResiduals:
    """Mixin of a reference attack whose columns are the residuals of the outputs.

    The residuals of a record are a vector, measured by those of the references that
    were not trained on it: in units in which these have the identity as their second
    moment. No unit of an output counts then, nor which outputs err together.
    """

    def _learn_columns(self, views):
        self._whitening = _whitening(views)
        return self._compared(views)

    def _compared(self, views):
        """One view for each direction of the residuals."""
        target = np.column_stack([view.target for view in views]) @ self._whitening
        models = np.stack([view.reference for view in views], axis=-1)
        models = models @ self._whitening
        return [
            replace(view, target=target[:, i], reference=models[:, :, i])
            for i, view in enumerate(views)
        ]


def _whitening(views):
    """Matrix by which residuals are multiplied, from those of the out models."""
    outside = ~views[0].in_models
    if not outside.any():  # it is said elsewhere
        return np.eye(len(views))
    residuals = np.column_stack([view.reference[outside] for view in views])
    residuals = residuals.astype(float)
    moments = residuals.T @ residuals / len(residuals)
    moments += _ROUNDING**2 * np.eye(len(moments))
    # The symmetric root: the order of the outputs is only that of the columns.
    values, axes = np.linalg.eigh(moments)
    return (axes / np.sqrt(np.maximum(values, _ROUNDING**2))) @ axes.T


def joined(views):
    """One view, of the lengths of the vectors.

    Parameters
    ----------
    views : list of ReferenceView
        From :class:`OnResiduals`.
    """
    target = np.sqrt(sum(view.target**2 for view in views))
    reference = np.sqrt(sum(view.reference**2 for view in views))
    return replace(views[0], target=target, reference=reference)
