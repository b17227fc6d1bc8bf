"""Models around another one, which may be there already and have no ``fit``."""

from sklearn.exceptions import NotFittedError


def trains(model):
    """Whether the model inside can be trained again; an error says what to do."""
    if hasattr(model.estimator, "fit"):
        return True
    raise AttributeError(
        f"The model in {type(model).__name__} has no fit and cannot be trained again: "
        f"{type(model).__name__}.of(model) only answers. Give an audit an estimator "
        "like it as shadow_estimator."
    )


def check_there(model):
    """Refuse a model that was neither fitted nor there already.

    scikit-learn's own check refuses what has no ``fit``.
    """
    if not hasattr(model, "estimator_"):
        name = type(model).__name__
        raise NotFittedError(
            f"This {name} instance is not fitted yet. Call 'fit', or make it with "
            f"{name}.of of a model that is there already."
        )
