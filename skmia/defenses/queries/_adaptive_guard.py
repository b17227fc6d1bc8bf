"""Less and less detail for clients whose queries do not look like honest ones."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skmia.defenses._numbers import features_of, takes_numbers
from skmia.defenses.queries._query_control import QueryControl
from skmia.defenses.queries._query_monitor import QueryMonitor
from skmia.exceptions import QueryBudgetExceeded
from skmia.utils._card import DefenseCard
from skmia.utils._hold_out import hold_out, without
from skmia.utils._posteriors import onehot_posterior, round_posterior, top_k_posterior
from skmia.utils._random import draw_seeds
from skmia.utils._record_keys import exact_keys
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import COUNT, INNER_FRACTION, Interval, StrOptions
from skmia.utils._typing import Classifier, RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

LEVELS = ("full", "rounded", "top-1", "label", "refuse")
_MASKS = {
    "rounded": lambda P: round_posterior(P, 1),
    "top-1": lambda P: top_k_posterior(P, 1),
    "label": onehot_posterior,
}
# Share of the training records that is held out where no calibration is given.
_HELD_OUT = 0.2


class AdaptiveGuard(QueryControl):
    """Classifier that tells less to clients whose queries are unlike honest ones.

    The new records of each client are collected in windows. A full window is tested
    against calibration records, for three things: records near to earlier ones, as in
    attacks that walk along the decision boundary or ask perturbed copies; records that
    lie elsewhere than honest ones do; and confidences that are distributed otherwise,
    as those of training records are. A window that fails moves the client one rung down
    the list full posterior, one digit, largest entry, label, nothing; after some clean
    windows it moves back up. The rung at the start of a window holds for all of it.

    A record that was answered is answered in the same way ever after, and does not
    count again. The label is the same on all rungs.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    calibration : {array-like, DataFrame} of shape (n_records, n_features), \
default=None
        Records as honest clients ask them; the model must not be trained on them. None:
        a fifth of the different training records is held out, equal ones (in single
        precision) together, whatever they weigh.
    window : int, default=100
        New records between two tests, at least 10.
    alpha : float, default=1e-3
        Chance that a window of an honest client fails, all tests together.
    cooldown : int, default=5
        Clean windows before a client gets more detail again.
    quantile : float, default=0.01
        Share of the smallest distances that counts as near. It is enlarged where a
        window of this size could not fail otherwise.
    max_level : {"rounded", "top-1", "label", "refuse"}, default="refuse"
        The last rung.
    random_state : int, RandomState instance or None, default=None
        What is held out, and how windows are halved: one half is compared with the
        other. Who knows it can place queries where they are not compared.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    client_level_ : dict
        Rung of each client that has asked anything: "full", "rounded", "top-1", "label"
        or "refuse". It belongs to the owner.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    QueryLimit : A limit for everyone.
    RoundedPosterior : The same detail for everyone.

    Notes
    -----
    Threat model: the adversary asks often and in patterns. No formal guarantee. What
    breaks it: slow attackers, who mix few odd queries into many honest ones; clients
    with many names; attacks that ask each record once (a threshold on the loss, LiRA),
    which are noticed by the third test only, and only if most of a window are training
    records. Everything that the first window brings is answered in full.

    The design is ours: no detector of membership inference has become canonical. The
    first test is hypergeometric and the others are Kolmogorov-Smirnov tests, exact for
    any distribution of honest records, if they come independently of each other: a
    client who asks about similar records all day looks like an attacker, and so does
    everyone once honest traffic drifts away from `calibration`. All windows are tested
    against the same calibration records, so alpha is an average over their choice.
    PRADA's test of normality is replaced by the second, since honest distances need not
    be normal. The rate of queries is not looked at: it needs a clock.

    Records that differ in the last bit of a number are different ones: each of many
    copies that are nearly equal counts. Refused records are watched as well, so a
    client gets out again. Distances are Euclidean, features divided by their standard
    deviations: the features must be numbers. Threads may share a guard; copies in other
    processes watch on their own.

    References
    ----------
    M. Juuti, S. Szyller, S. Marchal, N. Asokan, "PRADA: Protecting Against DNN Model
    Stealing Attacks", IEEE EuroS&P 2019. :arxiv:`1805.02628`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import AdaptiveGuard
    >>> X, y = make_classification(1000, random_state=0)
    >>> guard = AdaptiveGuard(GaussianNB(), random_state=0).fit(X[:500], y[:500])
    >>> honest = guard.predict_proba(X[500:], client_id="alice")
    >>> swarm = X[0] + 1e-3 * np.random.RandomState(0).randn(300, 20)
    >>> copies = guard.predict_proba(swarm, client_id="mallory")
    >>> guard.client_level_
    {'alice': 'full', 'mallory': 'label'}
    """

    _card = DefenseCard(
        family="query control",
        addresses=("scores", "label"),
        broken_by="slow attackers; clients with many names; one query per record",
        paper="ours, after Juuti et al. 2019",
    )

    _asks = "predict_proba"

    _parameter_constraints = QueryControl._parameter_constraints | {
        "calibration": ["array-like", None],
        "window": [Interval(Integral, 10, None, closed="left")],
        "alpha": [INNER_FRACTION],
        "cooldown": [COUNT],
        "quantile": [INNER_FRACTION],
        "max_level": [StrOptions(set(LEVELS[1:]))],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        calibration: ArrayLike | pd.DataFrame | None = None,
        window: int = 100,
        alpha: float = 1e-3,
        cooldown: int = 5,
        quantile: float = 0.01,
        max_level: Literal["rounded", "top-1", "label", "refuse"] = "refuse",
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.calibration = calibration
        self.window = window
        self.alpha = alpha
        self.cooldown = cooldown
        self.quantile = quantile
        self.max_level = max_level
        self.random_state = random_state

    @property
    def _voids_guarantee(self):
        if self.calibration is not None:
            return None
        return "it compares with training records without noise; pass 'calibration'"

    @property
    def client_level_(self) -> dict[str | None, str]:
        """Rung of each client that has asked anything."""
        levels = self._monitor.levels()
        return {client: LEVELS[level] for client, level in levels.items()}

    def _learn(self, X, y, sample_weight):
        X, y = check_labelled(X, y)
        rng = check_random_state(self.random_state)
        X, y, calibration, held_out = self._set_aside(X, y, rng)
        numbers = features_of(calibration, type(self).__name__)
        fitted = super()._learn(X, y, without(sample_weight, held_out))
        model = fitted["estimator_"]
        spread = numbers.std(axis=0)
        scale = np.where(spread > 0, spread, 1)
        monitor = QueryMonitor(
            numbers / scale,
            model.predict_proba(calibration).max(axis=1),
            window=self.window,
            alpha=self.alpha,
            cooldown=self.cooldown,
            quantile=self.quantile,
            top=LEVELS.index(self.max_level),
            # One of its own: the caller's generator is not for queries to move.
            rng=np.random.RandomState(draw_seeds(rng)),
        )
        return {**fitted, "_monitor": monitor, "_scale": scale}

    def _set_aside(self, X, y, rng):
        """Training records, labels, calibration records, and which these were."""
        if self.calibration is not None:
            return X, y, self.calibration, np.empty(0, dtype=int)
        return hold_out(self, X, y, _HELD_OUT, rng, "calibration")

    def _answer(self, X, ask, client_id):
        posterior = ask(X)
        rows = features_of(X, type(self).__name__) / self._scale
        refuse = LEVELS.index("refuse")
        levels = self._monitor.watch(
            client_id, exact_keys(X, self), rows, posterior.max(axis=1), refuse
        )
        if refuse in levels:
            raise QueryBudgetExceeded(
                "The queries of this client are unlike honest ones: it gets no more "
                f"answers before {self.cooldown} windows of {self.window} new records "
                "that are. Nothing was answered."
            )
        released = posterior.astype(np.float64)
        for level in set(levels.tolist()) - {0}:
            there = levels == level
            released[there] = _MASKS[LEVELS[level]](posterior[there])
        return released

    def __sklearn_tags__(self):
        return takes_numbers(super().__sklearn_tags__())
