"""Texts as the records of a language model: each token, and those before it."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils import check_consistent_length

from skmia.utils._records import n_records
from skmia.utils._sklearn import COUNT, HasMethods, validate_params

# Before the first word of a text.
START = ""


@validate_params(
    texts=["array-like"],
    groups=["array-like", None],
    context=[COUNT],
    vectorizer=[HasMethods(["build_analyzer"]), None],
)
def next_tokens(
    texts: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    context: int = 1,
    vectorizer: CountVectorizer | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each token of some texts with the tokens before it.

    So any classifier with ``predict_proba`` is a language model: behind a
    ``OneHotEncoder`` a ``MultinomialNB`` counts n-grams, with one token of context it
    is the smoothed bigram model, and a ``LogisticRegression`` is the log-linear one.

    .. versionadded:: 0.2

    Parameters
    ----------
    texts : array-like of str of shape (n_texts,)
        Whatever the vectorizer takes for a text.
    groups : array-like of shape (n_texts,), default=None
        Whose the texts are. None: each is its own.
    context : int, default=1
        Tokens that are looked back.
    vectorizer : CountVectorizer, default=None
        Its ``build_analyzer()`` cuts a text into tokens. None: words in lower case,
        also of one letter.

    Returns
    -------
    contexts : ndarray of str of shape (n_tokens, context)
        The nearest token last; "" stands before the beginning of a text.
    tokens : ndarray of str of shape (n_tokens,)
        What came next, the labels.
    groups : ndarray of shape (n_tokens,)
        Of each token.

    Raises
    ------
    ValueError
        No text has a token.

    Warns
    -----
    UserWarning
        Somebody's texts have no tokens at all: of them there is no record.

    See Also
    --------
    bundle : Takes the three as they are.

    Examples
    --------
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from skmia.tasks import UserLevel, bundle, next_tokens
    >>> texts = ["to be or not to be", "to do is to be", "do be do be do"]
    >>> contexts, tokens, who = next_tokens(texts, ["ann", "bob", "cy"], context=2)
    >>> contexts[:3].tolist(), tokens[:3].tolist()
    ([['', ''], ['', 'to'], ['to', 'be']], ['to', 'be', 'or'])
    >>> users = bundle(contexts, tokens, who)
    >>> ngrams = make_pipeline(
    ...     OneHotEncoder(handle_unknown="ignore"), MultinomialNB(alpha=0.01)
    ... )
    >>> model = UserLevel(ngrams, bins=3).fit(users[["ann", "bob"]])
    >>> model.rank_histogram(users)
    array([[6., 0., 0.],
           [5., 0., 0.],
           [1., 3., 1.]])
    """
    if vectorizer is None:
        vectorizer = CountVectorizer(token_pattern=r"(?u)\b\w+\b")
    groups = np.arange(n_records(texts)) if groups is None else np.asarray(groups)
    check_consistent_length(texts, groups)
    words = [
        vectorizer.build_analyzer()(text) for text in np.asarray(texts, dtype=object)
    ]
    lengths = [len(one) for one in words]
    if not sum(lengths):
        raise ValueError(
            f"The 'texts' parameter of next_tokens must have tokens. Got {len(words)} "
            "texts without any."
        )
    _tell_silent(groups, np.array(lengths))
    padded = [[START] * context + one for one in words]
    contexts = [
        one[place : place + context]
        for one in padded
        for place in range(len(one) - context)
    ]
    tokens = np.array([token for one in words for token in one])
    return np.array(contexts), tokens, np.repeat(groups, lengths)


def _tell_silent(groups, lengths):
    """Warn of those none of whose texts has a token."""
    heard = pd.Index(groups).isin(groups[lengths > 0])
    silent = pd.unique(groups[~heard])
    if len(silent):
        warnings.warn(
            f"{len(silent)} groups of next_tokens have no text with a token, the "
            f"first of them {silent[:5].tolist()}: without records they are left out.",
            stacklevel=4,  # beyond the check of parameters
        )
