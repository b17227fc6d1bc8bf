"""What kind of model answers, and whose name an error may use."""

from sklearn.utils import get_tags


def kind_of(model):
    """What scikit-learn calls a model: "classifier", "regressor", ... or None.

    A session says it of its model.
    """
    if hasattr(model, "__sklearn_tags__"):
        return get_tags(model).estimator_type
    return getattr(model, "kind", None)


def name_of(model):
    """What kind of model answers; a session says whose it is."""
    return getattr(model, "model_name", type(model).__name__)
