"""Which of a record's features the updates of a federation moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils import check_array

from skmia.attacks.evidence._base import Evidence
from skmia.federated import feature_coverage, nonzero_features
from skmia.signals import signal
from skmia.utils._numbers import numbers
from skmia.utils._sklearn import FRACTION_BELOW_1, NOT_NEGATIVE

if TYPE_CHECKING:
    import pandas as pd

    from skmia.targets._session import Session

_COLUMNS = ("share", "idf")


class Coverage(Evidence):
    """Share of a record's features that the update of one party moved.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    decay : float, default=0.0
        Share by which a penalty shrinks every weight in a round, see
        :func:`skmia.federated.nonzero_features`.
    tol : float, default=0.0
        Largest change of a weight that counts as none.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.federated.nonzero_features : Which features an update is about.

    Notes
    -----
    Level: pairs. Threat model: a server that sees what it sent and what came back, of a
    learner whose first layer has weights for each feature. Of each record it is the
    largest coverage by any upload: 1 for every member. What a party has seen in a round
    grows with its records, so that it tells something of small batches and rare
    features only. The second column counts features by the logarithm of how rare they
    are among the records in question.

    References
    ----------
    L. Melis, C. Song, E. De Cristofaro, V. Shmatikov, "Exploiting Unintended Feature
    Leakage in Collaborative Learning", IEEE S&P 2019. :arxiv:`1805.04049`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.attacks.evidence import Coverage
    >>> from skmia.federated import Federation
    >>> from skmia.targets import Session
    >>> X, y = np.eye(20), np.arange(20) % 2
    >>> learner = MLPClassifier((), solver="sgd", alpha=0)
    >>> federation = Federation(learner, n_rounds=1, random_state=0)
    >>> session = Session(federation.fit(X[:10], y[:10]), X, y)
    >>> Coverage().fit_transform(session)["coverage_share"].to_numpy()[[0, 9, 10, 19]]
    array([1., 1., 0., 0.])
    """

    asks = frozenset({"broadcasts_", "uploads_"})
    needs = ("rounds", "features")
    _parameter_constraints: dict = {
        "decay": [FRACTION_BELOW_1],
        "tol": [NOT_NEGATIVE],
    }

    def __init__(self, *, decay: float = 0.0, tol: float = 0.0) -> None:
        self.decay = decay
        self.tol = tol

    def lacks(self, session: Session | None = None) -> str | None:
        """Why a model cannot be seen this way.

        Parameters
        ----------
        session : skmia.targets.Session, default=None
            The model and the records in question. None: look at the parameters only.

        Returns
        -------
        reason : str or None
        """
        reason = super().lacks(session)
        if reason is None and session is not None and numbers(session.X) is None:
            reason = "the features are not numbers"
        return reason

    def observe(self, session: Session) -> pd.DataFrame:
        """Coverage by the best upload, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The federation and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, 2)
        """
        seen = signal(
            *sorted(self.asks),
            probing=True,
            name="coverage",
            columns=_COLUMNS,
            n_queries=0,
            **self.get_params(),
        )(largest_coverage)
        return session.observe([seen], classes=self.classes_seen_)


def largest_coverage(model, X, y, classes, n_queries, decay, tol):
    """Largest coverage of each record by an upload, plain and by rarity.

    Parameters
    ----------
    model : View
        Of a federation.
    X, y, classes : records in question, their labels, and labels of the columns
    n_queries : ignored
    decay, tol : as of :class:`Coverage`

    Returns
    -------
    values : ndarray of shape (n_records, 2)
    """
    X = check_array(X, accept_sparse="csr")
    n_with = np.asarray((X != 0).sum(axis=0)).ravel()
    rarity = np.log((1 + X.shape[0]) / (1 + n_with))
    best = np.zeros((X.shape[0], len(_COLUMNS)))
    sent, received = model.ask("broadcasts_", X), model.ask("uploads_", X)
    for before, after in zip(sent, received, strict=True):
        for pair in zip(before, after, strict=True):
            moved = nonzero_features(*pair, decay=decay, tol=tol)
            coverage = [feature_coverage(X, moved, weights=w) for w in (None, rarity)]
            best = np.maximum(best, np.column_stack(coverage))
    return best
