"""Which defenses are worth a try for a model, before anything is measured."""

from collections.abc import Callable
from dataclasses import dataclass

from sklearn.linear_model import (
    LogisticRegression,
    Perceptron,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.svm import LinearSVC, LinearSVR

from skmia.auditing._log_odds import refuses_to_be_refitted
from skmia.targets import BlackBox
from skmia.utils._inside import last_step
from skmia.utils._kinds import is_regressor
from skmia.utils._random import find_private

_PENALIZED = (LogisticRegression, LinearSVC, RidgeClassifier, SGDClassifier)
_PENALIZED += (Perceptron, MLPClassifier)
_PENALIZED_REGRESSORS = (Ridge, LinearSVR, SGDRegressor, MLPRegressor)
_DETAIL = "what few records alone show"
_TIME = "training time"


@dataclass(frozen=True)
class Remedy:
    """A defense by name, how it is put around a model, and what users lose.

    One that does not train is put around the fitted model.
    """

    name: str
    defend: Callable
    loses: str
    trains: bool = True


def remedies(model):
    """Defenses that fit a model, in the order in which they are tried.

    By the kind of model and its answers alone, never by what an audit found. First what
    costs users nothing, a parameter of the model; then training that hides records from
    the models that answer for them, which hides most in benchmarks/bench_defenses.py
    and bench_regression_defenses.py; then masks, those first that hide most there.

    Parameters
    ----------
    model : fitted classifier or regressor

    Returns
    -------
    remedies : list of Remedy
        Each makes an unfitted model from an unfitted one.
    """
    if is_regressor(model):
        return [*_of_regressor(model)]
    mask = _mask(model)
    if not trainable(model):
        return [*mask, *_blurred(model)]
    return [*_own(model), *_hidden(model), *mask, *_guarded(model), *_blurred(model)]


def trainable(model):
    """Whether the model may be trained in another way."""
    return refuses_to_be_refitted(model) is None and not isinstance(model, BlackBox)


def _of_regressor(model):
    if trainable(model):
        yield from _own(model)
        if find_private(model) is None:
            for name, how in (
                ("cross-distillation", "CrossDistilledRegressor"),
                ("distillation", "DistilledRegressor"),
            ):
                yield Remedy(name, _around(how), _TIME)
    noisy = _around("NoisyPrediction", scale=0.3)
    yield Remedy("noise", noisy, "exact predictions", trains=False)
    rounded = _around("RoundedPrediction", step=0.5)
    yield Remedy("rounding", rounded, "digits of predictions", trains=False)


def _own(model):
    last, prefix = last_step(model)
    own = last.get_params(deep=False) if hasattr(last, "get_params") else {}
    if own.get("min_samples_leaf") == 1:
        for size in (5, 20):
            change = _with({f"{prefix}min_samples_leaf": size})
            yield Remedy(f"leaves of {size} records", change, _DETAIL)
    if own.get("n_neighbors", 25) < 25:
        yield Remedy("25 neighbours", _with({f"{prefix}n_neighbors": 25}), _DETAIL)
    shown = _not_delegated(model)
    regresses = is_regressor(model)
    kinds = _PENALIZED_REGRESSORS if regresses else _PENALIZED
    if isinstance(last, kinds) or "weight_decay" in own:
        around = "PenalizedRegressor" if regresses else "PenalizedClassifier"
        for strength in (1e-2, 1e-3):
            penalized = _around(around, strength=strength)
            name = f"L2 penalty of {strength:g}"
            yield Remedy(name, penalized, "; ".join([_DETAIL, *shown]))
    boosts = "learning_rate" in own and own.keys() & {"n_estimators", "max_iter"}
    if boosts and not regresses:
        loses = ["a tenth of the training records", _DETAIL, *shown]
        stopped = _around("EarlyStoppedClassifier")
        yield Remedy("early stopping", stopped, "; ".join(loses))


def _not_delegated(model):
    """What the model answers, and a defense around it does not."""
    decides = hasattr(model, "decision_function") and not _has_scores(model)
    return ["decision values"] if decides else []


def _hidden(model):
    """Answers of models that have not seen the record, and a student of these."""
    if not _has_scores(model) or find_private(model) is not None:
        return
    design = {"n_models": 10, "n_out": 4}
    loses = f"{_TIME}; one small model"
    yield Remedy("Split-AI", _around("SplitAIClassifier", **design), loses)
    yield Remedy("SELENA", _around("SelenaClassifier", **design), _TIME)


def _mask(model):
    lost = ["probabilities"] if _has_scores(model) else _not_delegated(model)
    return [
        Remedy("labels only", _around("LabelOnly"), one, trains=False) for one in lost
    ]


def _guarded(model):
    if _has_scores(model) and find_private(model) is None:
        loses = "exact probabilities; a quarter of the training records"
        yield Remedy("MemGuard", _around("MemGuard", budget=1.0), loses)


def _blurred(model):
    if _has_scores(model):
        noisy = _around("NoisyPosterior", scale=1.0)
        yield Remedy("noise", noisy, "exact probabilities", trains=False)
        rounded = _around("RoundedPosterior", decimals=1)
        loses = "digits of probabilities"
        yield Remedy("one digit", rounded, loses, trains=False)


def _has_scores(model):
    return hasattr(model, "predict_proba")


def _with(parameters):
    return lambda template: template.set_params(**parameters)


def _around(name, **parameters):
    def defend(template):
        from skmia import defenses  # not loaded before it is asked for

        return getattr(defenses, name)(template, **parameters)

    return defend
