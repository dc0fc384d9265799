"""A code as a picture that a scanner reads (QR), drawn by ourselves."""

from dataclasses import dataclass

import segno

# Four modules of white around, says ISO/IEC 18004: without them some scanners do not see the corners.
MARGIN = 4


@dataclass(frozen=True)
class QrPicture:
    """The side of the square in modules, margin included, and the SVG path of the dark ones."""

    side: int
    path: str


def qr_picture(text: str) -> QrPicture:
    """`text` with error correction M: a smudge on the telephone's glass does no harm."""
    matrix = segno.make(text, error="m", micro=False).matrix
    path = "".join(
        f"M{column + MARGIN} {line + MARGIN}h1v1h-1z"
        for line, row in enumerate(matrix)
        for column, is_dark in enumerate(row)
        if is_dark
    )
    return QrPicture(len(matrix) + 2 * MARGIN, path)
