"""Whether the links of a built site lead somewhere, and every page has a way back.

python docs/_extensions/check_site.py build/site
"""

import os
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """Links, and what can be linked to, of one page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.anchors = [], [], {""}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note where a tag leads, and what it is called."""
        given = dict(attrs)
        self.anchors |= {given.get("id"), given.get("name")}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        is_link = tag == "link" and given.get("rel") != "canonical"
        loaded = given.get("src") or (given.get("href") if is_link else None)
        if loaded:
            self.loaded.append(loaded)


def faults(site):
    """Yield what is wrong: page, and the link or what it lacks."""
    pages = {
        path: Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.relative_to(site).parts
    }
    home = site / "index.html"
    there = {site, *site.rglob("*")}

    @cache
    def end(folder, way):
        # Not Path.resolve, which asks the disk for each of so many links.
        return Path(os.path.normpath(folder / unquote(way)))

    for path, page in pages.items():
        ways = set()
        for link in page.links + page.loaded:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.loaded and parts.scheme != "data":
                    yield path, f"loads {link}"
                continue
            to = end(path.parent, parts.path) if parts.path else path
            ways.add(to)
            if to not in there:
                yield path, f"leads to {link}, which is not there"
            elif to in pages and unquote(parts.fragment) not in pages[to].anchors:
                yield path, f"leads to {link}, where there is no such anchor"
        if home not in ways:
            yield path, "has no way back"


def main():
    """Print the faults, and end with exit code 1 where there are any."""
    site = Path(sys.argv[1]).resolve()
    found = [f"{path.relative_to(site)} {fault}" for path, fault in faults(site)]
    print("\n".join(found) or f"{site.name}: every link leads somewhere")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
