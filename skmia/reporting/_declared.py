"""What a model declares of its privacy, and whether that can be compared."""


def compares(facts):
    """Whether the measured epsilon is for one record, as those declared are."""
    evidence = facts["epsilon"]
    return evidence is not None and evidence["unit"] == "record"


def declared_by(facts):
    """What the model declares; an infinite epsilon, None in JSON, is nothing."""
    declared = facts["audited"]["declared"]
    return None if declared is None or declared["epsilon"] is None else declared
