"""Newton steps: what a penalised model of log-odds answers with or without a record.

A model with logits F = Z theta, one column for two classes, else one per class, has
minimised ``sum w loss + penalty theta^2 / 2`` over the records it was trained on. All
their losses but a few become parabolas, which the inverse Hessian holds; the losses of
the followed records, first of all the one in question, stay what they are. What is left
is a convex problem in as many unknowns as there are followed logits. With the record
alone it is Newton's step to a removed one, and the implicit step to an added one. Only
a record that moves the logit of another one far is followed together with those others.
"""

import numpy as np
from scipy.sparse import issparse

from skmia.shadow.surgery._curvature import Curvature
from skmia.shadow.surgery._followed import Followed, bend, losses, minimise

# Sum of p (1 - p) over the training records. Below, the classes are separated: there
# is next to no curvature, and the fit ends where its tolerance lets it. At .01 to .1
# steps that follow neighbours are within 2.5 of refits whose logits change by 10 to 34.
_SMALLEST_VARIANCE = 0.01
# Where classes have a Hessian each, no others are followed: on digits, changes were
# 1.08 times those of refits at .7, and 2 to 4 times at .06.
_SMALLEST_VARIANCE_OF_BLOCKS = 0.5
# A record is looked at alone where it cannot move the logit of another one by more
# than this, by a bound that costs nothing. What it neglects is then about .02 of its
# change, and .14 of the worst one's where 50 records were trained on.
_REACH = 1.0
# Beyond, others are followed where one of them is moved this far, and where all that
# they do is this share of the change: first so many logits, then so many more. Once
# some are followed, a small rest can still throw others far.
_MOVED = 0.5
_ROUNDS = ((0.01, 8), (0.002, 32), (0.002, 80))
# No answer where this share is left at last. A smaller change than that is no matter.
_GIVEN_UP = 0.2
_SMALL_CHANGE = 0.5
_TINY = np.finfo(float).tiny
_CHUNK = 2**20  # numbers in the largest array of a batch


def in_their_span(X):
    """Records in as many coordinates as there are records, should that be less.

    Scalar products stay, and so does what a model learns under a round penalty.
    """
    if X.shape[1] <= X.shape[0]:
        return X.toarray() if issparse(X) else X
    gram = X @ X.T
    gram = gram.toarray() if issparse(gram) else gram
    rounding = 10 * len(gram) * np.finfo(float).eps * gram.diagonal().max()
    return np.linalg.cholesky(gram + (rounding + _TINY) * np.eye(len(gram)))


def other_logits(Z, F, codes, inside, penalty, weight=None, *, follow=True):
    """Logits of each record if it were on the other side of the training.

    Parameters
    ----------
    Z : ndarray of shape (n_records, n_parameters)
        Records with a column for the intercept.
    F : ndarray of shape (n_records, n_logits)
        The model's own logits.
    codes : ndarray of int of shape (n_records,)
        Positions of labels among the classes.
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
    weight = np.ones(len(F)) if weight is None else weight
    surgery = _Surgery(Z, F, codes, weight, inside)
    surgery.prepare(penalty)
    if not surgery.tells:
        return np.full(F.shape, np.nan)
    U, a, length, reach = surgery.alone()
    # What blocks leave out is more than how far losses bend.
    if follow and surgery.curvature.joint:
        surgery.follow(np.flatnonzero(reach > _REACH), U, a, length)
    return _without_empty_classes(U, codes, inside)


def logit_spread(Z, F, codes, inside, penalty, weight):
    """How far the log-odds of each record's label stray from one training to the next.

    The infinitesimal jackknife: as the training records would leave one by one, each
    moves the log-odds; the root of the sum of squares is their standard deviation over
    training sets of independent draws.

    Parameters
    ----------
    Z, F, codes, inside, penalty, weight : as for :func:`other_logits`
        Every record is a training record.

    Returns
    -------
    spread : ndarray of shape (n_records,)
        nan where the model is too sure of all records to tell.
    """
    surgery = _Surgery(Z, F, codes, weight, inside)
    surgery.prepare(penalty)
    if not surgery.tells:
        return np.full(len(F), np.nan)
    variance, size = np.zeros(len(F)), max(len(F), Z.shape[1] * F.shape[1])
    for leaving in _batches(surgery.trained, size):
        steps = surgery.steps(leaving).reshape(len(leaving), -1)
        for rows in _batches(surgery.trained, size):
            slopes = surgery.slopes(rows).reshape(len(rows), -1)
            variance[rows] += ((slopes @ steps.T) ** 2).sum(axis=1)
    return np.sqrt(variance)


def _batches(rows, size):
    """Parts of so many rows that each takes `_CHUNK` numbers, at `size` for a row."""
    step = max(1, _CHUNK // size)
    return (rows[start : start + step] for start in range(0, len(rows), step))


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

    def __init__(self, Z, F, codes, weight, inside):
        self.Z, self.F, self.w, self.inside = Z, F, weight, inside
        self.Y = codes[:, None] == (np.arange(F.shape[1]) if F.shape[1] > 1 else [1])
        self.trained = np.flatnonzero(inside)
        self.place = np.full(len(Z), -1)  # among those trained on
        self.place[self.trained] = np.arange(len(self.trained))
        _, self.P, _ = losses(F[inside], self.Y[inside])

    @property
    def variance(self):
        """Sum of p (1 - p) over the training records, of two classes once."""
        variance = (self.P * (1 - self.P)).sum()
        return variance if self.F.shape[1] == 1 else variance / 2

    @property
    def tells(self):
        """Whether there is so much curvature that a step tells anything."""
        joint = self.curvature.joint
        smallest = _SMALLEST_VARIANCE if joint else _SMALLEST_VARIANCE_OF_BLOCKS
        return self.variance >= smallest

    def prepare(self, penalty):
        T = self.trained
        self.Z_trained = self.Z[T]
        self.curvature = Curvature(self.Z_trained, self.P, self.w[T], penalty)

    def steps(self, rows):
        """Change of the parameters by each record, (n_rows, n_logits, n_parameters)."""
        followed = rows[:, None]
        _, a, *_ = self._solved(followed)
        return self.curvature.change(self.Z[followed], a)

    def slopes(self, rows):
        """Of the log-odds of each label by the parameters, shaped as the steps."""
        Y, P = self.Y[rows], self.P[rows]
        others = np.where(Y, 0, P)
        total = others.sum(axis=1, keepdims=True)
        shares = np.divide(others, total, out=np.zeros_like(others), where=total > 0)
        slope = np.where(Y, 1.0, -shares)  # one column: 1 or -1
        return slope[:, :, None] * self.Z[rows, None]

    def alone(self):
        """Steps with no loss followed but the record's own.

        Returned are the new logits, what pushes there, the squared length of the step
        in units of the Hessian, and how far it moves the logit of another record at
        most.
        """
        n, K = self.F.shape
        U, a = np.empty((n, K)), np.empty((n, K))
        length, leverage = np.empty(n), np.empty(n)
        for rows in _batches(np.arange(n), self.Z.shape[1] + K * K):
            U[rows], a[rows], length[rows], leverage[rows] = self._solved(rows[:, None])
        # By the inequality of Cauchy and Schwarz.
        reach = np.sqrt(np.maximum(length, 0) * leverage[self.trained].max())
        return U, a, length, reach

    def follow(self, rows, U, a, length):
        """Better logits where losses of others bend, in the place of those in U."""
        K = self.F.shape[1]
        n_followed = sum(n_more for _, n_more in _ROUNDS)
        for part in _batches(rows, K * len(self.trained) + (K + n_followed) ** 2):
            state = part, part[:, None], a[part], length[part]
            for share, n_more in _ROUNDS:
                part, followed, pushes, bends = self._bent(U, *state, share)
                if not len(part):
                    break
                most = self._most(bends, max(1, n_more // K))
                followed = np.hstack([followed, most])
                U[part], pushes, reached, _ = self._solved(followed, pushes)
                state = part, followed, pushes, reached
            else:
                part, *_ = self._bent(U, *state, _GIVEN_UP)
                U[part] = np.nan

    def _bent(self, U, rows, followed, a, length, share):
        """Of the rows, those where others do more than a share of the logit's change.

        The last one returned is how far the others' losses bend, (n_rows, n_trained).
        """
        move = self._moves(followed, a)
        far = np.abs(move).max(axis=(1, 2)) > _MOVED
        rows, followed, a, move = rows[far], followed[far], a[far], move[far]
        T = self.trained
        bends = np.abs(bend(self.F[T].T, self.P.T, move) * self.w[T])
        # What many do cancels out as chance does.
        neglected = np.sqrt(((bends * move) ** 2).sum(axis=(1, 2))) / length[far]
        change = np.abs(U[rows] - self.F[rows]).max(axis=1)
        far = neglected * change > share * np.maximum(change, _SMALL_CHANGE)
        return rows[far], followed[far], a[far], bends[far].max(axis=1)

    def _moves(self, followed, a):
        """Changes of the logits of all training records but the followed ones."""
        changed = self.curvature.change(self.Z[followed], a)
        move = changed @ self.Z_trained.T
        at = np.where(followed >= 0, self.place[followed], -1)
        row, column = np.nonzero(at >= 0)
        move[row, :, at[row, column]] = 0
        return move

    def _most(self, bends, n_more):
        """Positions of the records whose losses bend most, -1 for one that does not."""
        most = np.argsort(-bends, axis=1)[:, :n_more]
        bent = np.take_along_axis(bends, most, axis=1) > 0
        return np.where(bent, self.trained[most], -1)

    def _solved(self, followed, start=None):
        """New logits of the first of those followed, what pushes there, and how far.

        `followed` are positions of records, (n_rows, n_followed), -1 for none. Last is
        the leverage of the first one.
        """
        (n, m), K = followed.shape, self.F.shape[1]
        G = self.curvature.between(self.Z[followed])
        w = np.where(followed >= 0, self.w[followed], 0)
        member = self.inside[followed[:, 0]]
        F, Y = self.F[followed], self.Y[followed]
        a = np.zeros((n, m * K))
        if start is not None:
            a[:, : start.shape[1]] = start
        a = minimise(Followed(F, Y, w, member, G, self.curvature), a)
        moved = (G @ a[..., None])[..., 0]
        leverage = np.diagonal(G, axis1=1, axis2=2)[:, :K].max(axis=1)
        return F[:, 0] - moved[:, :K], a, (a * moved).sum(axis=1), leverage
