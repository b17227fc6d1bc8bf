"""Evidence annexes: what an audit is evidence of, in the words of those who ask."""
