"""What kind of model answers, and whose name an error may use."""

from sklearn.utils import get_tags


def is_session(model):
    """Whether this is a conversation with a model and looks like it."""
    return hasattr(model, "n_queries") and hasattr(model, "answers")


def kind_of(model):
    """What scikit-learn calls a model: "classifier", "regressor", ... or None."""
    if hasattr(model, "__sklearn_tags__"):
        return get_tags(model).estimator_type
    return model.kind if is_session(model) else None


def is_regressor(model):
    """Whether a model is known to predict quantities."""
    return kind_of(model) == "regressor"


def suits(of, kind):
    """Whether what is made for some kinds of model is for this one.

    Parameters
    ----------
    of : str, tuple of str or None
        None: for any.
    kind : str or None
        None: it is not known.

    Returns
    -------
    suits : bool
    """
    of = (of,) if isinstance(of, str) else of
    return kind is None or of is None or kind in of


def a_kind(kind):
    """The name of a kind with its article."""
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def name_of(model):
    """What kind of model answers; a session says whose it is."""
    return getattr(model, "model_name", type(model).__name__)
