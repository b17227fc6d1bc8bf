"""Look at the page of a report in a browser: accessibility, and sideways scroll.

    python benchmarks/check_page.py audit.html --axe node_modules/axe-core/axe.min.js

Needs a chromium on the PATH, and axe-core (``npm install axe-core``) as a file. What is
looked at is a copy that may run scripts, which the page itself may not. Ends with exit
code 1 if anything is found.
"""

import argparse
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTHS = (1280, 640, 390, 320)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# A frame is as narrow as a phone, which a window may not be. All folds are open.
FRAME = """<!DOCTYPE html><title>frame</title><script>
const found = {};
async function look(frame, width) {
  const inside = frame.contentWindow;
  inside.document.querySelectorAll("details").forEach(one => one.open = true);
  const wide = inside.document.documentElement.scrollWidth > width;
  const all = await inside.axe.run(inside.document);
  found[width] = (wide ? ["scrolls sideways"] : []).concat(
    all.violations.map(one => `${one.impact}: ${one.id}: ${one.nodes[0].html}`));
  if (Object.keys(found).length == WIDTHS.length) {
    const result = document.createElement("pre");
    result.id = "found";
    result.textContent = JSON.stringify(found);
    document.body.append(result);
  }
}
const WIDTHS = %s;
addEventListener("load", () => WIDTHS.forEach(width => {
  const frame = document.createElement("iframe");
  frame.style.width = `${width}px`;
  frame.style.border = 0;
  frame.onload = () => look(frame, width);
  frame.src = "page.html";
  document.body.append(frame);
}));
</script><body></body>"""


def look_at(page, axe, browser, dark):
    """What is found at each width."""
    with tempfile.TemporaryDirectory() as folder:
        copy = POLICY.sub("", page.read_text(encoding="utf-8"))
        script = f"<script>{axe.read_text(encoding='utf-8')}</script></head>"
        copy = copy.replace("</head>", script, 1)
        Path(folder, "page.html").write_text(copy, encoding="utf-8")
        frame = Path(folder, "frame.html")
        frame.write_text(FRAME % json.dumps(WIDTHS), encoding="utf-8")
        command = [browser, "--headless", "--no-sandbox", "--dump-dom"]
        command += ["--allow-file-access-from-files", "--virtual-time-budget=60000"]
        command += ["--force-dark-mode"] * dark + [frame.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.S)
    if found is None:
        raise RuntimeError(f"The browser said nothing. {done.stderr[-500:]}")
    return json.loads(html.unescape(found.group(1)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--axe", type=Path, required=True)
    options = parser.parse_args()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"No browser on the PATH: none of {', '.join(BROWSERS)}.")
    n_found = 0
    for dark in (False, True):
        for width, found in look_at(options.page, options.axe, browser, dark).items():
            print(f"{width} px, {'dark' if dark else 'light'}: {found or 'nothing'}")
            n_found += len(found)
    sys.exit(n_found > 0)


if __name__ == "__main__":
    main()
