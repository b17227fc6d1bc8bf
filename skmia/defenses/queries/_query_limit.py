"""A model that stops answering."""

from __future__ import annotations

import sys
import uuid

from skmia.defenses.queries._query_budget import QueryBudget
from skmia.defenses.queries._query_control import QueryLedger
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import COUNT_OR_0
from skmia.utils._typing import Classifier


class QueryLimit(QueryLedger):
    """Classifier that answers as another one does, while the budget lasts.

    Records that a client has asked before are free, whichever method answered them.
    A call with more new records than the client has left is refused as a whole, before
    anything is computed, and charges nothing; a call that fails charges nothing either.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; with or without ``predict_proba``. `fit` clones it.
    budget : int or QueryBudget, default=1000
        Different records that each client may ask. An int is counted from 0 after
        every `fit`, in memory. A :class:`QueryBudget` is shared by all defenses that
        have it, clones among them, and goes on over refits.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    budget_ : QueryBudget
        The ledger in force. It belongs to the owner.
    queries_left_ : int or float
        New records that the client None may still ask; ``inf`` without a limit.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    QueryBudget : The ledger, in memory or in a file.
    PrivateLogits : Few answers, each with noise, and a proof.
    AdaptiveGuard : Less and less detail for clients that behave oddly.

    Notes
    -----
    Threat model: the adversary asks often, as attacks do that look for the decision
    boundary or average over perturbed copies. No formal guarantee: attacks that ask
    each record once (a threshold on the loss, LiRA) need no more than an honest client.

    A record that differs from another in the last bit of a number is another record,
    and costs. So is one that is written otherwise where a model may read it otherwise:
    "1" and "1.0" as text, or columns in another order; 1, 1.0 and True are one number.

    `score` asks as the client None. To let scikit-learn route the name of a client, use
    ``set_predict_proba_request(client_id=True)``.

    References
    ----------
    S. Truex, L. Liu, M. E. Gursoy, L. Yu, W. Wei, "Demystifying Membership Inference
    Attacks in Machine Learning as a Service", IEEE TSC 2019. :arxiv:`1807.09173`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import QueryLimit
    >>> X, y = load_iris(return_X_y=True)
    >>> model = QueryLimit(GaussianNB(), budget=10).fit(X, y)
    >>> model.predict(X[:5], client_id="alice")
    array([0, 0, 0, 0, 0])
    >>> model.budget_.for_client("alice").remaining.queries
    5
    >>> model.predict(X[:11])
    Traceback (most recent call last):
        ...
    skmia.exceptions.QueryBudgetExceeded: The budget is queries = 10: 0 is spent, this
    call asks 11 new records and would make it 11. Nothing was answered and nothing was
    charged.
    """

    _card = DefenseCard(
        family="query control",
        addresses=("scores", "label"),
        broken_by="attacks that ask each record once; clients with many names",
        paper="Truex et al. 2019",
    )

    _parameter_constraints = QueryLedger._parameter_constraints | {
        "budget": [COUNT_OR_0, QueryBudget]
    }

    _without_budget = {"budget": sys.maxsize}

    def __init__(
        self, estimator: Classifier, *, budget: int | QueryBudget = 1000
    ) -> None:
        self.estimator = estimator
        self.budget = budget

    def _learn(self, X, y, sample_weight):
        shared = isinstance(self.budget, QueryBudget)
        return {
            **super()._learn(X, y, sample_weight),
            "budget_": self.budget if shared else QueryBudget(self.budget),
            "_fit_id": uuid.uuid4().bytes,
        }

    def _answer(self, X, ask, client_id):
        with self.budget_.for_client(client_id).charge(self._records(X)):
            return ask(X)
