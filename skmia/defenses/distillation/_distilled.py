"""Distillation through the most certain reference records."""

from __future__ import annotations

from numbers import Real

import numpy as np
from scipy.special import entr
from sklearn.utils import _safe_indexing, check_random_state

from skmia.defenses.distillation._elsewhere import TaughtElsewhere
from skmia.defenses.distillation._teachers import DistillationDefense, fit_clones
from skmia.utils._card import DefenseCard
from skmia.utils._labels import align_columns
from skmia.utils._posteriors import soften_posterior
from skmia.utils._sklearn import POSITIVE, Interval
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike


class DistilledClassifier(TaughtElsewhere, DistillationDefense):
    """Classifier taught by another one on records that have no labels.

    Distillation for membership privacy (DMP): a teacher is fitted on the private
    records and labels the reference records softly; those it is most certain of, which
    depend least on any one member, are what the released student is fitted on.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Teacher; needs ``predict_proba``. `fit` clones it.
    student : classifier, default=None
        What is released. None for another clone of `estimator`. One that takes no
        ``sample_weight`` is given several copies of each record, with hard labels in
        proportion to the soft ones.
    reference : {array-like, sparse matrix, DataFrame}, default=None
        Records without labels, none of them a training record. None holds a part of
        the training records out instead, whose labels are then never used.
    reference_fraction : float, default=0.5
        Part of the different training records that is held out if `reference` is None;
        equal ones (in single precision) together.
    temperature : float, default=1.0
        Logarithms of the soft labels are divided by it.
    keep : float, default=0.5
        Part of the reference records that is kept: those whose soft labels have the
        lowest entropies, of equal ones the first. That they are all of one class,
        with no share of another, is an error.
    random_state : int, RandomState instance or None, default=None
        Seed of the held-out part and of both models. It replaces theirs.

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
    DistilledRegressor : The same for regressors.
    SelenaClassifier : Distillation that needs no other records.
    CrossDistilledClassifier : The same with one teacher per fold.
    PateClassifier : Distillation with a guarantee.

    Notes
    -----
    Threat model: the adversary sees scores, or the parameters of the student. Records
    that were held out of the training records are members too: the student is fitted
    on their features, and an audit must count them. The published student is trained
    at the temperature of the teacher; classifiers here have none, so that with a
    temperature above 1 the student is less certain than the teacher. No formal
    guarantee: attacks that imitate the whole training find members through the
    answers of the teacher to other records.

    ``sample_weight`` weighs records for the teacher, and those that are held out for
    the student; records of a given `reference` count once each.

    References
    ----------
    V. Shejwalkar, A. Houmansadr, "Membership Privacy for Machine Learning Models
    Through Knowledge Transfer", AAAI 2021. :arxiv:`1906.06589`

    M. Jagielski, M. Nasr, C. Choquette-Choo, K. Lee, N. Carlini, "Students Parrot
    Their Teachers: Membership Inference on Model Distillation", NeurIPS 2023.
    :arxiv:`2303.03446`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import DistilledClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier()
    >>> model = DistilledClassifier(tree, reference=X[900:], random_state=0)
    >>> model.fit(X[:900], y[:900]).score(X[:900], y[:900]) < 1
    True
    """

    _card = DefenseCard(
        family="distillation",
        addresses=("scores", "white-box"),
        broken_by="LiRA with shadow students; queries next to a member",
        paper="Shejwalkar and Houmansadr 2021",
    )

    _parameter_constraints = TaughtElsewhere._parameter_constraints | {
        "temperature": [POSITIVE],
        "keep": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        student: Classifier | None = None,
        reference: MatrixLike | None = None,
        reference_fraction: float = 0.5,
        temperature: float = 1.0,
        keep: float = 0.5,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.student = student
        self.reference = reference
        self.reference_fraction = reference_fraction
        self.temperature = temperature
        self.keep = keep
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        rng = check_random_state(self.random_state)
        classes = np.unique(y)
        private, held_out, reference = self._split(X, rng)
        [teacher] = fit_clones(
            self.estimator, X, y, [private], rng, sample_weight=sample_weight
        )
        soft = self._check_answers(teacher).predict_proba(reference)
        # Not at 1: the logarithm of 0 would give every class a share.
        if self.temperature != 1:
            soft = soften_posterior(soft, self.temperature)
        soft = align_columns(soft, teacher.classes_, classes)
        kept = lowest_entropies(soft, self.keep)
        self._check_several(soft, kept, classes)
        sample_weight = self._student_weight(sample_weight, held_out, kept)
        student = self._fit_student(
            _safe_indexing(reference, kept), soft[kept], classes, rng, sample_weight
        )
        return {"estimator_": student}

    def _check_several(self, soft, kept, classes):
        """The kept records have shares of several classes, where there are several."""
        # Held-out records are a sample of the training records: if the teacher gives
        # them all one class, a constant student is what it has to teach.
        held_out = self.reference is None
        n_possible = np.sum(soft.any(axis=0)) if held_out else len(classes)
        [shares] = np.nonzero(soft[kept].any(axis=0))
        if len(shares) < min(2, n_possible):
            raise ValueError(
                f"The teacher of {type(self).__name__} gives all {len(kept)} reference "
                f"records that are kept the class {classes.tolist()[shares[0]]!r}: "
                "nothing is left to learn. Raise the 'keep' parameter, or pass more "
                "records as 'reference'."
            )


def lowest_entropies(soft, keep):
    """Rows of the smallest entropies, in ascending order: a fraction `keep` of all.

    Rounded up; of equal entropies the first ones.
    """
    n_kept = int(np.ceil(keep * len(soft)))
    certain_first = np.argsort(entr(soft).sum(axis=1), kind="stable")
    return np.sort(certain_first[:n_kept])
