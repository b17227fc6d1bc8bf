"""SISA: training in shards, so that forgetting a record retrains one of them."""

import numpy as np

from skmia.defenses._base import TrainingDefense
from skmia.defenses.training._shards import ShardClassifier
from skmia.defenses.training._trains_shards import TrainsShards
from skmia.utils._card import DefenseCard


class SisaClassifier(TrainsShards, TrainingDefense):
    """Classifiers of disjoint shards of the records, of which one forgets a record.

    Every record is in one shard, drawn at random, and every shard trains a model of
    its own; their mean posterior answers, or their votes. To forget a record is to
    train its shard anew without it, which is exact: the model is the one that would
    have been trained without the record, with the same shards and seeds. With several
    slices a shard is trained slice by slice, and anew from the slice of the record.

    Works on *records*: `X` holds features, `y` class labels.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : classifier
        What each shard trains; `fit` clones it. With several slices it needs
        ``partial_fit``.
    n_shards : int, default=5
        Number of shards. The more, the less is retrained, and the less each knows.
    n_slices : int, default=1
        Slices of each shard: one call of ``partial_fit`` each. The model before each
        slice is kept.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the shards and of every model. It replaces the ``random_state`` of
        `estimator`.

    Attributes
    ----------
    estimator_ : object
        The released ensemble.
    shard_ : ndarray of shape (n_samples,)
        Shard of each training record; -1 once it is forgotten.
    slice_ : ndarray of shape (n_samples,)
        Its slice in the shard.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    skmia.unlearning.verify_unlearning : Whether a model has forgotten records.
    SisaRegressor : The same for regressors.
    DisjointStackingClassifier : Shards of another kind, that forget nothing.

    Notes
    -----
    Shards are drawn for each record by itself, not of equal size or balanced by class:
    where the others are must not depend on the record that is forgotten later. Equal
    records (in single precision) are in one shard. A shard of one class answers that
    class; one without records has no model.

    The model holds no records: `forget` is given those of `fit` again. With several
    slices it holds its former states, of which none knows a record that is forgotten.
    That a place is empty, in `shard_`, tells that somebody left: release answers.

    Threat model: the adversary sees scores or labels. No formal guarantee for records
    that stay: each is still in one model. Who has the answers from before and after
    sees whom the difference is about.

    References
    ----------
    L. Bourtoule et al., "Machine Unlearning", IEEE S&P 2021. :arxiv:`1912.03817`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import SisaClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = SisaClassifier(DecisionTreeClassifier(), n_shards=3, random_state=0)
    >>> model.fit(X, y).score(X, y) > 0.9
    True
    >>> model.forget(X, y, [0, 77]).shard_[[0, 1, 77]]
    array([-1,  1, -1])
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label"),
        broken_by="LiRA, on the one shard that a record is in; answers from before and "
        "after a record is forgotten",
        paper="Bourtoule et al. 2021",
        guarantee="forgotten records: as trained without them; others: none",
    )

    def _together(self, models, y):
        return ShardClassifier(models, self._classes(y))

    def _classes(self, y):
        return np.unique(y)

    def _check_known(self, y):
        labels = np.unique(y[self.shard_ >= 0])
        if not np.array_equal(labels, self._labels):
            raise ValueError(
                f"{type(self).__name__}.forget must be given the labels of fit, in "
                f"that order: {self._labels.tolist()} of the records that are not "
                f"forgotten. Got {labels.tolist()}."
            )

    def _check_left(self, y):
        gone = np.setdiff1d(self._labels, y)
        if len(gone):
            raise ValueError(
                f"{type(self).__name__}.forget cannot forget the last record of class "
                f"{gone.tolist()[0]!r}, which the other shards know as a class. Fit "
                "anew without it."
            )
