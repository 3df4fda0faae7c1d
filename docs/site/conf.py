"""The site generator's settings: Sphinx reads Markdown by MyST and shows it by furo, with nothing
from outside.
"""

import allstatus

project, author = "allstatus", "the allstatus authors"
copyright = (
    "the allstatus authors, Apache-2.0. Decision support for clinicians and teaching, not medical "
    "advice"
)
release = version = allstatus.__version__
root_doc = "index"
extensions = ["myst_parser"]
exclude_patterns = ["files"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
myst_all_links_external = False
myst_links_external_new_tab = False

nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(?!allstatus\.).*")
]  # names of other libraries: their documentation is not at hand
python_maximum_signature_line_length = 80
add_module_names = False
toc_object_entries = False

highlight_language = "text"
suppress_warnings = ["misc.highlighting_failure"]  # what a command prints need not be well quoted
html_theme = "furo"
html_title = "allstatus"
html_static_path = ["static"]
html_logo = html_favicon = "static/logo.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "sidebar_hide_name": False,
    "light_css_variables": {"color-brand-primary": "#1f5f8b", "color-brand-content": "#1f5f8b"},
    "dark_css_variables": {"color-brand-primary": "#7db8e0", "color-brand-content": "#7db8e0"},
}
