"""Text from objects that anybody may have written, made fit for a terminal, a table's cell and XML. Pure."""


def visible(text: str) -> str:
    """One line: blanks joined, and spelled out what moves a cursor, hides, or is no character."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in " ".join(text.split()))
