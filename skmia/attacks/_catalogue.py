"""Attacks by name: the published ones, and those that users register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from sklearn.pipeline import Pipeline

from skmia.attacks import (
    _published,
    _published_beside,
    _published_encoders,
    _published_explanations,
    _published_federated,
    _published_labels,
    _published_nodes,
    _published_regression,
    _published_synthetic,
    _published_unlabelled,
    _published_users,
    _published_white_box,
)
from skmia.attacks._granted import Granted
from skmia.attacks._recipe import IMPLIES, NEEDS, AttackRecipe, implied
from skmia.utils._access import ACCESS
from skmia.utils._deprecation import warn_deprecated
from skmia.utils._names import check_name
from skmia.utils._typing import Access, Estimator, FittedOn

if TYPE_CHECKING:
    from skmia.attacks.evidence._base import Evidence

# By name, one for each kind of model.
_CATALOGUE: dict[str, tuple[AttackRecipe, ...]] = {}


def make_attack(evidence: Evidence, model: Estimator) -> Pipeline:
    """Attack: how a pair of a model and a record is seen, and who judges what is seen.

    .. versionadded:: 0.2

    Parameters
    ----------
    evidence : Evidence
        Transformer of pairs, see :mod:`skmia.attacks.evidence`.
    model : classifier
        Any binary classifier, or attack model of :mod:`skmia.attacks`.

    Returns
    -------
    attack : Pipeline
        With the steps "evidence" and "model". Its `X` are pairs: a
        :class:`~skmia.targets.Session`, or those of
        :meth:`~skmia.ShadowModels.pairs`; its `y` is membership.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import make_attack
    >>> from skmia.attacks.evidence import Signals
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> shadows = ShadowModels(DecisionTreeClassifier(), n_shadows=4, random_state=0)
    >>> pairs, member, shadow = shadows.fit(X[:900], y[:900]).pairs()
    >>> attack = make_attack(Signals(["loss", "entropy"]), LogisticRegression())
    >>> target = DecisionTreeClassifier(random_state=0).fit(X[900:1350], y[900:1350])
    >>> called = attack.fit(pairs, member).predict(Session(target, X[900:], y[900:]))
    >>> bool(called[:450].mean() > called[450:].mean())
    True
    """
    return Pipeline([("evidence", evidence), ("model", model)])


def register_attack(
    name: str, attack: Pipeline, fitted_on: FittedOn | None = "shadows", paper: str = ""
) -> AttackRecipe:
    """Give an attack a name, for audits, games and searches.

    .. versionadded:: 0.2

    Parameters
    ----------
    name : str
        A name that no attack on the same kind of model has yet.
    attack : Pipeline
        See :func:`make_attack`.
    fitted_on : {"shadows", "other-task", "members", "nonmembers", "random-records", \
"candidates"} or None, default="shadows"
        Where pairs with known membership come from, see :class:`AttackRecipe`.
    paper : str, default=""
        Source.

    Returns
    -------
    recipe : AttackRecipe

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.attacks import get_attack, make_attack, register_attack
    >>> from skmia.attacks.evidence import Signals
    >>> own = make_attack(Signals(["margin", "entropy"]), GaussianNB())
    >>> register_attack("margin and entropy", own).needs
    ('shadows',)
    >>> get_attack("margin and entropy").access
    'scores'
    """
    recipe = AttackRecipe(name, attack, fitted_on, paper)
    _ = recipe.access, recipe.needs  # what is wrong with its signals is said now
    known = _CATALOGUE.get(name, ())
    if recipe.of in [other.of for other in known]:
        raise ValueError(f"There is an attack with the name {name!r} already.")
    _CATALOGUE[name] = (*known, recipe)
    return recipe


for _name, _evidence, _model, *_rest in chain(
    _published.published(),
    _published_labels.published(),
    _published_nodes.published(),
    _published_explanations.published(),
    _published_white_box.published(),
    _published_beside.published(),
    _published_federated.published(),
    _published_regression.published(),
    _published_unlabelled.published(),
    _published_users.published(),
    _published_synthetic.published(),
    _published_encoders.published(),
):
    register_attack(_name, make_attack(_evidence, _model), *_rest)


def get_attack_names(
    *,
    access: Access | Sequence[Access] | None = None,
    knowledge: Iterable[str] | None = None,
    needs: Iterable[str] | None = None,
    of: str | None = "classifier",
) -> list[str]:
    """Names of the attacks that :func:`get_attack` knows.

    Parameters
    ----------
    access : {"label", "top-k", "scores", "explanations", "timing", "insider", \
"white-box"} or sequence of them, default=None
        Only attacks all of whose questions an adversary with this access may ask:
        "label", the predicted label; "top-k", the 3 largest posteriors too; "scores",
        all of them, or decision values; the others each add to "scores". None for all.
    knowledge : iterable of str, default=None
        Only attacks that an adversary with these classes of knowledge of Bai et al. can
        run, see :class:`AttackRecipe`: for example ``["M4", "D1", "Q"]``. None for all.
    needs : iterable of str, default=None
        Only attacks that need nothing beyond these; keys of :func:`attack_needs`.
        None for all. Deprecated: look at ``get_attack(name).fitted_on``.
    of : str or None, default="classifier"
        Only attacks on this kind of model: "classifier", "regressor", or one without
        labels, "outlier_detector", "density_estimator", "clusterer". None: on any.

    Returns
    -------
    names : list of str
        Sorted.

    Examples
    --------
    >>> from skmia.attacks import get_attack, get_attack_names
    >>> get_attack_names(access="label", knowledge=["Q"])
    ['gap']
    >>> get_attack_names(access="top-k", knowledge=["Q"])
    ['gap', 'salem2']
    >>> names = get_attack_names(access="top-k")
    >>> [name for name in names if get_attack(name).fitted_on == "random-records"]
    ['boundary-random-records', 'salem3-max-confidence']
    >>> get_attack_names(of="regressor")[:4]
    ['average-loss', 'difficulty-calibration', 'gaussian-error', 'gupta-gradients']
    """
    if needs is not None:
        warn_deprecated(
            "The 'needs' parameter of get_attack_names",
            "where an attack has labelled pairs from is get_attack(name).fitted_on",
            since="0.2",
            until="0.4",
        )
    granted = Granted.of("get_attack_names", ACCESS if access is None else access)
    known = _chosen(knowledge, IMPLIES, "a class of knowledge")
    given = _chosen(needs, NEEDS, "a need")
    return sorted(
        name
        for name, recipe in _of_kind(of)
        if granted.lacks(recipe.attack) is None
        and implied(known).issuperset(recipe.knowledge)
        and (needs is None or given.issuperset(recipe.needs))
    )


def _of_kind(kind):
    """Names and attacks on a kind of model; of names that several have the first."""
    for name, recipes in _CATALOGUE.items():
        fitting = [recipe for recipe in recipes if recipe.suits(kind)]
        if fitting:
            yield name, fitting[0]


def _chosen(names, options, what):
    """Set of the names, all of them options; None is every option."""
    names = set(options if names is None else names)
    for name in names:
        check_name(name, options, what)
    return names


def get_attack(
    name: str | AttackRecipe, *, of: str | None = "classifier"
) -> AttackRecipe:
    """Published attack by name.

    Parameters
    ----------
    name : str or AttackRecipe
        One of :func:`get_attack_names`; a recipe passes through.
    of : str or None, default="classifier"
        Kind of model, as ``estimator_type`` of scikit-learn: attacks on classifiers, on
        regressors and on models without labels have the same name where they are the
        same but for what is compared. Where there is none on this kind it is that on
        another.

    Returns
    -------
    recipe : AttackRecipe
        ``recipe.attack`` is the attack, a Pipeline: clone it before you change it.

    Examples
    --------
    >>> from skmia.attacks import get_attack
    >>> recipe = get_attack("lira-offline")
    >>> recipe.fitted_on, recipe.signals
    ('shadows', ('scaled_logit',))
    >>> recipe.attack["evidence"]
    References(signals=['scaled_logit'])
    >>> get_attack("lira-offline", of="regressor").attack["evidence"]
    References(signals=['residual'])
    """
    if isinstance(name, AttackRecipe):
        return name
    check_name(name, _CATALOGUE, "an attack", ", or an AttackRecipe")
    known = _CATALOGUE[name]
    return next((recipe for recipe in known if recipe.suits(of)), known[0])


def attack_needs() -> dict[str, str]:
    """What attacks may need beyond access to the model, in words; deprecated.

    Returns
    -------
    needs : dict of str to str

    Examples
    --------
    >>> from skmia.attacks import attack_needs
    >>> attack_needs()["batch"]  # doctest: +SKIP
    'all candidates at once'
    """
    warn_deprecated(
        "attack_needs",
        "where an attack has labelled pairs from is get_attack(name).fitted_on, and "
        "its evidence says the rest",
        since="0.2",
        until="0.4",
    )
    return dict(NEEDS)
