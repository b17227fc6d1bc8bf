"""Noise on posteriors, given the uniform numbers that it is made from."""

import numpy as np
from scipy.special import softmax
from scipy.stats import laplace, norm

from skmia.utils._posteriors import keep_label, log_posterior

QUANTILES = {"gaussian": norm.ppf, "laplace": laplace.ppf}
SPACES = ("logits", "probabilities")


def perturb_posterior(P, uniforms, scale, noise, space, preserve_label):
    """Posterior with noise on every entry.

    Parameters
    ----------
    P : array-like of shape (n_samples, n_classes)
        Rows sum to 1.
    uniforms : ndarray of shape (n_samples, n_classes)
        Numbers in (0, 1), each turned into the noise of one entry.
    scale : float
        Standard deviation of Gaussian noise, scale of Laplace noise; at least 0.
    noise : {"gaussian", "laplace"}
        Distribution.
    space : {"logits", "probabilities"}
        What the noise is added to. Probabilities are then clipped at 0 and
        renormalised; a row that is nowhere above 0 keeps its entries.
    preserve_label : bool
        Repair rows whose class changed, see `keep_label`.

    Returns
    -------
    released : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.
    """
    P = np.asarray(P, dtype=np.float64)
    drawn = scale * QUANTILES[noise](uniforms)
    if space == "logits":
        released = softmax(log_posterior(P) + drawn, axis=1)
    else:
        released = np.clip(P + drawn, 0, None)
        empty = ~released.any(axis=1)
        released[empty] = P[empty]
        released /= released.sum(axis=1, keepdims=True)
    return keep_label(released, P.argmax(axis=1)) if preserve_label else released
