"""Newton steps: what a penalised model of log-odds answers with or without a record.

A model with logits F = Z theta, one column for two classes, else one per class, has
minimised ``sum w loss + penalty theta^2 / 2`` over the records it was trained on. All
their losses but a few become parabolas, which the inverse Hessian holds; the losses of
the followed records, first of all the one in question, stay what they are. What is left
is a convex problem in as many unknowns as there are followed logits. With the record
alone it is Newton's step to a removed one, and the implicit step to an added one.
"""

import numpy as np
from scipy.special import expit, softmax

from skmia.shadow.surgery._curvature import Curvature
from skmia.shadow.surgery._followed import Followed, bend, losses, minimise

# Sum of p (1 - p) over the training records. Below, the classes are separated: there
# is next to no curvature, and the fit ends where its tolerance lets it.
_SMALLEST_VARIANCE = 0.01
# Squared length of a step in units of the Hessian, up to where no loss bends much.
_SHORT_STEP = 0.01
# Error of a logit, as the losses that are not followed let expect: from where on those
# that bend most are followed (times the number of logits, since it costs as much), so
# many logits in each round, and what may be left, or which share of the change.
_FOLLOWED_FROM = 0.001
_N_FOLLOWED = 40
_N_ROUNDS = 3
_MAX_ERROR = 0.1
_MAX_SHARE = 0.2
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


def other_logits(Z, F, codes, inside, penalty, weight=None, *, follow=True):
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
    follow : bool, default=True
        Follow losses of other records where they bend, and answer nan where that is not
        enough. It pays where the model has reached its minimum.

    Returns
    -------
    logits : ndarray of shape (n_records, n_logits)
        Rows of nan where a step does not tell.
    """
    U = np.full(F.shape, np.nan)
    weight = np.ones(len(F)) if weight is None else weight
    surgery = _Surgery(Z, F, codes, weight, np.asarray(inside, bool), follow)
    if surgery.variance < _SMALLEST_VARIANCE:
        return U
    surgery.prepare(penalty)
    known = np.flatnonzero(codes >= 0)
    step = max(1, _CHUNK // (len(surgery.trained) * F.shape[1]))
    for rows in _parts(known, step):
        U[rows] = surgery.operated(rows)
    return _without_empty_classes(U, codes, inside)


def logit_spread(Z, F, codes, inside, penalty, weight):
    """How far the log-odds of each record's label stray from one training to the next.

    The infinitesimal jackknife: as the training records would leave one by one, each
    moves the log-odds; the root of the sum of squares is their standard deviation over
    training sets of independent draws.

    Parameters
    ----------
    Z, F, codes, inside, penalty, weight : as for :func:`other_logits`
        Every code is that of a class.

    Returns
    -------
    spread : ndarray of shape (n_records,)
        nan where the model is too sure of all records to tell.
    """
    surgery = _Surgery(Z, F, codes, weight, np.asarray(inside, bool), follow=False)
    if surgery.variance < _SMALLEST_VARIANCE:
        return np.full(len(F), np.nan)
    surgery.prepare(penalty)
    variance, everybody = np.zeros(len(F)), np.arange(len(F))
    size = max(1, _CHUNK // max(len(F), Z.shape[1] * F.shape[1]))
    for leaving in _parts(surgery.trained, size):
        steps = surgery.steps(leaving).reshape(len(leaving), -1)
        for rows in _parts(everybody, size):
            slopes = surgery.slopes(rows).reshape(len(rows), -1)
            variance[rows] += ((slopes @ steps.T) ** 2).sum(axis=1)
    return np.sqrt(variance)


def _parts(rows, size):
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _without_empty_classes(U, codes, inside):
    """A class that loses its only record has probability 0; of two, none is left."""
    count = np.bincount(codes[inside], minlength=max(2, U.shape[1]))
    last = np.flatnonzero(inside)
    last = last[count[codes[last]] == 1]
    if U.shape[1] == 1:
        U[last] = np.nan
    else:
        U[last, codes[last]] -= np.inf  # nan stays nan
    return U


class _Surgery:
    """Records, and the curvature of the model that learned some of them."""

    def __init__(self, Z, F, codes, weight, inside, follow):
        self.Z, self.F, self.w, self.inside = Z, F, weight, inside
        self.Y = codes[:, None] == (np.arange(F.shape[1]) if F.shape[1] > 1 else [1])
        self.follow = follow
        self.trained = np.flatnonzero(inside)
        self.place = np.full(len(Z), -1)  # among those trained on
        self.place[self.trained] = np.arange(len(self.trained))
        _, self.P, _ = losses(F, self.Y)

    @property
    def variance(self):
        """Sum of p (1 - p) over the training records, of two classes once."""
        variance = (self.P * (1 - self.P))[self.trained].sum()
        return variance if self.F.shape[1] == 1 else variance / 2

    def prepare(self, penalty):
        T = self.trained
        self.curvature = Curvature(self.Z[T], self.P[T], self.w[T], penalty)

    def steps(self, rows):
        """Change of the parameters by each record, (n_rows, n_logits, n_parameters)."""
        followed = rows[:, None]
        _, a, _ = self._solved(followed)
        return self.curvature.change(self.Z[followed], a)

    def slopes(self, rows):
        """Of the log-odds of each label by the parameters, shaped as the steps."""
        Y, P = self.Y[rows], self.P[rows]
        others = np.where(Y, 0, P)
        total = others.sum(axis=1, keepdims=True)
        shares = np.divide(others, total, out=np.zeros_like(others), where=total > 0)
        slope = np.where(Y, 1.0, -shares)  # one column: 1 or -1
        return slope[:, :, None] * self.Z[rows, None]

    def operated(self, rows):
        """Other logits of some records, (n_rows, n_logits)."""
        U, a, length = self._solved(rows[:, None])
        # What blocks leave out is more than how far losses bend.
        if not (self.follow and self.curvature.joint):
            return U
        long = np.flatnonzero(length > _SHORT_STEP)
        followed, a = rows[long, None], a[long]
        bends, error = self._left_out(followed, a)
        far = np.flatnonzero(error > self._enough)
        for part in _parts(far, max(1, _CHUNK // (_N_FOLLOWED * _N_ROUNDS) ** 2)):
            U[long[part]] = self._follow(followed[part], a[part], bends[part])
        return U

    @property
    def _enough(self):
        return _FOLLOWED_FROM * self.F.shape[1]

    def _follow(self, followed, a, bends):
        """Other logits when the losses are followed that bend most, round by round."""
        U = np.full((len(a), self.F.shape[1]), np.nan)
        far = np.arange(len(a))
        n_more = max(1, _N_FOLLOWED // self.F.shape[1])
        for _ in range(_N_ROUNDS):
            most = np.argsort(-bends, axis=1)[:, :n_more]
            bent = np.take_along_axis(bends, most, axis=1) > 0
            more = np.where(bent, self.trained[most], -1)
            followed = np.hstack([followed, more])
            U[far], a, _ = self._solved(followed, a)
            bends, error = self._left_out(followed, a)
            change = np.abs(U[far] - self.F[followed[:, 0]]).max(axis=1)
            U[far[~(error <= np.maximum(_MAX_ERROR, _MAX_SHARE * change))]] = np.nan
            left = error > self._enough
            if not left.any():
                break
            far, followed, a, bends = far[left], followed[left], a[left], bends[left]
        return U

    def _solved(self, followed, start=None):
        """New logits of the first of those followed, what pushes there, and how far.

        `followed` are positions of records, (n_rows, n_followed), -1 for none.
        """
        n, m, K = *followed.shape, self.F.shape[1]
        G = self.curvature.between(self.Z[followed])
        w = np.where(followed >= 0, self.w[followed], 0)
        member = self.inside[followed[:, 0]]
        F, Y = self.F[followed], self.Y[followed]
        a = np.zeros((n, m * K))
        if start is not None:
            a[:, : start.shape[1]] = start
        a = minimise(Followed(F, Y, w, member, G, self.curvature), a)
        moved = (G @ a[..., None])[..., 0]
        return F[:, 0] - moved[:, :K], a, (a * moved).sum(axis=1)

    def _left_out(self, followed, a):
        """Of the records that are not followed: how far their losses bend.

        Returned are the differences of gradients from those of the parabolas, (n_rows,
        n_trained), and what all of them would do to the logit in question, (n_rows,).
        """
        T = self.trained
        changed = self.curvature.change(self.Z[followed], a)
        move = (changed @ self.Z[T].T).transpose(0, 2, 1)
        bends = bend(self.F[T], move) * self.w[T, None]
        at = np.where(followed >= 0, self.place[followed], -1)
        row, column = np.nonzero(at >= 0)
        bends[row, at[row, column]] = 0
        pushed = bends.transpose(0, 2, 1) @ self.Z[T]
        error = self.curvature.step(pushed) @ self.Z[followed[:, 0], :, None]
        return np.abs(bends).max(axis=2), np.abs(error).max(axis=(1, 2))
