"""Split-AI: every record is answered by models that were not fitted on it."""

from __future__ import annotations

from numbers import Integral

from skmia.defenses._base import TrainingDefense
from skmia.defenses.distillation._split_ensemble import fit_split_ensemble
from skmia.utils._card import DefenseCard
from skmia.utils._secret_stream import fresh_random_state
from skmia.utils._sklearn import COUNT, JOBS, Interval
from skmia.utils._typing import Classifier, RandomStateLike


class SplitAIClassifier(TrainingDefense):
    """Classifier that answers each record with sub-models that never saw it.

    Each of the sub-models is fitted without a random part of the records. A training
    record is answered by the mean of those it was left out of; any other record by
    the mean of those that a training record, drawn by a secret hash of the question,
    was left out of. So members and non-members are answered alike.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Kind of the sub-models; needs ``predict_proba``. `fit` clones it.
    n_models : int, default=25
        Sub-models, K in the paper.
    n_out : int, default=10
        Sub-models that each record is left out of, L in the paper; less than
        `n_models`.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the design, of the secret and of every sub-model. It replaces theirs.

    Attributes
    ----------
    estimator_ : object
        The fitted sub-models with what they were left out of; has ``predict_proba``.
        It belongs to the owner, not to the interface.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    SelenaClassifier : Release a student of this ensemble instead.

    Notes
    -----
    Threat model: the adversary sees scores or labels of the records themselves. Nobody
    but the owner may hold the model: it contains hashes of the training records. The
    guarantee holds for the *one* direct question and in the mean only: records that
    are almost equal to a member are no members, so that the sub-models that saw the
    member answer them. A distilled student is meant to close that.

    Equal training records (in single precision, however they are written) are left out
    together, and what is left out is balanced within the classes, so that every
    sub-model sees all classes.

    References
    ----------
    X. Tang, S. Mahloujifar, L. Song, V. Shejwalkar, M. Nasr, A. Houmansadr, P. Mittal,
    "Mitigating Membership Inference Attacks by Self-Distillation Through a Novel
    Ensemble Architecture", USENIX Security 2022. :arxiv:`2110.08324`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import SplitAIClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = SplitAIClassifier(DecisionTreeClassifier(), n_models=5, n_out=2,
    ...                           random_state=0)
    >>> model.fit(X[:900], y[:900]).score(X[:900], y[:900]) < 0.95
    True
    """

    _card = DefenseCard(
        family="distillation",
        addresses=("scores", "label"),
        broken_by="questions next to a member",
        paper="Tang et al. 2022",
        guarantee="no advantage from one direct question, in an idealised setting",
    )

    _asks = "predict_proba"

    _voids_guarantee = (
        "several models are trained on each record, and which of them answer is "
        "told by the record"
    )

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "n_models": [Interval(Integral, 2, None, closed="left")],
        "n_out": [COUNT],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        n_models: int = 25,
        n_out: int = 10,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.n_models = n_models
        self.n_out = n_out
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        rng = fresh_random_state(self.random_state)
        ensemble = fit_split_ensemble(self, X, y, rng, sample_weight)
        return {"estimator_": ensemble}
