"""When a count is so far from the book that somebody should look again. Pure rules."""

# A slip of the finger is off by a lot; a real loss of one or two pieces is everyday life.
USUAL_PIECES = 2
USUAL_SHARE = 0.2
UNLIKELY = 0.05


def is_surprise(counted: int, book: int, *, expected: dict[int, float] | None = None) -> bool:
    """Whether `counted` pieces are to be counted again before they move the book.

    With `expected` (probability by number of pieces): when a count as far as this from the likeliest is less than 5 %
    likely. Without: when it is more than two pieces and more than a fifth of the book away.
    """
    if abs(counted - book) <= USUAL_PIECES:
        return False
    if expected:
        likeliest = max(expected, key=lambda pieces: expected[pieces])
        farther = abs(counted - likeliest)
        return sum(chance for pieces, chance in expected.items() if abs(pieces - likeliest) >= farther) < UNLIKELY
    return abs(counted - book) > USUAL_SHARE * max(book, 0)
