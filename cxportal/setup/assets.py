"""From npm's packages to /static/vendor/: only the files that pages use.

Whole `dist` folders would break the manifest storage: they name source maps and fonts that are not there.
"""

import re
import shutil
from pathlib import Path

FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/css/bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap/js/bootstrap.bundle.min.js",
    "bootstrap-icons/font/bootstrap-icons.min.css": "icons/bootstrap-icons.min.css",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff2": "icons/fonts/bootstrap-icons.woff2",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff": "icons/fonts/bootstrap-icons.woff",
    "@fontsource-variable/archivo/standard.css": "archivo/standard.css",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
}
# Style sheets whose every relative url(...) comes along too.
WITH_FILES = {"@fontsource-variable/archivo/standard.css"}
SOURCE_MAP = re.compile(rb"/\*[#@]\s*sourceMappingURL=[^*]*\*/|//[#@]\s*sourceMappingURL=\S+")
RELATIVE_URL = re.compile(r"url\(\s*['\"]?(\./[^)'\"?#]+)")


def copy_assets(packages: Path, target: Path) -> None:
    """Copy FILES from `packages` (node_modules) to `target`, which is made anew."""
    shutil.rmtree(target, ignore_errors=True)
    for source, destination in FILES.items():
        _copy(packages / source, target / destination)
        if source in WITH_FILES:
            for name in RELATIVE_URL.findall((packages / source).read_text()):
                _copy((packages / source).parent / name, (target / destination).parent / name)


def _copy(source: Path, target: Path) -> None:
    content = source.read_bytes()
    if target.suffix in {".css", ".js"}:
        content = SOURCE_MAP.sub(b"", content)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
