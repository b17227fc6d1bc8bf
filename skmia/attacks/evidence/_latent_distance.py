"""How near a decoder comes to a record, whatever code it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances_argmin
from sklearn.utils import check_random_state

from skmia.attacks.evidence._base import Evidence
from skmia.utils._access import DECODER, LATENT
from skmia.utils._numbers import computable, feature_spread, numbers
from skmia.utils._records import index_of
from skmia.utils._sklearn import COUNT, COUNT_OR_0, NOT_NEGATIVE, HasMethods
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session

# Of a code, to both sides, for the slope: far above the rounding of single precision.
_STEP = 1e-3
# Damping of the first step, and what it is multiplied by after a step that failed.
_DAMPING, _MORE = 1.0, 4.0


class LatentDistance(Evidence):
    """Distance of a record to the nearest row that the generator can make.

    A search among codes: from the best of many random ones downhill. A generator comes
    nearer to the records that it was trained on.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_codes : int, default=1000
        Random codes, of which the best is where the search for each record begins.
    n_steps : int, default=30
        Steps of the search for each record. 0: the best of the random codes.
    penalty : float, default=1e-3
        Of codes that are longer or shorter than random ones are: times the square of
        what their squared length has too much.
    reference : object, default=None
        A generator of the adversary's own, fitted on other records, with ``decode`` and
        ``n_latent_``: its distance is subtracted. None: nothing is.
    random_state : int, RandomState instance or None, default=None
        Seed of the codes; None is that of the attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        None: there are no labels.

    See Also
    --------
    Discriminator : Needs the table only.

    Notes
    -----
    Threat model: codes may be chosen (partial black box in the paper). Slopes are
    differences of rows that were made of codes on both sides, so that nothing but the
    decoder's answers is used; with its gradients (white box) the search ends at the
    same place sooner. The search is that of Levenberg and Marquardt for squares, of all
    records at once, each with its own damping, where the paper has Powell's and L-BFGS.
    Records are numbers, and distances are in spreads of their
    columns.

    References
    ----------
    D. Chen, N. Yu, Y. Zhang, M. Fritz, "GAN-Leaks: A Taxonomy of Membership Inference
    Attacks against Generative Models", CCS 2020, :doi:`10.1145/3372297.3417238`

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks.evidence import LatentDistance
    >>> from skmia.targets import Session, Synthesizer
    >>> class Line:
    ...     n_latent_ = 1
    ...     def fit(self, X):
    ...         return self
    ...     def decode(self, Z):
    ...         return np.asarray(Z) @ [[1.0, 1.0]]
    ...     def sample(self, n):
    ...         return self.decode(np.zeros((n, 1)))
    >>> X = np.array([[1.0, 1.0], [0.5, -0.5], [-1.0, 1.0], [0.0, 0.0]])
    >>> session = Session(Synthesizer(Line()).fit(X), X)
    >>> LatentDistance(penalty=0).fit_transform(session).round(2)
       latent_distance
    0             0.00
    1             1.02
    2             2.03
    3             0.00
    """

    _parameter_constraints: dict = {
        "n_codes": [COUNT],
        "n_steps": [COUNT_OR_0],
        "penalty": [NOT_NEGATIVE],
        "reference": [HasMethods(["decode"]), None],
        "random_state": ["random_state"],
    }

    # Of the kind of model that has this signal.
    signals = ("sample_distance",)
    asks = frozenset({DECODER, LATENT})

    def __init__(
        self,
        n_codes: int = 1000,
        *,
        n_steps: int = 30,
        penalty: float = 1e-3,
        reference: Any = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.n_codes = n_codes
        self.n_steps = n_steps
        self.penalty = penalty
        self.reference = reference
        self.random_state = random_state

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
        if reason is None and session is not None and not computable(session.X):
            reason = "the features are not dense, finite numbers"
        return reason

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Learn how far features spread.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records.
        member : array-like of shape (n_pairs,), default=None
            Ignored.

        Returns
        -------
        self : object
        """
        super().fit(pairs, member)
        spread = feature_spread(self._check(pairs).parts[0].X)
        self._spread = np.where(spread > 0, spread, 1.0)
        return self

    def observe(self, session: Session) -> pd.DataFrame:
        """Distance of each record to what can be decoded.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, 1)
            The column "latent_distance".
        """
        X = numbers(session.X) / self._spread

        def decode(codes):
            return self._rows(session.ask(DECODER, codes), codes, session.X)

        distance = self._search(X, decode, session.ask(LATENT))
        if self.reference is not None:

            def decode_other(codes):
                return self._rows(self.reference.decode(codes), codes, session.X)

            distance -= self._search(X, decode_other, self.reference.n_latent_)
        return pd.DataFrame({"latent_distance": distance}, index=index_of(session.X))

    def _rows(self, decoded, codes, X):
        """A row for each code, in spreads: of another shape it would be stretched."""
        if hasattr(decoded, "columns") and hasattr(X, "columns"):
            decoded = decoded[list(X.columns)]  # whatever their order
        rows = numbers(decoded)
        if np.shape(rows) != (len(codes), len(self._spread)):
            raise ValueError(
                f"decode must give a row of {len(self._spread)} numbers for each of "
                f"{len(codes)} codes. Got the shape {np.shape(decoded)}."
            )
        return rows / self._spread

    def _search(self, X, decode, n_latent):
        """Of each record; its code depends on no other record."""
        codes = check_random_state(self._seed).standard_normal((self.n_codes, n_latent))
        rows = decode(codes)
        starts = pairwise_distances_argmin(X, rows)
        found = np.linalg.norm(X - rows[starts], axis=1)
        code, damping = codes[starts], np.full(len(X), _DAMPING)
        for _ in range(self.n_steps):
            errors, slopes = self._errors(X, code, decode, slopes=True)
            step = _step(errors, slopes, damping)
            new = self._errors(X, code + step, decode)
            better = (new**2).sum(axis=1) < (errors**2).sum(axis=1)
            code = np.where(better[:, None], code + step, code)
            damping = np.where(better, damping / _MORE, damping * _MORE)
            near = np.linalg.norm(new[:, : X.shape[1]], axis=1)
            found = np.where(better, np.minimum(found, near), found)
        return found

    def _errors(self, X, code, decode, slopes=False):
        """What is squared: by how much a row misses its record, and a code its length.

        With `slopes` also how that changes with each number of the code.
        """
        n, n_latent = code.shape
        root = np.sqrt(self.penalty)
        length = root * ((code**2).sum(axis=1) - n_latent)
        if not slopes:
            return np.column_stack([decode(code) - X, length])
        moved = _STEP * np.vstack(
            [np.zeros(n_latent), np.eye(n_latent), -np.eye(n_latent)]
        )
        rows = decode((code + moved[:, None]).reshape(-1, n_latent))
        here, up, down = np.split(rows.reshape(-1, n, X.shape[1]), [1, 1 + n_latent])
        of_rows = ((up - down) / (2 * _STEP)).transpose(1, 2, 0)
        of_length = 2 * root * code[:, None]
        errors = np.column_stack([here[0] - X, length])
        return errors, np.concatenate([of_rows, of_length], axis=1)


def _step(errors, slopes, damping):
    """Where squares would be least, were the slopes the same there, and not too far."""
    n_latent = slopes.shape[2]
    curvature = slopes.transpose(0, 2, 1) @ slopes
    curvature = curvature + damping[:, None, None] * np.eye(n_latent)
    gradient = slopes.transpose(0, 2, 1) @ errors[:, :, None]
    return -np.linalg.solve(curvature, gradient)[:, :, 0]
