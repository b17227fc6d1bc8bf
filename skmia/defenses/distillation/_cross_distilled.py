"""Distillation across folds: every record is labelled by models that never saw it."""

import numpy as np
from sklearn.utils import check_random_state

from skmia.defenses.distillation._folds import TaughtAcrossFolds
from skmia.defenses.distillation._teachers import (
    DistillationDefense,
    check_class_sizes,
)
from skmia.utils._card import DefenseCard
from skmia.utils._equal_records import number_records, rarest_classes
from skmia.utils._labels import aligned_posterior


class CrossDistilledClassifier(TaughtAcrossFolds, DistillationDefense):
    """Classifier taught the training records by teachers of other folds.

    Complementary knowledge distillation. The training records are dealt into folds;
    the soft label of a record comes from teachers that were not fitted on it, and the
    released student is fitted on all records with these labels.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Kind of the teachers; needs ``predict_proba``. `fit` clones it.
    student : classifier, default=None
        What is released. None for another clone of `estimator`. One that takes no
        ``sample_weight`` is given several copies of each record, with hard labels in
        proportion to the soft ones.
    scheme : {"complement", "fold"}, default="complement"
        "complement" (CKD): a teacher is fitted on all folds but one and labels that
        one. "fold" (PCKD): a teacher is fitted on one fold, and the soft label of a
        record is the mean of the teachers of all other folds.
    cv : int, default=5
        Folds. The records of each class are dealt to them in turn, in random order;
        equal records (in single precision) go to one.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the folds, of every teacher and of the student. It replaces theirs.

    Attributes
    ----------
    estimator_ : classifier
        The fitted student.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    CrossDistilledRegressor : The same for regressors.
    SelenaClassifier : More teachers, at random instead of in folds.
    sklearn.model_selection.cross_val_predict : Where the soft labels of "complement"
        come from.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee: the student learns
    the records, though not their labels, and teachers of other folds have seen the
    near-duplicates of a record, though never an equal one.

    A class needs two different records, so that every teacher ("complement") or some
    teacher of another fold ("fold") has seen it. A teacher that has not gives it
    probability 0: with "fold" that happens to classes of fewer than `cv` records.
    ``sample_weight`` weighs records for the teachers and for the student. The paper's
    pre-training, temperature and share of hard labels are not part of this.

    References
    ----------
    J. Zheng, Y. Cao, H. Wang, "Resisting membership inference attacks through
    knowledge distillation", Neurocomputing 452, 2021.
    :doi:`10.1016/j.neucom.2021.04.082`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import CrossDistilledClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = CrossDistilledClassifier(DecisionTreeClassifier(), random_state=0)
    >>> model.fit(X[:900], y[:900]).score(X[:900], y[:900]) < 1
    True
    """

    _card = DefenseCard(
        family="distillation",
        addresses=("scores",),
        broken_by="LiRA with shadow students; near-duplicates in other folds",
        paper="Zheng, Cao and Wang 2021",
    )

    def _train(self, X, y, sample_weight=None):
        number = number_records(X)
        labels = rarest_classes(number, y)
        check_class_sizes(labels, 2, type(self).__name__)
        rng = check_random_state(self.random_state)
        classes = np.unique(y)
        folds = self._folds(number, labels, rng)
        soft = self._teach(X, y, folds, rng, sample_weight, len(classes))
        student = self._fit_student(X, soft, classes, rng, sample_weight)
        return {"estimator_": student}

    def _answers(self, teacher, X, y):
        return aligned_posterior(self._check_answers(teacher), X, np.unique(y))
