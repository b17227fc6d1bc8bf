"""Newton steps: what a penalised model of log-odds answers with or without a record.

A model with logits F = Z theta, one column for two classes, else one per class, has
minimised ``sum w loss + penalty theta^2 / 2`` over the records it was trained on. All
their losses but a few become parabolas, which the inverse Hessian holds; the losses of
the followed records, first of all the one in question, stay what they are. What is left
is a convex problem in as many unknowns as there are followed logits.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, log_expit, log_softmax, softmax

# Of parameters that are not penalised, so that the Hessian has an inverse.
SMALLEST_PENALTY = 1e-10
# Up to here classes share one Hessian, beyond each has its own: (classes x columns)^2
# numbers are inverted.
_MAX_JOINT = 1024
# Below, a record determines its own logit, and rounding what is left without it.
_SMALLEST_REST = 1e-3
# Sum of p (1 - p) over the training records. Below, the parabolas are flat: the classes
# are separated and the minimum is far from where Newton's step leads.
_SMALLEST_VARIANCE = 1.0
# Error of a logit, as the losses that are not followed let expect: from where on those
# that bend most are followed, so many logits in each round, and what may be left.
_FOLLOWED_FROM = 0.01
_N_FOLLOWED = 20
_N_ROUNDS = 3
_MAX_ERROR = 0.5
_MAX_STEPS = 60
_MAX_HALVINGS = 40
_CHUNK = 2**22  # numbers in the largest array of a batch


def posterior(F):
    """Probabilities of logits; one column is the log-odds of the second class."""
    if F.shape[1] == 1:
        return np.hstack([expit(-F), expit(F)])
    return softmax(F, axis=1)


def in_their_span(X):
    """Records in as many coordinates as there are records, should that be less.

    Scalar products stay, and so does what a model learns under a round penalty.
    """
    if X.shape[1] <= X.shape[0]:
        return X.toarray() if hasattr(X, "toarray") else X
    gram = X @ X.T
    size, axes = np.linalg.eigh(gram.toarray() if hasattr(gram, "toarray") else gram)
    return axes * np.sqrt(np.clip(size, 0, None))


def other_logits(Z, F, codes, inside, *, penalty, weight=None, separable=False):
    """Logits of each record if it were on the other side of the training.

    Parameters
    ----------
    Z : ndarray of shape (n_records, n_parameters)
        Records with a column for the intercept.
    F : ndarray of shape (n_records, n_logits)
        The model's own logits.
    codes : ndarray of int of shape (n_records,)
        Positions of labels among the classes, -1 for none of them.
    inside : ndarray of bool of shape (n_records,)
        The training records.
    penalty : ndarray of shape (n_parameters,)
        Of half the square of each parameter.
    weight : ndarray of shape (n_records,), optional
        Of each record's loss, 1 by default.
    separable : bool, default=False
        Operate also on models that separate their classes, whose minimum is far away.

    Returns
    -------
    logits : ndarray of shape (n_records, n_logits)
        Rows of nan where a step does not tell.
    """
    records = _Records(
        F, _one_hot(codes, F.shape[1]), np.ones(len(F)) if weight is None else weight
    )
    U = np.full(F.shape, np.nan)
    _, P, V = records.losses(F, records.Y)
    trained = np.flatnonzero(inside)
    if not separable and np.trace(V[trained].sum(axis=0)) / _sides(F) < (
        _SMALLEST_VARIANCE
    ):
        return U
    curvature = _Curvature(Z[trained], P[trained], records.w[trained], penalty)
    known = np.flatnonzero(codes >= 0)
    step = max(1, _CHUNK // max(1, len(trained) * F.shape[1]))
    for rows in _parts(known, step):
        U[rows] = _operated(rows, Z, records, inside, trained, curvature)
    return _classes_gone(U, codes, inside)


def _parts(rows, size):
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _one_hot(codes, n_logits):
    if n_logits == 1:
        return (codes == 1)[:, None].astype(float)
    return (codes[:, None] == np.arange(n_logits)).astype(float)


def _sides(F):
    """How often p (1 - p) is counted: of two classes both, where each has a logit."""
    return 1 if F.shape[1] == 1 else 2


def _classes_gone(U, codes, inside):
    """A class that loses its only record: probability 0; of two classes none is left."""
    count = np.bincount(codes[inside], minlength=max(2, U.shape[1]))
    last = np.flatnonzero(inside & (codes >= 0))
    last = last[count[codes[last]] == 1]
    if U.shape[1] == 1:
        U[last] = np.nan
    else:
        U[last, codes[last]] = np.where(np.isnan(U[last, codes[last]]), np.nan, -np.inf)
    return U


@dataclass
class _Records:
    """Logits, one-hot labels and weights of all records."""

    F: np.ndarray
    Y: np.ndarray
    w: np.ndarray

    @staticmethod
    def losses(U, Y):
        """Loss, probabilities and second derivatives, of logits in the last axis."""
        if U.shape[-1] == 1:
            loss = -np.where(Y == 1, log_expit(U), log_expit(-U))[..., 0]
            P = expit(U)
            return loss, P, (P * expit(-U))[..., None]
        loss = -(Y * log_softmax(U, axis=-1)).sum(axis=-1)
        P = softmax(U, axis=-1)
        V = P[..., None] * np.eye(P.shape[-1]) - P[..., None] * P[..., None, :]
        return loss, P, V


class _Curvature:
    """Inverse Hessian, as blocks ``(class, class) -> matrix``.

    One Hessian for all classes where it is small enough (`joint`), else one per class,
    whose blocks between classes are 0.
    """

    def __init__(self, Z, P, w, penalty):
        penalty = np.maximum(penalty, SMALLEST_PENALTY)
        self.n_logits, self.n_parameters = P.shape[1], Z.shape[1]
        size = self.n_logits * self.n_parameters
        self.joint = size <= _MAX_JOINT
        if self.joint:
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
        n, m, K = *Z.shape[:2], self.n_logits
        G = np.zeros((n, m, K, m, K))
        for (c, d), M in self.blocks.items():
            G[:, :, c, :, d] = (Z @ M) @ Z.transpose(0, 2, 1)
        return G.reshape(n, m * K, m * K)

    def change(self, Z, a):
        """Change of the parameters, (n_records, n_logits, n_parameters)."""
        a = a.reshape(*Z.shape[:2], self.n_logits)
        return self.step(np.einsum("bmk,bmq->bkq", a, Z))

    def step(self, gradient):
        """Newton's step down a gradient, (n_records, n_logits, n_parameters)."""
        step = np.zeros_like(gradient)
        for (c, d), M in self.blocks.items():
            step[:, c] -= gradient[:, d] @ M
        return step


def _hessian(Z, weight, penalty):
    R = Z * np.sqrt(weight)[:, None]
    return R.T @ R + np.diag(penalty)  # the product with itself costs half


def _inverse(H):
    return cho_solve(cho_factor(H, lower=True), np.eye(len(H)))


def _joint_inverse(Z, P, w, penalty):
    """Blocks of the inverse of the Hessian of all classes."""
    K, q = P.shape[1], Z.shape[1]
    H = np.zeros((K, q, K, q))
    for c, d in product(range(K), repeat=2):
        if c == d:
            H[c, :, c] = _hessian(Z, w * P[:, c] * (1 - P[:, c]), penalty)
        elif c < d:
            H[c, :, d] = H[d, :, c] = (Z.T * (-w * P[:, c] * P[:, d])) @ Z
    if K > 1:
        # The same added to the parameters of all classes changes no probability. No
        # gradient leads there, so curvature may be put there: without it, intercepts
        # had next to none.
        scale = np.trace(H.reshape(K * q, K * q)) / (K * q)
        H += scale * np.eye(q)[None, :, None, :] / K
    inverse = _inverse(H.reshape(K * q, K * q)).reshape(K, q, K, q)
    return {(c, d): inverse[c, :, d] for c, d in product(range(K), repeat=2)}


def _operated(rows, Z, records, inside, trained, curvature):
    """Other logits of some records, (n_rows, n_logits)."""
    followed, member = rows[:, None], inside[rows]
    U, a = _solved(followed, None, Z, records, member, curvature)
    if not curvature.joint:
        return U  # what the blocks leave out is more than the losses' bends
    bend, error = _left_out(followed, a, Z, records, trained, curvature)
    far = np.flatnonzero(error > _FOLLOWED_FROM)
    size = _N_FOLLOWED * _N_ROUNDS
    for part in _parts(far, max(1, _CHUNK // size**2)):
        U[part] = _follow(
            followed[part], a[part], bend[part], Z, records, member[part], trained, curvature
        )
    return U


def _follow(followed, a, bend, Z, records, member, trained, curvature):
    """Other logits when the losses are followed that bend most, more in each round."""
    U = np.full((len(a), curvature.n_logits), np.nan)
    far = np.arange(len(a))
    for _ in range(_N_ROUNDS):
        n_more = max(1, _N_FOLLOWED // curvature.n_logits)
        most = trained[np.argsort(-bend, axis=1)[:, :n_more]]
        followed = np.hstack([followed, most])
        U[far], a = _solved(followed, a, Z, records, member[far], curvature)
        bend, error = _left_out(followed, a, Z, records, trained, curvature)
        left = error > _FOLLOWED_FROM
        if not left.any():
            return U
        far, followed, a, bend = far[left], followed[left], a[left], bend[left]
    U[far[error[left] > _MAX_ERROR]] = np.nan
    return U


def _left_out(followed, a, Z, records, trained, curvature):
    """Of the records that are not followed: how far their losses are from parabolas.

    Returned are the difference of the gradients, (n_rows, n_trained), and what all of
    them together would do to the logit in question, (n_rows,).
    """
    changed = curvature.change(Z[followed], a)
    move = (changed @ Z[trained].T).transpose(0, 2, 1)
    bend = _bend(records.F[trained], move, curvature.joint)
    place = np.full(len(Z), -1)
    place[trained] = np.arange(len(trained))
    at = place[followed]
    row, column = np.nonzero(at >= 0)
    bend *= records.w[trained, None]
    bend[row, at[row, column]] = 0
    pushed = bend.transpose(0, 2, 1) @ Z[trained]
    error = np.einsum("bkq,bq->bk", curvature.step(pushed), Z[followed[:, 0]])
    return np.abs(bend).max(axis=2), np.abs(error).max(axis=1)


def _bend(F, move, joint):
    """Gradients of losses at moved logits, less those of their parabolas."""
    if F.shape[1] == 1:
        P = expit(F)
        return expit(F + move) - P - P * expit(-F) * move
    P = softmax(F, axis=1)
    parabola = P * (move - (P * move).sum(axis=2, keepdims=True))
    if not joint:
        parabola = P * (1 - P) * move
    return softmax(F + move, axis=2) - P - parabola


def _solved(followed, start, Z, records, member, curvature):
    """New logits of the first followed record, and what pushes the parameters."""
    n, m, K = *followed.shape, curvature.n_logits
    G = curvature.between(Z[followed])
    F, Y, w = records.F[followed], records.Y[followed], records.w[followed]
    a = np.zeros((n, m * K))
    if start is not None:
        a[:, : start.shape[1]] = start
    a = _minimise(_Followed(F, Y, w, member, G, curvature), a)
    U = F[:, 0] - (G[:, :K] @ a[..., None])[..., 0]
    return U, a


class _Followed:
    """The convex problem of a batch: half ``a'Ga`` and the followed losses.

    Logits move by -G a. A neighbour's loss takes the place of its parabola, an added
    record's loss comes new, and a removed record's parabola goes.
    """

    def __init__(self, F, Y, w, member, G, curvature):
        self.F, self.Y, self.G = F, Y, G
        self.loss, P, V = _Records.losses(F, Y)
        self.true, self.parabola = w.copy(), -w
        self.true[member, 0] = 0
        self.parabola[~member, 0] = 0
        self.gradient, self.V = P - Y, curvature.variances(V)
        K = F.shape[2]
        share = _largest_share(w[:, 0, None, None] * self.V[:, 0], G[:, :K, :K])
        self.V[:, 0] *= np.minimum(1, (1 - _SMALLEST_REST) / share)[:, None, None]

    def take(self, rows):
        part = object.__new__(_Followed)
        part.__dict__ = {name: value[rows] for name, value in self.__dict__.items()}
        return part

    def value(self, a):
        return self.derivatives(a)[0]

    def derivatives(self, a):
        """Value, gradient and second derivatives by the logits."""
        n, m, K = self.F.shape
        push = (self.G @ a[..., None])[..., 0]
        move = -push.reshape(n, m, K)
        loss, P, V = _Records.losses(self.F + move, self.Y)
        bent = (self.V @ move[..., None])[..., 0]
        parabola = ((self.gradient + bent / 2) * move).sum(axis=-1)
        value = (a * push).sum(axis=1) / 2
        value += (self.true * (loss - self.loss) + self.parabola * parabola).sum(axis=1)
        gradient = self.true[..., None] * (P - self.Y)
        gradient += self.parabola[..., None] * (self.gradient + bent)
        hessian = np.zeros((n, m, K, m, K))
        each = np.arange(m)
        own = self.true[..., None, None] * V
        own += self.parabola[..., None, None] * self.V
        hessian[:, each, :, each, :] = own.transpose(1, 0, 2, 3)
        return value, gradient.reshape(n, m * K), hessian.reshape(n, m * K, m * K)


def _largest_share(V, A):
    """Largest eigenvalue of each V A: how much of a logit is the record's own doing."""
    share = np.trace(V @ A, axis1=1, axis2=2)
    rows = np.flatnonzero(share > 1 - _SMALLEST_REST)  # no eigenvalue exceeds the sum
    if len(rows):
        share[rows] = np.linalg.eigvals(V[rows] @ A[rows]).real.max(axis=1)
    return np.maximum(share, np.finfo(float).tiny)


def _minimise(problem, a):
    """Newton's method with halved steps: of a convex function, from anywhere."""
    active = np.arange(len(a))
    for _ in range(_MAX_STEPS):
        part, here = problem.take(active), a[active]
        value, gradient, hessian = part.derivatives(here)
        left = gradient - here
        push = (part.G @ left[..., None])[..., 0]
        open_ = np.abs(push).max(axis=1) > 1e-10
        if not open_.any():
            return a
        active, part, here = active[open_], part.take(open_), here[open_]
        left, push = left[open_], push[open_]
        J = np.eye(here.shape[1]) + hessian[open_] @ part.G
        step = np.linalg.solve(J, left[..., None])[..., 0]
        a[active] = here + _halved(part, here, step, value[open_], push)
    return a


def _halved(problem, a, step, value, push):
    """Steps, halved until the value falls as the slope promises."""
    slope = -(push * step).sum(axis=1)
    rounding = 1e-13 * (1 + np.abs(value))
    wrong = np.arange(len(a))
    for _ in range(_MAX_HALVINGS):
        new = problem.take(wrong).value(a[wrong] + step[wrong])
        bound = value[wrong] + 1e-4 * slope[wrong] + rounding[wrong]
        wrong = wrong[~(new <= bound)]
        if not len(wrong):
            break
        step[wrong] /= 2
        slope[wrong] /= 2
    return step
