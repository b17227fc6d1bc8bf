"""What an adversary may ask: a model or an endpoint, the records in question."""

from skmia.targets._autoencoder import Autoencoder
from skmia.targets._black_box import BlackBox
from skmia.targets._explained import Explained
from skmia.targets._pairs import Pairs
from skmia.targets._prediction_api import PredictionAPI
from skmia.targets._session import Session
from skmia.targets._synthesizer import Synthesizer
from skmia.targets._synthetic_table import SyntheticTable

__all__ = [
    "Autoencoder",
    "BlackBox",
    "Explained",
    "Pairs",
    "PredictionAPI",
    "Session",
    "Synthesizer",
    "SyntheticTable",
]
