"""A model beside another one that was trained on the same records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from skmia.attacks.evidence._update import Update
from skmia.utils._fitting import fit_clone
from skmia.utils._random import draw_seeds

if TYPE_CHECKING:
    from skmia.targets._session import Session


class Counterpart(Update):
    """Signals of a model, and what they are beside those of its counterpart.

    The counterpart was trained on the same records in another way: without a fairness
    constraint, say, before the constrained model took its place. Each shadow model is
    given a counterpart of its own, a clone trained on its members.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="scaled_logit"
        See :func:`skmia.signals.get_signal_names`. Columns are the signals of the
        model, and ``<signal>|change``, these minus those of the counterpart.
    former : fitted estimator, default=None
        The counterpart of the model in question, of which clones can be trained.
        Without it no attack can be run.
    random_state : int, RandomState instance or None, default=None
        Seed of the counterparts of shadow models, and of probing signals without a
        seed of their own; None is that of the attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    Update : What records that were added have changed: one former version for all.
    skmia.tasks.FairClassifier : Models with a fairness constraint.

    Notes
    -----
    Threat model: as many queries of both models; training both kinds. Where a record
    lies, and which group is favoured, moves both; how a record was fitted moves one.

    References
    ----------
    The gap between fair and biased models: H. Tian, G. Zhang, B. Liu, T. Zhu, M. Ding,
    W. Zhou, "When Fairness Meets Privacy: Exploring Privacy Threats in Fair Binary
    Classifiers via Membership Inference Attacks", IJCAI 2024, :arxiv:`2311.03865`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import Counterpart
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0)
    >>> shadows = ShadowModels(tree, n_shadows=2, random_state=0).fit(X[:900], y[:900])
    >>> former = LogisticRegression(max_iter=5000).fit(X[900:], y[900:])
    >>> evidence = Counterpart("confidence", former=former).fit(shadows.pairs()[0])
    >>> session = Session(tree.fit(X[900:], y[900:]), X[800:], y[800:])
    >>> list(evidence.transform(session))
    ['confidence', 'confidence|change']
    """

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
        if reason is None and not hasattr(self.former, "fit"):
            return "no other counterpart can be trained like the one that is given"
        return reason

    def observe(self, session: Session) -> pd.DataFrame:
        """Signals, and differences from the counterpart, one row per record.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """
        now, then = self._both(session, self._trained_with(session))
        return pd.concat([now, (now - then).add_suffix("|change")], axis=1)

    def _trained_with(self, session):
        """The counterpart of one model."""
        if session.member is None:
            return self.former
        rows = np.flatnonzero(session.member)
        seed = draw_seeds(check_random_state(self.random_state or 0))
        return fit_clone(self.former, session.X, session.y, rows, seed)
