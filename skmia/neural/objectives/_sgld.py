"""Stochastic gradient Langevin dynamics."""

from __future__ import annotations

import torch

from skmia.neural.objectives._base import Objective
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import NOT_NEGATIVE

# Of the mean of squared gradients, and what is added to its root, as published.
_DECAY, _FLOOR = 0.99, 1e-5


class SGLD(Objective):
    """Gradient descent with noise, so that the network is a draw from a posterior.

    A step is one of gradient descent on the mean loss, plus Gaussian noise of the
    variance ``2 * learning_rate * temperature / n_records``. With small steps the last
    network is a draw from the posterior of its weights, whose prior `weight_decay`
    tells. Instead of the optimizer of the estimator.

    .. versionadded:: 0.2

    Parameters
    ----------
    temperature : float, default=1.0
        Factor of the variance of the noise. 0 is gradient descent without noise.
    preconditioned : bool, default=False
        Whether each weight has steps and noise of its own size, by the root mean
        square of its gradients (pSGLD).

    See Also
    --------
    skmia.defenses.PrivateLogisticRegression : Noise with a guarantee.

    Notes
    -----
    Threat model: the adversary sees scores, labels or the network. No formal guarantee:
    with clipped gradients this would be DP-SGD, and the noise here is mostly far too
    small for an epsilon that means something. One network is released, the last.

    Steps that shrink, as the theory wants them, are those of a schedule: skorch's
    ``LRScheduler`` among the callbacks.

    References
    ----------
    M. Welling, Y. W. Teh, "Bayesian Learning via Stochastic Gradient Langevin
    Dynamics", ICML 2011.

    B. Wu, C. Chen, S. Zhao, et al., "Characterizing Membership Privacy in Stochastic
    Gradient Langevin Dynamics", AAAI 2020. :arxiv:`1910.02249`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import SGLD
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=SGLD(), learning_rate=0.1, random_state=0)
    >>> model.fit(X[:900] / 16, y[:900]).score(X[900:] / 16, y[900:]) > 0.8
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label", "white-box"),
        broken_by="likelihood-ratio attacks: gradients are not clipped",
        paper="Wu et al. 2020",
    )

    _parameter_constraints = {
        "temperature": [NOT_NEGATIVE],
        "preconditioned": ["boolean"],
    }

    def __init__(
        self, temperature: float = 1.0, *, preconditioned: bool = False
    ) -> None:
        self.temperature = temperature
        self.preconditioned = preconditioned

    def _optimizer(self, run, default):
        """Descent with noise, with the step size and the decay of the estimator."""
        group = default.param_groups[0]
        return Langevin(
            run.network.parameters(),
            lr=group["lr"],
            weight_decay=group.get("weight_decay", 0),
            noise=2 * self.temperature / run.n_records,
            preconditioned=self.preconditioned,
            generator=run.noise,
        )


class Langevin(torch.optim.Optimizer):
    """Gradient descent with noise of the variance ``lr * noise``.

    Parameters
    ----------
    params : iterable of tensors
    lr, weight_decay : float
        As of ``torch.optim.SGD``.
    noise : float
    preconditioned : bool
    generator : torch.Generator
    """

    def __init__(self, params, *, lr, weight_decay, noise, preconditioned, generator):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})
        self.noise, self.preconditioned = noise, preconditioned
        self.generator = generator

    @torch.no_grad()
    def step(self, closure=None):
        """Take a step from the gradients."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, group["lr"], group["weight_decay"])
        return loss

    def _move(self, parameter, lr, weight_decay):
        gradient = parameter.grad
        if weight_decay:
            gradient = gradient.add(parameter, alpha=weight_decay)
        size = self._size(parameter) if self.preconditioned else None
        step = gradient if size is None else gradient * size
        parameter.add_(step, alpha=-lr)
        if self.noise:
            drawn = torch.randn(parameter.shape, generator=self.generator)
            drawn = drawn.to(parameter)
            drawn = drawn if size is None else drawn * size.sqrt()
            parameter.add_(drawn, alpha=(lr * self.noise) ** 0.5)

    def _size(self, parameter):
        """Inverse of the root mean square of the gradients of each weight."""
        state = self.state[parameter]
        squares = state.setdefault("squares", torch.zeros_like(parameter))
        squares.mul_(_DECAY).addcmul_(parameter.grad, parameter.grad, value=1 - _DECAY)
        return 1 / (_FLOOR + squares.sqrt())
