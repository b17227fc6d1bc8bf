"""The file of a report: its schema, and a hash that shows whether it was changed."""

import hashlib
import json
from functools import cache
from importlib.resources import files

from skmia.reporting._glossary import LIMITATIONS, glossary
from skmia.reporting._scale import scale
from skmia.reporting._words import SIGNS, TITLES, headline, more_of_chip

SCHEMA = "skmia-audit/2"
_FORMER = "skmia-audit/1"
_NOT_THERE = "The report was written by an older version, which did not tell this."


def content_hash(facts):
    """SHA-256 of facts, in hexadecimal digits, without the hash itself.

    Parameters
    ----------
    facts : dict
        Plain values.
    """
    rest = {key: value for key, value in facts.items() if key != "content_sha256"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def upgraded(facts):
    """Facts of this schema from those of any that can be read.

    Parameters
    ----------
    facts : dict

    Returns
    -------
    facts : dict

    Raises
    ------
    ValueError
        Another schema, or none; or keys are missing.
    """
    schema = facts.get("schema")
    if schema == SCHEMA:
        lacking = [name for name in _required() if name not in facts]
        if lacking:
            raise ValueError(f"A report of {SCHEMA!r} must have {lacking[0]!r}.")
        return facts
    if schema != _FORMER:
        raise ValueError(
            f"A report must have the schema {_FORMER!r} or {SCHEMA!r}. Got {schema!r}."
        )
    return facts | _former(facts) | {"schema": SCHEMA}


@cache
def _required():
    """Keys that every report has."""
    text = files("skmia.reporting").joinpath("skmia-audit-2.schema.json").read_bytes()
    return tuple(json.loads(text)["required"])


def _former(facts):
    """What the first schema did not have: nothing that would have to be guessed."""
    verdict, aside = facts["verdict"], ("groups", "recognised")
    rates = [key for key in facts["attacks"][0] if key.startswith("tpr_at_fpr_")]
    more = {"family": "Other", "uses_membership": False, "spared": False}
    return {
        "created": None,
        "safe": True,
        "fprs": [float(key[11:]) for key in rates if key[11:].count("_") == 0],
        "finding": _finding(facts, verdict),
        "scale": scale(),
        "headline": facts["headline"] | {"named_before": False, "tpr_at_fpr": {}},
        "attacks": [row | more for row in facts["attacks"]],
        "audited": _audited(facts),
        "run": _run(facts),
        "not_run": None,
        "roc": [],
        **dict.fromkeys(aside),
        **{f"{name}_why": _NOT_THERE for name in aside},
        "limitations": LIMITATIONS,
        "glossary": glossary(),
    }


def _finding(facts, verdict):
    case = {"leak": "leak-unsized", "not-measurable": "too-few"}.get(verdict, verdict)
    return {
        "case": case,
        "symbol": SIGNS[verdict],
        "chip": TITLES[verdict],
        "headline": headline(case),
        "sentences": facts["reasons"],
        "unit": "records",
        "chip_more": more_of_chip(case, None),
        **dict.fromkeys(("step", "factor", "factor_from")),
        **dict.fromkeys(("counts", "not_ruled_out", "ppv")),
    }


def _audited(facts):
    accuracy = dict.fromkeys(("balanced_train", "balanced_holdout", "base"))
    ours = {side: facts[f"{side}_accuracy"] for side in ("train", "holdout")}
    return {
        "kind": facts["model"],
        "steps": [],
        "files": [],
        "accuracy": ours | accuracy,
        **dict.fromkeys(("name", "classes", "n_features", "declared")),
    }


def _run(facts):
    rows = facts["attacks"]
    return {
        "seed": facts["seed"],
        "n_shadows": max((row["n_fits"] for row in rows), default=0),
        "attacks_run": sum(row["auc"] is not None for row in rows),
        "attacks_planned": len(rows),
        **dict.fromkeys(("command", "shadow_model", "seconds")),
        **dict.fromkeys(("access", "top_k", "n_models", "n_queries")),
    }
