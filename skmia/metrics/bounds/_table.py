"""All that theory allows an attack at one guarantee, in one table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from skmia.metrics.bounds._bounds import (
    check_in_unit,
    check_one_at_least_0,
    check_probability,
    max_accuracy,
    max_advantage,
    max_auc,
    max_precision,
    max_tpr,
)
from skmia.metrics.bounds._gaussian_bounds import (
    gdp_max_advantage,
    gdp_max_auc,
    gdp_max_tpr,
)

_TESTS = "hypothesis testing region"
_GDP = "Gaussian differential privacy"


def guarantee_bounds(
    epsilon: float | None = None,
    delta: float = 0.0,
    *,
    mu: float | None = None,
    fprs: ArrayLike = (0.001, 0.01, 0.1),
    prior: float = 0.5,
) -> pd.DataFrame:
    """All that theory allows an attack on a private model, in one table.

    .. versionadded:: 0.2

    Parameters
    ----------
    epsilon : float, default=None
        Of an (epsilon, delta)-differentially private model, at least 0.
    delta : float, default=0.0
        In [0, 1].
    mu : float, default=None
        Of a mu-Gaussian differentially private model, at least 0. Give either
        `epsilon` or `mu`.
    fprs : float or array-like of float in [0, 1], default=(0.001, 0.01, 0.1)
        False positive rates, fractions, at which the true positive rate is bounded.
    prior : float in [0, 1], default=0.5
        Share of members among the candidates, for the precision.

    Returns
    -------
    bounds : DataFrame
        One row per bound: "metric" ("auc", "advantage", "balanced_accuracy",
        "tpr_at_fpr_<fpr>", "precision"), "bound", which no attack exceeds in the mean,
        "source", and "tight", whether some mechanism attains it.

    Raises
    ------
    ValueError
        A parameter is not as described.

    See Also
    --------
    max_tpr, max_advantage, max_auc, max_precision, gdp_max_tpr : Of arrays.
    gap_accuracy_at_prior : What any model that generalises badly gives away.
    epsilon_lower_bound : What an attack proves of the guarantee.

    Notes
    -----
    Level: records. Members and non-members must be exchangeable: of two sets that
    differ, attacks may tell more than the model does. Of the advantage there are older,
    larger bounds, kept for comparison with papers. Epsilon is that of the neighbours
    that the attack tells apart: where sizes are fixed, of a record in the place of
    another. With a delta or `mu` above 0 an attack may be sure of a few records: there
    is no bound of the precision, which is nan.

    References
    ----------
    P. Kairouz, S. Oh, P. Viswanath, "The Composition Theorem for Differential Privacy",
    ICML 2015 (region). S. Yeom et al., IEEE CSF 2018. U. Erlingsson et al., arXiv 2019,
    :arxiv:`1908.03566`. T. Humphries et al., CSF 2023, :arxiv:`2010.12112`. J. Dong, A.
    Roth, W. J. Su, JRSS B 2022, :arxiv:`1905.02383`.

    Examples
    --------
    >>> from skmia.metrics import guarantee_bounds
    >>> bounds = guarantee_bounds(epsilon=1, fprs=[0.01])
    >>> bounds[["metric", "bound"]].round(3).values.tolist()[:3]
    [['auc', 0.731], ['advantage', 0.462], ['advantage', 0.632]]
    """
    caller = "guarantee_bounds"
    if (epsilon is None) == (mu is None):
        raise ValueError(f"{caller} takes either 'epsilon' or 'mu'. Got both or none.")
    fprs = check_in_unit(caller, "fprs", np.ravel(fprs)).tolist()
    prior = check_probability(caller, "prior", prior)
    delta = check_probability(caller, "delta", delta)
    if mu is not None:
        rows = _gaussian(check_one_at_least_0(caller, "mu", mu), delta, fprs, prior)
    else:
        epsilon = check_one_at_least_0(caller, "epsilon", epsilon)
        rows = _of_epsilon(epsilon, delta, fprs, prior)
    return pd.DataFrame(rows, columns=["metric", "bound", "source", "tight"])


def _of_epsilon(epsilon, delta, fprs, prior):
    yield "auc", max_auc(epsilon, delta), _TESTS, True
    advantage = {
        "Humphries et al. 2023": max_advantage(epsilon, delta),
        "Erlingsson et al. 2019": 1 - np.exp(-epsilon) * (1 - delta),
        # Of delta nothing is said there.
        "Yeom et al. 2018": np.nan if delta else min(np.expm1(min(epsilon, 1)), 1),
    }
    for source, bound in advantage.items():
        yield "advantage", bound, source, source.startswith("Humphries")
    yield "balanced_accuracy", max_accuracy(epsilon, delta), _TESTS, True
    for fpr in fprs:
        yield f"tpr_at_fpr_{fpr}", max_tpr(fpr, epsilon, delta), _TESTS, True
    yield _precision(prior, np.nan if delta else max_precision(prior, epsilon))


def _gaussian(mu, delta, fprs, prior):
    if delta:
        raise ValueError(
            "The 'delta' parameter of guarantee_bounds must be 0 with 'mu', which "
            f"stands for every delta. Got {delta!r}."
        )
    yield "auc", gdp_max_auc(mu), _GDP, True
    yield "advantage", gdp_max_advantage(mu), _GDP, True
    yield "balanced_accuracy", (1 + gdp_max_advantage(mu)) / 2, _GDP, True
    for fpr in fprs:
        yield f"tpr_at_fpr_{fpr}", gdp_max_tpr(fpr, mu), _GDP, True
    yield _precision(prior, np.nan if mu else prior)


def _precision(prior, bound):
    return "precision", bound, f"posterior odds, prior {prior:g}", not np.isnan(bound)
