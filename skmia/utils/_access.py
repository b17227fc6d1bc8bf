"""What an attacker may see of a model: kinds of access, and what each includes."""

from skmia.utils._names import check_name

# The weaker first; the last four each add to "scores".
ACCESS = ("label", "top-k", "scores", "explanations", "timing", "insider", "white-box")
_ANSWERS = ACCESS[:3]
# What is asked beside the answers of any classifier; who looks at a clock asks this.
TIMING = "timing"
STAGES = "staged_predict_proba"
EXPLANATIONS = ("explain", "explain_records")
# What was sent in a federation, which is no answer about records, and what an insider
# of one sees.
MODELS_SENT = ("rounds_", "broadcasts_", "uploads_")
SCORES_SENT = ("shared_scores_", "consensus_")
SENT = (*MODELS_SENT, *SCORES_SENT)
# A table that was published: who has it has no need to ask.
TABLE = "synthetic_"
# Of a generator that is held: its discriminator, its decoder, the length of its codes.
DISCRIMINATOR = "discriminate"
DECODER = "decode"
LATENT = "n_latent_"
# What is read, and is no query.
READ = frozenset({*SENT, TABLE, LATENT})
INSIDER = ("party_proba", *SENT)
# What of the model itself answers.
INSIDE = (STAGES, DISCRIMINATOR, DECODER, LATENT)
_MODEL_ITSELF = {"parameters", *INSIDE}


def grants(access):
    """Kinds of access that one of them, or several together, include.

    Parameters
    ----------
    access : str or iterable of str
        Some of `ACCESS`.

    Returns
    -------
    granted : frozenset of str
    """
    names = [access] if isinstance(access, str) else access
    return frozenset().union(*map(_included, names))


def _included(name):
    if name in _ANSWERS:
        return _ANSWERS[: _ANSWERS.index(name) + 1]
    return (*_ANSWERS, name)


def access_of(asks):
    """Weakest access to a model that answers all that is asked, one of `ACCESS`."""
    asks = set(asks)
    if asks & _MODEL_ITSELF:
        return "white-box"
    if not asks.isdisjoint(INSIDER):
        return "insider"
    if TIMING in asks:
        return TIMING
    if not asks.isdisjoint(EXPLANATIONS):
        return "explanations"
    return "label" if asks <= {"predict"} else "scores"


def check_access(caller, access):
    """Kinds of access that are granted, if they are some.

    Parameters
    ----------
    caller : str
        Whose parameter `access` is.
    access : str or sequence of str

    Returns
    -------
    granted : frozenset of str

    Raises
    ------
    ValueError
    """
    names = [access] if isinstance(access, str) else list(access)
    if not names:
        raise ValueError(
            f"The 'access' parameter of {caller} must be one of {ACCESS}, or several "
            "of them. Got none."
        )
    for name in names:
        check_name(name, ACCESS, "an access")
    return grants(names)
