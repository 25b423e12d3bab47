"""What somebody may have meant who wrote something that there is not."""

import difflib


def nearest(written, known):
    """The one of `known` that `written` is most like; None if it is like none of them."""
    found = difflib.get_close_matches(written, known, 1, 0.5) if isinstance(written, str) else []
    return found[0] if found else None


def hint(written, known):
    """A question to end a sentence with, after a space; nothing if there is no answer to it."""
    meant = nearest(written, known)
    return f" Did you mean {meant}?" if meant else ""
