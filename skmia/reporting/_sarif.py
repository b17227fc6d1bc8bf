"""A decision as SARIF 2.1.0, which code scanning shows beside a change."""

import json
from dataclasses import asdict
from hashlib import sha256
from urllib.parse import quote

from skmia.reporting._plain_text import one_line

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(facts, decision):
    """Rules of a decision, and a result for each that did not pass.

    Parameters
    ----------
    facts : dict
    decision : Decision

    Returns
    -------
    text : str
        JSON.
    """
    rules = list(dict.fromkeys(row.rule for row in decision.rows))
    results = [
        _result(facts, row, rules.index(row.rule))
        for row in decision.rows
        if row.outcome != "passed"
    ]
    driver = {
        "name": "skmia",
        "version": facts["versions"]["skmia"],
        "rules": [{"id": rule, "shortDescription": {"text": rule}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "exitCode": decision.exit_code}],
        "results": results,
        # What passed is no result, but its numbers are of interest.
        "properties": {
            "outcome": decision.outcome,
            "verdict": facts["verdict"],
            "summary": decision.paragraph,
            "rows": [asdict(row) for row in decision.rows],
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, allow_nan=False) + "\n"


def _result(facts, row, place):
    place_of_model = {"artifactLocation": {"uri": quote(_model_file(facts))}}
    return {
        "ruleId": row.rule,
        "ruleIndex": place,
        "kind": "fail",
        "level": "error",
        "message": {"text": f"{row.outcome.capitalize()}: {row.text}"},
        "locations": [
            {"physicalLocation": place_of_model | {"region": {"startLine": 1}}}
        ],
        "partialFingerprints": {"rule/v1": sha256(row.rule.encode()).hexdigest()},
    }


def _model_file(facts):
    """A result without a place is not shown: the file of the model, or its kind."""
    files = [f["name"] for f in facts["audited"]["files"] if f["role"] == "model"]
    return one_line((files or [facts["model"]])[0])
