"""The losses of a few records, followed exactly, on the parabolas of all others."""

import numpy as np
from scipy.special import expit, log_expit, log_softmax, softmax

# Below, a record determines its own logit, and rounding what is left without it.
_SMALLEST_REST = 1e-3
# Steps, halvings of each, and what a logit may still move after the last one.
_MAX_STEPS = 60
_MAX_HALVINGS = 40
_CLOSE = 1e-4


def loss(U, Y):
    """Loss, of logits in the last axis."""
    if U.shape[-1] == 1:
        return -np.where(Y == 1, log_expit(U), log_expit(-U))[..., 0]
    return -(Y * log_softmax(U, axis=-1)).sum(axis=-1)


def losses(U, Y):
    """Loss, probabilities and second derivatives, of logits in the last axis."""
    if U.shape[-1] == 1:
        P = expit(U)
        return loss(U, Y), P, (P * expit(-U))[..., None]
    P = softmax(U, axis=-1)
    V = P[..., None] * np.eye(P.shape[-1]) - P[..., None] * P[..., None, :]
    return loss(U, Y), P, V


def bend(F, P, move):
    """Gradients of losses at moved logits, less those of their parabolas.

    Logits and probabilities are (n_logits, n_records), moves one axis more before.
    """
    if len(F) == 1:
        return expit(F + move) - P - P * (1 - P) * move
    parabola = P * (move - (P * move).sum(axis=1, keepdims=True))
    return softmax(F + move, axis=1) - P - parabola


class Followed:
    """The convex problem of a batch: half ``a'Ga`` and the followed losses.

    Logits move by -G a. A neighbour's loss takes the place of its parabola, an added
    record's loss comes new, and a removed record's parabola goes.
    """

    def __init__(self, F, Y, w, member, G, curvature):
        self.F, self.Y, self.G = F, Y, G
        self.loss, P, V = losses(F, Y)
        self.true, self.parabola = w.copy(), -w
        self.true[member, 0] = 0
        self.parabola[~member, 0] = 0
        self.gradient, self.V = P - Y, curvature.variances(V)
        K = F.shape[2]
        share = _largest_share(w[:, 0, None, None] * self.V[:, 0], G[:, :K, :K])
        self.V[:, 0] *= np.minimum(1, (1 - _SMALLEST_REST) / share)[:, None, None]

    def take(self, rows):
        part = object.__new__(Followed)
        part.__dict__ = {name: value[rows] for name, value in self.__dict__.items()}
        return part

    def value(self, a):
        move, bent = self._moved(a)
        return self._value(a, move, bent, loss(self.F + move, self.Y))

    def _moved(self, a):
        """How far the logits move, and by how much the parabolas bend."""
        move = -(self.G @ a[..., None]).reshape(self.F.shape)
        return move, (self.V @ move[..., None])[..., 0]

    def _value(self, a, move, bent, at):
        parabola = ((self.gradient + bent / 2) * move).sum(axis=-1)
        each = self.true * (at - self.loss) + self.parabola * parabola
        return each.sum(axis=1) - (a * move.reshape(a.shape)).sum(axis=1) / 2

    def derivatives(self, a):
        """Value, gradient and second derivatives by the logits."""
        n, m, K = self.F.shape
        move, bent = self._moved(a)
        at, P, V = losses(self.F + move, self.Y)
        value = self._value(a, move, bent, at)
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


def minimise(problem, a):
    """Newton's method with halved steps: of a convex function, from anywhere.

    Rows that are not at their minimum after all are nan.
    """
    active = np.arange(len(a))
    for _ in range(_MAX_STEPS):
        part, here = problem.take(active), a[active]
        value, gradient, hessian = part.derivatives(here)
        left = gradient - here
        push = (part.G @ left[..., None])[..., 0]
        distance = np.abs(push).max(axis=1)
        open_ = ~(distance <= 1e-10 + 1e-13 * np.abs(part.G).max(axis=(1, 2)))
        if not open_.any():
            return a
        active, part, here = active[open_], part.take(open_), here[open_]
        left, push = left[open_], push[open_]
        J = np.eye(here.shape[1]) + hessian[open_] @ part.G
        step = np.linalg.solve(J, left[..., None])[..., 0]
        a[active] = here + _halved(part, here, step, value[open_], push)
    a[active[~(distance[open_] < _CLOSE)]] = np.nan
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
