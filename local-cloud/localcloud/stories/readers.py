"""People for stories, told apart from everybody else's."""

from ..pennypost import word


def addresses(count: int) -> list[str]:
    """So many addresses that nobody else has."""
    story = word()
    return [f"reader-{number}-{story}@example.com" for number in range(count)]


def title(text: str) -> str:
    """A title that no other issue has."""
    return f"{text} {word()}"
