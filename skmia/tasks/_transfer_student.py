"""A teacher and its student as one model, which is trained on the teacher's records."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skmia.tasks._transfer_activations import HiddenActivations
from skmia.utils._labels import align_columns
from skmia.utils._sklearn import HasMethods, _fit_context, available_if
from skmia.utils._typing import Classifier, MatrixLike


def _has_scores(model):
    return hasattr(model.student, "predict_proba")


class TaughtStudent(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """A student on the hidden layers of a teacher, trained on the teacher's records.

    ``fit(X, y)`` trains the teacher, then the student, on records of its own that are
    always the same. Answers are the student's. So whoever is in the training data is
    in the teacher's, and an audit, a game or shadow models of this estimator attack
    the teacher's records through the student: each shadow model imitates all that was
    done, teacher and student.

    .. versionadded:: 0.2

    Parameters
    ----------
    teacher : classifier
        A network whose hidden layers are known, see :class:`HiddenActivations`.
    student : classifier
        What is trained on the activations.
    X_student : {array-like, sparse matrix, DataFrame} of shape \
(n_student, n_features), default=None
        Records of the student. None: those of the teacher, of which it learns a head.
    y_student : array-like of shape (n_student,), default=None
        Their labels, of the same type as the teacher's.
    layer : int, default=-1
        Which hidden layer is handed on, see :class:`HiddenActivations`.

    Attributes
    ----------
    teacher_ : estimator
        The fitted teacher.
    student_ : Pipeline
        The fitted student: activations of the frozen teacher, then a classifier.
    classes_ : ndarray of shape (n_classes,)
        Labels of both. The teacher's alone are never predicted, and have probability 0.
    n_features_in_ : int
        Number of features seen by the teacher.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the teacher was given names.

    See Also
    --------
    HiddenActivations : The lower part alone, for the student's own records.

    Notes
    -----
    Level: records. Threat model: the student is asked, the teacher is not; the attacker
    has the student's records, and trains teachers like the one in question.

    Three attacks follow: ``audit(model.teacher_, ...)`` of the teacher's records, which
    is the plain one; ``audit(model, ...)`` of the teacher's records by the student's
    answers; ``audit(model.student_, ...)`` of the student's own records, whose shadow
    models are students of the same frozen teacher.

    Where none of the teacher's labels is one of the student's, no attack that asks for
    the true label of a record can be run, and says so. The others see the vector: its
    largest entry, entropy, all of it ("truex", "salem1"), or beside that of reference
    models ("vector-lira").

    References
    ----------
    Y. Zou, Z. Zhang, M. Backes, Y. Zhang, "Privacy Analysis of Deep Learning in the
    Wild: Membership Inference Attacks against Transfer Learning", 2020,
    :arxiv:`2009.04872`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.tasks import TaughtStudent
    >>> X, y = load_digits(return_X_y=True)
    >>> low, high = y < 5, y >= 5
    >>> teacher = MLPClassifier((32,), max_iter=20, random_state=0, tol=1)
    >>> student = LogisticRegression(C=0.01, max_iter=2000)
    >>> own = {"X_student": X[high], "y_student": y[high]}
    >>> model = TaughtStudent(teacher, student, **own)
    >>> model.fit(X[low], y[low]).score(X[high], y[high]) > 0.9
    True
    >>> model.student_.classes_.tolist(), len(model.classes_)
    ([5, 6, 7, 8, 9], 10)
    """

    _parameter_constraints: dict = {
        "teacher": [HasMethods(["fit"])],
        "student": [HasMethods(["fit", "predict"])],
        "X_student": ["array-like", "sparse matrix", None],
        "y_student": ["array-like", None],
        "layer": HiddenActivations._parameter_constraints["layer"],
    }

    def __init__(
        self,
        teacher: Classifier,
        student: Classifier,
        *,
        X_student: MatrixLike | None = None,
        y_student: ArrayLike | None = None,
        layer: int = -1,
    ) -> None:
        self.teacher = teacher
        self.student = student
        self.X_student = X_student
        self.y_student = y_student
        self.layer = layer

    @property
    def answer_classes(self) -> np.ndarray | None:
        """Labels that it will answer with; None where they are those it is fitted on.

        Known before ``fit``: shadow models have columns for them.
        """
        return None if self.y_student is None else np.unique(self.y_student)

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: ArrayLike) -> Self:
        """Train the teacher, then the student.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records of the teacher.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        self : object
        """
        own = self.X_student, self.y_student
        if (own[0] is None) != (own[1] is None):
            raise ValueError(
                "TaughtStudent needs both the records X_student and the labels "
                "y_student, or none of them."
            )
        teacher = clone(self.teacher).fit(X, y)
        lower = HiddenActivations(FrozenEstimator(teacher), layer=self.layer)
        student = make_pipeline(lower, self._head(teacher))
        student.fit(*((X, y) if own[0] is None else own))
        self.classes_ = np.union1d(teacher.classes_, student.classes_)
        self.teacher_, self.student_ = teacher, student
        return self

    def _head(self, teacher):
        """What is to be trained on the activations."""
        return clone(self.student)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Labels that the student gives.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        y : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.student_.predict(X)

    @available_if(_has_scores)
    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Probabilities that the student gives, 0 of what only the teacher knows.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        P : ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        said = self.student_.predict_proba(X)
        return align_columns(said, self.student_.classes_, self.classes_)

    @property
    def n_features_in_(self) -> int:
        """Number of features seen by the teacher."""
        return self.teacher_.n_features_in_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the features, where the teacher was given names."""
        return self.teacher_.feature_names_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.teacher)
        tags.input_tags = inner.input_tags
        tags.non_deterministic = inner.non_deterministic
        return tags
