"""Collected files find each other under their hashed names: what the tests' plain files can't show."""

import re
from pathlib import Path

from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from cxportal.storage import ModuleStorage

IMPORTED = re.compile(r'from "\./([\w.]+)"')


def imports_after(storage: CompressedManifestStaticFilesStorage, source: Path) -> tuple[list[str], set[str]]:
    """What the collected stock.js imports, and the names of all collected scripts."""
    paths = {f"js/{file.name}": (FileSystemStorage(source), f"js/{file.name}") for file in (source / "js").glob("*.js")}
    for name, (origin, path) in paths.items():
        with origin.open(path) as file:
            storage.save(name, file)
    done = {name: hashed for name, hashed, _ in storage.post_process(paths)}
    text = (Path(storage.location) / str(done["js/stock.js"])).read_text()
    return IMPORTED.findall(text), {Path(str(hashed)).name for hashed in done.values()}


def test_modules_import_each_other_by_hashed_names(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "static"
    imported, collected = imports_after(ModuleStorage(location=tmp_path, base_url="/static/"), source)
    assert len(imported) == 3
    assert set(imported) <= collected


def test_the_stock_storage_would_lose_them(tmp_path: Path) -> None:
    """Negative control."""
    source = Path(__file__).parents[2] / "static"
    storage = CompressedManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    imported, collected = imports_after(storage, source)
    assert not set(imported) & collected
