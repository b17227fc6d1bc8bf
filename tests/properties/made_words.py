"""A small embedding of words, and windows of them."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from skmia.shadow import ShadowModels
from skmia.targets import Session
from skmia.tasks import Encoder

SHARES = [0.3] + 7 * [0.1]
WINDOWS = np.random.RandomState(0).choice(list("abcdefgh"), (60, 3), p=SHARES)


class Company(TransformerMixin, BaseEstimator):
    """The vector of a word counts the words that it stood beside."""

    def fit(self, X, y=None):
        """Count."""
        self.words_ = np.unique(X)
        self.counts_ = np.zeros((len(self.words_), len(self.words_)))
        for window in np.searchsorted(self.words_, X):
            for word in window:
                self.counts_[word, window] += 1
        return self

    def transform(self, X):
        """Vectors of words."""
        place = np.searchsorted(self.words_, X).clip(max=len(self.words_) - 1)
        known = self.words_[place] == X
        return np.where(known[:, None], self.counts_[place], 0)


def words_and_shadows():
    """An embedding with windows in question, and shadow models."""
    shadows = ShadowModels(Encoder(Company()), n_shadows=4, random_state=0).fit(WINDOWS)
    return Session(Encoder(Company()).fit(WINDOWS[::2]), WINDOWS), shadows
