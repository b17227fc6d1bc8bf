"""Which kinds of models are operated on, and how."""

from sklearn.pipeline import Pipeline

from skmia.shadow.surgery import (
    _boosting,
    _discriminant,
    _forests,
    _logistic,
    _naive_bayes,
    _neighbours,
    _network,
    _ridge,
    _trees,
)

# By exact type: what a subclass does otherwise is not known.
REGISTRY = {
    **_boosting.OPERATIONS,
    **_discriminant.OPERATIONS,
    **_forests.OPERATIONS,
    **_logistic.OPERATIONS,
    **_naive_bayes.OPERATIONS,
    **_neighbours.OPERATIONS,
    **_network.OPERATIONS,
    **_ridge.OPERATIONS,
    **_trees.OPERATIONS,
}


def operable(estimator):
    """Whether models like this one, fitted or not, are likely to be operated on."""
    operation = operation_of(estimator)
    if operation is None:
        return False
    try:
        return operation.refuses(last_step(estimator)) is None
    except AttributeError:  # before a fit that is not known
        return True


def inside_of(model):
    """The last step of a pipeline, the model behind a mask; None of any other model."""
    if type(model) is Pipeline:
        return model.steps[-1][1]
    if is_mask(model):
        return getattr(model, "estimator_", model.estimator)
    return None


def is_mask(model):
    """Whether a defense only changes the answers of a model trained on all records.

    Its class says so itself: one that inherits from it may do more.
    """
    return "_only_masks" in vars(type(model)) and model._only_masks


def last_step(model):
    """What is operated on: the last step of a pipeline, or the model."""
    while (inner := inside_of(model)) is not None:
        model = inner
    return model


def operation_of(model):
    """The operation on a fitted model, or on the last step of a pipeline.

    Returns
    -------
    operation : Operation or None
    """
    return REGISTRY.get(type(last_step(model)))


def refusal(model):
    """Why a fitted model cannot be operated on, as a sentence; None where it can."""
    last, operation = last_step(model), operation_of(model)
    if operation is None:
        return f"{type(last).__name__} is not a kind of model that is operated on."
    reason = operation.refuses(last)
    return reason and f"{type(last).__name__} is not operated on: {reason}"
