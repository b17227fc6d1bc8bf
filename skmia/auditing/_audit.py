"""The owner's audit: how much a fitted model leaks, per attack and record."""

import warnings
from dataclasses import replace
from numbers import Integral, Real

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.attacks import get_attack, get_attack_names
from skmia.auditing._findings import carry_out
from skmia.auditing._knowledge import Knowledge
from skmia.auditing._report import AuditReport
from skmia.metrics._validation import check_fraction
from skmia.shadow import ShadowModels
from skmia.targets import Session
from skmia.utils._labels import encode_labels
from skmia.utils._random import draw_seeds, find_private
from skmia.utils._records import check_records
from skmia.utils._sklearn import HasMethods, Interval, validate_params

MIN_RECORDS = 10
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


@validate_params(
    {
        "model": [HasMethods(["fit", "predict"])],
        "attacks": [list, tuple, None],
        "public": ["array-like", "sparse matrix", None],
        "other_task": [tuple, None],
        "given": [dict, None],
        "shadow_estimator": [HasMethods(["fit", "predict"]), None],
        "n_shadows": [Interval(Integral, 0, None, closed="left")],
        "fprs": ["array-like"],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "memory": [str, HasMethods("cache"), None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["boolean"],
    },
    prefer_skip_nested_validation=False,
)
def audit(
    model,
    X_train,
    y_train,
    X_holdout,
    y_holdout,
    *,
    attacks=None,
    public=None,
    other_task=None,
    given=None,
    shadow_estimator=None,
    n_shadows=10,
    fprs=(0.001, 0.01, 0.1),
    confidence_level=0.95,
    memory=None,
    n_jobs=None,
    random_state=None,
    verbose=False,
):
    """Measure how much a fitted model tells about who was in its training data.

    Runs attacks by name; by default the gap attack, a threshold on every score signal,
    an attack model trained on shadow models, and the two strongest reference attacks.
    The model is asked once per response method, and shadow models are trained once,
    however many attacks use them.

    Parameters
    ----------
    model : fitted classifier
        The model to audit: any scikit-learn classifier, pipeline or defense. It is
        not changed.
    X_train : {array-like, sparse matrix, DataFrame} of shape (n_train, n_features)
        Records that the model was trained on.
    y_train : array-like of shape (n_train,)
        Their labels.
    X_holdout : {array-like, sparse matrix, DataFrame} of shape (n_holdout, n_features)
        Records of the same population that had no part in training: not for early
        stopping, not for the choice of parameters either.
    y_holdout : array-like of shape (n_holdout,)
        Their labels.
    attacks : list of str or AttackRecipe, default=None
        Which attacks, see :func:`skmia.attacks.get_attack_names`. What one needs and
        is not given stands in its ``status``. None for the default.
    public : {array-like, sparse matrix, DataFrame}, default=None
        Records without labels, of the same population: "trajectory" and "seqmia"
        imitate the model on them.
    other_task : tuple of (X, y), default=None
        Records of another task, on which "salem2" trains its shadow models.
    given : dict, default=None
        Deprecated: ``{"distillation": public, "transfer": other_task}``.
    shadow_estimator : classifier, default=None
        What the shadow models are clones of. None: the model itself. Needed when the
        model cannot be trained again.
    n_shadows : int, default=10
        Number of shadow models, even; 0 leaves out the attacks that need them.
    fprs : array-like of float in (0, 1], default=(0.001, 0.01, 0.1)
        False positive rates, fractions, at which the true positive rate is reported.
    confidence_level : float in (0, 1), default=0.95
        Level of every interval of the summary.
    memory : str or joblib.Memory, default=None
        Cache of finished shadow models: a killed audit resumes.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the shadow models and of the cross-fitting.
    verbose : bool, default=False
        Show progress (needs ``rich``).

    Returns
    -------
    report : AuditReport
        ``summary`` (one row per attack), ``records`` (one row per record),
        ``to_html``, ``to_json``.

    Raises
    ------
    ValueError
        Too few records for an audit, or the records and labels do not fit together.

    See Also
    --------
    skmia.MembershipGame : Compare targets, attacks and defenses by search.

    Notes
    -----
    Level: records. Threat model: each attack's is in the summary. A threshold is
    never applied to a record that helped to choose it: thresholds of single signals
    are cross-fitted over the audited records, those of all others come from shadow
    models, on random halves of the audited records, in the place of the model. Such
    references know the candidates: an auditor's privilege. Members and non-members
    must come from one population; a difference between them is measured as leakage.

    References
    ----------
    S. Yeom et al., IEEE CSF 2018 (gap); L. Song, P. Mittal, USENIX Security 2021
    (thresholds); R. Shokri et al., IEEE S&P 2017 (shadow models); N. Carlini et al.,
    IEEE S&P 2022 (LiRA, true positive rate at low false positive rates); S.
    Zarifzadeh et al., ICML 2024 (RMIA).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import audit
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> report = audit(tree, X[::2], y[::2], X[1::2], y[1::2], random_state=0)
    >>> report.summary.loc["gap", "status"]
    'ok'
    """
    check_is_fitted(model)
    fprs = [check_fraction("audit", "fprs", fpr) for fpr in np.ravel(fprs).tolist()]
    X, y, member, index = _pool(X_train, y_train, X_holdout, y_holdout)
    # Labels of another kind than the model's would all look like errors of the model.
    encode_labels(y, model.classes_)
    seed = _repeatable(random_state)
    if n_shadows % 2:
        raise ValueError(
            "The 'n_shadows' parameter of audit must be an even int: only then can "
            f"every record be in half of the shadow models. Got {n_shadows} instead."
        )
    if given is not None:
        public, other_task = _from_given(given, public, other_task)
    names = DEFAULT_ATTACKS if attacks is None else attacks
    recipes = [_with_public(get_attack(name), public) for name in names]
    design = ShadowModels(
        model if shadow_estimator is None else shadow_estimator,
        cv=n_shadows,
        memory=memory,
        n_jobs=n_jobs,
        random_state=seed,
        verbose=verbose,
    )
    private = find_private(design.estimator)
    # The classes of the shadow models: the model may know more, or fewer.
    session = Session(model, X, y, classes=np.unique(y))
    knowledge = Knowledge(X, y, member, design, seed, other_task)
    knowledge.recipes = [r for r in recipes if not knowledge.lacks(r, session)]
    results = [carry_out(recipe, session, knowledge) for recipe in recipes]
    # Last: attacks come first where there is a budget.
    correct = session.observe("correctness")["correctness"].to_numpy()
    return AuditReport(
        model=type(model).__name__,
        results=results,
        member=member,
        label=y,
        index=index,
        correct=correct,
        fprs=tuple(fprs),
        confidence_level=confidence_level,
        seed=seed,
        private=None if private is None else type(private).__name__,
    )


def _with_public(recipe, public):
    """Attack that is given unlabelled records, if it wants some and has none."""
    if getattr(recipe.attack[0], "X_public", public) is not None or public is None:
        return recipe
    attack = clone(recipe.attack).set_params(evidence__X_public=public)
    return replace(recipe, attack=attack)


def _from_given(given, public, other_task):
    warnings.warn(
        "The 'given' parameter of audit is deprecated: use 'public' for unlabelled "
        "records and 'other_task' for those of another task.",
        FutureWarning,
        stacklevel=3,
    )
    unknown = sorted(set(given) - {"distillation", "transfer"})
    if unknown:
        raise ValueError(
            "The 'given' parameter of audit takes 'distillation' and 'transfer'. Got "
            f"{unknown[0]!r}."
        )
    return given.get("distillation", public), given.get("transfer", other_task)


def _pool(X_train, y_train, X_holdout, y_holdout):
    """All audited records together: members first."""
    X_train, y_train = check_records(X_train, y_train)
    X_holdout, y_holdout = check_records(X_holdout, y_holdout)
    for name, labels in {"train": y_train, "holdout": y_holdout}.items():
        if len(labels) < MIN_RECORDS:
            raise ValueError(
                f"An audit needs at least {MIN_RECORDS} records in X_{name}. Got "
                f"{len(labels)}: nothing could be measured."
            )
    member = np.repeat([1, 0], [len(y_train), len(y_holdout)])
    index = pd.MultiIndex.from_arrays(
        [
            np.where(member == 1, "train", "holdout"),
            [*_row_names(X_train), *_row_names(X_holdout)],
        ],
        names=["set", "row"],
    )
    return (
        _stack(X_train, X_holdout),
        np.concatenate([y_train, y_holdout]),
        member,
        index,
    )


def _row_names(X):
    return X.index if hasattr(X, "index") else range(X.shape[0])


def _stack(X_train, X_holdout):
    if X_train.shape[1] != X_holdout.shape[1]:
        raise ValueError(
            f"X_train has {X_train.shape[1]} features, X_holdout {X_holdout.shape[1]}: "
            "both must be as the model takes them."
        )
    if hasattr(X_train, "iloc") and hasattr(X_holdout, "iloc"):
        return pd.concat([X_train, X_holdout], ignore_index=True)
    if sparse.issparse(X_train) and sparse.issparse(X_holdout):
        return sparse.vstack([X_train, X_holdout], format="csr")
    return np.concatenate([X_train, X_holdout])


def _repeatable(random_state):
    """Integer that stands for any `random_state`: an audit with it is the same."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return draw_seeds(check_random_state(random_state))
