"""The adversary's lesson: an attack fitted on what shadow models give away."""

from sklearn.base import clone

from skmia.attacks import lacks
from skmia.attacks._run import fit, recorded, tampered
from skmia.targets._recorded import Recorded
from skmia.utils._cache import data_key, kept_as, remember


def learn(attack, shadows, memory, records, fit_params, **how):
    """Attack fitted on the pairs of shadow models; a cache keeps what it learned.

    Parameters
    ----------
    attack : Pipeline
        With seeds of its own.
    shadows : ShadowModels
        Not fitted, without what must not change a cached result.
    memory : Store or joblib.Memory
    records : tuple of (X, y, groups)
        The adversary's.
    fit_params : dict
        Of the shadow models.
    **how
        Parameters of `shadows` that change no result.

    Returns
    -------
    attack : Pipeline
    """
    # References are asked about the victim's records later.
    keep = "references" in getattr(attack[0], "needs", ())
    shadows = clone(shadows).set_params(signals=None if keep else recorded(attack))
    _act(attack, shadows, *records[:2])
    zoo = [*shadows.zoo, attack[-1]]
    data = data_key(memory, *records, estimators=zoo)
    key = attack, clone(shadows), data, fit_params
    shadows.set_params(memory=memory, **how)
    if not keep:
        return remember(memory, key, _fitted, attack, shadows, records, fit_params)
    # The references stay outside of what is kept: they are in the cache already.
    pairs, member = _pairs(attack, shadows, records, fit_params)
    judges = remember(memory, key, _judges, attack, pairs, member)
    learned = clone(attack)
    learned[0].fit(pairs, member)
    learned.steps[1:] = judges
    return learned


def _act(attack, shadows, X, y):
    """Let the adversary act in what shadow models are clones of."""
    if isinstance(shadows.estimator, list):
        own = [tampered(attack, one, X, y) for one in shadows.estimator]
    else:
        own = tampered(attack, shadows.estimator, X, y)
    shadows.set_params(estimator=own)


def _pairs(attack, shadows, records, fit_params):
    n_models = getattr(attack[0], "n_models", None)
    pairs, member, _ = shadows.fit(*records, **fit_params).pairs(n_models)
    for shadow, _, _ in pairs.by_part():
        if not isinstance(shadow, Recorded):
            refuse_what_lacks(attack, shadow)
    return pairs, member


@kept_as("attack")
def _fitted(attack, shadows, records, fit_params):
    return fit(clone(attack), *_pairs(attack, shadows, records, fit_params))


@kept_as("attack")
def _judges(attack, pairs, member):
    """Fitted steps after the evidence."""
    return fit(clone(attack), pairs, member).steps[1:]


def refuse_what_lacks(attack, session):
    """Say why an attack cannot be played, if it cannot."""
    reason = lacks(attack, session)
    if reason:
        raise ValueError(f"The attack cannot be played: {reason}.")
