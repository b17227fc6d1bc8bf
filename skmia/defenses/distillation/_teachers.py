"""What defenses by distillation share: teachers in parallel, and a student of them."""

from collections import Counter

import numpy as np
from sklearn.base import clone

from skmia.defenses._base import TrainingDefense
from skmia.defenses._regressor_base import RegressorTraining
from skmia.utils._fitting import fit_clone
from skmia.utils._parallel import in_parallel
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._sklearn import HasMethods
from skmia.utils._soft_labels import fit_soft_labels
from skmia.utils._tags import pass_records_to
from skmia.utils._wrapper import ModelWrapper


class Distills(ModelWrapper):
    """A training defense that releases a student of clones of its estimator.

    Subclasses have a parameter ``student``, None for the same kind of model.
    """

    _parameter_constraints = ModelWrapper._parameter_constraints | {
        "student": [HasMethods(["fit"]), None]
    }

    @property
    def _template(self):
        return self.estimator if self.student is None else self.student

    @property
    def _weighted(self):
        return [self.estimator, self._template]

    def __sklearn_tags__(self):
        models = [self.estimator, self._template]
        return pass_records_to(super().__sklearn_tags__(), models)


class DistillationDefense(Distills, TrainingDefense):
    """Of classifiers: teachers give soft labels; the student may have labels only."""

    _asks = "predict_proba"

    def _fit_student(self, X, soft, classes, rng, sample_weight=None):
        """The released model: it sees soft labels, never a label."""
        student = set_random_states(clone(self._template), rng)
        return fit_soft_labels(
            student, X, soft, classes, random_state=rng, sample_weight=sample_weight
        )


class RegressorDistillation(Distills, RegressorTraining):
    """Of regressors: teachers predict quantities, and the student learns these."""

    def _fit_student(self, X, taught, rng, sample_weight=None):
        """The released model: it sees predictions, never a label."""
        rows = np.arange(len(taught))
        [student] = fit_clones(
            self._template, X, taught, [rows], rng, sample_weight=sample_weight
        )
        return student


def fit_clones(estimator, X, y, parts, rng, n_jobs=None, sample_weight=None):
    """One clone for each array of rows; seeds are drawn before the dispatch."""
    seeds = draw_seeds(rng, len(parts))
    calls = [
        {"rows": rows, "seed": seed} for rows, seed in zip(parts, seeds, strict=True)
    ]
    shared = {"estimator": estimator, "X": X, "y": y, "sample_weight": sample_weight}
    return list(in_parallel(fit_clone, calls, shared=shared, n_jobs=n_jobs))


def check_class_sizes(labels, needed, owner):
    """Raise a ValueError that names a class of fewer than `needed` records."""
    label, size = min(Counter(labels.tolist()).items(), key=lambda item: item[1])
    if size < needed:
        raise ValueError(
            f"{owner} needs at least {needed} different training records of every "
            "class, or a sub-model would never see the class. Got "
            f"{size} of class {label!r}."
        )
