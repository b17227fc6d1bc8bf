"""What an attacker is granted, and what an attack asks beyond it."""

from dataclasses import dataclass, replace

import numpy as np

from skmia.attacks._recipe import access_to, n_top_of
from skmia.targets._answers import ANSWERS
from skmia.targets._session import Session
from skmia.utils._access import (
    ACCESS,
    EXPLANATIONS,
    INSIDE,
    INSIDER,
    TABLE,
    TIMING,
    check_access,
)
from skmia.utils._outputs import Outputs

_SCORES = {"predict_proba", "decision_function"}
_WITHOUT_CLASSES = {"score_samples", "transform", "reconstruct", TABLE}
_WITHOUT_CLASSES |= {"similarities", "encode"}


@dataclass(frozen=True)
class Granted:
    """Access to a model.

    Parameters
    ----------
    levels : frozenset of str
        Some of `ACCESS`, with all that they include.
    top_k : int
        How many of the largest posteriors "top-k" shows.
    """

    levels: frozenset = frozenset(ACCESS[:3])
    top_k: int = 3

    @classmethod
    def of(cls, caller, access, top_k=3):
        """From the parameters of a caller, checked."""
        return cls(check_access(caller, access), top_k)

    @property
    def named(self):
        """The most that is seen of answers, and what was granted beside them."""
        names = [name for name in ACCESS if name in self.levels]
        n_answers = len([name for name in names if name in ACCESS[:3]])
        return names[n_answers - 1 :]

    @property
    def seen_top_k(self):
        """How many of the largest posteriors are seen; None where that is no limit."""
        return self.top_k if self.named[0] == "top-k" else None

    def of_classes(self, classes):
        """The same, where the largest posteriors are all that there are."""
        several = isinstance(classes, Outputs)
        most = max(map(len, classes)) if several else np.size(classes)
        few = classes is not None and self.top_k >= most
        every = "top-k" in self.levels and few
        return replace(self, levels=self.levels | {"scores"}) if every else self

    def of_answers(self, answers):
        """What is left of it of a model that answers no more: perhaps no scores."""
        gives = {
            "top-k": _SCORES,
            "scores": _SCORES | _WITHOUT_CLASSES,
            "explanations": set(EXPLANATIONS),
            "timing": {TIMING},
            "insider": set(INSIDER),
        }
        none = {name for name, methods in gives.items() if not methods & answers}
        return replace(self, levels=self.levels - none)

    def __str__(self):
        return ", ".join(self.named)

    @property
    def answers(self):
        """What a model may be asked, of all that models answer."""
        if "scores" in self.levels:
            more = {
                "white-box": set(INSIDE),
                "explanations": set(EXPLANATIONS),
                "insider": set(INSIDER),
            }
            hidden = [more[name] for name in more if name not in self.levels]
            return frozenset(ANSWERS).difference(*hidden) | (self.levels & {TIMING})
        top = {"predict_proba"} if "top-k" in self.levels else set()
        return frozenset({"predict"} | top)

    def session(self, model, X, y, **given):
        """Conversation with a model that answers no more than this.

        Parameters
        ----------
        model, X, y, **given : as for :class:`skmia.targets.Session`

        Returns
        -------
        session : Session
        """
        return Session(model, X, y, **self.of_session(), **given)

    def of_session(self):
        """Parameters of a session that grant no more than this."""
        return {
            "answers": self.answers,
            "white_box": "white-box" in self.levels,
            "top_k": self.seen_top_k,
        }

    def lacks(self, attack):
        """Why an attack asks more than is granted, in words; None where it does not.

        Parameters
        ----------
        attack : Pipeline
            See :func:`skmia.attacks.make_attack`.

        Returns
        -------
        reason : str or None
        """
        access = access_to(attack)
        if access not in self.levels:
            return f"it needs the access {access!r}, and {str(self)!r} is granted"
        n_top, seen = n_top_of(attack), self.top_k
        if access == "top-k" and "scores" not in self.levels and n_top > seen:
            return f"it looks at the {n_top} largest posteriors, and {seen} are granted"
        return None
