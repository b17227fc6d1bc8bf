"""What the parties of a federation answer, each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skmia.attacks.evidence._base import Evidence
from skmia.signals import signal
from skmia.utils._labels import align_columns, encode_labels

if TYPE_CHECKING:
    import pandas as pd

    from skmia.targets._session import Session

_COLUMNS = ("best", "next", "mean")


class PartyAnswers(Evidence):
    """Probability of the true label, of the party that is surest of it and others.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.federated.InsiderAttack : Names the party.
    Rounds : What is sent in a federation that trains one model.

    Notes
    -----
    Level: pairs. Threat model: an insider, who sees the posterior of every party, not
    only their mean. The columns are the largest of their probabilities of the true
    label, the second largest and the mean; a party that never saw a class gives it 0.
    One is a member if it is one of any party.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019, section 4.7. :arxiv:`1807.09173`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.attacks.evidence import PartyAnswers
    >>> from skmia.federated import LooseFederation
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> federation = LooseFederation([DecisionTreeClassifier()] * 3, random_state=0)
    >>> session = Session(federation.fit(X[::2], y[::2]), X, y)
    >>> list(PartyAnswers().fit_transform(session))
    ['party_confidence_best', 'party_confidence_next', 'party_confidence_mean']
    """

    asks = frozenset({"party_proba"})
    needs = ("parties",)

    def observe(self, session: Session) -> pd.DataFrame:
        """Probabilities of the true label, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The federation and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, 3)
        """
        seen = signal(
            "party_proba", probing=True, name="party_confidence", columns=_COLUMNS
        )(party_confidence)
        return session.observe([seen], classes=self.classes_seen_)


def party_confidence(model, X, y, classes):
    """Largest, second largest and mean probability of the true label, of all parties.

    Parameters
    ----------
    model : View
        Of a federation.
    X, y, classes : records in question, their labels, and labels of the columns

    Returns
    -------
    values : ndarray of shape (n_records, 3)
    """
    answers = model.party_proba(X)
    answers = [align_columns(one, model.classes_, classes) for one in answers]
    codes = encode_labels(y, classes)
    rows = np.arange(len(codes))
    truth = np.sort([np.where(codes < 0, 0, one[rows, codes]) for one in answers], 0)
    return np.column_stack([truth[-1], truth[-min(2, len(truth))], truth.mean(axis=0)])
