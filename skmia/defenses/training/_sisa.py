"""SISA: training in shards, so that forgetting a record retrains one of them."""

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.utils import _safe_indexing, check_random_state, column_or_1d
from sklearn.utils.validation import check_is_fitted

from skmia.defenses._base import TrainingDefense
from skmia.defenses.training._shards import Shard, ShardEnsemble
from skmia.utils._card import DefenseCard
from skmia.utils._equal_records import number_records
from skmia.utils._parallel import in_parallel
from skmia.utils._random import set_random_states
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import COUNT, JOBS


class SisaClassifier(TrainingDefense):
    """Classifiers of disjoint shards of the records, of which one forgets a record.

    Every record is in one shard, drawn at random, and every shard trains a model of
    its own; their mean posterior answers, or their votes. To forget a record is to
    train its shard anew without it, which is exact: the model is the one that would
    have been trained without the record, with the same shards and seeds. With several
    slices a shard is trained slice by slice, and anew from the slice of the record.

    Works on *records*: `X` holds features, `y` class labels.

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

    _voids_guarantee = (
        "the records of a shard are fitted again when one of them is forgotten"
    )
    _no_weights = "a shard that forgets a record is trained again without them"

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "n_shards": [COUNT],
        "n_slices": [COUNT],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self, estimator, *, n_shards=5, n_slices=1, n_jobs=None, random_state=None
    ):
        self.estimator = estimator
        self.n_shards = n_shards
        self.n_slices = n_slices
        self.n_jobs = n_jobs
        self.random_state = random_state

    def forget(self, X, y, rows):
        """Train the shards of some records anew without them.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            The records that `fit` was given, in that order, those that were forgotten
            before included: the model holds none.
        y : array-like of shape (n_samples,)
            Their class labels.
        rows : array-like of int or of bool
            Places of the records to forget, or a mask of shape (n_samples,).

        Returns
        -------
        self : object
        """
        check_is_fitted(self)
        X, y = check_labelled(X, y)
        rows = self._check_rows(y, rows)
        self._check_records(X, y)
        left = np.setdiff1d(np.flatnonzero(self.shard_ >= 0), rows)
        gone = np.setdiff1d(self._labels, y[left])
        if len(gone):
            raise ValueError(
                f"{type(self).__name__}.forget cannot forget the last record of class "
                f"{gone.tolist()[0]!r}, which the other shards know as a class. Fit "
                "anew without it."
            )
        first = {
            int(shard): int(self.slice_[rows][self.shard_[rows] == shard].min())
            for shard in np.unique(self.shard_[rows])
        }
        place = self.shard_.copy()
        place[rows] = -1
        vars(self).update(
            self._train_shards(X, y, place, self.slice_, self._shards, first)
        )
        return self

    def _check_rows(self, y, rows):
        name = type(self).__name__
        if len(y) != len(self.shard_):
            raise ValueError(
                f"{name}.forget must be given the {len(self.shard_)} records of fit, "
                f"in that order. Got {len(y)}."
            )
        rows = column_or_1d(rows)
        if rows.dtype == bool and len(rows) == len(y):
            rows = np.flatnonzero(rows)
        known = rows.dtype.kind in "iu" and ((rows >= 0) & (rows < len(y))).all()
        if not known or not len(rows):
            raise ValueError(
                f"The 'rows' parameter of {name}.forget must be places of training "
                f"records, 0 to {len(y) - 1}, or a mask of as many. Got {rows!r}."
            )
        rows = np.unique(rows)
        again = rows[self.shard_[rows] < 0]
        if len(again):
            raise ValueError(
                f"{name} has forgotten the records {again[:5].tolist()} before."
            )
        return rows

    def _check_records(self, X, y):
        """Refuse what cannot be the records of `fit`; who they were is not kept."""
        labels = np.unique(y[self.shard_ >= 0])
        if not np.array_equal(labels, self._labels):
            raise ValueError(
                f"{type(self).__name__}.forget must be given the labels of fit, in "
                f"that order: {self._labels.tolist()} of the records that are not "
                f"forgotten. Got {labels.tolist()}."
            )
        self.estimator_.predict(_safe_indexing(X, [0]))  # which knows their features

    def _train(self, X, y, sample_weight=None):
        if self.n_slices > 1 and not hasattr(self.estimator, "partial_fit"):
            raise TypeError(
                f"With n_slices={self.n_slices} the 'estimator' parameter of "
                f"{type(self).__name__} must have partial_fit. Got {self.estimator!r}."
            )
        rng = check_random_state(self.random_state)
        number = number_records(X)
        n_records = number.max() + 1
        place = rng.randint(self.n_shards, size=n_records)[number]
        slices = rng.randint(self.n_slices, size=n_records)[number]
        shards = [
            Shard(set_random_states(clone(self.estimator), rng), self.n_slices)
            for _ in range(self.n_shards)
        ]
        first = dict.fromkeys(range(self.n_shards), 0)
        return self._train_shards(X, y, place, slices, shards, first)

    def _train_shards(self, X, y, place, slices, shards, first):
        """Fitted attributes; shards are trained from the slice that `first` says."""
        classes = np.unique(y[place >= 0])
        calls = [
            {
                "shard": shards[one],
                "slices": np.where(place == one, slices, -1),
                "first": start,
            }
            for one, start in first.items()
        ]
        shared = {"X": X, "y": y, "classes": classes}
        trained = in_parallel(_trained, calls, shared=shared, n_jobs=self.n_jobs)
        shards = list(shards)
        for one, shard in zip(first, trained, strict=True):
            shards[one] = shard
        models = [shard.model for shard in shards if shard.model is not None]
        _check_records_of_constants(X, place, shards)
        return {
            "estimator_": ShardEnsemble(models, classes),
            "shard_": place,
            "slice_": slices,
            "_shards": shards,
        }


def _check_records_of_constants(X, place, shards):
    """Have a model look at the records of shards with one class, which none has."""
    constant = [isinstance(shard.model, DummyClassifier) for shard in shards]
    rows = np.flatnonzero(np.isin(place, np.flatnonzero(constant)))
    learned = [
        shard.model
        for shard, alone in zip(shards, constant, strict=True)
        if shard.model is not None and not alone
    ]
    if len(rows) and learned:
        learned[0].predict(_safe_indexing(X, rows))


def _trained(shard, **how):
    """Of a module, so that workers can be sent to it."""
    return shard.trained(**how)
