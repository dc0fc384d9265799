"""Words that somebody may have meant. Pure rules."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

# One slip in two letters could mean anything; from seven letters on, two slips still leave the word in sight.
SHORTEST = 3
LONG = 7
LONG_RATIO = 0.83
MOST_ALIKE = 3


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
        """Known words one slip away, those in most use first; for long words else those that are nearly the same."""
        if len(word) < SHORTEST or not word.isalpha():
            return []
        near = one_slip(word, self.letters) & self.counts.keys()
        if near:
            return sorted(near, key=lambda known: (-self.counts[known], known))[:MOST_ALIKE]
        if len(word) < LONG:
            return []
        # Whoever misspells a long word still begins it right: that keeps the list to compare short.
        rivals = [known for known in self._beginning(word[0]) if abs(len(known) - len(word)) < SHORTEST]
        return get_close_matches(word, rivals, n=MOST_ALIKE, cutoff=LONG_RATIO)

    def _beginning(self, letter: str) -> list[str]:
        at = bisect_left(self._sorted, letter)
        return self._sorted[at : bisect_left(self._sorted, chr(ord(letter) + 1), at)]


def one_slip(word: str, letters: str) -> set[str]:
    """What comes of leaving out, swapping, mistaking or adding one letter."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    out = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    mistaken = {head + letter + tail[1:] for head, tail in cuts if tail for letter in letters}
    added = {head + letter + tail for head, tail in cuts for letter in letters}
    return (out | swapped | mistaken | added) - {word}
