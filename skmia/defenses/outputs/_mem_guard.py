"""Noise against classifiers that tell members by their posterior."""

from __future__ import annotations

import warnings
from numbers import Real

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from skmia.defenses._base import OutputDefense
from skmia.defenses.outputs._mem_guard_noise import MembershipNet, noisy_posterior
from skmia.utils._card import DefenseCard
from skmia.utils._hold_out import hold_out, without
from skmia.utils._inside import is_frozen
from skmia.utils._random import set_random_states
from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._records import check_labelled
from skmia.utils._secret_stream import fresh_random_state, secret_key
from skmia.utils._sklearn import COUNT, INNER_FRACTION, Interval
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike

_ALL_DISTORTION = 2.0  # the largest L1 distance of two posteriors


class MemGuard(OutputDefense):
    """Classifier that adds noise until its posterior tells nobody who is a member.

    The owner trains a classifier of its own that tells members of the training data by
    their sorted posterior. A released row is moved, along the gradient of that
    classifier, to where it changes its mind; the predicted class stays. How often rows
    are moved follows from a budget of distortion.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    membership_classifier : MLPClassifier, default=None
        Tells members from non-members. `fit` clones it and trains it on posteriors
        sorted in ascending order. None: hidden layers of 64 and 32 units, at most 400
        epochs.
    budget : float, default=0.5
        Largest expected L1 distance of a released row from the true one, from 0 (no
        noise) to 2 (no limit).
    nonmembers : {array-like, sparse matrix, DataFrame}, default=None
        Records like those of `fit` on which the model is not trained. None: a part of
        the records of `fit`, which the model then does not see.
    holdout_fraction : float, default=0.25
        Share of the different records of `fit` that are held out where `nonmembers` is
        None: of each class as nearly alike as can be, never its last record, and equal
        ones (in single precision) together, whatever they weigh.
    max_steps : int, default=300
        Gradient steps of the search for a move, for each of up to seven weights of the
        distortion.
    random_state : int, RandomState instance or None, default=None
        Records held out, the membership classifier, and the secret from which the coin
        of each record is made.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    membership_classifier_ : MLPClassifier
        The owner's membership classifier; its class 1 is "member".
    held_out_ : ndarray of int
        Which records of `fit` were held out; empty where `nonmembers` were given. They
        shaped the noise, so that an audit counts them as members.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    RoundedPosterior : Release few digits of every entry.
    LabelOnly : Release the class only.

    Notes
    -----
    Threat model: the adversary sees scores, and gives them to a classifier that it has
    trained on shadow models. The parameters of the model are not protected. No formal
    guarantee, and the noise stops little else: thresholds per class on the confidence
    or the modified entropy find members again, as do shadow models that are defended
    alike; labels alone give away what they did before. Moves can overshoot, so that
    members look like non-members: who knows that turns the answer around.

    The coin of a record is a secret function of its content (one-time randomness) in
    single precision, however the record is written, and the search gives equal
    posteriors the same bits in every batch. Where the inner model itself answers
    otherwise in another batch, so does the defense, by about as much; but it decides by
    signs. With networks in float32, whose posteriors differ by 1e-7, one row in 5,000
    took another move.

    The membership classifier is trained on as many members as non-members. Logits are
    the logarithms of the posterior, so that any classifier can be defended. The paper
    has a membership classifier of 256, 128 and 64 units, about ten times as slow as the
    default here; its moves were of the same size.

    References
    ----------
    J. Jia, A. Salem, M. Backes, Y. Zhang, N. Z. Gong, "MemGuard: Defending against
    Black-Box Membership Inference Attacks via Adversarial Examples", CCS 2019.
    :arxiv:`1909.10594`

    L. Song, P. Mittal, "Systematic Evaluation of Privacy Risks of Machine Learning
    Models", USENIX Security 2021 (what breaks it). :arxiv:`2003.10595`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import MemGuard
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
    >>> model = MemGuard(tree, budget=0.2, random_state=0).fit(X, y)
    >>> true, released = model.estimator_.predict_proba(X), model.predict_proba(X)
    >>> bool(abs(released - true).sum(axis=1).mean() < 0.2)
    True
    """

    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="thresholds per class on confidence or modified entropy; shadow "
        "models defended alike; the gap attack; label-only attacks",
        paper="Jia et al. 2019",
    )

    _voids_guarantee = (
        "its membership classifier is trained on the records without noise"
    )

    _parameter_constraints = OutputDefense._parameter_constraints | {
        "membership_classifier": [MLPClassifier, None],
        "budget": [Interval(Real, 0, _ALL_DISTORTION, closed="both")],
        "nonmembers": ["array-like", "sparse matrix", None],
        "holdout_fraction": [INNER_FRACTION],
        "max_steps": [COUNT],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        membership_classifier: Classifier | None = None,
        budget: float = 0.5,
        nonmembers: MatrixLike | None = None,
        holdout_fraction: float = 0.25,
        max_steps: int = 300,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.membership_classifier = membership_classifier
        self.budget = budget
        self.nonmembers = nonmembers
        self.holdout_fraction = holdout_fraction
        self.max_steps = max_steps
        self.random_state = random_state

    def _learn(self, X, y, sample_weight):
        rng = fresh_random_state(self.random_state)
        X, y, nonmembers, held_out = self._divide(X, y, rng)
        fitted = super()._learn(X, y, without(sample_weight, held_out))
        ask = fitted["estimator_"].predict_proba
        return {
            **fitted,
            "membership_classifier_": self._tell_apart(ask(nonmembers), ask(X), rng),
            "held_out_": held_out,
            "_secret": secret_key(rng),
        }

    def _divide(self, X, y, rng):
        """Members, their labels, non-members, and which records these were."""
        if self.nonmembers is not None:
            if np.shape(self.nonmembers)[0] == 0:
                raise ValueError(
                    "The 'nonmembers' parameter of MemGuard must be records or None. "
                    "Got no record instead."
                )
            return X, y, self.nonmembers, np.empty(0, dtype=int)
        if is_frozen(self.estimator):
            raise ValueError(
                "The 'nonmembers' parameter of MemGuard must be records that the model "
                "was not trained on, since 'estimator' is frozen and nothing of its "
                "training data can be held out any more. Got None instead."
            )
        X, y = check_labelled(X, y)
        return hold_out(self, X, y, self.holdout_fraction, rng, "nonmembers")

    def _tell_apart(self, nonmembers, members, rng):
        """The membership classifier, trained on equally many posteriors of both."""
        size = min(len(nonmembers), len(members))
        drawn = [P[rng.permutation(len(P))[:size]] for P in (nonmembers, members)]
        template = self.membership_classifier
        if template is None:
            template = MLPClassifier((64, 32), max_iter=400)
        classifier = set_random_states(clone(template), rng)
        with warnings.catch_warnings():
            # A fixed number of epochs is the method, not a failure to converge.
            warnings.simplefilter("ignore", ConvergenceWarning)
            return classifier.fit(
                np.sort(np.concatenate(drawn), axis=1), np.repeat([0, 1], size)
            )

    def _release(self, P, X):
        inner = self.membership_classifier_
        net = MembershipNet(inner.coefs_, inner.intercepts_, inner.activation)
        coins = record_uniforms(coarse_keys(X, self), 1, self._secret)[:, 0]
        return noisy_posterior(P, net, self.budget, coins, self.max_steps)
