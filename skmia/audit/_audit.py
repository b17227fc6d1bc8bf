"""The owner's audit: how much a fitted model leaks, per attack and record."""

from numbers import Integral, Real

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.attacks import get_attack, get_attack_names
from skmia.audit._report import AuditReport
from skmia.audit._runners import Auditor
from skmia.metrics._validation import check_fraction
from skmia.shadow import ShadowModels
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
        if name.endswith("-threshold") and name != "classwise-threshold"
    ),
    "shadow",
    "lira-online",
    "rmia-online",
)


@validate_params(
    {
        "model": [HasMethods(["fit", "predict"])],
        "attacks": [list, tuple, None],
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
    given : dict, default=None
        What some attacks need beyond the audited records. "distillation": unlabelled
        records, on which "trajectory" and "seqmia" imitate the model. "transfer": a
        pair ``(X, y)`` of another task, on which "salem2" trains its shadow models.
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
    given = {} if given is None else given
    unknown = sorted(set(given) - {"distillation", "transfer"})
    if unknown:
        raise ValueError(
            "The 'given' parameter of audit takes 'distillation' and 'transfer'. Got "
            f"{unknown[0]!r}."
        )
    names = DEFAULT_ATTACKS if attacks is None else attacks
    recipes = [get_attack(name) for name in names]
    shadows = ShadowModels(
        model if shadow_estimator is None else shadow_estimator,
        cv=n_shadows,
        memory=memory,
        n_jobs=n_jobs,
        random_state=seed,
        verbose=verbose,
    )
    private = find_private(shadows.estimator)
    auditor = Auditor(model, shadows, X, y, member, seed, recipes, given)
    results = [auditor.run(recipe) for recipe in recipes]
    return AuditReport(
        model=type(model).__name__,
        results=results,
        member=member,
        label=y,
        index=index,
        correct=auditor.Z["correctness"].to_numpy(),
        fprs=tuple(fprs),
        confidence_level=confidence_level,
        seed=seed,
        private=None if private is None else type(private).__name__,
    )


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
