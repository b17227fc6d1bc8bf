"""The validity checks as questions."""

_QUESTIONS = {
    "labels": "Do labels mean the same in the model and in both sets?",
    "label shares": "Are labels as frequent in both sets?",
    "copies": "Is a record in both sets?",
    "neighbours": "Are there near copies across the two sets?",
    "population": "Are the two sets of one population?",
    "groups": "Is a group in both sets?",
    "accuracy": "Are the two sets swapped, by the accuracy of the model?",
    "errors": "Are the two sets swapped, by the errors of the model?",
    "scores": "Are the two sets swapped, by what the model says of them?",
    "direction": "Do the attacks point the right way?",
    "positive control": "Would the attacks see a leak?",
    "negative control": "Do the attacks stay silent where there is no leak?",
}
_SIGNS = {"passed": "✓", "note": "!", "invalid": "✕", "not-measurable": "?"}


def checks(facts):
    """How each check ended.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    view : list of dict or None
        "question", "sign", "kind" (of the style sheet), "outcome" and "text".
    """
    return [
        {
            "question": _QUESTIONS.get(check["name"], check["name"]),
            "sign": _SIGNS.get(check["outcome"], "–"),
            "kind": check["outcome"].replace(" ", "-"),
            "outcome": check["outcome"].replace("-", " "),
            "text": check["text"],
        }
        for check in facts["checks"]
    ] or None
