"""A decision as JUnit XML, which every CI server shows."""

from xml.etree import ElementTree

from skmia.reporting._paragraph import model_sha256
from skmia.reporting._plain_text import one_line

# What is not measurable must read as broken, not as skipped.
_TAGS = {"failed": "failure", "not measurable": "error", "invalid": "error"}
_OF_CHECKS = {"not-measurable": "error", "invalid": "error", "not run": "skipped"}


def render_junit(facts, decision):
    """One test case for each rule of a decision, and for each validity check.

    Parameters
    ----------
    facts : dict
    decision : Decision

    Returns
    -------
    xml : str
    """
    cases = [
        _case("skmia.gate", row.rule, _TAGS.get(row.outcome), row.outcome, row.text)
        for row in decision.rows
    ]
    for check in facts["checks"]:
        outcome = check["outcome"]
        about = check["name"], _OF_CHECKS.get(outcome), outcome, check["text"]
        cases.append(_case("skmia.validity", *about))
    counts = {
        "tests": len(cases),
        "failures": _count(cases, "failure"),
        "errors": _count(cases, "error"),
        "skipped": _count(cases, "skipped"),
    }
    counts = {name: str(n) for name, n in counts.items()}
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", {"name": "skmia", **counts})
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _properties(facts, decision).items():
        if value is not None:
            about = {"name": name, "value": one_line(value)}
            ElementTree.SubElement(properties, "property", about)
    suite.extend(cases)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _properties(facts, decision):
    found = facts["finding"]
    return {
        "outcome": decision.outcome,
        "exit_code": decision.exit_code,
        "verdict": facts["verdict"],
        "case": found["case"],
        "step": found["step"],
        "factor": found["factor"],
        "seed": facts["seed"],
        "model_sha256": model_sha256(facts),
        "summary": decision.paragraph,
    }


def _case(classname, name, tag, outcome, text):
    text = one_line(text)
    about = {"classname": classname, "name": one_line(name)}
    case = ElementTree.Element("testcase", about)
    if tag is None:
        ElementTree.SubElement(case, "system-out").text = text
    else:
        more = {"message": text} if tag == "skipped" else {}
        more = more or {"message": text, "type": outcome}
        ElementTree.SubElement(case, tag, more)
    return case


def _count(cases, tag):
    return sum(case.find(tag) is not None for case in cases)
