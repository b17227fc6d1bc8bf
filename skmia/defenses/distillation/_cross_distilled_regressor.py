"""Distillation of regressors across folds."""

import numpy as np
from sklearn.utils import check_random_state

from skmia.defenses.distillation._folds import TaughtAcrossFolds
from skmia.defenses.distillation._teachers import RegressorDistillation
from skmia.utils._arrays import answer_of
from skmia.utils._card import DefenseCard
from skmia.utils._equal_records import number_records
from skmia.utils._quantities import N_STRATA, in_columns, quantile_codes


class CrossDistilledRegressor(TaughtAcrossFolds, RegressorDistillation):
    """Regressor taught the training records by teachers of other folds.

    Complementary knowledge distillation. The training records are dealt into folds;
    what the released student is taught of a record are the predictions of teachers that
    were not fitted on it. Two folds are two halves, each taught by the other.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : regressor
        Kind of the teachers. `fit` clones it.
    student : regressor, default=None
        What is released. None for another clone of `estimator`.
    scheme : {"complement", "fold"}, default="complement"
        "complement" (CKD): a teacher is fitted on all folds but one and labels that
        one. "fold" (PCKD): a teacher is fitted on one fold, and a record is taught the
        mean of the teachers of all other folds.
    cv : int, default=5
        Folds. The records of each tenth of the labels are dealt to them in turn, in
        random order (of several outputs all together); equal records (in single
        precision) go to one.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the folds, of every teacher and of the student. It replaces theirs.

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
    CrossDistilledClassifier : The same for classifiers.
    DistilledRegressor : One teacher, and other records for the student.

    Notes
    -----
    Threat model: the adversary sees predictions. No formal guarantee: the student
    learns the records, though not their labels. What it learns of a record is a
    prediction of others, so that its residual there is that of a record that was not
    trained on; near-duplicates in other folds undo that. ``sample_weight`` weighs
    records for the teachers and for the student.

    References
    ----------
    J. Zheng, Y. Cao, H. Wang, "Resisting membership inference attacks through
    knowledge distillation", Neurocomputing 452, 2021.
    :doi:`10.1016/j.neucom.2021.04.082`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skmia.defenses import CrossDistilledRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = CrossDistilledRegressor(DecisionTreeRegressor(), random_state=0)
    >>> model.fit(X, y).score(X, y) < 1
    True
    """

    _card = DefenseCard(
        family="distillation",
        addresses=("label",),
        broken_by="LiRA with shadow students; near-duplicates in other folds",
        paper="Zheng, Cao and Wang 2021",
    )

    def _train(self, X, y, sample_weight=None):
        number = number_records(X)
        rng = check_random_state(self.random_state)
        folds = self._folds(number, _tenths(number, y), rng)
        n_outputs = in_columns(y).shape[1]
        taught = self._teach(X, y, folds, rng, sample_weight, n_outputs)
        student = self._fit_student(X, taught.reshape(y.shape), rng, sample_weight)
        return {"estimator_": student}

    def _answers(self, teacher, X, y):
        return in_columns(answer_of(teacher, "predict", X))


def _tenths(number, y):
    """Tenth of the label of each different record; one for all with several outputs."""
    first = np.unique(number, return_index=True)[1]
    if y.ndim > 1:
        return np.zeros(len(first), dtype=int)
    return quantile_codes(y[first], N_STRATA)
