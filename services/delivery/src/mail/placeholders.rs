//! Placeholders in an issue's content.

/// What stands between the braces for the reader's name.
const NAME: &str = "name";
/// What stands between the braces for the reader's own way out.
const UNSUBSCRIBE_URL: &str = "unsubscribe_url";

/// A text with places for what is each reader's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// To be sent as it is; never empty.
    Text(String),
    /// The reader's name.
    Name,
    /// Where the reader unsubscribes.
    UnsubscribeUrl,
}

/// What is put into a [`Template`]. It is not looked at again.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) name: &'a str,
    pub(super) unsubscribe_url: &'a str,
}

impl Template {
    /// Reads `{{name}}` and `{{unsubscribe_url}}` in `text`; any other `{{...}}`
    /// stays as it was written.
    pub(super) fn parse(text: &str) -> Self {
        let mut template = Self::default();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, from_braces) = rest.split_at(start);
            template.push_text(before);
            rest = match known(&from_braces[2..]) {
                Some((piece, after)) => {
                    template.pieces.push(piece);
                    after
                }
                None => {
                    // One brace only: in `{{{name}}` the second begins a placeholder.
                    template.push_text("{");
                    &from_braces[1..]
                }
            };
        }
        template.push_text(rest);
        template
    }

    /// Adds `text`, to be sent as it is, at the end.
    pub(super) fn push_text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ if text.is_empty() => {}
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    /// Adds `other` at the end.
    pub(super) fn append(&mut self, other: Self) {
        for piece in other.pieces {
            match piece {
                Piece::Text(text) => self.push_text(&text),
                place => self.pieces.push(place),
            }
        }
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text with `values` in their places.
    pub(super) fn fill(&self, values: Values<'_>) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Name => values.name,
            Piece::UnsubscribeUrl => values.unsubscribe_url,
        });
        pieces.collect()
    }
}

/// The place that `text`, after two braces, names, and what follows.
fn known(text: &str) -> Option<(Piece, &str)> {
    let places = [
        (NAME, Piece::Name),
        (UNSUBSCRIBE_URL, Piece::UnsubscribeUrl),
    ];
    places.into_iter().find_map(|(key, piece)| {
        let after = text.strip_prefix(key)?.strip_prefix("}}")?;
        Some((piece, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> = Values {
        name: "{{unsubscribe_url}}",
        unsubscribe_url: "http://u",
    };

    fn filled(text: &str) -> String {
        Template::parse(text).fill(VALUES)
    }

    #[test]
    fn known_ones_are_replaced_once_and_not_again() {
        assert_eq!(
            filled("Hi {{name}}, {{unsubscribe_url}}!"),
            "Hi {{unsubscribe_url}}, http://u!"
        );
    }

    #[test]
    fn others_stay_as_they_were_written() {
        for text in [
            "{{ name }}",
            "{{other}}",
            "{{",
            "{{name",
            "{name}",
            "}}{{",
            "{{näme}}",
        ] {
            assert_eq!(filled(text), text);
        }
        assert_eq!(filled("{{{unsubscribe_url}}}"), "{http://u}");
    }
}
