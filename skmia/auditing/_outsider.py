"""What attacks beside references are worth to who does not hold the pool."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit
from sklearn.utils import check_random_state

from skmia.attacks.evidence import BalancedReferences, References
from skmia.attacks.statistics._log_odds import arcsine, are_coarse
from skmia.attacks.statistics._ranks import rank_auc
from skmia.signals import get_signal
from skmia.targets._told import Told
from skmia.utils._labels import encode_labels

LOG_ODDS = get_signal("scaled_logit")
# Beyond, a probability is 1 in double precision.
_LARGEST = 36


def add_outsiders(recipes, results, session, knowledge):
    """Complete results by what outsiders would find.

    Parameters
    ----------
    recipes : list of AttackRecipe
    results : list of AttackResult
        Completed in place.
    session, knowledge : as for :func:`outsiders_auc`
    """
    for recipe, result in zip(recipes, results, strict=True):
        if result.status == "ok":
            result.auc_outsider = outsiders_auc(
                recipe, result.score, session, knowledge
            )


def outsiders_auc(recipe, own, session, knowledge):
    """AUC that an attack would have beside references of the population; else nan.

    Answers of models on random halves of one pool stray less than those of models on
    independent samples: who draws the halves knows the pool. What an outsider cannot
    know is put on the target's answers as noise, and the attack is run once more. That
    records near a candidate, too, are those of the pool is not taken away. Never above
    what the insider finds.

    Parameters
    ----------
    recipe : AttackRecipe
        An attack that was run, on all records.
    own : ndarray of shape (n_records,)
        Its score.
    session : Session
        The audited model and records.
    knowledge : Knowledge
        With the shadow models trained.
    """
    if not _compares_posteriors(recipe) or knowledge.strays is None:
        return np.nan
    outside = AsOutsider(session, knowledge.strays, knowledge.seed)
    score, _ = knowledge.run(recipe, outside)
    return min(rank_auc(score, knowledge.member), rank_auc(own, knowledge.member))


def _compares_posteriors(recipe):
    """Whether an attack compares probabilities of the label with references."""
    evidence = recipe.attack[0]
    lays_beside = type(evidence) in (References, BalancedReferences)
    if recipe.fitted_on != "shadows" or not lays_beside:
        return False
    return all(
        not signal.probing
        and signal.of == "classifier"
        and set(signal.asks) == {"predict_proba"}
        for signal in evidence.recorded()
    )


class Strays:
    """How far log-odds of the label stray from one training set to the next.

    Parameters
    ----------
    shadows : ShadowModels
        Fitted, in pairs of models on complementary halves of the records.

    Attributes
    ----------
    coarse : bool
        Whether log-odds are compared as angles, which do not end at infinity.
    share : float in [0, 1]
        Share of the variance that two halves make: an answer to which records
        contribute one by one strays by opposite amounts in complementary halves, and
        chance in training, or one record deciding, by independent ones. The variance
        between independent samples is larger by this share.
    deviation : ndarray of shape (n_records,)
        Standard deviation of a record's answers among models that do not know it: what
        others answer is tied to its label.
    """

    def __init__(self, shadows):
        values = np.array(
            [
                one.observe([LOG_ODDS]).to_numpy()[:, 0].astype(float)
                for one in shadows.sessions()
            ]
        )
        self.coarse = any(map(are_coarse, values))
        values, member = self.on_scale(values), shadows.membership_
        inside, without = (_spread(values, side) for side in (member, ~member))
        self.deviation = without.deviation
        self.share = _share(np.where(member, inside.unit, without.unit), member)

    def on_scale(self, log_odds):
        """Log-odds, or angles."""
        return (
            arcsine(log_odds) if self.coarse else np.clip(log_odds, -_LARGEST, _LARGEST)
        )

    def probability(self, value):
        """The probability that such a value stands for."""
        if self.coarse:
            return np.sin(np.clip(value, 0, np.pi) / 2) ** 2
        return expit(value)


class _Spread(NamedTuple):
    """Standard deviation of the answers about each record, and answers in its units."""

    deviation: np.ndarray
    unit: np.ndarray


def _spread(values, side):
    """Spread among the models of a side, (n_models, n_records) each."""
    n = side.sum(axis=0)
    mean = np.where(side, values, 0).sum(axis=0) / np.maximum(n, 1)
    residual = np.where(side, values - mean, 0)
    deviation = np.sqrt((residual**2).sum(axis=0) / np.maximum(n - 1, 1))
    return _Spread(deviation, residual / np.where(deviation > 0, deviation, 1))


def _share(unit, member):
    """Minus the correlation of complementary models, within [0, 1]."""
    pairs = [
        (unit[i], unit[j])
        for i in range(len(member))
        for j in range(i)
        if (member[i] != member[j]).all()
    ]
    size = sum((one**2).sum() + (other**2).sum() for one, other in pairs) / 2
    if not size:
        return 0.0
    both = sum((one * other).sum() for one, other in pairs)
    return float(np.clip(-both / size, 0, 1))


class AsOutsider(Told):
    """The target's answers with noise for what an outsider does not know of the pool.

    Parameters
    ----------
    own : Session
        Of the target, asked about all its records.
    strays : Strays
    seed : int
        Of the noise.
    """

    def __init__(self, own, strays, seed):
        classes = getattr(own, "classes_", own.classes)
        values = _blurred(own, classes, strays, seed)
        super().__init__(own, values, answers={"predict_proba"}, classes=classes)


def _blurred(session, classes, strays, seed):
    """Posteriors of the session; the label's probability blurred, the others follow."""
    own = session.observe([LOG_ODDS]).to_numpy()[:, 0].astype(float)
    P = np.array(session.predict_proba(session.X), dtype=float)
    code = encode_labels(session.y, classes)
    known = np.flatnonzero(code >= 0)
    noise = check_random_state(seed).normal(size=len(own))
    noise *= np.sqrt(strays.share) * strays.deviation
    p = strays.probability(strays.on_scale(own) + noise)[known]
    at = known, code[known]
    P[at] = 0
    rest = P[known].sum(axis=1, keepdims=True)
    others = np.full_like(P[known], 1 / max(P.shape[1] - 1, 1))
    np.divide(P[known], rest, out=others, where=rest > 0)
    P[known] = others * (1 - p)[:, None]
    P[at] = p
    return P
