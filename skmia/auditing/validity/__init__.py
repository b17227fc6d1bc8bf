"""Whether the numbers of an audit count: its input is looked at, and it audits itself.

Each check ends in a :class:`Check`, with a p-value where chance plays a part. All of
them see the pool in the order in which models are asked, which tells nothing of who is
a member.
"""

from skmia.auditing.validity._check import Check
from skmia.auditing.validity._checks import checks_of_audit, checks_of_input
from skmia.auditing.validity._same_rows import refuse_equal_sets
from skmia.auditing.validity._split import Split

__all__ = [
    "Check",
    "Split",
    "checks_of_audit",
    "checks_of_input",
    "refuse_equal_sets",
]
