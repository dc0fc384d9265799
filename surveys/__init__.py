"""Ask, answer, score, improve."""
