"""Names of columns in messages."""

from forecast.reading.columns import quoted, shell_word


def test_quoted_stops_at_five() -> None:
    """Lists in messages stay short."""
    assert quoted(list("abcdefg")) == "'a', 'b', 'c', 'd', 'e' and 2 more"


def test_shell_word_quotes_what_a_shell_would_split() -> None:
    """Commands in messages can be pasted."""
    assert (shell_word("sales.csv"), shell_word("my sales")) == ("sales.csv", "'my sales'")
