"""Shadow models that exist already: nothing is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skmia.shadow._members import ensemble_members
from skmia.shadow._operated import alone_in_group, other_answers
from skmia.shadow._pool import ShadowPool
from skmia.shadow._training import Shadow
from skmia.utils._labels import classes_of
from skmia.utils._records import check_records, n_records
from skmia.utils._typing import FittedClassifier, FittedModel, MatrixLike


class AdoptedModels(ShadowPool):
    """Ways to a fitted :class:`ShadowModels` that do not train."""

    @classmethod
    def from_models(
        cls,
        models: Sequence[FittedModel],
        X: MatrixLike,
        y: ArrayLike | None,
        *,
        train: Sequence[ArrayLike],
        test: Sequence[ArrayLike] | None = None,
        both_sides: bool = False,
    ) -> Self:
        """Shadow models that exist already.

        Parameters
        ----------
        models : list of fitted classifiers
            They are asked as they are, and never trained.
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The records that the models were trained on or not.
        y : array-like of shape (n_records,)
            Their labels.
        train : list of array-like of int
            Records that each model was trained on.
        test : list of array-like of int, default=None
            Known non-members of each model; None for all that it was not trained on.
        both_sides : bool, default=False
            As the parameter of the class.

        Returns
        -------
        shadows : ShadowModels
            Fitted.
        """
        X, y = check_records(X, y, estimators=models)
        rows, parts = np.arange(n_records(X)), [np.asarray(part) for part in train]
        last = max(
            np.max(part, initial=-1) for part in [*parts, *(test or ()), rows[:0]]
        )
        if last >= len(rows):
            raise ValueError(
                f"The train and test parts name record {last}, and X has {len(rows)} "
                "records: it must be what the models were trained on."
            )
        if test is None:
            test = [np.delete(rows, part) for part in parts]
        if not len(models) == len(train) == len(test):
            raise ValueError(
                "There must be one train and one test part per model. Got "
                f"{len(models)} models, {len(train)} train and {len(test)} test parts."
            )
        known = [Shadow(model) for model in models]
        if both_sides:
            alone = alone_in_group(X, None)
            known = [
                Shadow(model, other_answers(model, rows[part], X, y, alone))
                for model, part in zip(models, parts, strict=True)
            ]
        shadows = cls(  # type: ignore[call-arg]  # as ShadowModels has it
            list(models), both_sides=both_sides
        )
        splits = list(zip(train, test, strict=True))
        shadows._keep(X, y, classes_of(y, models), splits, known)
        return shadows

    @classmethod
    def from_cross_validate(
        cls,
        results: dict[str, Any],
        X: MatrixLike,
        y: ArrayLike | None = None,
        *,
        both_sides: bool = False,
    ) -> Self:
        """Shadow models from a cross-validation that was run anyway.

        Parameters
        ----------
        results : dict
            Result of ``sklearn.model_selection.cross_validate`` with
            ``return_estimator=True, return_indices=True``.
        X, y : as for ``fit``
            What was given to ``cross_validate``.
        both_sides : bool, default=False
            As the parameter of the class.

        Returns
        -------
        shadows : ShadowModels
            Fitted.
        """
        if "estimator" not in results or "indices" not in results:
            raise ValueError(
                "The results of cross_validate must hold the models and their records: "
                "call it with return_estimator=True and return_indices=True."
            )
        indices = results["indices"]
        return cls.from_models(
            results["estimator"],
            X,
            y,
            train=indices["train"],
            test=indices["test"],
            both_sides=both_sides,
        )

    @classmethod
    def from_ensemble(
        cls, ensemble: FittedClassifier, X: MatrixLike, y: MatrixLike
    ) -> Self:
        """Shadow models from the models inside a bagging ensemble or forest.

        A record is a member of the models that drew it, and a non-member of those
        for which it is out of bag.

        Parameters
        ----------
        ensemble : fitted BaggingClassifier or forest
            Has ``estimators_samples_``.
        X, y : as for ``fit``
            What the ensemble was fitted on.

        Returns
        -------
        shadows : ShadowModels
            Fitted.
        """
        if not hasattr(ensemble, "estimators_samples_"):
            raise TypeError(
                f"{type(ensemble).__name__} does not know which records its models "
                "were trained on: it has no 'estimators_samples_'."
            )
        models = ensemble_members(ensemble)
        return cls.from_models(models, X, y, train=ensemble.estimators_samples_)
