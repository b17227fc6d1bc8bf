"""The checks of an audit by name, in the order of the report."""

from functools import partial

from skmia.auditing.validity._blind import check_population
from skmia.auditing.validity._check import checked
from skmia.auditing.validity._direction import (
    check_accuracy,
    check_direction,
    check_errors,
    check_scores,
)
from skmia.auditing.validity._labels import check_labels, check_shares
from skmia.auditing.validity._negative_control import check_on_other_records
from skmia.auditing.validity._positive_control import check_on_memory
from skmia.auditing.validity._same_rows import (
    check_copies,
    check_groups_apart,
    check_neighbours,
)
from skmia.utils._kinds import DISTANT
from skmia.utils._progress import track
from skmia.utils._records import are_numbers_of_things


def checks_of_input(split, classes, grouped, with_features=True):
    """What the records and labels say, without the model.

    Parameters
    ----------
    split : Split
    classes : array-like of shape (n_classes,) or None
        Labels that the model knows; None where they are quantities, or none.
    grouped : bool
        Whether the auditor said whose the records are.
    with_features : bool, default=True
        Whether there is more of the records than their labels.

    Returns
    -------
    checks : list of Check
    """
    of_labels = {
        "labels": partial(check_labels, split, classes),
        "label shares": partial(check_shares, split),
    }
    checks = {
        **({} if split.y is None else of_labels),
        "copies": partial(check_copies, split),
        "neighbours": partial(check_neighbours, split),
        "population": partial(check_population, split),
    }
    if not with_features:
        checks |= dict.fromkeys(("copies", "neighbours", "population"), _no_features)
    elif are_numbers_of_things(split.X):
        # Nodes 7 and 8 are as far apart as any two; the same number is a copy.
        checks |= dict.fromkeys(("neighbours", "population"), _no_features)
    if grouped:
        checks["groups"] = partial(check_groups_apart, split)
    return [checked(name, split.X, check) for name, check in checks.items()]


def _no_features():
    return "not run", "There are no features of the records to look at."


def checks_of_audit(
    split, knowledge, session, recipes, results, how_good, *, confidence_level, verbose
):
    """What the attacks say, and what of models of which the truth is known.

    Parameters
    ----------
    split : Split
    knowledge : Knowledge
        With the shadow models trained.
    session : Session
        The audited model and records.
    recipes, results : lists
        The attacks, and what they found.
    how_good : Performance
        Of the model, about each record.
    confidence_level : float
        At which a leak is found, corrected for the number of attacks.
    verbose : bool
        Show the progress.

    Returns
    -------
    checks : list of Check
    """
    held = split, knowledge, session, recipes, results
    if how_good.score is not None:
        far_from = DISTANT.get(session.kind)
        good = {"scores": partial(check_scores, split, how_good.score, far_from)}
    elif split.quantities:
        good = {"errors": partial(check_errors, split, how_good.error)}
    elif how_good.right is not None:
        share = how_good.right.mean(axis=1), "labels of the holdout"
        good = {"accuracy": partial(check_accuracy, split, *share)}
    else:
        good = {"accuracy": partial(check_accuracy, split, how_good.correct)}
    checks = good | {
        "direction": partial(check_direction, split, results, confidence_level),
        "positive control": partial(check_on_memory, *held, confidence_level),
        "negative control": partial(check_on_other_records, *held),
    }
    named = track(checks.items(), len(checks), "Controls", verbose)
    return [checked(name, split.X, check) for name, check in named]
