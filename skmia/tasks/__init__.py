"""Models of other tasks, as targets: images and lists."""

from skmia.signals._recommendation import recommendation_weights
from skmia.signals._segmentation import structured_loss_map
from skmia.tasks._recommender import NeighbourRecommender
from skmia.tasks._recommender_mask import PopularityRandomization
from skmia.tasks._segmentation_mask import MaskedSegmenter
from skmia.tasks._segmenter import Segmenter, pixel_patches

__all__ = [
    "MaskedSegmenter",
    "NeighbourRecommender",
    "PopularityRandomization",
    "Segmenter",
    "pixel_patches",
    "recommendation_weights",
    "structured_loss_map",
]
