//! Optional text on one line.

use super::subscriber_name::is_invisible;

/// What is wrong with a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvalidLine {
    TooLong,
    /// It holds a line break or another control character.
    ControlCharacter,
}

/// `text` without the white space around it, at most `longest` characters
/// (Unicode scalar values); none if nothing in it can be seen.
pub(super) fn one_line(text: &str, longest: usize) -> Result<Option<&str>, InvalidLine> {
    // Before trimming, which would hide a line break at the end.
    let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.chars().any(breaks_line) {
        return Err(InvalidLine::ControlCharacter);
    }
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(InvalidLine::TooLong);
    }
    Ok(Some(text).filter(|text| !text.chars().all(is_invisible)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_line_ends_are_refused_at_the_ends_too() {
        for text in ["a\r\nBcc: b", "a\n", "\ta", "a\u{2028}b", "a\0", "\u{85}"] {
            assert_eq!(
                one_line(text, 9),
                Err(InvalidLine::ControlCharacter),
                "{text:?}"
            );
        }
    }

    #[test]
    fn only_what_can_be_seen_is_something() {
        assert_eq!(one_line("", 3), Ok(None));
        assert_eq!(one_line(" \u{feff}\u{200b} ", 3), Ok(None));
        assert_eq!(one_line(" 👩‍👧 ", 3), Ok(Some("👩‍👧")));
        assert_eq!(one_line("abcd", 3), Err(InvalidLine::TooLong));
    }
}
