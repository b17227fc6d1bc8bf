"""Whether the numbers of an audit count: its input is looked at, and it audits itself.

Each check ends in a :class:`Check`, with a p-value where chance plays a part. All of
them see the pool in the order in which models are asked, which tells nothing of who is
a member.
"""
