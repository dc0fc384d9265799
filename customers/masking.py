"""What may be shown of a person to whom it is not shown in full. Pure rules."""

KEPT_LETTERS = 1
TAIL_DIGITS = 2


def mask_name(name: str) -> str:
    """First name and the initial of the last: "Maria G."; one word stays one word's initial."""
    words = name.split()
    if len(words) < 2:
        return initials(name)
    return f"{words[0]} {words[-1][:KEPT_LETTERS].upper()}."


def initials(name: str) -> str:
    """First and last initial: "M. G."; empty when there is no name."""
    words = name.split()
    ends = words[:1] + words[1:][-1:]
    return " ".join(f"{word[:KEPT_LETTERS].upper()}." for word in ends)


def mask_phone(phone: str) -> str:
    """The last two digits: "...34"; empty when there are fewer than six."""
    digits = [letter for letter in phone if letter.isdigit()]
    return f"...{''.join(digits[-TAIL_DIGITS:])}" if len(digits) >= 6 else ""


def mask_email(email: str) -> str:
    """First letters only: "m***@g***"; empty when it is no address."""
    local, at, domain = email.rpartition("@")
    return f"{local[:KEPT_LETTERS]}***@{domain[:KEPT_LETTERS]}***" if at and local and domain else ""
