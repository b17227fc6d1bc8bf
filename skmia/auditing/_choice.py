"""Which attacks an audit runs: those that are named, or the default."""

from dataclasses import replace

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skmia.attacks import AttackRecipe, get_attack, get_attack_names, lacks
from skmia.auditing._findings import failure
from skmia.signals import get_signal
from skmia.targets._noise import filled
from skmia.utils._budget import minds_queries
from skmia.utils._kinds import name_of

DEFAULT_ATTACKS = (
    "gap",
    *(
        name
        for name in get_attack_names()
        if name.endswith("-threshold")
        and get_attack(name).fitted_on == "members"
        and get_attack(name).attack[0].asks == {"predict_proba"}
    ),
    "shadow",
    "lira-online",
    "rmia-online",
)
# Of regressors: what each adds to the others is told apart by what it learns from.
REGRESSION_ATTACKS = (
    "loss-threshold",
    "gaussian-error",
    "shadow",
    "lira-online",
    "rmia-online",
)
# Of models without labels: the number itself, and the like of it beside references.
_BESIDE = ("lira-online", "rmia-online")
_ON_SCORES = ("shadow", *_BESIDE)
UNLABELLED_ATTACKS = {
    "outlier_detector": ("gap", "score-threshold", *_ON_SCORES),
    "density_estimator": ("score-threshold", *_ON_SCORES),
    "clusterer": ("distance-threshold", "margin-threshold", *_ON_SCORES),
    "user_model": ("score-threshold", "user-summaries", *_ON_SCORES),
    "text_model": ("score-threshold", "translation-similarity", *_ON_SCORES),
    "segmenter": ("score-threshold", "structured-loss", *_BESIDE),
    "recommender": ("score-threshold", "recommendation-shift", *_BESIDE),
    "synthesizer": ("nearest-sample", "monte-carlo", "domias", *_ON_SCORES),
    "autoencoder": ("reconstruction", *_ON_SCORES),
    "encoder": ("similarity-threshold", "embedding-norm", *_ON_SCORES),
}
# Where the model is at hand, so that queries cost nothing but time, and takes moved
# records: of those who see scores, and of those who do not.
OF_MANY_QUERIES = ("lira-augmented-online",)
LABELS_OF_MANY_QUERIES = ("yoqo-online", "noise-robustness", "boundary-l2")
# So many records are copied and moved, to see whether a model answers.
N_COPIED = 10
# What is left to an adversary without probabilities, where the model gives decisions,
# and where it gives labels.
DECISION_ATTACKS = (
    "decision-margin-threshold",
    "shadow-decision",
    "margin-lira-online",
    "margin-rmia-online",
)
LABEL_ATTACKS = ("shadow-label", "label-lira", "label-rmia")
# Of answers in other labels than those of the records: a vector, and no true entry.
VECTOR_ATTACKS = (
    "max-confidence-threshold",
    "entropy-threshold",
    "posterior-std-threshold",
    "salem1",
    "truex",
    "vector-lira",
)
# Where a node of a graph can be asked about alone.
NODE_ATTACKS = ("node-0-hop", "node-combined")
# Where only the largest posteriors are seen.
TOP_K_ATTACKS = ("salem1",)
# What wrappers call the fitted model that they hold.
_BEHIND = ("best_estimator_", "estimator_")
_ON_TOP_K = (
    "Attacks that look at all posteriors are not run on the {0} largest. To see what "
    "they find in these, audit TopKPosterior(model, k={0})."
)
# Where a former version of the model is at hand.
UPDATE_ATTACKS = ("model-update",)
# Where answers come with explanations.
EXPLANATION_ATTACKS = (
    "explanation-variance",
    "explanation-norm",
    "explanation-network",
    "explanation-records",
)
# Where a clock is near the model: said to be granted, it is looked at.
TIMING_ATTACKS = ("timing",)
# Where the model itself is held.
WHITE_BOX_ATTACKS = (
    "structure",
    "preprocessing-test",
    "stored-rows",
    "margin-test",
    "staged-loss",
    "pgd-distance",
    "leino-online",
    "gradient-norm",
)


def default_attacks(model, session, granted, *, held=None, many=True):
    """Names of the attacks that what the model answers allows, and why no more.

    Parameters
    ----------
    model : fitted estimator
    session : Session
        The model and the records in question.
    granted : Granted
        Access to the model.
    held : Knowledge, default=None
        Who says what an attack lacks. None: the session alone does.
    many : bool, default=True
        Whether attacks of many queries may be among them.

    Returns
    -------
    names : tuple of str
    reason : str or None
        Why attacks of many queries, or on the model itself, are not among them.
    """
    names = _of_few_queries(session, granted, held)
    if granted.seen_top_k is not None:
        note = _ON_TOP_K.format(granted.seen_top_k)
    else:
        note = _nothing_inside(model, granted, names)
    more = many_queries(model, session, granted, held) if many else []
    reason = _refused_copies(session, more) if more else None
    if reason is None:
        return (*names, *more), note
    left_out = f"Not among the attacks: {', '.join(more)}. {reason}"
    return names, left_out if note is None else f"{left_out} {note}"


def _of_few_queries(session, granted, held):
    beside = {
        "explanations": EXPLANATION_ATTACKS,
        "timing": TIMING_ATTACKS,
        "white-box": WHITE_BOX_ATTACKS,
    }
    more = [
        name
        for access, names in beside.items()
        for name in names
        if access in granted.levels
        and not _lacks(get_attack(name, of=session.kind), session, held)
    ]
    return (*_of_answers(session, granted), *more)


def _nothing_inside(model, granted, names):
    """Why who holds the model itself does no more than others, if that is so."""
    if "white-box" not in granted.levels or set(WHITE_BOX_ATTACKS) & set(names):
        return None
    behind = [name for name in _BEHIND if hasattr(model, name)]
    inside = f" Who holds it holds its {behind[0]}, too: audit that." if behind else ""
    return (
        "The model itself is granted, and no attack of the default looks into this "
        f"{name_of(model)}.{inside}"
    )


def _of_answers(session, granted):
    if session.kind in UNLABELLED_ATTACKS:
        return UNLABELLED_ATTACKS[session.kind]
    if session.kind == "regressor":
        return REGRESSION_ATTACKS
    if "scores" not in granted.levels:
        names = (*DEFAULT_ATTACKS, *TOP_K_ATTACKS, *LABEL_ATTACKS)
        return tuple(n for n in names if not granted.lacks(get_attack(n).attack))
    if "predict_proba" in session.answers:
        named = DEFAULT_ATTACKS if session.knows_labels else VECTOR_ATTACKS
        nodes = "isolated_proba" in session.answers
        return (*named, *NODE_ATTACKS) if nodes else named
    decides = "decision_function" in session.answers
    return DEFAULT_ATTACKS + (DECISION_ATTACKS if decides else ()) + LABEL_ATTACKS


def many_queries(model, session, granted, held=None):
    """Attacks of many queries that are among the default of a model that answers them.

    Parameters
    ----------
    model, session, granted, held : as for :func:`default_attacks`

    Returns
    -------
    names : list of str
    """
    if not hasattr(model, "fit") or minds_queries(model) or session.left < np.inf:
        return []
    if session.kind in ("regressor", *UNLABELLED_ATTACKS):
        return []
    if "scores" in granted.levels and "predict_proba" in session.answers:
        names = OF_MANY_QUERIES
    elif "decision_function" in session.answers:
        names = ()
    else:
        names = LABELS_OF_MANY_QUERIES
    return [name for name in names if not _lacks(get_attack(name), session, held)]


def _lacks(recipe, session, held):
    if held is not None:
        return held.lacks(recipe, session)
    return lacks(recipe.attack, session)


def _refused_copies(session, names):
    """What a model that answers about some records says to moved copies of them."""
    rows = np.arange(min(N_COPIED, len(session)))
    some = session.about(_safe_indexing(session.X, rows), session.y[rows])
    try:
        some.ask(_asked_by(names[0]))
    except Exception:  # the attacks will say so
        return None
    try:
        known = session.X, session.y
        some.observe([filled(*known, signal) for signal in signals_of(names)])
    except Exception as error:
        return failure(error, session.X)
    return None


def _asked_by(name):
    (method,) = get_attack(name).attack[0].asks
    return method


def signals_of(names):
    """What attacks see of a model, as signals."""
    recipes = map(get_attack, names)
    return [
        signal
        for one in recipes
        for signal in one.attack[0].recorded() or map(get_signal, one.signals)
    ]


def choose(caller, attacks, of, public=None, former=None):
    """Attacks by name, each once, with what the auditor gives.

    `of` is the kind of the audited model; of a name it is the attack on such models.
    """
    if isinstance(attacks, str | AttackRecipe):
        attacks = [attacks]
    if any(hasattr(attack, "fit") for attack in attacks):
        raise TypeError(
            f"The 'attacks' parameter of {caller} holds attacks that have a name. "
            "Give yours one: AttackRecipe(name, attack), or register_attack."
        )
    recipes = {}
    for recipe in (get_attack(attack, of=of) for attack in attacks):
        if recipes.setdefault(recipe.name, recipe) != recipe:
            raise ValueError(
                f"The 'attacks' parameter of {caller} holds two different attacks with "
                f"the name {recipe.name!r}: give one of them another name."
            )
    if not recipes:
        raise ValueError(
            f"The 'attacks' parameter of {caller} must name at least one attack. "
            f"Got {attacks!r}; None is the default."
        )
    given = {"X_public": public, "former": former}
    return [_with_given(recipe, given) for recipe in recipes.values()]


def _with_given(recipe, given):
    """Attack that is given what the auditor has, if it wants that and has none."""
    evidence = recipe.attack[0]
    wanted = {
        f"evidence__{name}": value
        for name, value in given.items()
        if value is not None and getattr(evidence, name, value) is None
    }
    if not wanted:
        return recipe
    return replace(recipe, attack=clone(recipe.attack).set_params(**wanted))


def check_named(caller, headline, recipes):
    """Refuse an attack of the headline that is not among those of the audit."""
    names = [recipe.name for recipe in recipes]
    if headline is not None and headline not in names:
        raise ValueError(
            f"The 'headline' parameter of {caller} must be one of its attacks, "
            f"{', '.join(names)}. Got {headline!r}."
        )
