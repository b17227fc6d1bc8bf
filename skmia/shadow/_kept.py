"""A session of a model in a cache, which is asked from there."""

from dataclasses import dataclass
from math import inf
from typing import Any

from skmia.targets import Session
from skmia.targets._answers import answers_of
from skmia.utils._budget import queries_left
from skmia.utils._kinds import kind_of
from skmia.utils._labels import answer_classes
from skmia.utils._plain_values import plain

# What depends on the model and the records alone, and is one array.
_KEPT = {"predict", "predict_proba", "decision_function", "score_samples"}
_KEPT |= {"transform", "recommend", "reconstruct", "isolated_proba"}
_KEPT |= {"similarities", "encode"}


@plain
@dataclass(frozen=True)
class Known:
    """What must be known of a model before it is asked.

    Attributes
    ----------
    name : str
        Of its class.
    kind : str or None
        What scikit-learn calls it.
    answers : frozenset of str
        What it may be asked.
    classes : ndarray or None
        Its labels.
    limited : bool
        Whether it has a budget: then it is asked whatever it was asked before.
    answered : ndarray or None
        Labels that it says it answers with, where they are not those of the records.
    """

    name: str
    kind: str | None
    answers: frozenset
    classes: Any
    limited: bool
    answered: Any = None


def known_of(model):
    """What must be known of a fitted model before it is asked."""
    return Known(
        name=type(model).__name__,
        kind=kind_of(model),
        answers=answers_of(model),
        classes=getattr(model, "classes_", None),
        limited=queries_left(model) < inf,
        answered=answer_classes(model),
    )


class Kept(Session):
    """A session of a model in a cache: what was answered once is read from there.

    The model is loaded only for what nobody asked before: other records than those in
    question, or itself.

    Parameters
    ----------
    source : skmia.shadow._training.Trained
    X, y, classes, member, white_box, answers, top_k : as for :class:`Session`
    """

    def __init__(
        self,
        source,
        X,
        y=None,
        *,
        classes=None,
        member=None,
        white_box=False,
        answers=None,
        top_k=None,
    ):
        self._source, known, self._top_k = source, source.known, top_k
        self.model_name = known.name
        if known.classes is not None:
            self.classes_ = known.classes
        classes = known.classes if classes is None else classes
        self._begin(known.answers, X, y, classes, member, white_box, answers)

    @property
    def _model(self):
        return self._source.model

    @property
    def kind(self):
        """What scikit-learn calls the model."""
        return self._source.known.kind

    @property
    def _answered(self):
        return self._source.known.answered

    @property
    def left(self):
        """Rows that may still be asked; inf without a budget."""
        return super().left if self._source.known.limited else inf

    def observe(self, signals=None, X=None, y=None, *, classes=None):
        """What the model gives away; answers about other records are kept, too."""
        if X is None or X is self.X or self._source.known.limited:
            return super().observe(signals, X, y, classes=classes)
        classes = self.classes if classes is None else classes
        return self.about(X, y).observe(signals, classes=classes)

    def about(self, X, y=None):
        """The same model, with the same access, and other records."""
        white_box = "parameters" in self.answers
        access = {"white_box": white_box, "answers": self.answers}
        access["top_k"] = self._top_k
        return Kept(self._source, X, y, classes=self.classes, **access)

    def _reply(self, method, args, own):
        if own and method in _KEPT:
            return self._source.answer(method, self.X)
        return super()._reply(method, args, own)
