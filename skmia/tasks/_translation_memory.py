"""The smallest translator that can be trained."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from skmia.utils._sklearn import COUNT, _fit_context


class TranslationMemory(BaseEstimator):
    """A translator that answers with the translation of the most similar sentence.

    A baseline, to try audits of translators on: what it was trained on it has by heart,
    and a sentence that it does not know is answered with another one's translation.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_characters : int, default=3
        Sentences are similar whose runs of 1 to so many letters are, weighted by how
        rare they are (tf-idf, cosine).

    Attributes
    ----------
    references_ : list of str
        Translations of the training sentences.
    neighbours_ : Pipeline
        Finds the nearest of these sentences.

    See Also
    --------
    TextAnswers : What makes a target of it.

    Examples
    --------
    >>> from skmia.tasks import TranslationMemory
    >>> memory = TranslationMemory().fit(["ein Hund", "eine Katze"], ["a dog", "a cat"])
    >>> memory.translate(["der Hund"])
    ['a dog']
    """

    _parameter_constraints: dict = {"n_characters": [COUNT]}

    def __init__(self, n_characters: int = 3) -> None:
        self.n_characters = n_characters

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Iterable[str], y: Iterable[str]) -> Self:
        """Keep the sentences and their translations.

        Parameters
        ----------
        X : sequence of str, of length n_sentences
            Sentences.
        y : sequence of str, of length n_sentences
            Their translations.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            There are not as many translations as sentences.
        """
        check_consistent_length(X, y)
        letters = TfidfVectorizer(analyzer="char", ngram_range=(1, self.n_characters))
        nearest = NearestNeighbors(n_neighbors=1, metric="cosine")
        self.neighbours_ = make_pipeline(letters, nearest).fit(list(X))
        self.references_ = list(y)
        return self

    def translate(self, X: Iterable[str]) -> list[str]:
        """Translation of the most similar training sentence.

        Parameters
        ----------
        X : sequence of str, of length n_sentences
            Sentences, also such as it does not know.

        Returns
        -------
        translations : list of str
        """
        check_is_fitted(self)
        letters, nearest = self.neighbours_
        place = nearest.kneighbors(letters.transform(list(X)), return_distance=False)
        return [self.references_[row] for row in place[:, 0]]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.target_tags.required = True
        return tags
