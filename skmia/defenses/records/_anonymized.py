"""Training on k-anonymous records."""

from __future__ import annotations

from sklearn.base import clone

from skmia.defenses._base import TrainingDefense
from skmia.defenses.records._mondrian import MondrianAnonymizer
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import HasMethods
from skmia.utils._tags import pass_records_to
from skmia.utils._typing import Classifier, Transformer
from skmia.utils._weights import fit_weights


class AnonymizedClassifier(TrainingDefense):
    """Classifier that is trained on k-anonymous records.

    The training records are recoded by an anonymizer, which hides each among at least
    k equal ones; labels are kept. Queries are answered as they are.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. `fit` clones it.
    anonymizer : transformer, default=None
        What recodes the training records: ``fit_transform(X, y)``. `fit` clones it.
        None: :class:`MondrianAnonymizer` with its defaults (k = 5).

    Attributes
    ----------
    estimator_ : classifier
        The released model, trained on recoded records.
    anonymizer_ : transformer
        The fitted anonymizer. It belongs to the owner, not to the interface.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    MondrianAnonymizer : Cells of similar records.
    TreeAnonymizer : Cells that follow the decisions of a model.
    LocalDPClassifier : Randomises each record instead, with a guarantee.

    Notes
    -----
    Threat model: the adversary sees labels or scores, or the parameters, and looks for
    one record's features. No formal guarantee: the recoded training table is
    k-anonymous, which does not bound membership inference. Labels are trained on as
    they are, the cells are cut around the records, and other tables may tell the
    records of a cell apart.

    Cells are cut for k records, whatever those weigh; ``sample_weight`` is for the
    model.

    References
    ----------
    S. Truex, L. Liu, M. E. Gursoy, L. Yu, W. Wei, "Demystifying Membership Inference
    Attacks in Machine Learning as a Service", IEEE Transactions on Services Computing
    2019. :doi:`10.1109/TSC.2019.2897554`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import AnonymizedClassifier, MondrianAnonymizer
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0)
    >>> model = AnonymizedClassifier(tree, anonymizer=MondrianAnonymizer(k=10))
    >>> round(model.fit(X, y).score(X, y), 2)
    0.95
    """

    _card = DefenseCard(
        family="training data",
        addresses=("scores", "label", "white-box"),
        broken_by="background knowledge; labels and cells still depend on each record",
        paper="Truex et al. 2019",
    )

    _voids_guarantee = "how a record is recoded depends on the others, without noise"

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "anonymizer": [HasMethods(["fit_transform"]), None]
    }

    def __init__(
        self, estimator: Classifier, *, anonymizer: Transformer | None = None
    ) -> None:
        self.estimator = estimator
        self.anonymizer = anonymizer

    @property
    def _recoder(self):
        return MondrianAnonymizer() if self.anonymizer is None else self.anonymizer

    def _train(self, X, y, sample_weight=None):
        anonymizer = clone(self._recoder)
        recoded = anonymizer.fit_transform(X, y)
        weights = fit_weights(self.estimator, sample_weight)
        model = clone(self.estimator).fit(recoded, y, **weights)
        return {"estimator_": model, "anonymizer_": anonymizer}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        return pass_records_to(tags, [self._recoder, self.estimator])
