"""Who can reach a model once it is released, and which of that was tested."""

from skmia.reporting._words import SEES
from skmia.reporting.annex._criterion import ran
from skmia.utils._access import ACCESS

# Whoever may ask sees all but the model itself: explanations too, where it gives some.
# Insiders of a federation have more.
_BY_QUESTIONS = tuple(name for name in ACCESS if name not in ("insider", "white-box"))
# What the means reasonably likely to be used include, at least.
RELEASES = {
    "public-api": (
        "anybody may ask the model; its file stays with its owner",
        _BY_QUESTIONS,
    ),
    "internal": (
        "people within an organisation may ask the model, and some reach its file",
        ACCESS,
    ),
    "open-weights": (
        "anybody may have the model itself",
        ACCESS,
    ),
}


def described(release):
    """A release in words."""
    return f"{release}: {RELEASES[release][0]}"


def tested(facts, release):
    """Which accesses that a release gives were tested, and which were not, in words."""
    if facts["verdict"] == "invalid":
        return "No access was tested: the numbers of this audit do not count."
    seen = {row["access"] for row in ran(facts)}
    accesses = RELEASES[release][1]
    parts = [_listed("Tested", [one for one in accesses if one in seen])]
    parts.append(_listed("Not tested", [one for one in accesses if one not in seen]))
    if "white-box" in accesses and "white-box" not in seen:
        parts.append("Who holds the model may find more than was found here.")
    return " ".join(filter(None, parts))


def _listed(title, accesses):
    if not accesses:
        return None
    sees = "; ".join(f"{SEES[one]} ({one})" for one in accesses)
    return f"{title}: attackers who see {sees}."
