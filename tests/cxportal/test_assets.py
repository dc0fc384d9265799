"""Only the files that pages use are served, and none of them names a file that is not there."""

from pathlib import Path

from cxportal.setup.assets import FILES, copy_assets


def packages(folder: Path) -> Path:
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("plain")
    (folder / "bootstrap/dist/css/bootstrap.min.css").write_text("a{}\n/*# sourceMappingURL=bootstrap.min.css.map */")
    (folder / "bootstrap/dist/js/bootstrap.bundle.min.js").write_text("1;\n//# sourceMappingURL=bundle.js.map")
    font = folder / "@fontsource-variable/archivo"
    (font / "standard.css").write_text("@font-face{src: url(./files/latin.woff2) format('woff2')}")
    (font / "files").mkdir()
    (font / "files" / "latin.woff2").write_bytes(b"woff2")
    (font / "files" / "italic.woff2").write_bytes(b"unused")
    return folder


def test_only_named_files_are_copied(tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    (target / "old").mkdir(parents=True)
    copy_assets(packages(tmp_path / "node_modules"), target)
    copied = {str(file.relative_to(target)) for file in target.rglob("*") if file.is_file()}
    assert copied == {*FILES.values(), "archivo/files/latin.woff2"}


def test_source_map_comments_are_cut(tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    copy_assets(packages(tmp_path / "node_modules"), target)
    assert (target / "bootstrap/css/bootstrap.min.css").read_text() == "a{}\n"
    assert (target / "bootstrap/js/bootstrap.bundle.min.js").read_text() == "1;\n"
