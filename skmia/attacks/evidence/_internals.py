"""What goes on inside a model while it looks at a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sklearn.utils import _safe_indexing

from skmia.attacks.evidence._base import Evidence
from skmia.signals import signal
from skmia.signals.white_box._internals import internals, named_internals
from skmia.signals.white_box._parameter_gradients import no_parameter_gradients
from skmia.utils._labels import joint_layout
from skmia.utils._sklearn import COUNT, StrOptions

if TYPE_CHECKING:
    import pandas as pd

    from skmia.targets._session import Session


class Internals(Evidence):
    """Gradients, activations, answer, loss and label of a record (Nasr et al.).

    Of each layer the length of the gradient of the record's loss by its parameters, and
    of the last layer the gradient by its biases, too: the slope of the loss by the
    scores. Then the answer, the loss, what hidden units answer, and the label.

    .. versionadded:: 0.2

    Parameters
    ----------
    units : {"all", "sorted"}, default="all"
        Hidden units in the order of the network, or by the size of what they answer:
        the third unit of one network has nothing to do with that of another.
    n_units : int, default=100
        Of a layer with more units so many are seen, evenly spread over them, or over
        their sizes.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    Signals : ``Signals("gradient_norm")``, and "gradient_statistics".

    Notes
    -----
    Level: pairs. Threat model: the adversary holds the model itself. It must be one
    whose gradients are known: linear models, ``GaussianNB``, ``MLPClassifier``,
    networks of torch, or a pipeline that ends in one of these; all but networks have
    one layer, and no hidden units. Models that are seen together must have the same
    layers.

    The paper gives its attack network all gradients of the last layers, and convolves
    them. Here it is their lengths: the gradient of a record by the weights of a layer
    is what that is given, times the slope, and both are there.

    References
    ----------
    M. Nasr, R. Shokri, A. Houmansadr, "Comprehensive Privacy Analysis of Deep
    Learning", IEEE S&P 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skmia.attacks.evidence import Internals
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LogisticRegression(max_iter=1000).fit(X[::2], y[::2])
    >>> session = Session(model, X, y, white_box=True)
    >>> Z = Internals().fit_transform(session)
    >>> list(Z)[:2], list(Z)[-1], Z.shape
    (['internals_norm_0', 'internals_slope_0'], 'internals_label_2', (150, 11))
    """

    asks = frozenset({"parameters"})
    needs = ("gradients",)
    n_models = 4
    _parameter_constraints: dict = {
        "units": [StrOptions({"all", "sorted"})],
        "n_units": [COUNT],
    }

    def __init__(
        self, *, units: Literal["all", "sorted"] = "all", n_units: int = 100
    ) -> None:
        self.units = units
        self.n_units = n_units

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
        if reason is None and session is not None:
            reason = no_parameter_gradients(session.model)
        return reason

    def observe(self, session: Session) -> pd.DataFrame:
        """What goes on inside one model, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """
        params = self.get_params() | {"n_classes": len(self.classes_seen_)}
        model = session.model
        blocks = named_internals(
            model,
            _safe_indexing(session.X, [0]),
            model.classes_[:1],
            joint_layout(self.classes_seen_, model.classes_),
            **params,
        )
        columns = [
            f"{name}_{place}"
            for name, block in blocks.items()
            for place in range(block.shape[1])
        ]
        # As a signal it is computed once, however often an attack is fitted.
        seen = signal("parameters", probing=True, columns=columns, **params)(internals)
        return session.observe([seen], classes=self.classes_seen_)
