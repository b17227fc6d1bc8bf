"""Messages of the library in the words of the shell."""

import re

# Options by the parameters that they become.
_OF_PARAMETERS = {
    "attacks": "--attack",
    "confidence_level": "--confidence",
    "decide": "--max-epsilon",
    "former": "--former",
    "fprs": "--fprs",
    "groups": "--groups",
    "headline": "--headline",
    "max_queries": "--max-queries",
    "max_seconds": "--max-seconds",
    "model": "--model",
    "n_jobs": "--jobs",
    "n_repeats": "--repeats",
    "n_shadows": "--shadows",
    "random_state": "--seed",
    "references": "--references",
    "shadow_estimator": "--shadow-model",
    "results": "RESULTS",
}
_OF_DATA = "train|holdout|forget|retain|unseen|suspect"


def as_options(message):
    """The message with options in the place of parameters, and of what they hold.

    Parameters
    ----------
    message : str

    Returns
    -------
    message : str
    """
    for name, option in _OF_PARAMETERS.items():
        # A policy has keys of the same names.
        message = re.sub(rf"The '{name}' parameter of (?!Policy)\w+", option, message)
    # But not in the name of a file.
    name = rf"(?<![\w./\\-])[Xy]_({_OF_DATA})(?![\w/\\-]|\.\w)"
    # Records and labels are in one file.
    message = re.sub(rf"{name} and y_\1(?!\w)", r"--\1", message)
    return re.sub(name, r"--\1", message)
