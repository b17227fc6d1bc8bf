"""Parties that send less than they know: noisy uploads, features that stay at home."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from skmia.federated._aggregation import clipped
from skmia.federated._hooks import Hook
from skmia.federated._learners import learner_of
from skmia.utils._secret_stream import SecretStream, secret_key
from skmia.utils._sklearn import NOT_NEGATIVE, Interval
from skmia.utils._typing import FittedClassifier, RandomStateLike

if TYPE_CHECKING:
    from skmia.federated._hooks import Message


class NoisyUploads(Hook):
    """Parties cut their updates to a length and add noise: no guarantee.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    max_norm : float, default=1.0
        Euclidean length, over all parameters together, that an update is cut to. inf:
        it is not.
    noise : float, default=0.0
        Standard deviation of the Gaussian noise on every parameter.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise.

    See Also
    --------
    DPFedAvg : With a guarantee, and a server that is trusted.
    skmia.neural.objectives.DPSGD : With one for records, whoever sees the uploads.

    Notes
    -----
    Threat model: a server that sees single uploads, of parties that follow the rule; an
    insider that comes later in ``hooks`` does not. Nothing is proven: records shape the
    direction of an update, every round adds to what is known, and nobody reckons how
    much.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation, NoisyUploads
    >>> X, y = load_iris(return_X_y=True)
    >>> hook = NoisyUploads(0.5, noise=0.01, random_state=0)
    >>> learner = MLPClassifier((), solver="sgd", learning_rate_init=0.1)
    >>> federation = Federation(learner, hooks=[hook], random_state=0)
    >>> federation.fit(X, y).score(X, y) > 0.6
    True
    """

    _parameter_constraints: dict = {
        "max_norm": [Interval(Real, 0, None, closed="right")],
        "noise": [NOT_NEGATIVE],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        max_norm: float = 1.0,
        *,
        noise: float = 0.0,
        random_state: RandomStateLike = None,
    ) -> None:
        self.max_norm = max_norm
        self.noise = noise
        self.random_state = random_state

    def check(self, n_parties: int) -> None:
        """Raise where the parameters are none.

        Parameters
        ----------
        n_parties : int
            Number of parties.
        """
        self._validate_params()

    def on_upload(self, message: Message) -> FittedClassifier:
        """What the server gets: the update, shorter and with noise.

        Parameters
        ----------
        message : Message
            What the party would send.

        Returns
        -------
        model : fitted classifier
        """
        learner = learner_of(message.model)
        received = learner.vector(message.received)
        full = learner.vector(message.model) - received
        update = clipped(full, self.max_norm)
        if self.noise:
            # Its own for each message, whatever was drawn before.
            label = b"%d of %d" % (message.round, message.party)
            stream = SecretStream(secret_key(self.random_state), label)
            update = update + self.noise * stream.normals(len(update))
        elif update is full:
            return message.model
        return learner.with_vector(message.model, received + update)


class SharedFeatures(Hook):
    """Parties share the weights of some features only, the frequent ones.

    The weights of all other features stay what they were before the first round.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    features : array-like of shape (n_shared,) or bool of shape (n_features,)
        Places of the features that are shared. Chosen on public records, or the choice
        tells of them: ``X_public.mean(axis=0) > 0.01``.

    See Also
    --------
    nonzero_features : What a server reads off the weights that are shared.

    Notes
    -----
    Threat model: a server that looks which features an update moved. Rare features tell
    of single records, and a model loses little without them. Records with shared
    features only are as exposed as before.

    References
    ----------
    L. Melis, C. Song, E. De Cristofaro, V. Shmatikov, "Exploiting Unintended Feature
    Leakage in Collaborative Learning", IEEE S&P 2019, section VIII. :arxiv:`1805.04049`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation, SharedFeatures, nonzero_features
    >>> X, y = np.array([[1, 0, 0], [1, 0, 1]]), np.array([0, 1])
    >>> learner = MLPClassifier((), solver="sgd", alpha=0)
    >>> federation = Federation(learner, n_parties=1, n_rounds=1, random_state=0)
    >>> federation.set_params(hooks=[SharedFeatures([0, 1])]).fit(X, y).score(X, y)
    0.5
    >>> nonzero_features(federation.initial_, federation.uploads_[0][0]).tolist()
    [True, False, False]
    """

    def __init__(self, features: ArrayLike) -> None:
        self.features = features

    def on_upload(self, message: Message) -> FittedClassifier:
        """What the server gets: nothing new of the other features.

        Parameters
        ----------
        message : Message
            What the party would send.

        Returns
        -------
        model : fitted classifier
        """
        learner = learner_of(message.model)
        places = learner.of_features(message.model)
        vector = learner.vector(message.model)
        home = np.delete(places, self._shared(len(places)), axis=0).ravel()
        vector[home] = learner.vector(message.received)[home]
        return learner.with_vector(message.model, vector)

    def _shared(self, n_features):
        """Places of the features that are shared."""
        try:
            return np.arange(n_features)[np.asarray(self.features)]
        except IndexError as error:
            raise ValueError(
                "The 'features' parameter of SharedFeatures must hold places of the "
                f"{n_features} features, or a bool for each. Got {self.features!r}."
            ) from error
