"""The inverse Hessian of a penalised model of log-odds, of one class or of all."""

from itertools import product

import numpy as np
from scipy.linalg import cholesky
from scipy.linalg.lapack import dpotri

# Of parameters that are not penalised, so that the Hessian has an inverse.
_SMALLEST_PENALTY = 1e-10
# Up to here classes share one Hessian, beyond each has its own: (classes x columns)^2
# numbers are inverted.
_MAX_JOINT = 1024


class Curvature:
    """Inverse Hessian, as blocks ``(class, class) -> matrix``.

    One Hessian for all classes where it is small enough (`joint`), else one per class,
    whose blocks between classes are 0.
    """

    def __init__(self, Z, P, w, penalty):
        penalty = np.maximum(penalty, _SMALLEST_PENALTY)
        self.n_logits, self.n_parameters = P.shape[1], Z.shape[1]
        size = self.n_logits * self.n_parameters
        self.joint = size <= _MAX_JOINT
        if self.joint and self.n_logits > 1:
            self.blocks = _joint_inverse(Z, P, w, penalty)
        else:
            self.blocks = {
                (c, c): _inverse(_hessian(Z, w * p * (1 - p), penalty))
                for c, p in enumerate(P.T)
            }

    def variances(self, V):
        """Second derivatives as this Hessian holds them."""
        return V if self.joint else V * np.eye(self.n_logits)

    def between(self, Z):
        """What the gradient of one followed logit does to another one.

        Z : (n_records, n_followed, n_parameters); returned are square matrices of
        n_followed * n_logits.
        """
        (n, m), K = Z.shape[:2], self.n_logits
        G = np.zeros((n, m, K, m, K))
        flat, across = Z.reshape(n * m, -1), Z.transpose(0, 2, 1)
        for (c, d), M in self.blocks.items():
            if c <= d:
                G[:, :, c, :, d] = (flat @ M).reshape(Z.shape) @ across
                G[:, :, d, :, c] = G[:, :, c, :, d].transpose(0, 2, 1)
        return G.reshape(n, m * K, m * K)

    def change(self, Z, a):
        """Change of the parameters, (n_records, n_logits, n_parameters)."""
        a = a.reshape(*Z.shape[:2], self.n_logits)
        return self.step(np.einsum("bmk,bmq->bkq", a, Z))

    def step(self, gradient):
        """Newton's step down a gradient, (n_records, n_logits, n_parameters)."""
        step = np.zeros_like(gradient)
        for (c, d), M in self.blocks.items():
            step[:, c] -= gradient[:, d] @ M.T
        return step


def _hessian(Z, weight, penalty):
    R = Z * np.sqrt(weight)[:, None]
    return R.T @ R + np.diag(penalty)  # the product with itself costs half


def _inverse(H):
    """Inverse of a matrix that is positive but for rounding, in its own units."""
    unit = 1 / np.sqrt(np.diag(H))
    rounding = 10 * len(H) * np.finfo(float).eps * np.eye(len(H))
    factor = cholesky(H * unit * unit[:, None] + rounding, lower=True)
    lower, _ = dpotri(factor, lower=True)
    return (lower + np.tril(lower, -1).T) * unit * unit[:, None]


def _joint_inverse(Z, P, w, penalty):
    """Blocks of the inverse of the Hessian of all classes."""
    K, q = P.shape[1], Z.shape[1]
    R = (np.sqrt(w)[:, None] * P)[:, :, None] * Z[:, None, :]
    R = R.reshape(len(Z), K * q)
    H = -(R.T @ R).reshape(K, q, K, q)
    for c, p in enumerate(P.T):
        H[c, :, c] = _hessian(Z, w * p * (1 - p), penalty)
    if K > 1:
        # The same added to the parameters of all classes changes no probability. No
        # gradient leads there, so curvature may be put there: without it, intercepts
        # had next to none.
        scale = np.trace(H.reshape(K * q, K * q)) / (K * q)
        H += scale * np.eye(q)[None, :, None, :] / K
    inverse = _inverse(H.reshape(K * q, K * q)).reshape(K, q, K, q)
    return {(c, d): inverse[c, :, d] for c, d in product(range(K), repeat=2)}
