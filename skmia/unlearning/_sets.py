"""The sets of records that an unlearning is verified on."""

from skmia.utils._labels import classes_of, refuse_unknown
from skmia.utils._record_keys import coarse_keys
from skmia.utils._records import check_records


def check_sets(classes, X_forget, y_forget, X_retain, y_retain, X_unseen, y_unseen):
    """The three sets as records and labels; the last may be None.

    `classes` are those of the former version.
    """
    given = {"forget": (X_forget, y_forget), "retain": (X_retain, y_retain)}
    if (X_unseen is None) != (y_unseen is None):
        raise ValueError("Give both 'X_unseen' and 'y_unseen', or none of them.")
    if X_unseen is not None:
        given["unseen"] = X_unseen, y_unseen
    sets = {
        name: check_records(X, y, names=(f"X_{name}", f"y_{name}"))
        for name, (X, y) in given.items()
    }
    for name, (_, y) in sets.items():
        if y is None or not len(y):
            raise ValueError(
                f"There must be records in X_{name}, with labels. Got none."
            )
        classes_of(y, name=f"y_{name}")
        refuse_unknown(y, classes, f"y_{name}")
    if "unseen" in sets:
        *others, unseen = (coarse_keys(X) for X, _ in sets.values())
        known = set().union(*others)
        n_known = sum(key in known for key in unseen)
        if n_known:
            raise ValueError(
                f"{n_known} records of X_unseen are among the forgotten or retained "
                "records. Leave them out: no version must have been trained on them."
            )
    return sets["forget"], sets["retain"], sets.get("unseen")


def copies_note(forget, retain):
    """That forgotten records are there still, as retained copies."""
    kept = set(coarse_keys(retain[0]))
    n_copies = sum(key in kept for key in coarse_keys(forget[0]))
    if not n_copies:
        return []
    return [
        f"{n_copies} forgotten records have a copy among the retained ones, which no "
        "unlearning removes."
    ]
