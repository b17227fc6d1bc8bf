"""A discriminator of the adversary's own: rows of the table, or other people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.attacks.evidence._base import Evidence
from skmia.utils._access import TABLE
from skmia.utils._membership import membership_score
from skmia.utils._random import set_random_states
from skmia.utils._record_keys import coarse_keys
from skmia.utils._records import index_of
from skmia.utils._sklearn import HasMethods
from skmia.utils._threads import Boosting
from skmia.utils._typing import Classifier, RandomStateLike

if TYPE_CHECKING:
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session

_COLUMN = "discriminator"


class Discriminator(Evidence):
    """What a classifier of synthetic rows and known non-members says of a record.

    It learns to tell the rows of a published table from reference records of the same
    population. Where a generator has learned its records by heart, these look like
    rows of the table.

    .. versionadded:: 0.2

    Parameters
    ----------
    classifier : classifier, default=None
        Trained on rows of the table and on reference records. None: boosted trees.
    random_state : int, RandomState instance or None, default=None
        Seed of the classifier and of the folds; None is that of the attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        None: there are no labels.

    See Also
    --------
    skmia.attacks.DensityRatioAttack : The same ratio by two densities.

    Notes
    -----
    Threat model: the table, and records that are known not to be members. In the paper
    the adversary trains a generative adversarial network on samples of the target, and
    asks its discriminator; with records of its own a classifier does that, as in the
    code of van Breugel et al. Its log odds estimate the logarithm of the density of the
    table, less that of the population.

    Two classifiers are trained, each without one half of the reference records. Such a
    record is judged by the one that has not seen it, so that reference records are to
    it what other non-members are; all others by the mean of the two. Where the evidence
    is fitted without membership there are no reference records, and nothing is seen: 0.

    References
    ----------
    J. Hayes, L. Melis, G. Danezis, E. De Cristofaro, "LOGAN: Membership Inference
    Attacks Against Generative Models", PoPETs 2019, :doi:`10.2478/popets-2019-0008`

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks.evidence import Discriminator
    >>> from skmia.targets import Session, SyntheticTable
    >>> X = np.random.RandomState(0).normal(size=(400, 2))
    >>> session = Session(SyntheticTable(np.repeat(X[:100], 5, axis=0)), X)
    >>> evidence = Discriminator(random_state=0)
    >>> member = np.repeat([1, 0], [100, 300])
    >>> Z = evidence.fit(session[50:250], member[50:250]).transform(session)
    >>> bool(Z["discriminator"][:50].mean() > Z["discriminator"][250:].mean())
    True
    """

    _parameter_constraints: dict = {
        "classifier": [HasMethods(["fit", "predict"]), None],
        "random_state": ["random_state"],
    }

    # It reads what this signal reads.
    signals = ("sample_distance",)

    def __init__(
        self,
        classifier: Classifier | None = None,
        *,
        random_state: RandomStateLike = None,
    ) -> None:
        self.classifier = classifier
        self.random_state = random_state

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Remember records of non-members.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records.
        member : array-like of shape (n_pairs,), default=None
            Membership: 1 = member, 0 = non-member.

        Returns
        -------
        self : object
        """
        super().fit(pairs, member)
        pairs = self._check(pairs)
        self._space = pairs.parts[0].space()
        self._fold: dict[bytes, int] = {}
        self._places = np.empty((0, 0))
        if member is not None:
            self._remember(pairs, np.asarray(member))
        return self

    def _remember(self, pairs, member):
        """Where non-members lie, each once, and in which half each is."""
        rng = check_random_state(self._seed)
        places = {}
        for part, rows, at in pairs.by_part():
            others = _safe_indexing(part.X, rows[member[at] == 0])
            keys = coarse_keys(others)
            places |= dict(zip(keys, self._space.encode(others), strict=True))
        if len(places) < 2:
            raise ValueError(
                "Discriminator needs at least 2 non-members to compare with. Got "
                f"{len(places)}."
            )
        half = rng.permutation(np.arange(len(places)) % 2)
        # By content, so that it has nothing to do with the order of the records.
        self._fold = dict(zip(sorted(places), half.tolist(), strict=True))
        self._places = np.array([places[key] for key in self._fold])

    def observe(self, session: Session) -> pd.DataFrame:
        """Log odds that each record is a row of the table.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, 1)
            The column "discriminator".
        """
        score = np.zeros(len(session))
        if self._fold:
            score = self._said(session)
        return pd.DataFrame({_COLUMN: score}, index=index_of(session.X))

    def _said(self, session):
        rows = self._space.encode(session.ask(TABLE))
        records = self._space.encode(session.X)
        half = np.array(list(self._fold.values()))
        models = [self._trained(rows, self._places[half != fold]) for fold in (0, 1)]
        said = np.column_stack([membership_score(one, records) for one in models])
        # 2: in none.
        fold = np.array([self._fold.get(key, 2) for key in coarse_keys(session.X)])
        every = np.column_stack([said, said.mean(axis=1)])
        return every[np.arange(len(fold)), fold]

    def _trained(self, rows, others):
        model = Boosting() if self.classifier is None else clone(self.classifier)
        set_random_states(model, check_random_state(self._seed))
        is_row = np.repeat([1, 0], [len(rows), len(others)])
        return model.fit(np.vstack([rows, others]), is_row)
