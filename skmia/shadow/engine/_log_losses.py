"""Penalised mean log losses of many models, and their gradients."""

import numpy as np

# Numbers in a block: some of them fit into the cache of a core.
_BLOCK = 2**16


def two_classes(Z, codes, weights, penalties):
    """Losses of models of two classes, as functions of their parameters.

    Parameters
    ----------
    Z : ndarray of shape (n_records, n_columns)
        Records, and a column of ones where there is an intercept.
    codes : ndarray of int of shape (n_records,)
        Positions of labels among the classes.
    weights : ndarray of shape (n_models, n_records)
        Of each record in each model; of each model they sum to 1.
    penalties : ndarray of shape (n_models, n_columns)
        Of half the square of each parameter.

    Returns
    -------
    derive : callable
        See :func:`minimise`.
    """
    signs = np.where(codes == 1, 1.0, -1.0)

    def derive(parameters, models):
        value = (penalties[models] * parameters**2).sum(axis=1) / 2
        gradient = penalties[models] * parameters
        size = max(1, _BLOCK // len(models))
        for start in range(0, len(Z), size):
            rows = slice(start, start + size)
            own = weights[models, rows]
            margin = parameters @ Z[rows].T
            margin *= signs[rows]
            tail = np.exp(-np.abs(margin))
            wrong = np.where(margin >= 0, tail, 1) / (1 + tail)
            value += (own * (np.log1p(tail) - np.minimum(margin, 0))).sum(axis=1)
            gradient -= (own * wrong * signs[rows]) @ Z[rows]
        return value, gradient

    return derive


def many_classes(Z, codes, weights, penalties):
    """The same of models of more classes, the parameters of each in one row."""
    own = [_part(Z, codes, *of_one) for of_one in zip(weights, penalties, strict=True)]

    def derive(parameters, models):
        found = [
            _log_loss(theta.reshape(-1, Z.shape[1]), *own[model])
            for theta, model in zip(parameters, models, strict=True)
        ]
        values, gradients = zip(*found, strict=True)
        return np.array(values), np.reshape(gradients, parameters.shape)

    return derive


def _part(Z, codes, weights, penalties):
    used = np.flatnonzero(weights)
    return Z[used], (np.arange(len(used)), codes[used]), weights[used], penalties


def _log_loss(theta, Z, true, weights, penalties):
    """Loss of one model and its gradient; `true` are the places of its labels."""
    logits = Z @ theta.T
    logits -= logits.max(axis=1, keepdims=True)
    value = (penalties * theta**2).sum() / 2 - weights @ logits[true]
    residual = np.exp(logits, out=logits)
    total = residual.sum(axis=1)
    value += weights @ np.log(total)
    residual *= (weights / total)[:, np.newaxis]
    residual[true] -= weights
    return value, residual.T @ Z + penalties * theta
