"""The words of a report, and what it does not show."""

_MEANINGS = {
    "member": "A record that the model was trained on: a training record.",
    "holdout record": (
        "A record of the same population that had no part in the training. What an "
        "attack says of these shows how often it is wrong."
    ),
    "attack": (
        "A rule that reads from the answers of a model whether a record is a member."
    ),
    "named": "Called a member by the attack, and one.",
    "falsely accused": "Called a member by the attack, and none.",
    "odds": (
        "The probability that something is so, divided by the probability that it is "
        "not: an even guess has odds of 1."
    ),
    "step": (
        "How much surer an attacker gets, in six steps of the factor by which the odds "
        "are multiplied. What counts is what is proved: the lower end of an interval."
    ),
    "interval": (
        "Values that the true number lies between, at the confidence stated: the "
        "records are a sample."
    ),
    "AUC": (
        "How often an attack ranks a member above a record that is none: .5 is "
        "guessing, 1 is certainty."
    ),
    "balanced accuracy": (
        "Mean of the share of the members and of the share of the other records that "
        "are sorted right. Always giving the same answer has .5."
    ),
    "TPR at x % FPR": (
        "Share of the members that an attack names when it may falsely accuse x % of "
        "the other records; x % is guessing."
    ),
    "epsilon": (
        "The measure of differential privacy: no answer multiplies the odds by more "
        "than e to the epsilon. Attacks prove that it is at least so large."
    ),
    "shadow model": (
        "A model of the same kind that the attacker trains, to see how such models "
        "answer about their own training records."
    ),
    "reference": (
        "A model of the same kind, trained on other records, that the model is laid "
        "beside: it shows how unusual an answer is for this record."
    ),
    "control": (
        "An audit of a model of which the truth is known: one that memorises must be "
        "caught, one that was trained on other records must not."
    ),
    "recognised": (
        "On a list of members of which a stated share, at most, are there by chance."
    ),
    "the decision only": (
        "A kind of attack: calls a record a member where the model is right about it. "
        "Models are right more often about records that they were trained on."
    ),
    "numbers of the answer": (
        "A kind of attack: one number of each answer, such as its confidence, is "
        "compared with a threshold."
    ),
    "the model itself": (
        "A kind of attack: looks for the record in what the model holds, such as the "
        "training rows of nearest neighbours."
    ),
    "references with the candidates": (
        "A kind of attack: an answer about a record is compared with those of models "
        "that were trained with it, and of models that were trained without it, which "
        "an auditor has. LiRA asks which of these it is more like; RMIA, whether the "
        "model favours the record more than it favours others of the population."
    ),
    "references without the candidates": (
        "The same with models none of which was trained on the record, as an attacker "
        "has who owns other records of the population."
    ),
}
LIMITATIONS = [
    "It is a lower bound: an attacker with a better attack may find more.",
    "It holds for this model and these records only, not for other models trained in "
    "the same way.",
    "Training and holdout records must come from one population. A difference between "
    "them, such as other years or another source, is measured as if it were a leak.",
    "The attackers here are given more than most have: thresholds are chosen with the "
    "help of known members, shadow models are trained on the audited records.",
    "Intervals take records, or the groups that were given, as independent. Several "
    "records of one person make them too narrow.",
    "Membership only: what else the model gives away about people was not looked at.",
]


def glossary():
    """Every word with its meaning, as plain values."""
    return [{"word": word, "meaning": text} for word, text in _MEANINGS.items()]
