"""Accounting of differential privacy: mostly calls of dp-accounting (extra: dp)."""

from math import log, log1p


def _dp_accounting():
    try:
        import dp_accounting
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "Accounting of differential privacy needs dp-accounting. Install the "
            "extra: pip install 'skmia[dp]'."
        ) from None
    return dp_accounting


def spent_epsilon(event, delta):
    """Epsilon of an event (or a list of events, composed) at a given delta.

    By privacy loss distributions, the tightest of the accountants.

    Parameters
    ----------
    event : dp_accounting.DpEvent or list of them
    delta : float
        In (0, 1).

    Returns
    -------
    epsilon : float
    """
    _dp_accounting()
    from dp_accounting import pld

    accountant = pld.PLDAccountant()
    for one in event if isinstance(event, list) else [event]:
        accountant.compose(one)
    return accountant.get_epsilon(delta)


def gaussian_noise_multiplier(epsilon, delta, count=1):
    """Least Gaussian noise, in units of the sensitivity, for `count` answers.

    Parameters
    ----------
    epsilon, delta : float
        What all answers together may spend; `delta` in (0, 1).
    count : int, default=1
        Answers.

    Returns
    -------
    noise_multiplier : float
    """
    return _dp_accounting().get_sigma_gaussian(epsilon, delta) * count**0.5


def gaussian_epsilon(noise_multiplier, delta):
    """Epsilon of one answer with Gaussian noise, exactly, however little the noise."""
    return _dp_accounting().get_epsilon_gaussian(noise_multiplier, delta)


def laplace_event(noise_multiplier, count=1):
    """`count` answers with Laplace noise of `noise_multiplier` times the sensitivity.

    The multiplier is that of the scale, not of the standard deviation.
    """
    dp = _dp_accounting()
    return dp.SelfComposedDpEvent(dp.LaplaceDpEvent(noise_multiplier), count)


def concentrated_epsilon(rho, delta):
    """Epsilon at a given delta of `rho`-zero-concentrated differential privacy."""
    dp = _dp_accounting()
    from dp_accounting import rdp

    accountant = rdp.RdpAccountant()
    accountant.compose(dp.ZCDpEvent(rho))
    return float(accountant.get_epsilon(delta))


def concentrated_rho(epsilon, delta):
    """Largest rho whose zero-concentrated differential privacy is (epsilon, delta)-DP.

    By Corollary 13 of Canonne, Kamath and Steinke 2020, without dp-accounting: its
    orders end where a small epsilon begins to matter.

    Parameters
    ----------
    epsilon : float
    delta : float
        In (0, 1).

    Returns
    -------
    rho : float
        Rounded down.
    """
    return _bisect(
        lambda rho: _log_delta(rho, epsilon) <= log(delta), 0.0, epsilon + 1.0
    )


def _log_delta(rho, epsilon):
    """Logarithm of the delta at this epsilon; any order bounds it, the best is used."""

    def falls(order):
        return (2 * order - 1) * rho - epsilon + log1p(-1 / order) < 0

    order = max(_bisect(falls, 1.0, (epsilon + 1) / (2 * rho) + 2), 1 + 1e-9)
    return (
        (order - 1) * (order * rho - epsilon)
        - log(order - 1)
        + order * log1p(-1 / order)
    )


def _bisect(holds, low, high):
    """Largest double between the two of which it holds, as of all smaller ones."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
