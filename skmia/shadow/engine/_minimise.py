"""Smooth convex functions of many models, minimised at once by L-BFGS."""

from typing import NamedTuple

import numpy as np

# Steps that a model remembers.
_MEMORY = 10
# Share of the slope that a step must go down by, and what may be rounding of a value.
_LEAST_DESCENT = 1e-4
_ROUNDING = 16 * np.finfo(float).eps


class Minima(NamedTuple):
    """Where models have come to.

    Attributes
    ----------
    parameters : ndarray of shape (n_models, n_parameters)
    n_steps : ndarray of int of shape (n_models,)
    reached : ndarray of bool of shape (n_models,)
        Whether the steps ended because they were enough.
    """

    parameters: np.ndarray
    n_steps: np.ndarray
    reached: np.ndarray


def minimise(derive, solve, enough, start, max_evaluations):
    """Minima of many functions, one for each model.

    Parameters
    ----------
    derive : callable
        Of parameters (n_some, n_parameters) and which models these are of: values
        (n_some,) and gradients (n_some, n_parameters).
    solve : callable
        Gradients times one inverse Hessian, that of no model and near to all.
    enough : callable
        Of values, gradients, twice the descents that these promise, and twice those
        that were promised at the start: whether each model is at its minimum.
    start : ndarray of shape (n_models, n_parameters)
    max_evaluations : int
        Of each function.

    Returns
    -------
    minima : Minima
    """
    here, models = start.copy(), np.arange(len(start))
    memory = _Memory(here.shape)
    value, gradient = derive(here, models)
    descent = solve(gradient)
    promised = at_start = (gradient * descent).sum(axis=1)
    reached = enough(value, gradient, promised, at_start)
    length, n_steps = np.ones((len(here), 1)), np.zeros(len(here), dtype=int)
    for _ in range(max_evaluations - 1):
        open_ = models[~reached]
        if not len(open_):
            break
        step = -length[open_] * descent[open_]
        value_there, gradient_there = derive(here[open_] + step, open_)
        slope = (gradient[open_] * step).sum(axis=1)
        rounding = _ROUNDING * np.maximum(1, np.abs(value[open_]))
        lower = value_there <= value[open_] + _LEAST_DESCENT * slope + rounding
        length[open_] = np.where(lower[:, np.newaxis], 1, length[open_] / 2)
        moved, step, gradient_there = open_[lower], step[lower], gradient_there[lower]
        memory.add(moved, step, gradient_there - gradient[moved])
        here[moved] += step
        n_steps[moved] += 1
        value[moved], gradient[moved] = value_there[lower], gradient_there
        descent[moved] = memory.solve(moved, gradient_there, solve)
        promised = (gradient_there * descent[moved]).sum(axis=1)
        done = enough(value[moved], gradient_there, promised, at_start[moved])
        reached[moved] = done
    return Minima(here, n_steps, reached)


class _Memory:
    """Last steps of each model and what they did to its gradient, the newest first."""

    def __init__(self, shape):
        self.steps, self.changes = np.zeros((2, _MEMORY, *shape))
        # One over the product of both: 0 of what is not remembered.
        self.inverse = np.zeros((_MEMORY, shape[0], 1))

    def add(self, models, steps, changes):
        """Remember a step of some models, unless rounding is all there is of it."""
        product = (steps * changes).sum(axis=1, keepdims=True)
        inverse = np.divide(1, product, out=np.zeros_like(product), where=product > 0)
        for kept in (self.steps, self.changes, self.inverse):
            kept[1:, models] = kept[:-1, models]
        self.steps[0, models], self.changes[0, models] = steps, changes
        self.inverse[0, models] = inverse

    def solve(self, models, gradients, solve):
        """Gradients times the inverse Hessian of each model, as its steps show it."""
        known = self.steps[:, models], self.changes[:, models], self.inverse[:, models]
        known, result, shares = list(zip(*known, strict=True)), gradients.copy(), []
        for steps, changes, inverse in known:
            shares.append(inverse * (steps * result).sum(axis=1, keepdims=True))
            result -= shares[-1] * changes
        result = solve(result)
        for steps, changes, inverse in reversed(known):
            undone = inverse * (changes * result).sum(axis=1, keepdims=True)
            result += (shares.pop() - undone) * steps
        return result
