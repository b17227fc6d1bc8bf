"""Predictions with noise."""

from __future__ import annotations

from typing import Literal

from numpy.typing import ArrayLike

from skmia.defenses._regressor_base import ScaledMask
from skmia.utils._card import DefenseCard
from skmia.utils._posterior_noise import QUANTILES
from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._secret_stream import secret_key
from skmia.utils._sklearn import NOT_NEGATIVE, StrOptions
from skmia.utils._typing import RandomStateLike, Regressor


class NoisyPrediction(ScaledMask):
    """Regressor that adds noise to the prediction of another one.

    The noise is a secret function of the record: the same record gets the same answer
    whenever it is asked and however it is written, as integers, text or objects. Copies
    that are the same in single precision get the same noise. The key is drawn in `fit`.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : regressor
        Model to defend. `fit` clones it.
    scale : float, default=0.3
        Standard deviation of Gaussian noise, scale of Laplace noise; 0 for none.
    noise : {"gaussian", "laplace"}, default="gaussian"
        Distribution of the noise.
    unit : float or array-like of shape (n_outputs,), default=None
        What `scale` is counted in, for each output: 1 for the units of the label.
        None: the spread of the training labels by their quartiles, in which a normal
        law has a standard deviation of 1.
    random_state : int, RandomState instance or None, default=None
        Key of the noise. An int that others may guess is no secret.

    Attributes
    ----------
    estimator_ : regressor
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    unit_ : ndarray of shape (n_outputs,)
        What `scale` is counted in. The spread of the labels is released with the
        answers, and hardly depends on any one of them.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    RoundedPrediction : A grid instead of noise.
    NoisyPosterior : The same for classifiers.
    PrivateLinearRegression : Noise in training, with a guarantee.

    Notes
    -----
    Threat model: the adversary sees predictions. No formal guarantee: this is one-time
    randomness, not differential privacy. The noise averages out over many slightly
    changed copies of a record, and shadow models with the same noise adapt to its
    distribution. A residual is hidden where the noise is as large: of a model that
    answers members with their own label, noise of the size of its error on others
    doubles the squared error of all.

    References
    ----------
    J. Jia, A. Salem, M. Backes, Y. Zhang, N. Z. Gong, "MemGuard: Defending against
    Black-Box Membership Inference Attacks via Adversarial Examples", ACM CCS 2019,
    where random noise on posteriors is a baseline. :arxiv:`1909.10594`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skmia.defenses import NoisyPrediction
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = NoisyPrediction(Ridge(), random_state=0).fit(X, y)
    >>> first, again = model.predict(X), model.predict(X)
    >>> bool((first == again).all())
    True
    """

    _only_masks = property(ScaledMask._has_unit)
    _card = DefenseCard(
        family="output mask",
        addresses=("label",),
        broken_by="shadow models with the same noise; averages over changed copies of "
        "a record",
        paper="after a baseline of Jia et al. 2019",
    )

    _parameter_constraints = ScaledMask._parameter_constraints | {
        "scale": [NOT_NEGATIVE],
        "noise": [StrOptions(set(QUANTILES))],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Regressor,
        *,
        scale: float = 0.3,
        noise: Literal["gaussian", "laplace"] = "gaussian",
        unit: float | ArrayLike | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.scale = scale
        self.noise = noise
        self.unit = unit
        self.random_state = random_state

    def _learn(self, X, y, sample_weight):
        learned = super()._learn(X, y, sample_weight)
        return {"_secret": secret_key(self.random_state), **learned}

    def _release(self, P, X):
        uniforms = record_uniforms(coarse_keys(X, self), P.shape[1], self._secret)
        return P + self.scale * self.unit_ * QUANTILES[self.noise](uniforms)
