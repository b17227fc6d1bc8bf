"""How an audit runs an attack: one strategy for each kind of thing an attack needs."""

import time
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import check_random_state

from skmia.attacks import attack_needs, random_records
from skmia.shadow import BalancedShuffleSplit, distilled_observations
from skmia.signals import get_signal, observe
from skmia.utils._frozen import is_frozen
from skmia.utils._membership import membership_score
from skmia.utils._random import draw_seeds, set_random_states

N_FOLDS = 5
N_RANDOM_RECORDS = 1000
N_PSEUDO_TARGETS = 2
MIN_REFERENCES = 4


@dataclass
class AttackResult:
    """What one attack makes of every audited record.

    Attributes
    ----------
    name : str
        Name of the attack.
    access : {"label", "scores", "white-box"}
        Access to the model that the attack needs.
    knowledge : str
        What else the attacker is given.
    paper : str
        Source.
    score : ndarray of shape (n_records,) or None
        Higher = more likely a member. None when the attack was not run.
    predicted : ndarray of int of shape (n_records,) or None
        Decisions at a threshold that no record itself took part in choosing.
    n_fits : int
        Models trained for the attack, beyond the audited one; attacks share them.
    seconds : float
        Wall time, without that of shared models.
    status : str
        "ok", or why the attack was not run.
    """

    name: str
    access: str
    knowledge: str
    paper: str
    score: np.ndarray | None = field(default=None, repr=False)
    predicted: np.ndarray | None = field(default=None, repr=False)
    n_fits: int = 0
    seconds: float = 0.0
    status: str = "ok"


class Auditor:
    """The audited model, its records, and the shadow models that all attacks share.

    The model is asked once for all attacks, and shadow models are trained once.

    Parameters
    ----------
    model : fitted classifier
    shadows : ShadowModels
        Not fitted, without signals.
    X, y : records and labels of members and non-members
    member : ndarray of {0, 1}
    seed : int
    recipes : list of AttackRecipe
    given : dict
        What attacks may need beyond the audited records, see :func:`skmia.audit`.
    """

    def __init__(self, model, shadows, X, y, member, seed, recipes, given):
        self.model, self.X, self.y, self.member = model, X, y, member
        self.seed, self.given = seed, given
        self.shadows = shadows
        self.reasons = {recipe.name: self._why_not(recipe) for recipe in recipes}
        possible = [recipe for recipe in recipes if not self.reasons[recipe.name]]
        signals = ["correctness", *_signals(possible)]
        # The classes of the shadow models: the model may know more, or fewer.
        self.Z = observe(model, X, y, dict.fromkeys(signals), classes=np.unique(y))
        trained = [r for r in possible if {"shadows", "references"} & set(r.needs)]
        if trained:
            shadows.set_params(signals=_signals(trained))
            shadows.fit(X, y)

    def run(self, recipe):
        """Run one attack, or say why not.

        Parameters
        ----------
        recipe : AttackRecipe

        Returns
        -------
        result : AttackResult
        """
        result = AttackResult(
            recipe.name, recipe.access, _knowledge(recipe), recipe.paper
        )
        if self.reasons[recipe.name]:
            result.status = f"not run: {self.reasons[recipe.name]}"
            return result
        start = time.perf_counter()
        strategy = getattr(
            self, "_by_" + (recipe.needs or ("rule",))[0].replace("-", "_")
        )
        attack = set_random_states(recipe.make(), check_random_state(self.seed))
        result.score, result.predicted = strategy(attack, list(recipe.signals))
        result.seconds = time.perf_counter() - start
        result.n_fits = self._n_fits(recipe)
        return result

    def _n_fits(self, recipe):
        """Models trained for an attack, shared ones included, students not."""
        if "distillation" in recipe.needs:
            return 1
        trains = {"shadows", "references", "transfer"} & set(recipe.needs)
        return self.shadows.cv if trains else 0

    def _why_not(self, recipe):
        """Why an attack cannot be run here; None when it can."""
        for need in ("access", *recipe.needs):
            check = getattr(self, "_lacks_" + need.replace("-", "_"), None)
            reason = check(recipe) if check else None
            if reason:
                return reason
        return None

    def _lacks_access(self, recipe):
        if recipe.access != "label" and not hasattr(self.model, "predict_proba"):
            return "the model gives no probabilities"
        return None

    def _lacks_shadows(self, recipe):
        estimator = self.shadows.estimator
        if self.shadows.cv == 0:
            return "n_shadows=0"
        if is_frozen(estimator):
            return (
                "the model is frozen and cannot be trained again; give an estimator "
                "like it as shadow_estimator"
            )
        if recipe.access != "label" and not hasattr(estimator, "predict_proba"):
            return "the shadow models give no probabilities"
        return None

    def _lacks_references(self, recipe):
        n_shadows = self.shadows.cv
        if 0 < n_shadows < MIN_REFERENCES:
            return (
                f"n_shadows={n_shadows}; with {MIN_REFERENCES} every record is in and "
                "out of some reference beside each of them"
            )
        return self._lacks_shadows(recipe)

    def _lacks_features(self, recipe):
        return None if _numbers(self.X) is not None else "the features are not numbers"

    def _lacks_stages(self, recipe):
        if hasattr(self.model, "staged_predict_proba"):
            return None
        return "the model has no staged_predict_proba"

    def _lacks_distillation(self, recipe):
        if "distillation" in self.given:
            return self._lacks_shadows(recipe)
        return "no unlabelled records are given to distil the model on"

    def _lacks_transfer(self, recipe):
        if "transfer" in self.given:
            return self._lacks_shadows(recipe)
        return "no records of another task are given"

    def _by_rule(self, attack, signals):
        values = self._columns(signals).iloc[:, 0].to_numpy()
        return values, (values > 0.5).astype(int)

    def _by_members(self, attack, signals):
        """Fitted on other audited records than those it is applied to."""
        Z = self._columns(signals)
        score, predicted = self._cross_fitted(attack, Z)
        return self._ranking(signals, score), predicted

    _by_nonmembers = _by_members

    def _by_features(self, attack, signals):
        features = pd.DataFrame(_numbers(self.X)).add_prefix("feature_")
        Z = self._columns(signals).reset_index(drop=True)
        return self._cross_fitted(attack, pd.concat([Z, features], axis=1))

    def _by_shadows(self, attack, signals):
        observations, member, _ = self.shadows.observations(signals)
        return _apply(attack.fit(observations, member), self._columns(signals))

    _by_stages = _by_shadows

    def _by_references(self, attack, signals):
        pseudo, member, _ = self.shadows.pseudo_observations(signals, N_PSEUDO_TARGETS)
        own = self.shadows.reference_observations(self.Z, signals)
        return _apply(attack.fit(pseudo, member), own)

    def _by_random_records(self, attack, signals):
        """Random records as non-members, one query each."""
        strangers = random_records(self.X, N_RANDOM_RECORDS, random_state=self.seed)
        seen = observe(self.model, strangers, None, signals)
        own = self._columns(signals)
        member = np.repeat([0, 1], [len(seen), len(own)])
        attack.fit(pd.concat([seen, own], ignore_index=True), member)
        return self._ranking(signals, None), attack.predict(own)

    def _by_transfer(self, attack, signals):
        """Shadow models of another task; only a sorted posterior carries over."""
        others = clone(self.shadows).set_params(signals=signals)
        observations, member, _ = others.fit(*self.given["transfer"]).observations()
        return _apply(attack.fit(observations, member), self._columns(signals))

    def _by_distillation(self, attack, signals):
        """One shadow model and the audited model, imitated on the same records."""
        seed = draw_seeds(check_random_state(self.seed))
        halves = BalancedShuffleSplit(2, random_state=seed).split(self.X, self.y)
        shadow = clone(self.shadows).set_params(cv=[next(halves)], signals=None)
        shadow.fit(self.X, self.y)
        settings = {
            "classes": shadow.classes_,
            "X_distil": self.given["distillation"],
            "metrics": signals,
            "random_state": self.seed,
        }
        imitated = shadow.estimators_[0]
        seen = distilled_observations(imitated, self.X, self.y, **settings)
        own = distilled_observations(self.model, self.X, self.y, **settings)
        return _apply(attack.fit(seen, shadow.membership_[0].astype(int)), own)

    def _by_batch(self, attack, signals):
        predicted = attack.fit_predict(self._columns(signals))
        return predicted.astype(float), predicted

    def _columns(self, signals):
        """What the model gave away, the columns of these signals."""
        classes = np.unique(self.y)
        names = [c for s in signals for c in get_signal(s).column_names(classes)]
        return self.Z[names]

    def _ranking(self, signals, score):
        """Ranking of an attack; one on a single signal ranks as the signal does.

        Cross-fitted scores are relative to the threshold of their fold, which would
        only blur it.
        """
        signal = get_signal(signals[0])
        if len(signals) > 1 or signal.greater_is_member is None:
            return score
        values = self._columns(signals).iloc[:, 0].to_numpy()
        return values if signal.greater_is_member else -values

    def _cross_fitted(self, attack, Z):
        score = np.empty(len(Z))
        predicted = np.empty(len(Z), dtype=int)
        folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=self.seed)
        for train, test in folds.split(Z, self.member):
            model = clone(attack).fit(Z.iloc[train], self.member[train])
            score[test], predicted[test] = _apply(model, Z.iloc[test])
        return score, predicted


def _apply(attack, Z):
    """Score and decision of a fitted attack for every record."""
    return membership_score(attack, Z), attack.predict(Z)


def _signals(recipes):
    return list(dict.fromkeys(s for recipe in recipes for s in recipe.signals))


def _numbers(X):
    """Features as a matrix of numbers, or None."""
    if hasattr(X, "dtypes") and hasattr(X.dtypes, "items"):
        numeric = X.select_dtypes("number")
        return numeric.to_numpy(float) if numeric.shape == X.shape else None
    if hasattr(X, "toarray"):
        return X.toarray().astype(float)
    return X.astype(float) if X.dtype.kind in "buif" else None


def _knowledge(recipe):
    """What the attacker is given, in words; models are trained on the audited pool."""
    words = {
        "shadows": "kind of model; shadow models on random halves of these records",
        "references": "kind of model; references on random halves of these records",
    }
    needs = attack_needs()
    return "; ".join(words.get(need, needs[need]) for need in recipe.needs) or "-"
