"""Links between the site's pages, and from names in the text to the API.

The pages are read in the repository, too, where a link leads to a file. On the site it
leads to the page that is made of that file; where there is none, its text stays.
"""

import re
from pathlib import PurePosixPath

from docutils import nodes
from made_pages import PROJECT, ROOT, rooms
from page_links import outside_of_code, resolved
from sphinx.addnodes import pending_xref
from sphinx.transforms import SphinxTransform

README = "index"
# A bare word in code is taken for a public name where it can hardly be another thing.
TELLING = re.compile(r"[A-Z]\w*[a-z]\w*|[a-z]+(_[a-z0-9]+)+")


def page_of(file):
    """Page that is made of a file of the repository, None where there is none."""
    path = PurePosixPath(file)
    made_of = {document: page for page, document in PROJECT.items()}
    if file in made_of:
        return made_of[file]
    if file == "README.md":
        return README
    if path.parent.as_posix() == "examples" and path.match("plot_*.py"):
        return f"gallery/{path.stem}"
    if path.parts[:1] == ("docs",) and path.suffix == ".md":
        return path.relative_to("docs").with_suffix("").as_posix()
    if path.parts[:1] == ("skmia",) and (ROOT / file / "__init__.py").exists():
        return f"api/{'.'.join(path.parts)}"
    return "gallery/index" if file == "examples" else None


def file_of(page):
    """File of the repository that a page is made of."""
    return PROJECT.get(page, f"docs/{page}.md")


def on_the_site(page, text):
    """Text of a page with links to pages in the place of links to files."""
    file = file_of(page)

    def link(match):
        image, shown, target, anchor = match.groups()
        if image or not target or ":" in target:
            return match[0]
        led_to = page_of(resolved(file, target))
        if led_to is None:
            return shown
        suffix = ".rst" if led_to.startswith(("api/", "gallery/")) else ".md"
        return f"[{shown}](/{led_to}{suffix}{'#' * bool(anchor)}{anchor or ''})"

    return outside_of_code(link, text)


def read(app, page, source):
    """Called by Sphinx with the text of a page."""
    if app.env.doc2path(page).suffix == ".md":
        source[0] = on_the_site(page, source[0])


def names_in_text():
    """Where a name in the text is documented, by all ways to write it."""
    found, taken = {}, set()
    for names in rooms().values():
        for path, home in names.items():
            found[path] = home
            short = path.rpartition(".")[2]
            if found.setdefault(short, home) != home:
                taken.add(short)  # two things have that name
    plain = {s for s in found if "." not in s and not TELLING.fullmatch(s)}
    return {s: home for s, home in found.items() if s not in plain | taken}


class NamesInText(SphinxTransform):
    """Make a link of each name in code that is documented."""

    default_priority = 400

    def apply(self):
        """Called by Sphinx for each page."""
        if not self.env.docname.startswith("api/"):
            names = self.config.own_names
            for literal in list(self.document.findall(nodes.literal)):
                home = names.get(literal.astext().partition("(")[0])
                if home and not isinstance(literal.parent, nodes.reference):
                    self._link(literal, home)

    def _link(self, literal, home):
        link = pending_xref(
            "", refdomain="py", reftype="obj", reftarget=home, refexplicit=True
        )
        link["refdoc"] = self.env.docname
        literal.replace_self(link)
        link += literal


def setup(app):
    """Called by Sphinx."""
    app.add_config_value("own_names", names_in_text(), "env")
    app.connect("source-read", read)
    app.add_transform(NamesInText)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
