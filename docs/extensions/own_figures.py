"""Show in the gallery what `thermospin.plot` and fits draw, of which pyplot does not know."""

from sphinx_gallery.scrapers import figure_rst

from thermospin.figures.style import StyledFigure


def scrape(_block, variables, settings):
    """Return the lines that show the variable ``figure`` of an example; none if pyplot has it."""
    figure = variables["example_globals"].get("figure")
    if not isinstance(figure, StyledFigure):
        return ""
    path = next(variables["image_path_iterator"])
    figure.savefig(path)
    return figure_rst([path], settings["src_dir"])


def _get_sg_image_scraper():
    """Return what sphinx-gallery calls after each block of an example."""
    return scrape
