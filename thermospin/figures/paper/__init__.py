"""Pictures of the paper's Figs. 1(b), 2 and 3, and a figure on the influence of Γ."""

from thermospin.figures.paper.gamma_panels import broadening_images
from thermospin.figures.paper.map_panels import threshold_field
from thermospin.figures.paper.sheets import figure_images, panel_images

__all__ = ["broadening_images", "figure_images", "panel_images", "threshold_field"]
