"""What the parameters of a model say of a record, beside those of models without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from skmia.attacks.evidence._references import References
from skmia.signals import signal
from skmia.signals.white_box import _displacement
from skmia.utils._reference_table import split_table
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike
    from skmia.targets._session import Session


class Displacement(References):
    """Where the parameters of a model lie beside those of models without the record.

    A record that was trained on moved the parameters towards itself: of naive Bayes it
    is more likely within its class, of a linear model the weights of its class point to
    it. What other records of the population do as well, reference models show.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="class_evidence"
        What is compared.
    online : bool, default=False
        Whether references must have been trained on the candidates, as an auditor's
        are.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; "class_evidence" draws
        nothing.

    Attributes
    ----------
    references_ : list of Session
        The shadow models, with who was trained on what.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    FirstOrder : What the displacement does to the loss of the record.
    LayerDisplacement : Of the layers of a network.

    Notes
    -----
    Threat model: the adversary holds the model itself, and trains reference models of
    the same kind. These are naive Bayes (the log likelihood ratio of the record within
    its class), linear discriminants and linear models (decision values of the class,
    above the mean of all classes), and pipelines that end in one. Each model of a
    pipeline sees the record through its own steps.

    Linear models of a softmax have the same differences in their log probabilities, so
    that the parameters add nothing; naive Bayes normalises away how likely a record is.

    References
    ----------
    K. Leino, M. Fredrikson, "Stolen Memories: Leveraging Model Memorization for
    Calibrated White-Box Membership Inference", USENIX Security 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.naive_bayes import BernoulliNB
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import Displacement
    >>> X, y = load_digits(return_X_y=True)
    >>> shadows = ShadowModels(BernoulliNB(binarize=8), n_shadows=4, random_state=0)
    >>> pairs, member, _ = shadows.fit(X[:200], y[:200]).pairs(2)
    >>> Z = Displacement().fit_transform(pairs)
    >>> gain = Z["class_evidence|target"] - Z["class_evidence|0"]
    >>> bool(gain[member == 1].mean() > gain[member == 0].mean() + 1)
    True
    """

    def __init__(
        self,
        signals: SignalsLike = "class_evidence",
        *,
        online: bool = False,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(signals, online=online, random_state=random_state)

    @property
    def needs(self) -> tuple[str, ...]:  # type: ignore[override]  # by parameters here
        """What the adversary must have beyond answers."""
        return ("parameters", *super().needs)


# Columns of classes, which no attack model reads one by one: they have no name.
_HELD: dict[str, Any] = {"probing": True, "columns": "per-class"}
_HELD["refuses"] = _displacement.no_common_parameters
_SCORES = signal("parameters", needs_y=False, **_HELD)(_displacement.class_scores)
_SLOPES = signal("parameters", **_HELD)(_displacement.loss_slopes)


class FirstOrder(Displacement):
    """What the displacement of the parameters does to the loss of a record.

    To first order, beginning at a reference model without the record: minus the
    displacement times the gradient of the loss there. A record that was trained on was
    among those whose loss was to become smaller.

    .. versionadded:: 0.2

    Attributes
    ----------
    references_ : list of Session
        The shadow models, with who was trained on what.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    Displacement : The displacement itself, also of naive Bayes.

    Notes
    -----
    Threat model: the adversary holds the model itself, and trains reference models of
    the same kind. Parameters are compared where they have a common order: those of
    linear models with a smooth loss, and of pipelines of scalers and one of these,
    where they are the weights of the features as they come. Hidden units of two
    networks have none.

    What is linear in its parameters need not be taken apart: displacement times
    gradient are the slopes of the loss by the scores of the classes times the
    differences of the scores. The regularisation is no part of the loss. It is the
    mean over the models that were not trained on the record, over all where there are
    none.

    References
    ----------
    MATT: A. Sablayrolles et al., "White-box vs Black-box: Bayes Optimal Strategies for
    Membership Inference", ICML 2019, arXiv:1908.11229.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import FirstOrder
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), LogisticRegression(C=100))
    >>> shadows = ShadowModels(model, n_shadows=4, random_state=0).fit(X[:100], y[:100])
    >>> pairs, member, _ = shadows.pairs(2)
    >>> Z = FirstOrder().fit_transform(pairs)
    >>> bool(Z[member == 1].mean().item() > Z[member == 0].mean().item())
    True
    """

    signals = (_SCORES, _SLOPES)
    online = False
    _parameter_constraints: dict = {}

    def __init__(self) -> None:
        pass  # what is compared is not for the caller to choose

    def observe(self, session: Session) -> pd.DataFrame:
        """First-order gain of one model, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model, ``white_box=True``, and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, 1)
        """
        Z = super().observe(session)
        views = split_table(Z.to_numpy(), Z.columns)
        n_classes = len(views) // 2
        gain = sum(
            slopes.reference.astype(float) * (scores.reference - scores.target[:, None])
            for scores, slopes in zip(views[:n_classes], views[n_classes:], strict=True)
        )
        return pd.DataFrame({"first_order": mean_out(gain, views[0])}, index=Z.index)


def mean_out(values, view):
    """Mean over the models without the record; over all where there are none."""
    out = ~view.in_models
    out |= ~out.any(axis=1, keepdims=True)
    return np.average(values, axis=1, weights=out)
