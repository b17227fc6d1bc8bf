"""Records that are held out of a training, to be compared with those in it."""

import numpy as np
import torch

from skmia.utils._hold_out import hold_out


def hold_out_of(run, X, y, fraction, instead):
    """Rows of records to be trained on, and of those held out, see `hold_out`."""
    flat = np.asarray(X).reshape(len(X), -1)
    *_, held_out = hold_out(run.owner, flat, y, fraction, run.rng, instead)
    return np.setdiff1d(np.arange(len(X)), held_out), held_out


class Held:
    """Records on the device of a training, by class.

    Parameters
    ----------
    X : ndarray of shape (n_records, ...)
    codes : ndarray of int of shape (n_records,)
    run : Run
        Whose noise decides which are drawn.
    """

    def __init__(self, X, codes, run):
        self._X = torch.tensor(X, device=run.device)
        self._rows = {
            code: torch.tensor(np.flatnonzero(codes == code))
            for code in np.unique(codes)
        }
        self._generator = run.noise

    def n_of(self, code):
        """How many records are of a class."""
        return len(self._rows[code])

    def draw(self, code, size):
        """Different records of a class, at random."""
        rows = self._rows[code]
        chosen = torch.randperm(len(rows), generator=self._generator)[:size]
        return self._X[rows[chosen].to(self._X.device)]
