"""Noisy answers to votes of teachers, and what they cost.

One record more, less or different changes the vote of one teacher per question: one
count rises by at most 1 and another one falls by at most 1.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from skmia.utils._accounting import gaussian_epsilon, laplace_event, spent_epsilon
from skmia.utils._secret_stream import SecretStream

MECHANISMS = ("gnmax", "confident-gnmax", "lnmax")
# Place of the class where there is none: an empty teacher's vote, a refused answer.
NOTHING = -1


def count_votes(votes, n_classes):
    """Votes for each class.

    Parameters
    ----------
    votes : ndarray of int of shape (n_teachers, n_queries)
        Place of the class; -1 for no vote.
    n_classes : int

    Returns
    -------
    counts : ndarray of int of shape (n_queries, n_classes)
    """
    by_class = [(votes == place).sum(axis=0) for place in range(n_classes)]
    return np.stack(by_class, axis=1)


@dataclass(frozen=True)
class NoisyVotes:
    """A mechanism that answers each question with the class of most noisy votes.

    Attributes
    ----------
    mechanism : {"gnmax", "confident-gnmax", "lnmax"}
    sigma : float
        Standard deviation of the Gaussian, scale of the Laplace noise of each count.
    sigma_threshold, threshold : float
        "confident-gnmax" answers where the largest count, with Gaussian noise of this
        standard deviation, reaches the threshold.
    """

    mechanism: str
    sigma: float
    sigma_threshold: float
    threshold: float

    def answer(self, counts, key):
        """Place of the class that each row of counts is answered with; -1: refused."""
        stream = SecretStream(key, b"votes")
        draw = stream.laplaces if self.mechanism == "lnmax" else stream.normals
        answers = (counts + self.sigma * draw(counts.shape)).argmax(axis=1)
        if self.mechanism != "confident-gnmax":
            return answers
        doubt = SecretStream(key, b"threshold").normals(len(counts))
        votes = counts.max(axis=1) + self.sigma_threshold * doubt
        return np.where(votes >= self.threshold, answers, NOTHING)

    def epsilon(self, n_asked, n_answered, delta):
        """What so many questions cost, whatever the votes were.

        Parameters
        ----------
        n_asked, n_answered : int
            At least one question was asked.
        delta : float

        Returns
        -------
        epsilon : float
        """
        if self.mechanism == "lnmax":
            # Two counts move by 1 each: two Laplace mechanisms per answer.
            return spent_epsilon(laplace_event(self.sigma, 2 * n_answered), delta)
        return gaussian_epsilon(1 / self.gaussian_mu(n_asked, n_answered), delta)

    def gaussian_mu(self, n_asked, n_answered):
        """Sensitivity of all Gaussian answers together, in units of their noise.

        Counts move by the square root of 2 in the Euclidean norm, their maximum by 1.
        """
        spent = 2 * n_answered / self.sigma**2
        if self.mechanism == "confident-gnmax":
            spent += n_asked / self.sigma_threshold**2
        return spent**0.5

    def promise(self, n_questions, delta, epsilon_max):
        """What is known before the votes are: the most that all questions may cost.

        Parameters
        ----------
        n_questions : int
        delta : float
        epsilon_max : float or None
            A limit, see `affordable`.

        Returns
        -------
        epsilon : float
        """
        # Two bounds hold, whatever the votes are. What is told is a part of what would
        # be told if every question were answered. And where `affordable` stops, the sum
        # of squares in `gaussian_mu` has not passed what costs `epsilon_max`: a filter
        # of Gaussian differential privacy, which may be stopped by looking at the
        # answers (Smith and Thakurta 2022). Laplace noise answers every question, so
        # that its stop is known beforehand.
        worst = self.epsilon(n_questions, n_questions, delta)
        return worst if epsilon_max is None else min(worst, epsilon_max)

    def affordable(self, answers, delta, epsilon_max):
        """How many of the first questions may be asked within a budget.

        Before each question the budget must suffice for it to be answered, too: what
        the votes on it say plays no part.
        """
        answered = answers != NOTHING
        before = np.cumsum(answered) - answered

        def at_worst(n_asked):
            return self.epsilon(n_asked, int(before[n_asked - 1]) + 1, delta)

        return bisect_right(range(1, len(answers) + 1), epsilon_max, key=at_worst)
