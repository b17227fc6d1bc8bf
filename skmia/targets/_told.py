"""A model of which nothing is there but its answers about the records in question."""

import numpy as np

from skmia.targets._session import Session
from skmia.utils._spilled import Spilled


class Told(Session):
    """A session of a model whose answers are given.

    Parameters
    ----------
    own : Session
        Whose records, labels and classes it has.
    values : ndarray or Spilled of shape (n_records, n_classes)
        Probabilities, or decision values, of each class. Of others than classifiers
        what they answer, of shape (n_records, n_outputs).
    answers : iterable of str
        What may be asked of these; "predict" is the class with the largest.
    classes : array-like of shape (n_classes,) or None
        Labels that the columns stand for; None where there are no classes.
    member : ndarray of bool of shape (n_records,), default=None
        As for :class:`Session`.
    """

    kind, left = "classifier", np.inf

    def __init__(self, own, values, *, answers, classes, member=None):
        self.model_name, self.classes_, self._values = own.model_name, classes, values
        if classes is None:
            self.kind = own.kind
        self._begin(
            frozenset(answers),
            own.X,
            own.y,
            own.classes,
            member,
            white_box=False,
            answers=None,
        )

    def ask(self, method, *args):
        """What was told; it is not kept once more where it is in a file."""
        answer = super().ask(method, *args)
        if isinstance(self._values, Spilled):
            self._asked.clear()
        return answer

    def _reply(self, method, args, own):
        if not own:
            raise ValueError(
                f"{self._about()} only answers about its own records are known."
            )
        values = np.asarray(self._values)
        if self.classes_ is None:
            return values
        if method == "predict":
            return self.classes_[values.argmax(axis=1)]
        if method == "decision_function" and values.shape[1] == 2:
            return values[:, 1]
        return values

    def _about(self):
        return f"Of this {self.model_name}"
