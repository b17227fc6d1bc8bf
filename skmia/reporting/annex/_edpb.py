"""EDPB Opinion 28/2024 on AI models, adopted on 17 December 2024."""

from skmia.reporting._paragraph import counted, n_run
from skmia.reporting._words import counted_as, short
from skmia.reporting.annex._criterion import NOT_EXAMINED, Criterion, ran
from skmia.reporting.annex._release import described, tested

TITLE = "EDPB Opinion 28/2024 (AI models and personal data)"
SOURCE = (
    "European Data Protection Board, Opinion 28/2024 on certain data protection "
    "aspects related to the processing of personal data in the context of AI models, "
    "adopted on 17 December 2024. It speaks to supervisory authorities."
)
_ONLY_EVIDENCE = (
    "Tests that succeed against widely known, state-of-the-art attacks can only be "
    "evidence for the resistance to those attacks."
)


def criteria(facts, release):
    """What the opinion asks, and what an audit shows of it.

    Parameters
    ----------
    facts : dict
    release : str
        One of `RELEASES`.

    Returns
    -------
    criteria : list of Criterion
    """
    return [
        Criterion(
            "43",
            "The likelihood that personal data of anybody whose data were used for the "
            "training are extracted from the model, or obtained from queries, is "
            "insignificant for any data subject.",
            f"{short(facts)} Membership only. {_for_any(facts)}",
        ),
        Criterion(
            "43",
            "All the means reasonably likely to be used, by the controller or another "
            "person, are taken into account.",
            _means(facts),
        ),
        Criterion(
            "46",
            "The means depend on how the model is released: a model that the public "
            "can reach takes another level of testing than one for employees.",
            f"Declared by the user: {described(release)}. {tested(facts, release)}",
        ),
        Criterion(
            "55",
            "Scope, frequency, quantity and quality of the tests.",
            _tests(facts),
        ),
        Criterion(
            "55 (i)",
            "Attribute and membership inference.",
            f"Membership: {short(facts)} Attributes: not examined.",
        ),
        Criterion("55 (ii)", "Exfiltration.", NOT_EXAMINED),
        Criterion("55 (iii)", "Regurgitation of training data.", NOT_EXAMINED),
        Criterion("55 (iv)", "Model inversion.", NOT_EXAMINED),
        Criterion("55 (v)", "Reconstruction attacks.", NOT_EXAMINED),
        Criterion(
            "55", _ONLY_EVIDENCE, "The attacks are named below, run and not run."
        ),
        Criterion(
            "58",
            "The documentation has the threat model, and shows the resistance to "
            "re-identification and the controls that limit or assess the success of "
            "the main attacks.",
            "The access and the knowledge of each attacker stand beside its numbers. "
            f"{facts['n_train']:,} training {counted_as(facts)} were audited; the "
            "parameters of the model are not counted here. Data sources, risk "
            "assessments and measures of the organisation are for others to add.",
        ),
    ]


def _for_any(facts):
    """What is said of single people: never that nobody is at risk."""
    if facts["verdict"] == "invalid":
        return "These numbers do not count."
    known = facts["recognised"]
    listed = ""
    if known is not None:
        listed = (
            f" {known['n']} of {known['n_members']:,} training records are on a list "
            "of recognised ones."
        )
    return (
        f"Numbers are of the audited {facts['finding']['unit']} together; that nobody "
        f"among them is at risk is not shown by them.{listed}"
    )


def _means(facts):
    rows = ran(facts)
    if not rows:
        return "No attack was run."
    needs = [need for row in rows for need in row["knowledge"].split("; ")]
    more = "; ".join(need for need in dict.fromkeys(needs) if need != "-")
    known = f"What some of them have besides: {more or 'nothing'}."
    n_fits = max(row["n_fits"] for row in rows)
    trains = f" They train up to {n_fits} models of their own." if n_fits else ""
    return (
        "Every attacker here knows a record and its label, and sees what the access "
        f"of the attack shows. {known}{trains} Attacks that are not known today are "
        "not among them."
    )


def _tests(facts):
    n_ran, n_not = n_run(facts)
    others = f", {n_not} of those that were chosen not" if n_not else ""
    once = ", ".join(filter(None, ("once", facts["created"])))
    return (
        f"{n_ran} attacks run{others}, on {facts['n_train']:,} training and "
        f"{facts['n_holdout']:,} holdout {counted_as(facts)}; {once}. "
        f"Validity of the audit itself: {counted(facts)}."
    )
