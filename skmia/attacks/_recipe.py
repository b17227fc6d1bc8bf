"""A published attack as data: what it sees, needs, costs, and who wrote it."""

from dataclasses import dataclass
from typing import Any

from sklearn.base import clone

NEEDS = {
    "members": "known members and non-members of the target, for a threshold",
    "nonmembers": "known non-members of the target",
    "shadows": "an estimator like the target, and records to train shadow models on",
    "references": "an estimator like the target, and records to train references on",
    "candidates": "references that were trained on the candidates",
    "features": "the features of the records as numbers",
    "random-records": "the domain of the features, and queries of random records",
    "batch": "all candidates at once",
    "distillation": "unlabelled records to query, and a student model",
    "stages": "the stages of a boosted target",
    "transfer": "shadow models of another task",
}


@dataclass(frozen=True)
class AttackRecipe:
    """A published attack by name; from :func:`get_attack`.

    Attributes
    ----------
    name : str
        Name, as :func:`get_attack` takes it.
    attack : classifier
        Attack model, not fitted, with the defaults of the paper where they are known.
    signals : tuple of str
        What it sees of each answer.
    access : {"label", "scores", "white-box"}
        Access to the target.
    needs : tuple of str
        What the adversary needs beyond that; keys of :func:`attack_needs`.
    knowledge : tuple of str
        Classes of Bai et al. (2021): M1 parameters, M2 structure, M3 platform, M4 kind
        of model; D1 properties of the training data, D2 data that contain it; Q
        queries.
    queries : str
        Queries of the target for one candidate.
    fits : str
        Models trained by the adversary.
    paper : str
        Source.
    """

    name: str
    attack: Any
    signals: tuple[str, ...]
    access: str
    needs: tuple[str, ...]
    knowledge: tuple[str, ...]
    queries: str
    fits: str
    paper: str

    def make(self):
        """Attack model of the recipe, not fitted.

        Returns
        -------
        attack : classifier
            A clone: change it freely.
        """
        return clone(self.attack)
