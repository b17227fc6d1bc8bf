"""What ``fit`` of a network takes besides records and labels."""

import numpy as np
from sklearn.base import is_classifier

from skmia.utils._weights import read_weights

# Beyond this, a row of targets does not sum to 1.
_ROUNDING = 1e-6


class Extras:
    """Weights, environments and soft targets of records, checked.

    Parameters
    ----------
    owner : estimator
    objective : Objective or None
    fit_params : dict
        As ``fit`` was given them.
    n_records : int
    y : ndarray of shape (n_records,)
        Labels, or one value only where there are none.
    """

    NAMES = ("sample_weight", "groups", "targets", "classes")

    def __init__(self, owner, objective, fit_params, n_records, y):
        self._owner, self._objective = owner, objective
        given = {name: x for name, x in fit_params.items() if x is not None}
        self._refuse_others(fit_params)
        weights = {name: x for name, x in given.items() if name == "sample_weight"}
        self.weights = read_weights(owner, weights, np.empty((n_records, 0)), y)
        self.groups = self._read_groups(given.get("groups"), n_records)
        self.classes = given.get("classes")
        self.targets = self._read_targets(given.get("targets"), n_records)

    def rows(self):
        """Records that weigh something: others are not there, to the bit."""
        return None if self.weights is None else np.flatnonzero(self.weights)

    def arrays(self, rows, order=None):
        """By the fields of a batch: of some rows, columns of targets in this order."""
        found = {}
        if self.weights is not None:
            own = self.weights[rows]
            found["weights"] = (own / own.mean()).astype(np.float32)
        if self.groups is not None:
            found["groups"] = self.groups if rows is None else self.groups[rows]
        if self.targets is not None:
            own = self.targets[:, order]
            found["targets"] = own if rows is None else own[rows]
        return found

    def _refuse_others(self, fit_params):
        others = sorted(set(fit_params) - set(self.NAMES))
        if others:
            raise TypeError(
                f"{self._name}.fit takes no parameter {others[0]!r}: besides X and y "
                f"it takes {', '.join(self.NAMES)}."
            )

    def _read_groups(self, groups, n_records):
        takes = self._objective is not None and self._objective._takes_groups
        if groups is None and takes:
            raise ValueError(
                f"The 'objective' parameter of {self._name} asks for environments: "
                "pass 'groups' to fit, one value for each record."
            )
        if groups is None:
            return None
        if not takes:
            raise TypeError(
                f"{self._name}.fit takes 'groups' for an objective that compares them, "
                "such as IRM; this one does not."
            )
        names, codes = np.unique(np.asarray(groups), return_inverse=True)
        if codes.shape != (n_records,) or len(names) < 2:
            raise ValueError(
                f"The 'groups' of {self._name}.fit must be one value for each of the "
                f"{n_records} records, two different ones or more. Got {len(codes)}, "
                f"{len(names)} of them different."
            )
        return codes

    def _read_targets(self, targets, n_records):
        if targets is None:
            return None
        why = "the loss is that of the net"
        if self._objective is not None:
            why = self._objective._needs_labels
        if not is_classifier(self._owner):
            why = "quantities are given as y"
        if why:
            raise TypeError(f"{self._name}.fit takes no 'targets': {why}.")
        targets = np.asarray(targets, dtype=np.float32)
        n_classes = "n_classes" if self.classes is None else len(self.classes)
        if (
            self.classes is None
            or targets.shape != (n_records, n_classes)
            or not (targets >= 0).all()
            or abs(targets.sum(axis=1) - 1).max() > _ROUNDING
        ):
            raise ValueError(
                f"The 'targets' of {self._name}.fit must be probabilities of shape "
                f"({n_records}, {n_classes}) whose rows sum to 1, with a column for "
                "each of 'classes', which must be given, too. Got an array of shape "
                f"{targets.shape}."
            )
        return targets

    @property
    def _name(self):
        return type(self._owner).__name__
