"""The models of a cross-validation: each is audited with the others at hand."""

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.utils import check_random_state

from skmia.attacks import lacks, run
from skmia.attacks._granted import Granted
from skmia.attacks._recipe import TRAINS
from skmia.attacks._run import fit, judge, seeded
from skmia.attacks.evidence import References
from skmia.shadow import ShadowModels
from skmia.utils._random import deal_groups

_TOO_FEW = (
    "in the folds of one cross-validation every record is out of one model only, which "
    "tells who is a member; repeat it three times or more (RepeatedStratifiedKFold)"
)


# What the adversary must have, in words.
_WORDS = {
    "shadows": "the other models of the cross-validation, and their records",
    "references": "the other models of the cross-validation, and their records",
}


@dataclass
class CrossValidated:
    """What the adversary of each model of a cross-validation holds: the other models.

    Parameters
    ----------
    shadows : ShadowModels
        All models, which answer for both sides where they can.
    groups : ndarray of int of shape (n_records,)
        Records that belong together.
    seed : int
        Seed of every attack.
    granted : Granted
        Access to each model.
    recipes : list of AttackRecipe
        Attacks that will be run.
    """

    shadows: ShadowModels
    groups: np.ndarray
    seed: int
    granted: Granted = field(default_factory=Granted)
    recipes: list = field(default_factory=list)

    words = _WORDS

    def __post_init__(self):
        self._families = families(self.shadows.tested_)
        # Attacks judge records of the one half, fitted on those of the other: a record
        # that they have seen, as a member of other models, would not look alike. Each
        # fold has records in both: to the other models they are members, all of them.
        rng = check_random_state(self.seed)
        fold = self.shadows.tested_.argmax(axis=0)
        self._half = deal_groups(self.groups, fold, 2, rng)

    @property
    def X(self):
        """The records."""
        return self.shadows.sessions()[0].X

    @property
    def member(self):
        """Membership of every pair of a model and a record, model by model."""
        return self.shadows.membership_.ravel().astype(int)

    def train(self):
        """The models are there."""

    def lacks(self, recipe, session):
        """Why an attack cannot be run here, in words; None when it can."""
        evidence = recipe.attack[0]
        reason = self.granted.lacks(recipe.attack) or lacks(recipe.attack, session)
        if reason is not None or recipe.fitted_on not in TRAINS:
            return reason
        if recipe.fitted_on == "other-task":
            return "no models of another task are given"
        if not isinstance(evidence, References):
            return None
        self._relate(evidence)
        for target in self.shadows.sessions():
            rest = self.shadows.without(target)
            beside = rest.sessions(both_sides=evidence.both_sides)
            enough = len(beside) >= evidence.min_models
            if not enough or len(rest.without(beside[0]).sessions()) == 0:
                return _TOO_FEW
        return None

    def n_fits(self, recipe):
        """Models trained for an attack: none."""
        return 0

    def run(self, recipe, pairs):
        """Score and decision of an attack for every pair of a model and a record.

        Scores are the shares of the records that the attacker of a model is less sure
        of: those of several models, and of both halves, then have one scale.
        """
        self._relate(recipe.attack[0])
        found = [self._attack(recipe, one) for one in self.shadows.sessions()]
        score, called = (np.concatenate(part) for part in zip(*found, strict=True))
        return score, called

    def _attack(self, recipe, target):
        """Score and decision about the records of one model."""
        if recipe.fitted_on not in TRAINS:
            member = target.member.astype(int)
            known = {"member": member, "groups": self.groups, "seed": self.seed}
            score, called = run(recipe.attack, recipe.fitted_on, target, **known)
            return _shares(score), called
        attack = seeded(recipe.attack, self.seed)
        pairs, inside = self._lesson(target, getattr(attack[0], "n_models", None))
        half = self._half[pairs.rows % len(target)]
        score, called = np.empty(len(target)), np.empty(len(target), dtype=int)
        for one in (0, 1):
            learned = fit(clone(attack), pairs[half != one], inside[half != one])
            rows = np.flatnonzero(self._half == one)
            judged, called[rows] = judge(learned, target[rows])
            score[rows] = _shares(judged)
        return score, called

    def _lesson(self, target, n_models):
        """Pairs of other models that an attack is fitted on, and membership."""
        rest = self.shadows.without(target)
        pairs, inside, model = rest.pairs()
        if n_models is not None:
            # Those that have equally many references beside them.
            sessions = rest.sessions()
            told = [sum(map(one.tells_of, sessions)) for one in sessions]
            there = np.isin(model, np.flatnonzero(np.equal(told, told[0]))[:n_models])
            pairs, inside = pairs[there], inside[there]
        return pairs, inside

    def _relate(self, evidence):
        """Say of which models who was trained on what tells the like of others.

        Those are the folds of one cross-validation, unless all of them answer for both
        sides of every record. Attacks that do not compare can do with them, where there
        are no others.
        """
        if isinstance(evidence, References):
            signals = evidence.recorded()
            apart = not (evidence.both_sides and self.shadows.tells_both_sides(signals))
        else:
            apart = len(np.unique(self._families)) > 1
        for one, family in zip(self.shadows.sessions(), self._families, strict=True):
            one.family = family if apart else None


def _shares(score):
    there = ~np.isnan(score)
    return (rankdata(score, nan_policy="omit") - 0.5) / max(there.sum(), 1)


def families(tested):
    """Number of the cross-validation that each of several models is of.

    Parameters
    ----------
    tested : ndarray of bool of shape (n_models, n_records)
        Who was held out of each. The folds of one cross-validation come one after the
        other and share no record.

    Returns
    -------
    family : ndarray of int of shape (n_models,)
    """
    family = np.zeros(len(tested), dtype=int)
    seen = tested[0].copy()
    for i, fold in enumerate(tested[1:], start=1):
        again = bool((seen & fold).any())
        family[i] = family[i - 1] + again
        seen = fold.copy() if again else seen | fold
    return family
