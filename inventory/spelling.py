"""Words that somebody may have meant. Pure rules."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

# One slip in two letters could mean anything; from seven letters on, two slips still leave the word in sight.
SHORTEST = 3
LONG = 7
MOST_SLIPS = 2
MOST_ALIKE = 3
# A slip changes two letters of a word's set at most: one goes, one comes.
LETTERS_A_SLIP = 2
SET_BITS = 64


@dataclass(frozen=True)
class Vocabulary:
    """The words in use, in capitals, each with how often it is used."""

    counts: Mapping[str, int]

    @cached_property
    def letters(self) -> str:
        """Every letter that occurs."""
        return "".join(sorted(set().union(*self.counts)))

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.counts)

    def knows(self, start: str) -> bool:
        """Whether a word begins so."""
        at = bisect_left(self._sorted, start)
        return at < len(self._sorted) and self._sorted[at].startswith(start)

    def alike(self, word: str) -> list[str]:
        """Known words one slip away, those in most use first; for long words else those that are two slips away."""
        if len(word) < SHORTEST or not word.isalpha():
            return []
        near = one_slip(word, self.letters) & self.counts.keys()
        if not near and len(word) >= LONG:
            near = {known for known in self._in_sight(word) if slips(word, known) <= MOST_SLIPS}
        return sorted(near, key=lambda known: (-self.counts[known], known))[:MOST_ALIKE]

    def _in_sight(self, word: str) -> list[str]:
        """Words that may be two slips away: whoever misspells a long word still begins it right."""
        letters, most = letter_set(word), MOST_SLIPS * LETTERS_A_SLIP
        return [
            known
            for known, known_letters in self._by_first.get(word[0], ())
            if abs(len(known) - len(word)) <= MOST_SLIPS and (letters ^ known_letters).bit_count() <= most
        ]

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, int]]]:
        """Each word with the set of its letters, by its first letter."""
        found: dict[str, list[tuple[str, int]]] = {}
        for known in self._sorted:
            found.setdefault(known[0], []).append((known, letter_set(known)))
        return found


def letter_set(word: str) -> int:
    """Which letters a word has, as bits; letters of large alphabets share one."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % SET_BITS)
    return bits


def slips(a: str, b: str) -> int:
    """How many letters were left out, added, mistaken or swapped with the next to make `b` of `a`."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def one_slip(word: str, letters: str) -> set[str]:
    """What comes of leaving out, swapping, mistaking or adding one letter."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    out = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    mistaken = {head + letter + tail[1:] for head, tail in cuts if tail for letter in letters}
    added = {head + letter + tail for head, tail in cuts for letter in letters}
    return (out | swapped | mistaken | added) - {word}
