"""Programs that only write down how they were called: what set-up starts, without a network."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Programs:
    """Scripts in `folder`; each call is a line of `diary`."""

    folder: Path

    @property
    def diary(self) -> Path:
        """Where they write."""
        return self.folder / "diary"

    def add(self, name: str, *, says: str = "", code: int = 0) -> Path:
        """A program that ends with `code`."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> "{self.diary}"\necho "{says}"\nexit {code}\n')
        file.chmod(0o755)
        return file

    def calls(self) -> list[str]:
        """How they were called since the last look."""
        lines = self.diary.read_text().splitlines() if self.diary.exists() else []
        self.diary.write_text("")
        return lines
