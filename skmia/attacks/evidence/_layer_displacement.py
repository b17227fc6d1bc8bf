"""What each layer of a network says of a record, beside one trained without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from skmia.attacks.evidence._displacement import Displacement, mean_out
from skmia.signals import signal
from skmia.signals.white_box import _layers
from skmia.targets._same_records import positions
from skmia.utils._random import deal, draw_seeds
from skmia.utils._reference_table import split_table
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import Signal
    from skmia.targets._session import Session

_EVIDENCE = signal(
    "parameters", probing=True, greater_is_member=True, refuses=_layers.no_layers
)(_layers.network_evidence)


class LayerDisplacement(Displacement):
    """Where each layer of a network lies beside one trained without the record.

    Hidden units of two networks have no common order. So what lies above a layer is
    trained anew on what the model's own layer makes of the adversary's records, and
    what both give the class of the record is compared. Below the first layer lies the
    record itself: what is above is a reference model.

    .. versionadded:: 0.2

    Parameters
    ----------
    random_state : int, RandomState instance or None, default=None
        Seed of the upper parts; None is that of the attack.

    Attributes
    ----------
    references_ : list of Session
        The shadow models, with who was trained on what.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    Displacement : Of linear models and naive Bayes.

    Notes
    -----
    Threat model: the adversary holds the model itself, an ``MLPClassifier``, or a
    pipeline that ends in one, and trains reference models on records of his own. The
    values are those of the local linear approximation, weights and bias, at the record.

    Upper parts are trained on one half of the adversary's records, and judge the other
    one; what they do not know is judged by both. Who of these is a member of the model
    is not asked, of shadow models either: of the target nobody knows.

    References
    ----------
    K. Leino, M. Fredrikson, "Stolen Memories: Leveraging Model Memorization for
    Calibrated White-Box Membership Inference", USENIX Security 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import LayerDisplacement
    >>> X, y = load_digits(return_X_y=True)
    >>> network = MLPClassifier((16,), max_iter=500, random_state=0)
    >>> shadows = ShadowModels(network, n_shadows=4, random_state=0)
    >>> pairs, member, _ = shadows.fit(X[:200], y[:200]).pairs(2)
    >>> list(LayerDisplacement(random_state=0).fit_transform(pairs))
    ['layer_0', 'layer_1']
    """

    signals = (_EVIDENCE,)
    online = False
    _parameter_constraints: dict = {"random_state": ["random_state"]}

    def __init__(self, *, random_state: RandomStateLike = None) -> None:
        self.random_state = random_state

    def recorded(self) -> list[Signal] | None:
        """Signals that stand in for a shadow model: none do, its layers are needed."""
        return None

    def observe(self, session: Session) -> pd.DataFrame:
        """Displacement of each layer of one model, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model, ``white_box=True``, and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_layers)
        """
        Z = super().observe(session)
        (view,) = split_table(Z.to_numpy(), Z.columns)
        own = session.observe(self.signals, classes=self.classes_seen_)
        columns = [view.target - mean_out(view.reference, view)]
        columns += [own.to_numpy()[:, 0] - usual for usual in self._usual(session)]
        names = [f"layer_{i}" for i in range(len(columns))]
        return pd.DataFrame(np.column_stack(columns), columns=names, index=own.index)

    def _usual(self, session):
        """Of each hidden layer, what upper parts without a record give its class."""
        known, model = self.references_[0], session.model
        rng = check_random_state(self.random_state)
        y = np.asarray(known.y)
        half = deal(np.unique(y, return_inverse=True)[1], 2, rng)
        place = positions(session, known)
        # The half of each record; strangers have both.
        own = np.where(place < 0, 2, half[place])
        states = (_layers.hidden_states(model, one.X) for one in (known, session))
        for n_below, (Z, asked) in enumerate(zip(*states, strict=True), 1):
            uppers = [
                _layers.upper_part(model, n_below, Z[rows], y[rows], draw_seeds(rng))
                for rows in (half == 1, half == 0)
            ]
            given = [
                _layers.network_evidence(upper, asked, session.y, self.classes_seen_)
                for upper in uppers
            ]
            yield np.choose(own, [*given, np.mean(given, axis=0)])
