"""What one record more or less does to the counts of the classes, and answers."""

import numpy as np
from scipy.special import expit, softmax


class Change:
    """One record more, or one less, for every record at a time.

    Parameters
    ----------
    codes : ndarray of int of shape (n_records,)
        Positions of the labels among the classes of the model.
    inside : ndarray of bool of shape (n_records,)
        Who is in the training set, and would leave it; the others would join.
    n_classes : int

    Attributes
    ----------
    rows : ndarray of int of shape (n_records,)
        To index a class of each record: ``[rows, codes]``.
    sign : ndarray of shape (n_records,)
        -1 for a record that would leave, 1 for one that would join.
    counts : ndarray of shape (n_classes,)
        Training records of every class, as the model was trained.
    n_records : float
        All of them.
    before, after : ndarray of shape (n_records,)
        Training records of the record's class, as they are and after the change.
    total : ndarray of shape (n_records,)
        Training records after the change.
    """

    def __init__(self, codes, inside, n_classes):
        self.codes = codes
        self.rows = np.arange(len(codes))
        self.sign = np.where(inside, -1.0, 1.0)
        self.counts = np.bincount(codes[inside], minlength=n_classes).astype(float)
        self.n_records = self.counts.sum()
        self.before = self.counts[codes]
        self.after = self.before + self.sign
        self.total = self.n_records + self.sign

    @property
    def gone(self):
        """Whether the class of the record would have no record any more."""
        return self.after == 0

    @property
    def ratio(self):
        """Records of the class before, by those after; 0 where none is left.

        The record lies ``ratio * (record - mean)`` from the mean after the change.
        """
        return np.divide(
            self.before, self.after, out=np.zeros_like(self.after), where=~self.gone
        )

    def log_priors(self, given=None, learned=True):
        """Logarithms of the priors after the change, up to a term of the record's.

        Parameters
        ----------
        given : array-like of shape (n_classes,), default=None
            Priors that no record changes.
        learned : bool, default=True
            Whether priors are shares of the training records. Otherwise all are equal.

        Returns
        -------
        log_priors : ndarray of shape (n_records, n_classes)
            -inf for a class without records. nan where a class is gone that priors
            were given for: training anew would fail.
        """
        counts = np.tile(self.counts, (len(self.codes), 1))
        counts[self.rows, self.codes] = self.after
        with np.errstate(divide="ignore"):
            if given is not None:
                priors = np.tile(np.log(np.asarray(given, float)), (len(counts), 1))
                priors[self.gone] = np.nan
                return priors
            return np.log(counts if learned else counts > 0)


def posterior(likelihood, log_priors):
    """Posterior of every record; a class without a prior has none.

    Parameters
    ----------
    likelihood : ndarray of shape (n_records, n_classes)
        Logarithms, up to a term of the record's; anything where the prior is -inf.
    log_priors : ndarray of shape (n_records, n_classes)

    Returns
    -------
    posterior : ndarray of shape (n_records, n_classes)
    """
    missing = np.isneginf(log_priors)
    joint = np.where(missing, -np.inf, likelihood + log_priors)
    joint[missing.all(axis=1)] = np.nan
    return softmax(joint, axis=1)


def probabilities(F):
    """Probabilities of logits; one column is the log-odds of the second class."""
    if F.shape[1] == 1:
        return np.hstack([expit(-F), expit(F)])
    return softmax(F, axis=1)


def check_trained_on(agrees, model):
    """Raise where what a model learned is not what its training records say."""
    if not agrees:
        raise ValueError(
            f"{type(model).__name__} was not trained on the records of in_training: "
            "all of its training records must be among X, each once, without weights "
            "and in the order of the fit, and no others be marked."
        )
