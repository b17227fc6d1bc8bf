"""A model that answers with texts, seen by how near they are to those expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone

from skmia.signals._users import SIMILARITIES
from skmia.tasks._wrapped import check_there, trains
from skmia.utils._sklearn import (
    HasMethods,
    InvalidParameterError,
    StrOptions,
    _fit_context,
    available_if,
)
from skmia.utils._typing import Estimator

if TYPE_CHECKING:
    import pandas as pd

# What is compared of an answer: the overlap of translations, and the words of speech.
_SCORES = {"translate": "bleu", "transcribe": "word_accuracy"}


class TextAnswers(MetaEstimatorMixin, BaseEstimator):
    """A translator or a recogniser of speech that answers with texts and no more.

    Works on *records*, each a source beside its reference: the text, or the sound, that
    the model is given, and the text that it should answer.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        Has ``fit(sources, references)`` and ``translate(sources)``, or ``transcribe``,
        which takes a list and returns one text for each. A clone of it is fitted.
    asks : {"translate", "transcribe"}, default="translate"
        What it does.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone, or the model given to :meth:`of`.

    See Also
    --------
    UserLevel : The same of all sentences of a person, or of a corpus.
    TranslationMemory : A small translator.

    Notes
    -----
    Threat model: the adversary has the source and its reference, and sees one text for
    it. The attack by name is "translation-similarity": a classifier of how near the two
    are, trained on shadow models, the adversary's own translators.

    Needs sacrebleu and jiwer, the extra ``text``.

    References
    ----------
    S. Hisamoto, M. Post, K. Duh, "Membership Inference Attacks on Sequence-to-Sequence
    Models: Is My Data In Your Machine Translation System?", TACL 2020,
    arXiv:1904.05506. Y. Miao et al., PoPETs 2021, arXiv:1905.07082 (speech).

    Examples
    --------
    >>> from skmia.tasks import TextAnswers, TranslationMemory
    >>> pairs = [["ein Hund bellt laut", "a dog barks loudly"],
    ...          ["eine Katze sitzt hier", "a cat is sitting here"],
    ...          ["ein Hund sitzt hier", "a dog is sitting here"]]
    >>> model = TextAnswers(TranslationMemory()).fit(pairs[:2])
    >>> model.score_samples(pairs).round(2)
    array([1.  , 1.  , 0.43])
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit"])],
        "asks": [StrOptions(set(_SCORES))],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        asks: Literal["translate", "transcribe"] = "translate",
    ) -> None:
        self.estimator = estimator
        self.asks = asks

    @classmethod
    def of(
        cls,
        model: Any | Callable[..., Any],
        *,
        asks: Literal["translate", "transcribe"] = "translate",
    ) -> TextAnswers:
        """A model that is there already, an object with the method or a function.

        Parameters
        ----------
        model : object or callable
            Has the method that `asks` names, or is that function.
        asks : {"translate", "transcribe"}, default="translate"
            What it does.

        Returns
        -------
        answers : TextAnswers
            It is fitted. What has no ``fit`` cannot be trained again: an audit needs
            the adversary's own as `shadow_estimator` then.

        Raises
        ------
        ValueError
            `asks` is neither of the two, or the model can do neither.
        """
        if asks not in _SCORES:
            raise InvalidParameterError(
                "The 'asks' parameter of TextAnswers must be one of "
                f"{sorted(_SCORES)}. Got {asks!r}."
            )
        if not (hasattr(model, asks) or callable(model)):
            raise InvalidParameterError(
                f"The 'model' parameter of TextAnswers.of must have {asks}, or be that "
                f"function. Got {model!r}."
            )
        answers = cls(cast(Any, model), asks=asks)
        answers.estimator_ = model
        return answers

    @available_if(trains)
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike | pd.DataFrame, y: object = None) -> Self:
        """Fit a clone of the estimator to sources and references.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, 2)
            Sources and references.
        y : ignored
            References are part of the records.

        Returns
        -------
        self : object
        """
        self.estimator_ = clone(self.estimator).fit(*_columns(X))
        return self

    def text_similarity(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        """How near the output of the model is to each reference.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, 2)
            Sources and references.

        Returns
        -------
        similarities : ndarray of shape (n_samples, 7)
            Shares of the output's n-grams of 1 to 4 words that are in the reference, as
            often; smoothed BLEU of the sentence; 1 less the error rates of words and of
            characters, which are below 0 where an output is far too long. 1 where the
            two are equal (of n-grams where there are so many words), 0 of an empty
            output. A reference without words is told by whether the output is, too.
        """
        check_there(self)
        sources, references = _columns(X)
        outputs = getattr(self.estimator_, self.asks, self.estimator_)(sources)
        if len(outputs) != len(sources):
            raise ValueError(
                f"{self.asks} of {type(self.estimator_).__name__} must give one text "
                f"for each of {len(sources)} sources. Got {len(outputs)}."
            )
        return _similarities(outputs, references)

    def score_samples(self, X: ArrayLike | pd.DataFrame) -> np.ndarray:
        """BLEU of each translation; of speech 1 less the error rate of words.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, 2)
            Sources and references.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            Higher = nearer to the reference.
        """
        column = SIMILARITIES.index(_SCORES[self.asks])
        return self.text_similarity(X)[:, column]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "text_model"
        tags.input_tags.two_d_array = False
        return tags


def _columns(X):
    """Sources and references, as lists."""
    pairs = X.to_numpy(dtype=object) if hasattr(X, "iloc") else X
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(
            "The records of TextAnswers must be pairs, of a source and its reference."
        )
    sources, references = zip(*pairs, strict=True)
    return list(sources), [str(text) for text in references]


def _similarities(outputs, references):
    jiwer, bleu = _metrics()
    rows = [
        _similarity(jiwer, bleu, str(output).strip(), reference.strip())
        for output, reference in zip(outputs, references, strict=True)
    ]
    return np.array(rows, dtype=float).reshape(len(rows), len(SIMILARITIES))


def _similarity(jiwer, bleu, output, reference):
    if not output or not reference:
        return [float(output == reference)] * len(SIMILARITIES)
    overlap = bleu.sentence_score(output, [reference])
    counts = zip(overlap.counts, overlap.totals, strict=True)
    precisions = [same / total if total else 0.0 for same, total in counts]
    near = 1 - jiwer.wer(reference, output), 1 - jiwer.cer(reference, output)
    return [*precisions, min(overlap.score / 100, 1.0), *near]


def _metrics():
    """The module jiwer, and the BLEU of sentences."""
    try:
        import jiwer
        from sacrebleu.metrics import BLEU
    except ImportError as error:
        raise ImportError(
            "Texts are compared with sacrebleu and jiwer. Install the extra: "
            "pip install 'skmia[text]'."
        ) from error
    return jiwer, BLEU(effective_order=True)
