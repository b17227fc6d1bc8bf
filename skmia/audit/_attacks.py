"""The attacks of an audit: what each needs, and what it makes of the records."""

from dataclasses import dataclass, field

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from skmia.attacks import ThresholdAttack
from skmia.shadow import ShadowModels
from skmia.signals import get_signal, get_signal_names
from skmia.utils._membership import membership_score

GAP = "gap"
SHADOW = "shadow"


@dataclass
class AttackResult:
    """What one attack makes of every audited record.

    Attributes
    ----------
    name : str
    access : {"label", "scores"}
        Access to the model that the attack needs.
    knowledge : str
        What else the attacker is given.
    score : ndarray of shape (n_records,) or None
        Higher = more likely a member. None when the attack was not run.
    predicted : ndarray of int of shape (n_records,) or None
        Decisions at a threshold that no record itself took part in choosing.
    n_fits : int
        Models trained for the attack, beyond the audited one.
    seconds : float
        Wall time.
    status : str
        "ok", or why the attack was not run.
    """

    name: str
    access: str
    knowledge: str
    score: np.ndarray | None = field(default=None, repr=False)
    predicted: np.ndarray | None = field(default=None, repr=False)
    n_fits: int = 0
    seconds: float = 0.0
    status: str = "ok"


def threshold_signals():
    """Score signals with an order of their own: each is a threshold attack."""
    signals = [get_signal(name) for name in get_signal_names()]
    return [
        signal
        for signal in signals
        if signal.access == "scores" and signal.greater_is_member is not None
    ]


def gap_attack(Z, member):
    """Call a record a member when the model labels it correctly (Yeom et al. 2018)."""
    correct = Z["correctness"].to_numpy()
    return AttackResult(GAP, "label", "true label", correct, correct.astype(int))


def threshold_attack(signal, Z, member, random_state):
    """Threshold on one signal, chosen on other records than those it is applied to."""
    name = f"{signal.name.replace('_', '-')}-threshold"
    knowledge = (
        "true label, " if signal.needs_y else ""
    ) + "threshold from known members"
    result = AttackResult(name, signal.access, knowledge)
    if signal.name not in Z:
        result.status = "not run: the model gives no probabilities"
        return result
    direction = "higher" if signal.greater_is_member else "lower"
    attack = ThresholdAttack(signal.name, direction=direction)
    folds = StratifiedKFold(5, shuffle=True, random_state=random_state)
    column = Z[[signal.name]]
    result.predicted = cross_val_predict(attack, column, member, cv=folds)
    values = column[signal.name].to_numpy()
    result.score = values if direction == "higher" else -values
    return result


def shadow_attack(estimator, signals, Z, X, y, **params):
    """Attack model trained on clones of the audited model (Shokri et al. 2017).

    The clones are trained on random halves of all audited records: an auditor's
    convenience that makes them as like the model as can be.
    """
    access = "scores" if "posterior" in signals else "label"
    result = AttackResult(
        SHADOW, access, "true label, kind of model, records of both kinds"
    )
    random_state = params["random_state"]
    shadows = ShadowModels(estimator, signals=signals, **params).fit(X, y)
    observations, member, _ = shadows.observations()
    attack = HistGradientBoostingClassifier(random_state=random_state)
    attack.fit(observations, member)
    own = Z[observations.columns]
    result.score = membership_score(attack, own)
    result.predicted = attack.predict(own)
    result.n_fits = shadows.n_models_
    return result


def not_run(name, reason):
    """Result of an attack that could not be run."""
    return AttackResult(name, "scores", "", status=f"not run: {reason}")
