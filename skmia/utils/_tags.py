"""Tags of estimators that hand their records on to others."""

from sklearn.utils import get_tags


def pass_records_to(tags, estimators):
    """Declare that the records go, as they are, to every one of the estimators.

    Parameters
    ----------
    tags : sklearn.utils.Tags
        Changed in place and returned.
    estimators : iterable of estimators
    """
    tags_of = [get_tags(estimator) for estimator in estimators]
    tags.target_tags.required = any(own.target_tags.required for own in tags_of)
    inner = [own.input_tags for own in tags_of]
    tags.input_tags.sparse = all(own.sparse for own in inner)
    tags.input_tags.allow_nan = all(own.allow_nan for own in inner)
    return tags
