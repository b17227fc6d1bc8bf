"""The model-type grid of Truex et al., and studies of what makes attacks work."""

from skmia.grid._heatmap import GridHeatmapDisplay
from skmia.grid._model_grid import default_models, model_grid, truex_table
from skmia.grid._study import robust_targets, study
from skmia.grid._study_display import StudyDisplay

__all__ = [
    "GridHeatmapDisplay",
    "StudyDisplay",
    "default_models",
    "model_grid",
    "robust_targets",
    "study",
    "truex_table",
]
