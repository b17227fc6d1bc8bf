"""What one answer of a model gives away about one record: per-sample scorers."""

from skmia.signals._base import Signal
from skmia.signals._making import make_signal, signal
from skmia.signals._observe import observe
from skmia.signals._registry import get_signal, get_signal_names, register_signal

__all__ = [
    "Signal",
    "get_signal",
    "get_signal_names",
    "make_signal",
    "observe",
    "register_signal",
    "signal",
]
