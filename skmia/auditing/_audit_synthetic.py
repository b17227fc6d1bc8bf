"""The audit of a synthetic table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from skmia.attacks import AttackRecipe, get_attack
from skmia.attacks._recipe import TRAINS
from skmia.auditing._audit import audit
from skmia.auditing._choice import UNLABELLED_ATTACKS
from skmia.auditing._synthetic_columns import check_synthetic
from skmia.metrics import dcr_share
from skmia.targets import Synthesizer, SyntheticTable
from skmia.utils._deprecation import renamed_parameters
from skmia.utils._records import n_records
from skmia.utils._sklearn import HasMethods, validate_params
from skmia.utils._typing import Estimator, RandomStateLike
from skmia.utils._units import percent

if TYPE_CHECKING:
    import pandas as pd

    from skmia.auditing._report import AuditReport


@renamed_parameters(generator="shadow_estimator", since="0.2", until="0.4")
@validate_params(
    attacks=[str, AttackRecipe, list, tuple, None],
    shadow_estimator=[HasMethods(["fit", "sample"]), None],
    groups=["array-like", None],
    random_state=["random_state"],
)
def audit_synthetic(
    S: ArrayLike | pd.DataFrame,
    X_train: ArrayLike | pd.DataFrame,
    X_holdout: ArrayLike | pd.DataFrame,
    *,
    attacks: str | AttackRecipe | Sequence[str | AttackRecipe] | None = None,
    shadow_estimator: Estimator | None = None,
    groups: ArrayLike | None = None,
    random_state: RandomStateLike = None,
) -> AuditReport:
    """Measure how much a synthetic table tells about the records it was made from.

    The audit of :class:`skmia.targets.SyntheticTable`, with a check that the columns of
    the table are those of the records. Each record is judged: averages over the rows of
    the table (DCR) pass tables that leak.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    S : {array-like, DataFrame} of shape (n_rows, n_features)
        Synthetic rows. Columns of a DataFrame may be in any order.
    X_train : {array-like, DataFrame} of shape (n_train, n_features)
        Records that it was made from: numbers, categories, dates, some of them missing.
    X_holdout : {array-like, DataFrame} of shape (n_holdout, n_features)
        Records of the same population that had no part in it.
    attacks : str, AttackRecipe or list of them, default=None
        Which attacks, see ``get_attack_names(of="synthesizer")``. None for the default:
        those on the table alone, and those with shadow generators where there is a
        `shadow_estimator`.
    shadow_estimator : estimator, default=None
        Like the one that made the table, with ``fit(X)`` and ``sample(n_samples)``. It
        is copied and fitted on random halves of the records. None: attacks that need it
        are not run.
    groups : array-like of shape (n_train + n_holdout,), default=None
        Whose the records are, as for :func:`skmia.audit`.
    random_state : int, RandomState instance or None, default=None
        Seed of the cross-fitting and of the shadow generators.

    Returns
    -------
    report : AuditReport
        As of :func:`skmia.audit`; `remarks` say what DCR shows of the same table.

    Raises
    ------
    ValueError
        The columns of the table are not those of the records, or have another type or
        unit (they are named), or whatever :func:`skmia.audit` refuses.

    See Also
    --------
    skmia.audit : Of a generator and its table, :class:`skmia.targets.Synthesizer`.
    skmia.metrics.dcr_share : An average.

    Notes
    -----
    Level: records. Threat model: the attacker holds the table, and what stands in the
    summary beside each attack. Another unit is noticed where made numbers lie apart
    from the true ones, or spread twenty times more, or twenty times less and nearer to
    zero.

    References
    ----------
    B. van Breugel et al., AISTATS 2023 (DOMIAS); D. Chen et al., ACM CCS 2020
    (GAN-Leaks); B. Hilprecht et al., PoPETs 2019 (Monte Carlo); T. Stadler et al.,
    USENIX Security 2022 (shadow generators).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.neighbors import KernelDensity
    >>> from skmia import audit_synthetic
    >>> X = np.random.RandomState(0).permutation(load_breast_cancer().data[:, :5])
    >>> density = KernelDensity(bandwidth=0.01).fit(X[:280])
    >>> S = density.sample(1000, random_state=0)
    >>> audit_synthetic(S, X[:280], X[280:], random_state=0).verdict
    'leak'
    """
    S = check_synthetic(S, X_train, X_holdout)
    shadow = None
    if shadow_estimator is not None:
        shadow = Synthesizer(shadow_estimator, n_samples=n_records(S))
    report = audit(
        SyntheticTable(S),
        X_train,
        X_holdout=X_holdout,
        attacks=_default(shadow) if attacks is None else attacks,
        shadow_estimator=shadow,
        groups=groups,
        random_state=random_state,
    )
    report.remarks.append(_averages(S, X_train, X_holdout))
    return report


def _default(shadow):
    """Names of attacks; without a generator of those that need none."""
    names = UNLABELLED_ATTACKS["synthesizer"]
    recipes = [get_attack(name, of="synthesizer") for name in names]
    return [
        recipe.name
        for recipe in recipes
        if shadow is not None or recipe.fitted_on not in TRAINS
    ]


def _averages(S, X_train, X_holdout):
    """What DCR shows, and what it does not."""
    sizes = n_records(X_train), n_records(X_holdout)
    share = percent(round(dcr_share(S, X_train, X_holdout), 3))
    expected = percent(round(sizes[0] / sum(sizes), 3))
    return (
        f"DCR: {share} of the synthetic rows are closer to a training than to a "
        f"holdout record; about {expected} are where nothing is given "
        "away. It is an average, and misses records that few rows give away."
    )
