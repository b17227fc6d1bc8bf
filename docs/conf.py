"""How the site is built: ``.ci/docs``, or ``python -m sphinx docs build/site``.

Nothing is fetched: no inventories of other projects, no fonts, no scripts. Examples run
with ``-D plot_gallery=1`` only (``.ci/docs gallery``).
"""

import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(Path(__file__).with_name("_extensions")))

project = "skmia"
author = copyright = "The skmia developers"
release = metadata.version("skmia")
html_title = f"skmia {release}"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "literature",
    "made_pages",
    "own_links",
]
exclude_patterns = ["_extensions"]

# Pages are the Markdown that is read in the repository, too.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]

# made_pages writes the pages of the API, one for each name.
autosummary_generate = False
autodoc_default_options = {"members": True, "inherited-members": True}
autodoc_typehints = "none"  # the docstrings say shapes, units and types
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "plot_gallery": "False",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "min_reported_time": 3600,
    "remove_config_comments": True,
}

# Roles of numpydoc's references; nobody looks whether they lead somewhere.
extlinks = {
    "arxiv": ("https://arxiv.org/abs/%s", "arXiv:%s"),
    "doi": ("https://doi.org/%s", "doi:%s"),
}

html_theme = "pydata_sphinx_theme"
templates_path = ["_templates"]  # names for what the theme gives none or another
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "skmia"},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_prev_next": True,
    "show_toc_level": 2,
    "navigation_depth": 2,  # parts of the package, without their names
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
