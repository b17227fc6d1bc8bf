"""SELENA: a student of models that did not see the records they label."""

from __future__ import annotations

from numbers import Integral

from skmia.defenses.distillation._split_ensemble import fit_split_ensemble
from skmia.defenses.distillation._teachers import DistillationDefense
from skmia.utils._card import DefenseCard
from skmia.utils._secret_stream import fresh_random_state
from skmia.utils._sklearn import COUNT, JOBS, Interval
from skmia.utils._typing import Classifier, RandomStateLike


class SelenaClassifier(DistillationDefense):
    """Classifier taught the training records by sub-models that never saw them.

    Each of the sub-models is fitted without a random part of the records. The soft
    label of a record is the mean of the sub-models that it was left out of, which is
    what a record that is no member would get; the released student is fitted on all
    records with these labels.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Kind of the sub-models; needs ``predict_proba``. `fit` clones it.
    student : classifier, default=None
        What is released. None for another clone of `estimator`. One that takes no
        ``sample_weight`` is given several copies of each record, with hard labels in
        proportion to the soft ones.
    n_models : int, default=25
        Sub-models, K in the paper.
    n_out : int, default=10
        Sub-models that each record is left out of, L in the paper; less than
        `n_models`.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the design, of every sub-model and of the student. It replaces theirs.

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
    SplitAIClassifier : Release the sub-models instead.
    CrossDistilledClassifier : Fewer sub-models: one per fold.

    Notes
    -----
    Threat model: the adversary sees scores or labels. No formal guarantee: an ordinary
    student learns the records, though not their labels, so that a deep forest is
    certain of members still; and records next to a member, which its own sub-models
    did see, carry what they learned into the labels. The sub-models are dropped.

    Equal training records (in single precision, however they are written) are left out
    together, and what is left out is balanced within the classes, so that every
    sub-model sees all classes.

    References
    ----------
    X. Tang, S. Mahloujifar, L. Song, V. Shejwalkar, M. Nasr, A. Houmansadr, P. Mittal,
    "Mitigating Membership Inference Attacks by Self-Distillation Through a Novel
    Ensemble Architecture", USENIX Security 2022. :arxiv:`2110.08324`

    M. Aerni, J. Zhang, F. Tramèr, "Evaluations of Machine Learning Privacy Defenses
    are Misleading", CCS 2024. :arxiv:`2404.17399`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import SelenaClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = SelenaClassifier(DecisionTreeClassifier(max_depth=8), n_models=5,
    ...                          n_out=2, random_state=0)
    >>> model.fit(X[:900], y[:900]).score(X[:900], y[:900]) < 1
    True
    """

    _card = DefenseCard(
        family="distillation",
        addresses=("scores", "label"),
        broken_by="canaries whose neighbours let the sub-models label them; LiRA",
        paper="Tang et al. 2022",
    )

    _voids_guarantee = (
        "several models are trained on each record, and the student again"
    )

    _parameter_constraints = DistillationDefense._parameter_constraints | {
        "n_models": [Interval(Integral, 2, None, closed="left")],
        "n_out": [COUNT],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        student: Classifier | None = None,
        n_models: int = 25,
        n_out: int = 10,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.student = student
        self.n_models = n_models
        self.n_out = n_out
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        rng = fresh_random_state(self.random_state)
        ensemble = fit_split_ensemble(self, X, y, rng, sample_weight)
        soft = ensemble.predict_proba(X)
        student = self._fit_student(X, soft, ensemble.classes_, rng, sample_weight)
        return {"estimator_": student, "_non_model": ensemble.non_model}
