"""Distillation of regressors through reference records."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_random_state

from skmia.defenses.distillation._elsewhere import TaughtElsewhere
from skmia.defenses.distillation._teachers import RegressorDistillation, fit_clones
from skmia.utils._arrays import answer_of
from skmia.utils._card import DefenseCard
from skmia.utils._typing import MatrixLike, RandomStateLike, Regressor


class DistilledRegressor(TaughtElsewhere, RegressorDistillation):
    """Regressor taught by another one on records that have no labels.

    A teacher is fitted on the private records and predicts the labels of the reference
    records, on which the released student is fitted.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : regressor
        Teacher. `fit` clones it.
    student : regressor, default=None
        What is released. None for another clone of `estimator`.
    reference : {array-like, sparse matrix, DataFrame}, default=None
        Records without labels, none of them a training record. None holds a part of
        the training records out instead, whose labels are then never used.
    reference_fraction : float, default=0.5
        Part of the different training records that is held out if `reference` is None;
        equal ones (in single precision) together.
    random_state : int, RandomState instance or None, default=None
        Seed of the held-out part and of both models. It replaces theirs.

    Attributes
    ----------
    estimator_ : regressor
        The fitted student.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    DistilledClassifier : The same for classifiers, which also chooses the records that
        the teacher is most certain of; a regressor does not say how certain it is.
    CrossDistilledRegressor : Distillation that needs no other records.

    Notes
    -----
    Threat model: the adversary sees predictions, or the parameters of the student.
    Records that were held out of the training records are members too: the student is
    fitted on their features, and an audit must count them. No formal guarantee: attacks
    that imitate the whole training find members through the answers of the teacher to
    other records.

    ``sample_weight`` weighs records for the teacher, and those that are held out for
    the student; records of a given `reference` count once each.

    References
    ----------
    V. Shejwalkar, A. Houmansadr, "Membership Privacy for Machine Learning Models
    Through Knowledge Transfer", AAAI 2021. :arxiv:`1906.06589`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skmia.defenses import DistilledRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> tree = DecisionTreeRegressor()
    >>> model = DistilledRegressor(tree, reference=X[300:], random_state=0)
    >>> model.fit(X[:300], y[:300]).score(X[:300], y[:300]) < 1
    True
    """

    _card = DefenseCard(
        family="distillation",
        addresses=("label", "white-box"),
        broken_by="LiRA with shadow students; queries next to a member",
        paper="after Shejwalkar and Houmansadr 2021",
    )

    def __init__(
        self,
        estimator: Regressor,
        *,
        student: Regressor | None = None,
        reference: MatrixLike | None = None,
        reference_fraction: float = 0.5,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.student = student
        self.reference = reference
        self.reference_fraction = reference_fraction
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        rng = check_random_state(self.random_state)
        private, held_out, reference = self._split(X, rng)
        [teacher] = fit_clones(
            self.estimator, X, y, [private], rng, sample_weight=sample_weight
        )
        taught = np.asarray(answer_of(teacher, "predict", reference))
        sample_weight = self._student_weight(sample_weight, held_out, slice(None))
        student = self._fit_student(reference, taught, rng, sample_weight)
        return {"estimator_": student}
