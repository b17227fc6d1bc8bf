"""What stands between a model and those who ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from skmia.utils._inside import layers
from skmia.utils._typing import Classifier, Regressor


@dataclass(frozen=True)
class Release:
    """What a model releases, and through which defenses.

    Attributes
    ----------
    answers : tuple of str
        Methods that answer: "predict", and "predict_proba" unless it is hidden.
    layers : DataFrame
        One row per defense, the outermost first: its name, family, the access it
        addresses, its guarantee and what is known to break it.
    model : estimator
        What is inside the last of them.
    """

    answers: tuple
    layers: pd.DataFrame
    model: object

    def __str__(self):
        inside = "nothing" if self.model is None else repr(self.model)
        lines = [f"Released: {', '.join(self.answers)}"]
        for layer in self.layers.itertuples():
            lines.append(f"  {layer.defense} ({layer.family}), broken by: ")
            lines[-1] += layer.broken_by
        return "\n".join([*lines, f"Inside: {inside}"])


def defended_by(model: Classifier | Regressor) -> Release:
    """Tell through which defenses a model answers, and what it releases.

    Parameters
    ----------
    model : classifier or regressor
        A defense, a defense around defenses, a pipeline that ends in one, or a bare
        model. Fitted or not.

    Returns
    -------
    release : Release
        Printing it says the same in words.

    See Also
    --------
    skmia.audit : Measure what gets through.

    Notes
    -----
    Level: records. Which attacks a defense stops is a statement of its papers; what it
    is worth around your model is measured with shadow models of the *defended* model.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import LabelOnly, RoundedPosterior, defended_by
    >>> release = defended_by(LabelOnly(RoundedPosterior(DecisionTreeClassifier())))
    >>> release.answers
    ('predict',)
    >>> release.layers["defense"].tolist()
    ['LabelOnly', 'RoundedPosterior']
    >>> release.model
    DecisionTreeClassifier()
    """
    names = ("predict", "predict_proba")
    answers = tuple(name for name in names if hasattr(model, name))
    rows: list[Any] = []
    inside: Any = None
    for inside in layers(model):
        rows.extend(map(_row, _objectives(inside)))
        if getattr(inside, "_card", None) is None:
            break
        rows.append(_row(inside))
    else:
        inside = None
    columns = ["defense", "family", "addresses", "guarantee", "broken_by"]
    return Release(answers, pd.DataFrame(rows, columns=columns), inside)


def _objectives(model):
    """What a network is trained for, where that is a defense."""
    given = getattr(model, "objective", None)
    given = given if isinstance(given, list) else [given]
    own = getattr(model, "_card", None)
    return [one for one in given if getattr(one, "_card", own) is not own]


def _row(defense):
    card = defense._card
    return {
        "defense": type(defense).__name__,
        "family": card.family,
        "addresses": ", ".join(card.addresses),
        "guarantee": card.guarantee,
        "broken_by": card.broken_by,
    }
