"""Distillation onto other records than those that the teacher is fitted to."""

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.defenses.distillation._teachers import Distills
from skmia.utils._equal_records import number_records
from skmia.utils._records import records_like
from skmia.utils._sklearn import INNER_FRACTION


class TaughtElsewhere(Distills):
    """A distillation whose student is fitted on reference records.

    Subclasses have parameters ``reference``, records of the user's own, and
    ``reference_fraction``, the part of the training records that is held out without
    any, and a ``random_state``.
    """

    _parameter_constraints = Distills._parameter_constraints | {
        "reference": ["array-like", "sparse matrix", None],
        "reference_fraction": [INNER_FRACTION],
        "random_state": ["random_state"],
    }

    @property
    def _weighted(self):
        # Records of the user's own have no weights.
        return super()._weighted if self.reference is None else [self.estimator]

    @property
    def _voids_guarantee(self):
        if self.reference is not None:
            return None
        return "the student is taught training records without noise; pass 'reference'"

    def _split(self, X, rng):
        """Rows that the teacher is fitted on, rows held out, and reference records."""
        name = type(self).__name__
        if self.reference is not None:
            reference = records_like(X, self.reference, "reference", name)
            return np.arange(X.shape[0]), np.arange(0), reference
        number = number_records(X)
        n = number.max() + 1
        if n == 1:
            raise ValueError(
                f"{name} holds out training records and needs two different ones or "
                f"more. Got {len(number)} equal ones; pass 'reference' instead."
            )
        # Not stratified: the labels of the reference records play no part.
        order = rng.permutation(n)
        n_held_out = min(max(round(self.reference_fraction * n), 1), n - 1)
        chosen = np.isin(number, order[:n_held_out])
        private, held_out = np.flatnonzero(~chosen), np.flatnonzero(chosen)
        return private, held_out, _safe_indexing(X, held_out)

    def _student_weight(self, sample_weight, held_out, kept):
        """Weights of held-out records that are kept; none of the user's own."""
        if sample_weight is None or self.reference is not None:
            return None
        return sample_weight[held_out[kept]]
