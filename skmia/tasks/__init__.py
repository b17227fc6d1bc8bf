"""Targets of other tasks and of other records: people, texts, images, lists, nodes."""

from skmia.signals._recommendation import recommendation_weights
from skmia.signals._segmentation import structured_loss_map
from skmia.tasks._audit_users import audit_users
from skmia.tasks._encoder import Encoder
from skmia.tasks._fair_classifier import FairClassifier
from skmia.tasks._frequency_bands import frequency_bands, matched_records
from skmia.tasks._graph_classifier import GraphClassifier
from skmia.tasks._next_tokens import next_tokens
from skmia.tasks._node_classifier import NodeClassifier
from skmia.tasks._node_links import NodeLinks
from skmia.tasks._recommender import NeighbourRecommender
from skmia.tasks._recommender_mask import PopularityRandomization
from skmia.tasks._segmentation_mask import MaskedSegmenter
from skmia.tasks._segmenter import Segmenter, pixel_patches
from skmia.tasks._sgc import SGC
from skmia.tasks._text_answers import TextAnswers
from skmia.tasks._transfer_activations import HiddenActivations
from skmia.tasks._transfer_student import TaughtStudent
from skmia.tasks._translation_memory import TranslationMemory
from skmia.tasks._triple_scorer import TripleScorer
from skmia.tasks._user_level import UserLevel
from skmia.tasks._users import User, bundle

__all__ = [
    "SGC",
    "Encoder",
    "FairClassifier",
    "GraphClassifier",
    "HiddenActivations",
    "MaskedSegmenter",
    "NeighbourRecommender",
    "NodeClassifier",
    "NodeLinks",
    "PopularityRandomization",
    "Segmenter",
    "TaughtStudent",
    "TextAnswers",
    "TranslationMemory",
    "TripleScorer",
    "User",
    "UserLevel",
    "audit_users",
    "bundle",
    "frequency_bands",
    "matched_records",
    "next_tokens",
    "pixel_patches",
    "recommendation_weights",
    "structured_loss_map",
]
