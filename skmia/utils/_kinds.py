"""What kind of model answers, and whose name an error may use."""

from sklearn.utils import get_tags

# Of models that are trained on records alone, which hold their labels, if any. The last
# seven are words of ours: a record is a whole user; a source and the text that is
# expected for it; an image with its label map; all that a user has rated; a row of the
# table that a synthetic one is made from; what is encoded and decoded
# again; what is encoded only.
UNLABELLED = ("clusterer", "outlier_detector", "density_estimator")
UNLABELLED += ("user_model", "text_model", "segmenter", "recommender")
UNLABELLED += ("synthesizer", "autoencoder", "encoder")
# What these say of a record is how far it is from what they have learned.
DISTANT = {
    "clusterer": "the nearest centre",
    "synthesizer": "the nearest synthetic row",
    "autoencoder": "its reconstruction, squared",
}


def is_session(model):
    """Whether this is a conversation with a model and looks like it."""
    return hasattr(model, "n_queries") and hasattr(model, "answers")


def kind_of(model):
    """What scikit-learn calls a model: "classifier", "regressor", ... or None.

    What scores records and predicts nothing is a density estimator: scikit-learn has
    no name for some, ``KernelDensity`` among them.
    """
    tagged = hasattr(model, "__sklearn_tags__")
    if not tagged and is_session(model):
        return model.kind
    kind = get_tags(model).estimator_type if tagged else None
    scores = hasattr(model, "score_samples") and not hasattr(model, "predict")
    return "density_estimator" if kind is None and scores else kind


def is_regressor(model):
    """Whether a model is known to predict quantities."""
    return kind_of(model) == "regressor"


def takes_no_labels(model):
    """Whether a model is known to be trained on records alone."""
    return kind_of(model) in UNLABELLED


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
