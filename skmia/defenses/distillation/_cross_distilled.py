"""Distillation across folds: every record is labelled by models that never saw it."""

from numbers import Integral

import numpy as np
from sklearn.utils import _safe_indexing, check_random_state

from skmia.defenses.distillation._teachers import (
    DistillationDefense,
    check_class_sizes,
    fit_clones,
)
from skmia.utils._card import DefenseCard
from skmia.utils._equal_records import number_records, rarest_classes
from skmia.utils._labels import aligned_posterior
from skmia.utils._sklearn import JOBS, Interval, StrOptions


class CrossDistilledClassifier(DistillationDefense):
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

    _voids_guarantee = (
        "several models are trained on each record, and the student again"
    )

    _parameter_constraints = DistillationDefense._parameter_constraints | {
        "scheme": [StrOptions({"complement", "fold"})],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        *,
        student=None,
        scheme="complement",
        cv=5,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.student = student
        self.scheme = scheme
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        name = type(self).__name__
        number = number_records(X)
        labels = rarest_classes(number, y)
        check_class_sizes(labels, 2, name)
        if self.cv > len(labels):
            raise ValueError(
                f"The 'cv' parameter of {name} must be at most the number of different "
                f"training records: {len(labels)}. Got {self.cv} instead."
            )
        rng = check_random_state(self.random_state)
        folds = deal_folds(labels, self.cv, rng, np.bincount(number))[number]
        soft = self._soft_labels(X, y, folds, rng, sample_weight)
        student = self._fit_student(X, soft, np.unique(y), rng, sample_weight)
        return {"estimator_": student}

    def _soft_labels(self, X, y, folds, rng, sample_weight=None):
        """Mean posterior of the teachers that did not see a record."""
        learned = [(folds == j) == (self.scheme == "fold") for j in range(self.cv)]
        parts = [np.flatnonzero(seen) for seen in learned]
        teachers = fit_clones(
            self.estimator, X, y, parts, rng, self.n_jobs, sample_weight
        )
        classes = np.unique(y)
        soft = np.zeros((len(y), len(classes)))
        for teacher, seen in zip(teachers, learned, strict=True):
            unseen = np.flatnonzero(~seen)
            rows = _safe_indexing(X, unseen)
            soft[unseen] += aligned_posterior(
                self._check_answers(teacher), rows, classes
            )
        return soft if self.scheme == "complement" else soft / (self.cv - 1)


def deal_folds(labels, n_folds, rng, sizes):
    """Fold of each different record; classes and folds are as even as they can be.

    Class by class, in random order but those that came most often first, each goes to
    the fold with the fewest of its class, of equal ones the smallest. Where each came
    once, that is dealing in turn, beginning where the last class ended.

    scikit-learn's StratifiedGroupKFold warns of, or refuses, classes with fewer records
    than folds.

    Parameters
    ----------
    labels : ndarray of shape (n_records,)
        Class of each different record.
    n_folds : int
    rng : RandomState
    sizes : ndarray of int of shape (n_records,)
        How often each record came.

    Returns
    -------
    folds : ndarray of int of shape (n_records,)
    """
    codes = np.unique(labels, return_inverse=True)[1]
    order = rng.permutation(len(labels))
    order = order[np.lexsort((-sizes[order], codes[order]))]
    folds = np.empty(len(labels), dtype=np.intp)
    dealt = np.zeros((codes.max() + 1, n_folds), dtype=np.int64)
    in_fold, n_rows = np.zeros(n_folds, dtype=np.int64), sizes.sum()
    for i in order:
        # The second counts only between folds with equally many of the class.
        folds[i] = np.argmin(dealt[codes[i]] * (n_rows + 1) + in_fold)
        dealt[codes[i], folds[i]] += sizes[i]
        in_fold[folds[i]] += sizes[i]
    return folds
