"""Federated averaging with differential privacy of whole parties."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from skmia.defenses.private._declared import declared_classes
from skmia.defenses.private._private import SecretNoise
from skmia.federated._aggregation import Aggregation, Aggregator, clipped
from skmia.utils._accounting import sampled_gaussian_spent
from skmia.utils._random import draws_secret_noise
from skmia.utils._sampled_gaussian import replaced_gaussian_epsilon
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import NOT_NEGATIVE, Interval
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant

# Beyond this, that of one party more or less needs gigabytes, and says nothing.
_LARGEST_EPSILON = 50.0


class DPFedAvg(SecretNoise, Aggregator):
    """Federated averaging with differential privacy of whole parties.

    Every party takes part in a round by a coin of its own, with the chance
    ``client_fraction`` of the federation. The server cuts each update to a declared
    length, adds Gaussian noise to their sum, and divides by the number of parties that
    is expected. A round without a party takes its noisy step, too.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    noise_multiplier : float
        Standard deviation of the noise, in units of `max_norm`. 0 is clipping without a
        guarantee.
    max_norm : float, default=1.0
        Euclidean length, over all parameters together, that the update of a party is
        cut to. inf, with a `noise_multiplier` of 0, is plain averaging.
    delta : float, default=1e-5
        Probability, in (0, 1), with which more may be lost; less than one by the number
        of parties.
    classes : array-like of shape (n_classes,), default=None
        All class labels, two or more. None reads them from `y` and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`: they are not covered by the
        guarantee.
    accountant : PrivacyAccountant, default=None
        Ledger that a fit is booked in, before any noise is drawn, and that may refuse
        it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Seed of coins and noise. The guarantee needs None, the entropy of the operating
        system; anything else warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    See Also
    --------
    SecureAggregation : Against a server that is curious.
    skmia.neural.objectives.DPSGD : Of each record, inside of every party.
    NoisyUploads : Clipping and noise of the parties, without a guarantee.

    Notes
    -----
    Threat model: parties, and whoever is given the model after each round, who know the
    records of all parties but one. The server is trusted: it sees updates without
    noise, and who took part. So the federation has no ``uploads_``, ``broadcasts_`` and
    ``participants_``. It says

    - ``epsilon_``, ``delta_``: the guarantee where one party is added or removed, that
      of a replaced one where this is above 50;
    - ``replace_epsilon_``, with the same ``delta_``: that where all records of one
      party are replaced by any others, one record among them. It is what `accountant`
      books and what an audit puts to the test.

    The number of parties is public. Parties count alike: ``averaging="plain"``. Noise
    does not fall with the number of records, only with that of parties: it is for many
    of them. Few parties are not hidden by any noise with which a model learns.

    Coins and noise come from SHAKE-256; noise is the half of the sum of four normal
    variables, against attacks on the digits of one. Sums are floats, and the guarantee
    is that of real numbers.

    References
    ----------
    H. B. McMahan, D. Ramage, K. Talwar, L. Zhang, "Learning Differentially Private
    Recurrent Language Models", ICLR 2018. :arxiv:`1710.06963`

    R. C. Geyer, T. Klein, M. Nabi, "Differentially Private Federated Learning: A Client
    Level Perspective", 2017. :arxiv:`1712.07557`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import DPFedAvg, Federation
    >>> X, y = load_digits(return_X_y=True)
    >>> private = DPFedAvg(1.0, max_norm=0.5, delta=1e-3, classes=range(10))
    >>> federation = Federation(
    ...     MLPClassifier((), solver="sgd", learning_rate_init=0.5), n_parties=200,
    ...     client_fraction=0.3, averaging="plain", aggregator=private, random_state=0,
    ... ).fit(X[:1200] / 16, y[:1200])
    >>> round(federation.epsilon_, 1), round(federation.replace_epsilon_, 1)
    (6.5, 10.6)
    >>> federation.score(X[1200:] / 16, y[1200:]) > 0.6
    True
    """

    _hides = frozenset({"uploads_", "broadcasts_", "participants_", "owner_"})
    _parameter_constraints: dict = {
        **SecretNoise._parameter_constraints,
        "noise_multiplier": [NOT_NEGATIVE],
        "max_norm": [Interval(Real, 0, None, closed="right")],
        "delta": [Interval(Real, 0, 1, closed="neither")],
        "classes": ["array-like", None],
    }

    def __init__(
        self,
        noise_multiplier: float,
        *,
        max_norm: float = 1.0,
        delta: float = 1e-5,
        classes: ArrayLike | None = None,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.noise_multiplier = noise_multiplier
        self.max_norm = max_norm
        self.delta = delta
        self.classes = classes
        self.accountant = accountant
        self.random_state = random_state

    def _known_classes(self, y):
        """Labels as they were declared."""
        return declared_classes(self.classes, y, type(self).__name__)

    def _begin(self, federation, n_parties):
        """What aggregates in one fit, once it is paid for, and the guarantee."""
        self._check(federation)
        known = self.noise_multiplier, federation.client_fraction, federation.n_rounds
        replaced = replaced_gaussian_epsilon(*known, self.delta)
        # A party may be replaced by one that changes nothing: never less than without.
        spent = replaced
        if replaced <= _LARGEST_EPSILON:
            spent = min(replaced, sampled_gaussian_spent(*known, self.delta))
        learned = {
            "epsilon_": spent,
            "replace_epsilon_": replaced,
            "delta_": float(self.delta),
        }
        key = self._open_key(learned["replace_epsilon_"], self.delta)
        sums = NoisySums(
            n_parties,
            federation.client_fraction,
            key,
            self.max_norm,
            self.noise_multiplier,
        )
        return sums, learned

    def _check(self, federation):
        if federation.averaging != "plain":
            raise ValueError(
                "DPFedAvg counts all parties alike, since their numbers of records are "
                "no one's business: give the Federation averaging='plain'."
            )
        if draws_secret_noise(federation.estimator):
            raise ValueError(
                "A Federation has one guarantee, and DPFedAvg would give it a second "
                "beside that of the objective of its estimator. Take one of the two."
            )
        if np.isinf(self.max_norm) and self.noise_multiplier:
            raise ValueError(
                "The 'max_norm' parameter of DPFedAvg must be finite, or no noise "
                "hides an update. Got inf; that is for a 'noise_multiplier' of 0."
            )


class NoisySums(Aggregation):
    """Sums of clipped updates with noise, of parties drawn by coins.

    Parameters
    ----------
    n_parties, fraction : as of `Aggregation`
    key : bytes
    max_norm, noise_multiplier : float
    """

    def __init__(self, n_parties, fraction, key, max_norm, noise_multiplier):
        super().__init__(n_parties, fraction)
        self._coins, self._noise = (SecretStream(key, b) for b in (b"coins", b"noise"))
        self._max_norm, self._multiplier = max_norm, noise_multiplier

    def choose(self, rng):
        """Places of the parties whose coin says so; none of `rng`."""
        return np.flatnonzero(self._coins.happens(self.fraction, self.n_parties))

    def combine(self, before, uploads, weights):
        """Parameters of the next model, as `Aggregation`."""
        total = np.zeros_like(before, dtype=float)
        for upload, weight in zip(uploads, weights, strict=True):
            if weight:
                total += clipped(upload - before, self._max_norm)
        if self._multiplier:
            std = self._multiplier * self._max_norm
            total += std * self._noise.hidden_normals(len(total))
        return before + total / (self.fraction * self.n_parties)
