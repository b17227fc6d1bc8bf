"""Structural flags as part of an audit, which they never fail."""

from skmia.auditing._findings import failed
from skmia.auditing.structural._structural_risks import structural_risks
from skmia.utils._budget import minds_queries
from skmia.utils._kinds import takes_no_labels
from skmia.utils._outputs import Outputs


def _nothing(why):
    return {"flags": [], "why": f"Not examined: {why}."}


OF_SEVERAL = _nothing("structural_risks looks at one model, and these are several")


def structure_of(model, X_train, y_train, known):
    """What is flagged in an audited model, as plain values.

    Parameters
    ----------
    model : fitted classifier
    X_train, y_train : records and labels
    known : ndarray, Outputs or None
        Classes of the model.

    Returns
    -------
    structure : dict
        "flags", a list of dict; "why" there is none, or None.
    """
    if minds_queries(model):
        return _nothing("the model counts its queries")
    if takes_no_labels(model):
        return _nothing("structural_risks looks at models of labels")
    if isinstance(known, Outputs):
        return _nothing("the model has several outputs")
    try:
        return structural_risks(model, X_train, y_train).to_dict()
    except Exception as error:
        return _nothing(failed(error, X_train).removesuffix("."))
