"""The model-type grid of Truex et al.: every target, generator and attack of a zoo."""

from skmia.grid._heatmap import GridHeatmapDisplay
from skmia.grid._model_grid import default_models, model_grid, truex_table

__all__ = ["GridHeatmapDisplay", "default_models", "model_grid", "truex_table"]
