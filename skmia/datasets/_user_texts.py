"""Texts of made users, each with words of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, validate_params
from skmia.utils._typing import RandomStateLike


@validate_params(
    n_users=[COUNT],
    n_texts=[COUNT],
    n_words=[COUNT],
    n_vocabulary=[COUNT],
    taste=[NOT_NEGATIVE],
    random_state=["random_state"],
)
def make_user_texts(
    n_users: int = 60,
    *,
    n_texts: int = 5,
    n_words: int = 20,
    n_vocabulary: int = 200,
    taste: float = 1.0,
    random_state: RandomStateLike = None,
) -> tuple[np.ndarray, NDArray[np.int_]]:
    """Make texts of users who share a language and prefer words of their own.

    Words are as frequent as their rank says (Zipf), who follows whom is common to all,
    and each user says some words more often than others do.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_users : int, default=60
        Authors.
    n_texts : int, default=5
        Texts of each user.
    n_words : int, default=20
        Words of each text.
    n_vocabulary : int, default=200
        Words of the language.
    taste : float, default=1.0
        Standard deviation, among users, of the log-probability of a word. 0: all write
        alike.
    random_state : int, RandomState instance or None, default=None
        Seed of the language, the tastes and the texts.

    Returns
    -------
    texts : ndarray of str of shape (n_users * n_texts,)
        Those of a user are one after the other.
    groups : ndarray of int of shape (n_users * n_texts,)
        User of each text.

    Examples
    --------
    >>> from skmia.datasets import make_user_texts
    >>> texts, groups = make_user_texts(2, n_texts=2, n_words=4, random_state=0)
    >>> len(texts[0].split()), groups.tolist()
    (4, [0, 0, 1, 1])
    """
    rng = check_random_state(random_state)
    names = np.array([f"w{i}" for i in range(n_vocabulary)])
    follows = rng.normal(size=(n_vocabulary, n_vocabulary))
    prefers = -np.log(np.arange(1, n_vocabulary + 1))
    prefers = prefers + taste * rng.normal(size=(n_users, n_vocabulary))
    prefers = np.repeat(prefers, n_texts, axis=0)
    words = np.empty((len(prefers), n_words), dtype=int)
    for place in range(n_words):
        before = follows[words[:, place - 1]] if place else 0.0
        # The largest of logits with Gumbel noise is a draw from their softmax.
        words[:, place] = (prefers + before + rng.gumbel(size=prefers.shape)).argmax(1)
    texts = np.array([" ".join(row) for row in names[words]])
    return texts, np.repeat(np.arange(n_users), n_texts)
