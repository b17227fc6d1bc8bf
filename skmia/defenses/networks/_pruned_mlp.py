"""Networks that keep the largest of their weights."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier
from sklearn.utils import check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.utils._card import DefenseCard
from skmia.utils._inside import into_last_step, last_step
from skmia.utils._passes import passes
from skmia.utils._random import set_random_states
from skmia.utils._sklearn import COUNT, COUNT_OR_0, FRACTION_BELOW_1
from skmia.utils._typing import Classifier, RandomStateLike
from skmia.utils._weights import fit_weights


class PrunedMLPClassifier(TrainingDefense):
    """Multilayer perceptron whose smallest weights are set to 0 and stay there.

    The network is trained, then pruned in rounds: the smallest weights of each layer
    become 0, and the others are trained on. Fewer weights hold less of the records.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : MLPClassifier or Pipeline that ends in one
        Network to train, with solver "adam" or "sgd" and without early stopping.
        `fit` clones it.
    sparsity : float, default=0.5
        Part of the weights of every layer that is 0 in the end, below 1. Intercepts
        are not pruned. 0 trains the network as it is.
    n_rounds : int, default=5
        Steps in which that part is reached, all of the same size.
    epochs_per_round : int, default=10
        Passes over the records after every step.
    random_state : int, RandomState instance or None, default=None
        Order of the records after the first training. An int replaces every
        ``random_state`` of `estimator`; None keeps them.

    Attributes
    ----------
    estimator_ : MLPClassifier or Pipeline
        The released model.
    sparsity_ : float
        Part of all weights that is 0, `sparsity` or a little more.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    PenalizedClassifier : Weights are small instead of few.
    FitControlledClassifier : Prunes decision trees.

    Notes
    -----
    Pruned weights move within a pass over the records, and are 0 again after it. The
    method of Wang et al. trains towards sparse weights under a constraint (ADMM);
    this is the plain form, pruning by size and fine-tuning.

    Threat model: the adversary sees scores or labels; the parameters of the model
    change as well. No formal guarantee. Yuan and Zhang show that pruned networks can
    leak *more* than the original, since pruning and fine-tuning change the scores of
    members and of others unevenly, and give an attack that uses it. Measure it.

    References
    ----------
    Y. Wang et al., "Against Membership Inference Attack: Pruning is All You Need",
    IJCAI 2021. :arxiv:`2008.13578`

    X. Yuan, L. Zhang, "Membership Inference Attacks and Defenses in Neural Network
    Pruning", USENIX Security 2022. :arxiv:`2202.03335`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.defenses import PrunedMLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier((16,), learning_rate_init=0.01, max_iter=500)
    >>> model = PrunedMLPClassifier(network, sparsity=0.75, random_state=0).fit(X, y)
    >>> model.sparsity_, model.score(X, y) > 0.9
    (0.75, True)
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label", "white-box"),
        broken_by="Yuan and Zhang 2022: pruned networks can leak more; LiRA",
        paper="Wang et al. 2021",
    )

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "sparsity": [FRACTION_BELOW_1],
        "n_rounds": [COUNT],
        "epochs_per_round": [COUNT_OR_0],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        sparsity: float = 0.5,
        n_rounds: int = 5,
        epochs_per_round: int = 10,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.sparsity = sparsity
        self.n_rounds = n_rounds
        self.epochs_per_round = epochs_per_round
        self.random_state = random_state

    def _train(self, X, y, sample_weight=None):
        self._check_network(last_step(self.estimator)[0])
        rng = check_random_state(self.random_state)
        model = clone(self.estimator)
        if self.random_state is not None:
            set_random_states(model, rng)
        model.fit(X, y, **fit_weights(model, sample_weight))
        network, Z = into_last_step(model, X)
        # Nothing to prune: no further training either, it is the network as it is.
        n_rounds = self.n_rounds if self.sparsity > 0 else 0
        for part in (np.arange(n_rounds) + 1) / self.n_rounds:
            masks = _prune(network.coefs_, self.sparsity * part)
            for _ in passes(
                *(network, Z, y, self.epochs_per_round),
                sample_weight=sample_weight,
                rng=rng,
            ):
                _apply(masks, network.coefs_)
        weights = np.concatenate([coef.ravel() for coef in network.coefs_])
        return {"estimator_": model, "sparsity_": float(np.mean(weights == 0))}

    def _check_network(self, network):
        if not isinstance(network, MLPClassifier):
            raise TypeError(
                "The 'estimator' parameter of PrunedMLPClassifier must be an "
                "MLPClassifier, or a pipeline that ends in one. Got "
                f"{self.estimator!r} instead."
            )
        if network.solver == "lbfgs" or network.early_stopping:
            raise ValueError(
                "The 'estimator' parameter of PrunedMLPClassifier must be trained on "
                "after pruning: with solver 'adam' or 'sgd', and early_stopping=False. "
                f"Got {self.estimator!r} instead."
            )


def _prune(coefs, sparsity):
    """Set the smallest part of each layer to 0, in place; return what is kept."""
    masks = [_largest(coef, int((1 - sparsity) * coef.size)) for coef in coefs]
    _apply(masks, coefs)
    return masks


def _largest(coef, n_kept):
    """Mask of the `n_kept` weights of largest magnitude."""
    mask = np.zeros(coef.size, dtype=bool)
    mask[np.argsort(-np.abs(coef), axis=None, kind="stable")[:n_kept]] = True
    return mask.reshape(coef.shape)


def _apply(masks, coefs):
    for mask, coef in zip(masks, coefs, strict=True):
        coef[~mask] = 0
