"""Settings of the documentation site: CONTRIBUTING.md has its command."""

import re
import sys
from pathlib import Path

from numpydoc.xref import DEFAULT_LINKS

import thermospin

sys.path.append(str(Path(__file__).parent / "extensions"))

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
    "drawn_maths",
    "help_texts",
    "index_comments",
    "spec_keys",
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
autosummary_filename_map = {  # some file systems take Currents and currents for one name
    f"thermospin.{name}": f"{name}-class" for name in thermospin.__all__ if name[0].isupper()
}
autodoc_typehints = "none"  # numpydoc's sections give the types, with units and shapes
numpydoc_show_class_members = False
numpydoc_xref_param_type = True
DEFAULT_LINKS.clear()  # they lead out of the site, to Python and NumPy
numpydoc_xref_ignore = "all"
numpydoc_xref_aliases = {
    name: f"thermospin.{name}" for name in thermospin.__all__ if name[0].isupper()
}
default_role = "literal"

sphinx_gallery_conf = {
    "image_scrapers": ("matplotlib", "own_figures"),
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
    "write_computation_times": False,
}

html_math_renderer = "drawn"
html_theme = "pydata_sphinx_theme"
html_title = f"thermospin {release}"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_sidebars = {"index": [], "start": []}
html_show_sourcelink = False
html_copy_source = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "header_links_before_dropdown": 9,
    "navbar_align": "left",
    "show_prev_next": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": [], "physics/symbols": []},
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "logo": {
        "text": "thermospin",
        "image_light": "_static/favicon.svg",
        "image_dark": "_static/favicon.svg",
    },
    "navbar_persistent": ["search-button"],
    "search_bar_text": "Search: rtol, kelvin, Seebeck voltage …",
}

_PAGE = re.compile(r"`{0,2}docs/([\w/-]+)\.md`{0,2}")
_LITERAL = re.compile(r"(``.*?``)")


def prepare_docstring(_app, _what, _name, _obj, _options, lines):
    """Turn the paths of pages into links, and keep |x| from being taken for a substitution."""
    for number, line in enumerate(lines):
        linked = _PAGE.sub(r":doc:`/\1`", line)
        parts = _LITERAL.split(linked)
        parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
        lines[number] = "".join(parts)


def stay_in_the_site(_app, _path, _page, content):
    """Let the links of a document in the root lead to where the site has their targets."""
    content[0] = re.sub(
        r"\]\((?:docs/([^)]+)|([A-Z]+\.md))\)",
        lambda link: f"](../{link[1]})" if link[1] else f"]({link[2].lower()})",
        content[0],
    )


def setup(app):
    """Connect what Sphinx's settings cannot say."""
    app.connect("autodoc-process-docstring", prepare_docstring)
    app.connect("include-read", stay_in_the_site)
