"""What every evidence has in common: pairs in, a table with one row per pair out."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skmia.signals._moves import NO_IMAGES, is_images, moves_images
from skmia.signals._registry import check_signals
from skmia.targets._gathered import gathered
from skmia.targets._noise import lacks_schema
from skmia.targets._pairs import as_pairs
from skmia.utils._access import (
    DECODER,
    DISCRIMINATOR,
    LATENT,
    MODELS_SENT,
    SCORES_SENT,
    TIMING,
)
from skmia.utils._kinds import a_kind
from skmia.utils._numbers import computable
from skmia.utils._random import draw_seeds

if TYPE_CHECKING:
    from skmia.signals._base import Signal
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session

# What has an answer that hardly any model gives, nor a pipeline around one that does.
_AS_HAS = {
    "explain": ", as skmia.targets.Explained(model) has",
    "explain_records": ", as skmia.targets.Explained(model, records=5) has",
    **dict.fromkeys(
        (DISCRIMINATOR, DECODER, LATENT),
        ", as skmia.targets.Synthesizer(generator) has whose generator has it",
    ),
    "party_proba": ", as a federation of skmia.federated has whose parties are seen",
    **dict.fromkeys(MODELS_SENT, ", as skmia.federated.Federation(learner) has"),
    "isolated_proba": ", as skmia.tasks.NodeClassifier has",
    "uploads_": ", as skmia.federated.Federation(learner) has whose server sees single "
    "uploads",
    **dict.fromkeys(
        SCORES_SENT, ", as skmia.federated.FederatedDistillation(learners) has"
    ),
}


class Evidence(TransformerMixin, BaseEstimator, metaclass=ABCMeta):
    """First step of an attack: from pairs of a model and a record to numbers.

    Subclasses write ``observe(session)``, a DataFrame with one row per record of one
    model, and take what the adversary knows as parameters. Every model, shadow or
    target, is observed by the same code: give random steps a seed as a parameter
    ``random_state``.

    .. versionadded:: 0.2

    Attributes
    ----------
    asks : frozenset of str
        What the model must answer, see :class:`skmia.targets.Session`; `observe` can
        ask nothing else. By default what the signals in the parameter `signals` ask.
    needs : tuple of str
        What the adversary must have beyond answers.
    n_models : int or None
        Shadow models whose pairs the attack is fitted on; None for all.
    min_models : int
        Shadow models without which it makes no sense.
    of_one_label : bool
        Whether it is for models with one output only.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.make_attack : An attack of an evidence and a classifier.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import make_attack
    >>> from skmia.attacks.evidence import Evidence
    >>> class Rounded(Evidence):
    ...     asks = frozenset({"predict_proba"})
    ...
    ...     def observe(self, session):
    ...         return session.observe("confidence").round(1)
    >>> shadows = ShadowModels(DecisionTreeClassifier(), n_shadows=2, random_state=0)
    >>> pairs, member, _ = shadows.fit(*load_digits(return_X_y=True)).pairs()
    >>> attack = make_attack(Rounded(), LogisticRegression()).fit(pairs, member)
    >>> attack.score(pairs, member) > 0.55
    True
    """

    needs: tuple[str, ...] = ()
    n_models: int | None = None
    min_models = 1
    of_one_label = False
    # Whether signals are those of a model that imitates the one in question.
    imitates = False
    # Rows asked for each record beside those of the signals, which attacks share.
    n_own_queries = 0

    # What a subclass does not constrain is not checked.
    _parameter_constraints: dict[str, Any] = {}

    @property
    def asks(self) -> frozenset[str]:
        """What the model must answer."""
        if not hasattr(self, "signals"):
            raise TypeError(
                f"{type(self).__name__} must say what it asks of a model: give it the "
                'attribute asks = frozenset({"predict_proba"}), or the parameter '
                "'signals'."
            )
        return frozenset().union(*(signal.asks for signal in self._signals()))

    def _signals(self):
        """Signals of the model, with the seed and the noise of the evidence."""
        if self.imitates:
            return []
        return check_signals(self.signals, self._seed, self._filled)

    @property
    def _seed(self):
        """Seed of all that is drawn: for all models the same, and 0 where none is."""
        seed = getattr(self, "random_state", None)
        if isinstance(seed, np.random.RandomState):
            return draw_seeds(deepcopy(seed))
        return 0 if seed is None else seed

    def _filled(self, signal):
        """The signal with what the records that the evidence was fitted on say."""
        return signal.set_params(**getattr(self, "_noise", {}).get(signal.name, {}))

    def recorded(self) -> list[Signal] | None:
        """Signals that stand in for a shadow model, so that it need not be kept.

        Returns
        -------
        signals : list of Signal or None
            None: the models themselves are asked.
        """
        return None

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
        if session is None:
            return None
        signals = self._signals() if hasattr(self, "signals") else ()
        if session.has_outputs and (reason := self._of_one_label(signals)):
            return reason
        if not all(signal.fits(session.kind) for signal in signals):
            return f"the model is {a_kind(session.kind)}"
        if reason := _asks_for_others(signals, session):
            return reason
        numeric = {signal.numeric for signal in signals} - {False}
        if not all(computable(session.X, kind == "images") for kind in numeric):
            return "the features are not dense, finite numbers"
        if any(lacks_schema(signal, session.X) for signal in signals):
            return "the features are neither dense, finite numbers nor categories"
        if any(map(moves_images, signals)) and not is_images(session.X):
            return NO_IMAGES
        if missing := self.asks - session.answers:
            return f"the model {no_answer(missing, 'gives', 'has')}"
        refusals = [
            one.refuses(self._looked_at(session)) for one in signals if one.refuses
        ]
        return next(filter(None, refusals), None)

    def _looked_at(self, session):
        """The model whose signals are seen, where it is held."""
        return session.model

    def _of_one_label(self, signals):
        """Why it is for records with one label only, if it is."""
        alone = [one.name for one in signals if one.outputs is None and one.of]
        if self.of_one_label:
            what = f"{type(self).__name__} is"
        elif alone:
            what = f"the signal {alone[0]!r} is"
        else:
            return None
        return f"the model has several outputs, and {what} of one label per record"

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Remember the layout of the columns.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records, see :meth:`skmia.ShadowModels.pairs`.
        member : array-like of shape (n_pairs,), default=None
            Ignored.

        Returns
        -------
        self : object
        """
        self._validate_params()
        part = self._check(pairs).parts[0]
        self.classes_seen_, self._noise = part.classes, {}
        if hasattr(self, "signals"):
            self._noise = {
                signal.name: part.noise_params(signal) for signal in self._signals()
            }
        return self

    def fit_transform(
        self, pairs: Pairs | Session, member: ArrayLike | None = None
    ) -> pd.DataFrame:
        """Fit, and see the same pairs.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records.
        member : array-like of shape (n_pairs,), default=None
            Membership.

        Returns
        -------
        Z : DataFrame of shape (n_pairs, n_columns)
        """
        return self.fit(pairs, member).transform(pairs)

    def transform(self, pairs: Pairs | Session) -> pd.DataFrame:
        """Observe each model once, then take the rows.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records.

        Returns
        -------
        Z : DataFrame of shape (n_pairs, n_columns)
            Observations, one row per pair.
        """
        check_is_fitted(self, "classes_seen_")
        pairs = self._check(pairs)
        tables = (
            (partial(self._table, part), rows, places)
            for part, rows, places in pairs.by_part()
        )
        return gathered(tables, len(pairs))

    @abstractmethod
    def observe(self, session: Session) -> pd.DataFrame:
        """What the adversary sees of one model, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """

    def _table(self, part, room):
        table = self._observe_in(room, part.only(self.asks))
        if not isinstance(table, pd.DataFrame) or len(table) != len(part):
            shape = getattr(table, "shape", "no shape")
            raise ValueError(
                f"{type(self).__name__}.observe must give a DataFrame with one row per "
                f"record, here {len(part)}. Got {type(table).__name__} of {shape}."
            )
        return table

    def _observe_in(self, room, session):
        """What is observed; in an array that `room` gives, where that spares a copy."""
        return self.observe(session)

    def _check(self, pairs):
        found = as_pairs(pairs)
        if found is None:
            raise TypeError(
                f"{type(self).__name__} takes pairs of a model and records: "
                "Session(model, X, y), or those of ShadowModels.pairs(). Got "
                f"{type(pairs).__name__}."
            )
        if not len(found):
            raise ValueError(f"{type(self).__name__} needs at least one pair. Got 0.")
        return found

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.no_validation = True
        return tags


def _asks_for_others(signals, session):
    """Why the model's answer about a true label says nothing, if it does not."""
    compared = [one.name for one in signals if one.needs_y and one.asks]
    if compared and not session.knows_labels:
        return (
            "the labels of the records are none that the model answers with, and the "
            f"signal {compared[0]!r} is of the true one"
        )
    return None


def no_answer(missing, gives, has):
    """What a model does not do, in words, of the first missing answer."""
    name = min(missing)
    if name == TIMING:
        return (
            "cannot be timed: that has to be granted, and takes predict, no count of "
            "queries and no kept answers"
        )
    if name == "predict_proba":
        return f"{gives} no probabilities"
    return f"{has} no {name}{_AS_HAS.get(name, '')}"
