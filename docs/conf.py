"""Settings of the documentation site: see docs/development/documentation.md for its command."""

import re

from sphinx_gallery.scrapers import figure_rst

import thermospin
from thermospin.figures.style import StyledFigure

project = "thermospin"
author = "The thermospin developers"
copyright = author
release = version = thermospin.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_click",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "README.md", "gallery/*"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
templates_path = ["_templates"]
nitpicky = True
show_warning_types = True

myst_enable_extensions = ["colon_fence", "dollarmath", "deflist", "attrs_block", "attrs_inline"]
myst_heading_anchors = 3  # as GitHub makes them, so that links to headings hold in both places
suppress_warnings = ["config.cache"]

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's sections give the types, with units and shapes
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
default_role = "literal"


def draw_own_figure(_block, variables, settings):
    """Show the figure of `thermospin.plot` or of a fit, of which pyplot does not know."""
    figure = variables["example_globals"].get("figure")
    if not isinstance(figure, StyledFigure):
        return ""
    path = next(variables["image_path_iterator"])
    figure.savefig(path)
    return figure_rst([path], settings["src_dir"])


sphinx_gallery_conf = {
    "image_scrapers": ("matplotlib", draw_own_figure),
    "image_srcset": ["2x"],
    "examples_dirs": "gallery",
    "gallery_dirs": "pictures",
    "filename_pattern": r"/plot_",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    "reset_modules": ("matplotlib",),
    "show_memory": False,
    "show_signature": False,
    "within_subsection_order": "FileNameSortKey",
}

html_theme = "pydata_sphinx_theme"
html_title = f"thermospin {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "header_links_before_dropdown": 8,
    "navbar_align": "left",
    "show_prev_next": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "logo": {"text": "thermospin"},
    "search_bar_text": "Search: rtol, kelvin, Seebeck voltage …",
}

_PAGE = re.compile(r"`{0,2}docs/([\w/-]+)\.md`{0,2}")


def link_pages(_app, _what, _name, _obj, _options, lines):
    """Turn the paths of pages in docstrings into links."""
    lines[:] = [_PAGE.sub(r":doc:`/\1`", line) for line in lines]


def setup(app):
    """Connect what Sphinx's settings cannot say."""
    app.connect("autodoc-process-docstring", link_pages)
