"""Stochastic gradient descent with differential privacy."""

from __future__ import annotations

import warnings
from numbers import Real
from typing import Literal

import numpy as np
import torch
from numpy.typing import ArrayLike

from skmia.defenses.private._declared import declared_classes
from skmia.defenses.private._privacy_accountant import PrivacyAccountant
from skmia.defenses.private._private import open_key
from skmia.exceptions import PrivacyLeakWarning
from skmia.neural._modules import is_net
from skmia.neural.objectives._base import Objective
from skmia.utils._card import DefenseCard
from skmia.utils._sampled_gaussian import (
    ACCOUNTINGS,
    replaced_gaussian_epsilon,
    sampled_gaussian_epsilon,
    sampled_gaussian_multiplier,
)
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import (
    COUNT,
    NOT_NEGATIVE,
    POSITIVE,
    Interval,
    StrOptions,
)


class DPSGD(Objective):
    """Stochastic gradient descent with differential privacy.

    Each step draws every record by a coin of its own, cuts the gradient of each to a
    declared length, adds Gaussian noise to their sum, and divides by the number of
    records that is expected. A batch without a record takes its noisy step, too.

    .. versionadded:: 0.2

    Parameters
    ----------
    target_epsilon : float, default=None
        Privacy to spend, for one record more or less; the noise follows from it. This
        or `noise_multiplier` must be given.
    noise_multiplier : float, default=None
        Standard deviation of the noise, in units of `max_grad_norm`. 0 is clipping
        without a guarantee.
    max_grad_norm : float, default=1.0
        Euclidean length, over all parameters together, that the gradient of a record
        is cut to. inf, with a `noise_multiplier` of 0, is plain descent.
    delta : float, default=1e-5
        Probability, in (0, 1), with which more may be lost; less than one by the
        number of records.
    accounting : {"prv", "rdp"}, default="prv"
        How `target_epsilon` and `epsilon_` are reckoned: by privacy random variables,
        to 0.01, or by Rényi differential privacy, larger and faster.
    poisson : bool, default=True
        Whether batches are drawn by coins. False deals all records to batches of equal
        size in every pass; it needs far more noise for the same epsilon, since nobody
        is protected by not being drawn.
    max_physical_batch_size : int, default=None
        Records whose gradients are in memory at once: larger batches are looked at in
        parts, and take one step. None: all of a batch.
    classes : array-like of shape (n_classes,), default=None
        All class labels, two or more. None reads them from `y` and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`: they are not covered by the
        guarantee.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.

    See Also
    --------
    skmia.defenses.PrivateLogisticRegression : For linear models, without a delta.
    SGLD : Noise without clipping, and without a guarantee.

    Notes
    -----
    Threat model: the adversary sees the fitted network, and all of its states on the
    way, and knows all records but one. The number of records is public: chances and
    numbers of steps follow from it. The fitted estimator says

    - ``epsilon_``, ``delta_``: the guarantee where one record is added or removed, the
      relation of Opacus and of the papers. (As the number of records stays, it is one
      replaced by a record without a gradient.)
    - ``replace_epsilon_``, with the same ``delta_``: that where one record is replaced
      by any other, the relation of all other private estimators here. It is what
      `accountant` books and what an audit puts to the test. A replaced record is one
      removed and one added, so that the first guarantee implies one of 2 epsilon, with
      a delta of 1 + exp(epsilon) times as much. This one is exact instead, reckoned
      for all steps from the worst pair of records: from 1.2 to 2.0 times ``epsilon_``
      in ``benchmarks/bench_dpsgd.py``.
    - ``noise_multiplier_``, ``sample_rate_`` and ``n_steps_``, which these follow from.

    The rate is one by the number of batches in a pass, `batch_size` rounded so that
    all are of equal size. Without coins a pass is one step whose rate is 1.

    Assumed are ``random_state=None`` of the estimator, declared `classes`, a network
    that treats every record by itself, as the first axis of what every layer takes
    (BatchNorm is refused, and layers that write down what they see; a ``forward`` that
    mixes records in another way is not noticed), and parameters chosen without a look
    at the records: fits of a search add up, `accountant` counts them. Not covered is
    what callbacks, and ``verbose``, tell of the losses, and a stop that depends on
    these. Dropout asks that nobody knows its draws.

    Coins and noise come from SHAKE-256, keyed by the operating system; torch's own
    generator could be told from its draws. Noise is the half of the sum of four normal
    variables, against attacks on the digits of one; sums are floats, and the guarantee
    is that of real numbers. A gradient that is not finite counts as 0. Neither key,
    stream nor gradient is on a fitted model, nor is what a ``forward`` keeps: it is a
    module that has seen no record, with the weights learned. Opacus (extra: dp-sgd)
    computes and clips the gradients, which takes the memory of one network for each
    record that is looked at together: `max_physical_batch_size` bounds it. Its ghost
    clipping would need less still, and is no option: it cannot leave out a gradient
    that is not finite.

    Noise hides rare classes first: look at the accuracy of each.

    References
    ----------
    M. Abadi et al., "Deep Learning with Differential Privacy", CCS 2016.
    :arxiv:`1607.00133`

    A. Yousefpour et al., "Opacus: User-Friendly Differential Privacy Library in
    PyTorch", 2021. :arxiv:`2109.12298`

    S. Gopi, Y. T. Lee, L. Wutschitz, "Numerical Composition of Differential Privacy",
    NeurIPS 2021. :arxiv:`2106.02848`

    N. Holohan, S. Braghin, "Secure Random Sampling in Differential Privacy", ESORICS
    2021. :arxiv:`2107.10138`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import DPSGD
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(
    ...     module_params={"hidden_units": ()},
    ...     objective=DPSGD(target_epsilon=8, classes=range(10)),
    ...     optimizer="sgd", learning_rate=1, batch_size=100, max_epochs=5,
    ... )
    >>> model.fit(X[:1000] / 16, y[:1000]).epsilon_ <= 8
    True
    >>> model.score(X[1000:] / 16, y[1000:]) > 0.7
    True
    """

    _card = DefenseCard(
        family="differential privacy",
        addresses=("scores", "label", "white-box"),
        broken_by="nothing below the bound; records that come several times",
        paper="Abadi et al. 2016",
        guarantee="(epsilon, delta)-DP of the model, add or remove, and replace one "
        "record",
    )
    _draws_secret_noise = True
    _alone = "every gradient must be one record's own"
    _no_weights = "the noise is for records that count once"
    _needs_labels = "probabilities that a model gave may tell of other records"
    _no_partial_fit = "what is spent is reckoned for all steps, before the first"

    _parameter_constraints = {
        "target_epsilon": [POSITIVE, None],
        "noise_multiplier": [NOT_NEGATIVE, None],
        "max_grad_norm": [Interval(Real, 0, None, closed="right")],
        "delta": [Interval(Real, 0, 1, closed="neither")],
        "accounting": [StrOptions(set(ACCOUNTINGS))],
        "poisson": ["boolean"],
        "max_physical_batch_size": [COUNT, None],
        "classes": ["array-like", None],
        "accountant": [PrivacyAccountant, None],
    }

    def __init__(
        self,
        target_epsilon: float | None = None,
        *,
        noise_multiplier: float | None = None,
        max_grad_norm: float = 1.0,
        delta: float = 1e-5,
        accounting: Literal["prv", "rdp"] = "prv",
        poisson: bool = True,
        max_physical_batch_size: int | None = None,
        classes: ArrayLike | None = None,
        accountant: PrivacyAccountant | None = None,
    ) -> None:
        self.target_epsilon = target_epsilon
        self.noise_multiplier = noise_multiplier
        self.max_grad_norm = max_grad_norm
        self.delta = delta
        self.accounting = accounting
        self.poisson = poisson
        self.max_physical_batch_size = max_physical_batch_size
        self.classes = classes
        self.accountant = accountant

    def _known_classes(self, y):
        """Labels as they were declared."""
        return declared_classes(self.classes, y, type(self).__name__)

    def _prepare(self, run, X, y):
        """Reckon what is spent, book it, and only then open the stream of the noise."""
        steps = _private_steps()
        self._check(run)
        steps.check_network(run.network.train())
        n_batches = -(-len(y) // run.net.batch_size)
        run.kept["batch_size"] = len(y) / n_batches
        run.kept["guarantee"] = spent = self._guarantee(n_batches, run.net.max_epochs)
        if self.delta >= 1 / len(y):
            warnings.warn(
                f"The 'delta' parameter of {type(self).__name__} should be less than "
                f"one by the number of records, {1 / len(y):.2g} here: a mechanism "
                f"that publishes a record with that chance meets it. Got {self.delta}.",
                PrivacyLeakWarning,
                stacklevel=2,
            )
        run.kept["key"] = open_key(
            type(self).__name__,
            run.owner.random_state,
            self.accountant,
            spent["replace_epsilon_"],
            self.delta,
        )

    def _optimizer(self, run, default):
        """Noisy steps of the optimizer of the estimator."""
        return _private_steps().PrivateSteps(
            run.network,
            default,
            SecretStream(run.kept["key"], b"noise"),
            noise_multiplier=run.kept["guarantee"]["noise_multiplier_"],
            max_grad_norm=self.max_grad_norm,
            expected_batch_size=run.kept["batch_size"],
        )

    def _batches(self, run, dataset, batch_size):
        """Records drawn by coins, or dealt."""
        if not self.poisson:
            return None
        stream = SecretStream(run.kept["key"], b"batches")
        rate = run.kept["guarantee"]["sample_rate_"]
        return _private_steps().PoissonBatches(dataset, rate, stream)

    def _backward(self, run, batch):
        """Cut the gradients of so many records at once; those of the last in `step`."""
        parts, done = batch.cut(self.max_physical_batch_size or run.n_records), []
        for n_left, part in zip(reversed(range(len(parts))), parts, strict=True):
            run.net.optimizer_.expect(len(part.targets))
            loss, outputs = super()._backward(run, part)
            done.append((len(outputs) * loss.detach(), outputs.detach()))
            if n_left:
                run.net.optimizer_.put_by()
        losses, outputs = zip(*done, strict=True)
        return sum(losses) / len(batch.targets), torch.cat(outputs)

    def _end(self, run):
        """What is spent, and what it follows from."""
        run.net.module_ = run.net.optimizer_.forget()
        return run.kept["guarantee"]

    def _check_noise(self):
        """Raise a ValueError unless the parameters say how much noise there is."""
        name = type(self).__name__
        if (self.target_epsilon is None) == (self.noise_multiplier is None):
            raise ValueError(
                f"{name} needs either 'target_epsilon' or 'noise_multiplier'. Got "
                f"{self.target_epsilon!r} and {self.noise_multiplier!r}."
            )
        if np.isinf(self.max_grad_norm) and self.noise_multiplier != 0:
            raise ValueError(
                f"The 'max_grad_norm' parameter of {name} must be finite, or no noise "
                "hides a gradient. Got inf; that is for a 'noise_multiplier' of 0."
            )

    def _check(self, run):
        self._check_noise()
        if is_net(run.owner.module):
            raise ValueError(
                f"{type(self).__name__} cannot train a net of skorch, which keeps "
                "losses and results on records that no noise covers, and has batches "
                "of its own. Pass the class of its module as 'module'."
            )

    def _guarantee(self, n_batches, max_epochs):
        """What is spent in these passes, as fitted attributes."""
        # Dealt records are in one step of every pass, whatever the others are in.
        rate = 1 / n_batches if self.poisson else 1.0
        n_steps = n_batches * max_epochs
        known = rate, n_steps if self.poisson else max_epochs, self.delta
        multiplier = self.noise_multiplier
        if multiplier is None:
            multiplier = sampled_gaussian_multiplier(
                self.accounting, self.target_epsilon, *known
            )
        return {
            "epsilon_": sampled_gaussian_epsilon(self.accounting, multiplier, *known),
            "replace_epsilon_": replaced_gaussian_epsilon(multiplier, *known),
            "delta_": float(self.delta),
            "noise_multiplier_": float(multiplier),
            "sample_rate_": rate,
            "n_steps_": n_steps,
        }


def _private_steps():
    try:
        from skmia.neural import _private_steps
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"DPSGD needs {error.name}. Install the extra: pip install 'skmia[dp-sgd]'."
        ) from None
    return _private_steps
