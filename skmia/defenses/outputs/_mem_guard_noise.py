"""The noise of MemGuard: two phases on arrays, without estimators.

A row is moved so far that the membership classifier of the owner changes its mind
(phase I), and the move is made with the probability that the budget leaves (phase II).

The search decides by signs, which a difference in the last bit can turn over. So that
a row gets the same bits in every batch, nothing here mixes rows: all operations but the
matrix products are elementwise or sums within a row, and a matrix product is one BLAS
call per row, of the same shape whatever the batch (`_times`). A product of a whole
batch would choose its kernel, and the order of its sums, by the number of rows.
"""

import numpy as np
from scipy.special import expit, softmax

from skmia.utils._posteriors import log_posterior

# Derivatives of scikit-learn's activations, as functions of the activated value.
_ACTIVATIONS = {
    "identity": (lambda a: a, np.ones_like),
    "logistic": (expit, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "relu": (lambda a: np.maximum(a, 0), lambda a: (a > 0).astype(float)),
}
# Weights of the distortion, each tried on the rows where the one before succeeded.
_DISTORTION_WEIGHTS = tuple(10.0**exponent for exponent in range(-1, 6))
_LABEL_WEIGHT = 10.0  # of the amount by which another logit exceeds that of the label
_STEP = 0.1  # Euclidean length of a step in the space of logits
_FLOOR = -30.0  # of a logit, the largest being 0
_UNDECIDED = 1e-5  # distance of g from 1/2 below which a row needs no noise
_BLOCK = 1024  # rows that are searched together: bounds the memory


class MembershipNet:
    """Logit of a membership classifier and its gradient, from weights alone.

    Parameters
    ----------
    coefs, intercepts : list of ndarray
        As ``coefs_`` and ``intercepts_`` of a binary MLPClassifier.
    activation : {"identity", "logistic", "tanh", "relu"}
        Of the hidden units.
    """

    def __init__(self, coefs, intercepts, activation):
        self.coefs = [np.ascontiguousarray(W, dtype=np.float64) for W in coefs]
        self.backward = [np.ascontiguousarray(W.T) for W in self.coefs]
        self.intercepts = intercepts
        self.activate, self.derivative = _ACTIVATIONS[activation]

    def _layers(self, S):
        """Values of the input, of every hidden layer, and the logit."""
        layers = [S]
        for W, b in zip(self.coefs[:-1], self.intercepts[:-1], strict=True):
            layers.append(self.activate(_times(layers[-1], W) + b))
        return [*layers, _times(layers[-1], self.coefs[-1]) + self.intercepts[-1]]

    def logit(self, S):
        """Logit of membership of sorted posteriors; (n_samples,)."""
        return self._layers(S)[-1][:, 0]

    def gradient(self, S):
        """Logits, and their derivatives with respect to every entry of `S`."""
        *layers, logit = self._layers(S)
        error = np.ones_like(logit)
        for W, a in zip(self.backward[:0:-1], layers[:0:-1], strict=True):
            error = _times(error, W) * self.derivative(a)
        return logit[:, 0], _times(error, self.backward[0])


def noisy_posterior(P, net, budget, uniforms, max_steps=300):
    """Posterior with MemGuard's noise.

    Parameters
    ----------
    P : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.
    net : MembershipNet
        Trained on rows sorted in ascending order.
    budget : float
        Largest expected L1 distance of a row from the released one.
    uniforms : ndarray of shape (n_samples,)
        The coin of each row, in (0, 1).
    max_steps : int, default=300
        Steps of the search for each weight of the distortion.

    Returns
    -------
    released : ndarray of shape (n_samples, n_classes)
        Each row as it was or moved; its largest entry is where it was.
    """
    moved = full_move(P, net, max_steps)
    tossed = uniforms < move_probability(P, moved, net, budget)
    return np.where(tossed[:, np.newaxis], moved, P)


def move_probability(P, moved, net, budget):
    """Phase II: with which probability each row is moved; (n_samples,).

    0 where a row that the classifier sorts for itself is no less certain afterwards.
    """
    before, after = (abs(expit(net.logit(np.sort(S))) - 0.5) for S in (P, moved))
    distance = abs(moved - P).sum(axis=1)
    affordable = budget / np.maximum(distance, np.finfo(float).tiny)
    return np.where(after < before, np.minimum(affordable, 1), 0.0)


def full_move(P, net, max_steps=300):
    """Phase I: each row, moved until the membership classifier changes its mind.

    Larger and larger weights of the distortion are tried; the last that worked gives
    the move. It may overshoot: `move_probability` looks at what came of it.

    Parameters
    ----------
    P : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.
    net : MembershipNet
        Trained on rows sorted in ascending order.
    max_steps : int, default=300
        Steps of the search for each weight of the distortion.

    Returns
    -------
    moved : ndarray of shape (n_samples, n_classes)
        The row itself where nothing was found.
    """
    P = np.ascontiguousarray(P, dtype=np.float64)
    if P.shape[1] == 1:
        return P.copy()
    blocks = range(0, len(P), _BLOCK)
    return np.concatenate(
        [_move_block(P[i : i + _BLOCK], net, max_steps) for i in blocks]
    )


def _move_block(P, net, max_steps):
    order = _ascending(P)
    S = np.take_along_axis(P, order, axis=1)
    Z = _logits(S)
    shift = np.zeros_like(Z)
    rows = np.flatnonzero(abs(expit(net.logit(S)) - 0.5) > _UNDECIDED)
    for weight in _DISTORTION_WEIGHTS:
        found, shifts = _search(Z[rows], net, weight, max_steps)
        rows = rows[found]
        shift[rows] = shifts
    moved = np.empty_like(P)
    np.put_along_axis(moved, order, softmax(Z + shift, axis=1), axis=1)
    # Rows without noise are kept to the bit; so is one whose label rounding changed.
    keep = shift.any(axis=1) & (moved.argmax(axis=1) == P.argmax(axis=1))
    return np.where(keep[:, np.newaxis], moved, P)


def _ascending(P):
    """Order of the entries of each row; of equal largest ones the label comes last."""
    raised = P.copy()
    np.put_along_axis(raised, P.argmax(axis=1)[:, np.newaxis], np.inf, axis=1)
    return np.argsort(raised, axis=1, kind="stable")


def _search(Z, net, weight, max_steps):
    """Gradient steps from sorted logits until the sign changes and the label holds.

    The label is the last column: whatever the others become, it must stay the largest.
    A row that finds nothing walks to the last step: steps have one length, so it hops
    about where its loss is least and seldom comes to a former place again, to the bit.
    To stop it sooner would lose moves of rows that are merely slow.

    Returns
    -------
    found : ndarray of bool of shape (n_samples,)
        Where that happened in time.
    shifts : ndarray of shape (found.sum(), n_classes)
        What was added to the logits there.
    """
    start = softmax(Z, axis=1)
    before, slope = net.gradient(start)
    found = np.zeros(len(Z), dtype=bool)
    shift = np.zeros_like(Z)
    rows, S, logit = np.arange(len(Z)), start, before
    for _ in range(max_steps):
        if not len(rows):
            break
        slope = np.sign(logit)[:, np.newaxis] * slope + weight * np.sign(
            S - start[rows]
        )
        gradient = _gradient(Z[rows] + shift[rows], S, slope)
        length = np.sqrt((gradient**2).sum(axis=1, keepdims=True))
        step = gradient / np.maximum(length, np.finfo(float).tiny)
        shift[rows] -= _STEP * step
        moved = Z[rows] + shift[rows]
        S = softmax(moved, axis=1)
        # Asked once: what tells whether the row is there is what the next step goes by.
        logit, slope = net.gradient(S)
        changed = logit * before[rows] <= 0
        found[rows] = changed & (moved[:, -1] > moved[:, :-1].max(axis=1))
        # A row whose gradient is 0 would stay where it is forever.
        on = ~found[rows] & (length[:, 0] > 0)
        rows, S, logit, slope = rows[on], S[on], logit[on], slope[on]
    return found, shift[found]


def _gradient(Z, S, slope):
    """Derivative of the loss of phase I with respect to the logits `Z` of `S`.

    `slope` is that of the rest of the loss with respect to the posteriors.
    """
    gradient = S * (slope - (S * slope).sum(axis=1, keepdims=True))
    rival = Z[:, :-1].argmax(axis=1)
    wrong = np.flatnonzero(Z.max(axis=1) > Z[:, -1])
    gradient[wrong, rival[wrong]] += _LABEL_WEIGHT
    gradient[wrong, -1] -= _LABEL_WEIGHT
    return gradient


def _logits(P):
    """Logarithms of a posterior, the largest 0, floored so that softmax can move."""
    Z = log_posterior(P)
    return np.maximum(Z - Z.max(axis=1, keepdims=True), _FLOOR)


def _times(A, W):
    """Matrix product, one BLAS call per row: see the head of this module."""
    return np.matmul(A[:, np.newaxis, :], W)[:, 0]
