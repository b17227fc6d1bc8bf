"""SISA for regressors: forgetting a record retrains one shard."""

from skmia.defenses._regressor_base import RegressorTraining
from skmia.defenses.training._shards import ShardRegressor
from skmia.defenses.training._trains_shards import TrainsShards
from skmia.utils._card import DefenseCard


class SisaRegressor(TrainsShards, RegressorTraining):
    """Regressors of disjoint shards of the records, of which one forgets a record.

    Every record is in one shard, drawn at random, and every shard trains a model of
    its own; their mean answers. To forget a record is to train its shard anew without
    it, which is exact, as in :class:`SisaClassifier`.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : regressor
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
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    skmia.unlearning.verify_unlearning : Whether a model has forgotten records.
    SisaClassifier : The same for classifiers, with more on how shards are drawn.

    Notes
    -----
    The model holds no records: `forget` is given those of `fit` again. A shard without
    records has no model.

    Threat model: the adversary sees predictions. No formal guarantee for records that
    stay: each is still in one model, whose answer is one of `n_shards` in the mean. Who
    has the answers from before and after sees whom the difference is about.

    References
    ----------
    L. Bourtoule et al., "Machine Unlearning", IEEE S&P 2021. :arxiv:`1912.03817`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skmia.defenses import SisaRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = SisaRegressor(DecisionTreeRegressor(), n_shards=3, random_state=0)
    >>> model.fit(X, y).forget(X, y, [0, 77]).shard_[[0, 77]]
    array([-1, -1])
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("label",),
        broken_by="LiRA, on the one shard that a record is in; answers from before and "
        "after a record is forgotten",
        paper="Bourtoule et al. 2021",
        guarantee="forgotten records: as trained without them; others: none",
    )

    def _together(self, models, y):
        return ShardRegressor(models)

    def _known_of(self, y):
        return {"_n_outputs": y.shape[1:]}

    def _check_known(self, y):
        if y.shape[1:] != self._n_outputs:
            raise ValueError(
                f"{type(self).__name__}.forget must be given the labels of fit, in "
                f"that order. Got labels of the shape {y.shape}, with another number "
                "of outputs."
            )

    def _check_left(self, y):
        if not len(y):
            raise ValueError(
                f"{type(self).__name__}.forget cannot forget all records: nothing "
                "would answer."
            )
