"""Posteriors with noise."""

from __future__ import annotations

from typing import Literal

from skmia.defenses._base import OutputDefense
from skmia.utils._card import DefenseCard
from skmia.utils._posterior_noise import QUANTILES, SPACES, perturb_posterior
from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._secret_stream import secret_key
from skmia.utils._sklearn import NOT_NEGATIVE, StrOptions
from skmia.utils._typing import Classifier, RandomStateLike


class NoisyPosterior(OutputDefense):
    """Classifier that adds noise to the posterior of another one.

    The noise is a secret function of the record: the same record gets the same answer
    whenever it is asked and however it is written, as integers, text or objects. Copies
    that are the same in single precision get the same noise. The key is drawn in `fit`.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    scale : float, default=1.0
        Standard deviation of Gaussian noise, scale of Laplace noise; 0 for none.
    noise : {"gaussian", "laplace"}, default="gaussian"
        Distribution of the noise.
    space : {"logits", "probabilities"}, default="logits"
        What the noise is added to, independently for each class. Probabilities are
        then clipped at 0 and divided by their sum; if none is above 0, the row stays
        as it was. For probabilities a scale of 1 is very much.
    preserve_label : bool, default=True
        Never change the predicted class: where another entry becomes the largest, the
        two change places.
    random_state : int, RandomState instance or None, default=None
        Key of the noise. An int that others may guess is no secret.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    RoundedPosterior : Release few digits of every entry.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee: this is one-time
    randomness, not differential privacy. The noise averages out over many slightly
    changed copies of a record, shadow models with the same noise adapt to its
    distribution, and with ``preserve_label`` attacks that use labels lose nothing.

    With ``preserve_label=True`` it stands for the perturbation of predictions in
    MLCapsule, a random change that keeps the top class. The law and the size of the
    noise there are not known to us: this is no reproduction.

    References
    ----------
    J. Jia, A. Salem, M. Backes, Y. Zhang, N. Z. Gong, "MemGuard: Defending against
    Black-Box Membership Inference Attacks via Adversarial Examples", ACM CCS 2019,
    where random noise is a baseline. :arxiv:`1909.10594`

    L. Hanzlik et al., "MLCapsule: Guarded Offline Deployment of Machine Learning as a
    Service", CVPR Workshops 2021. :arxiv:`1808.00590`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import NoisyPosterior
    >>> X, y = load_iris(return_X_y=True)
    >>> model = NoisyPosterior(GaussianNB(), random_state=0).fit(X, y)
    >>> first, again = model.predict_proba(X), model.predict_proba(X)
    >>> bool((first == again).all())
    True
    >>> model.score(X, y) == GaussianNB().fit(X, y).score(X, y)
    True
    """

    _only_masks = True
    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="shadow models with the same noise; averages over changed copies of "
        "a record; the gap attack; label-only attacks",
        paper="baseline of Jia et al. 2019; after Hanzlik et al. 2021",
    )

    _parameter_constraints = OutputDefense._parameter_constraints | {
        "scale": [NOT_NEGATIVE],
        "noise": [StrOptions(set(QUANTILES))],
        "space": [StrOptions(set(SPACES))],
        "preserve_label": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        scale: float = 1.0,
        noise: Literal["gaussian", "laplace"] = "gaussian",
        space: Literal["logits", "probabilities"] = "logits",
        preserve_label: bool = True,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.scale = scale
        self.noise = noise
        self.space = space
        self.preserve_label = preserve_label
        self.random_state = random_state

    def _learn(self, X, y, sample_weight):
        learned = super()._learn(X, y, sample_weight)
        return {"_secret": secret_key(self.random_state), **learned}

    def _release(self, P, X):
        uniforms = record_uniforms(coarse_keys(X, self), P.shape[1], self._secret)
        return perturb_posterior(
            P, uniforms, self.scale, self.noise, self.space, self.preserve_label
        )
