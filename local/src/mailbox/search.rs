//! Mailpit's search, as far as its clients use it.

use rusqlite::ToSql;

/// The most terms of one search; further ones are ignored.
const MAX_TERMS: usize = 20;

/// What a list is narrowed to: every term must match.
///
/// A term is `to:`, `from:` or `subject:` with a part of what stands there, or
/// a word of any of these or of the text. Quotes hold several words together.
/// Upper and lower case make no difference.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Search {
    terms: Vec<Term>,
}

#[derive(Clone, PartialEq, Eq)]
struct Term {
    field: Field,
    /// In lower case.
    wanted: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    To,
    From,
    Subject,
    Anything,
}

const FIELDS: [(&str, Field); 3] = [
    ("to:", Field::To),
    ("from:", Field::From),
    ("subject:", Field::Subject),
];

impl Search {
    /// Reads a query. One without terms matches every mail.
    pub fn parse(query: &str) -> Self {
        let terms = words(query)
            .into_iter()
            .map(|word| term(&word.to_lowercase()))
            .filter(|term| !term.wanted.is_empty())
            .take(MAX_TERMS)
            .collect();
        Self { terms }
    }

    /// Whether every mail matches.
    pub fn is_everything(&self) -> bool {
        self.terms.is_empty()
    }

    /// A condition over the table of mails, and the values of its parameters
    /// in their order.
    pub(super) fn condition(&self) -> (String, Vec<&dyn ToSql>) {
        let mut conditions = vec!["1".to_owned()];
        let mut values: Vec<&dyn ToSql> = Vec::new();
        for term in &self.terms {
            values.push(&term.wanted);
            let number = values.len();
            conditions.push(match term.field {
                Field::To => format!("instr(to_search, ?{number})"),
                Field::From => format!("instr(from_search, ?{number})"),
                Field::Subject => format!("instr(subject_search, ?{number})"),
                Field::Anything => format!(
                    "(instr(to_search, ?{number}) OR instr(from_search, ?{number})
                      OR instr(subject_search, ?{number})
                      OR (SELECT instr(text_search, ?{number}) FROM contents
                          WHERE contents.number = messages.number))"
                ),
            });
        }
        (conditions.join(" AND "), values)
    }
}

fn term(word: &str) -> Term {
    for (prefix, field) in FIELDS {
        if let Some(wanted) = word.strip_prefix(prefix) {
            return Term {
                field,
                wanted: wanted.trim().to_owned(),
            };
        }
    }
    Term {
        field: Field::Anything,
        wanted: word.trim().to_owned(),
    }
}

/// Splits at white space outside quotes, and takes the quotes away.
fn words(query: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in query.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(query: &str) -> Vec<(Field, String)> {
        let terms = Search::parse(query).terms;
        terms.into_iter().map(|it| (it.field, it.wanted)).collect()
    }

    #[test]
    fn terms_are_told_apart() {
        assert_eq!(
            terms(r#"To:Ann@Example.com from:"News <x" subject:"An issue" hello"#),
            [
                (Field::To, "ann@example.com".to_owned()),
                (Field::From, "news <x".to_owned()),
                (Field::Subject, "an issue".to_owned()),
                (Field::Anything, "hello".to_owned()),
            ]
        );
    }

    #[test]
    fn quotes_may_stand_around_the_whole_term_or_its_value() {
        for query in [
            r#"to:"a@b.example""#,
            r#""to:a@b.example""#,
            "to:a@b.example",
        ] {
            assert_eq!(terms(query), [(Field::To, "a@b.example".to_owned())]);
        }
    }

    #[test]
    fn nothing_to_look_for_is_everything() {
        for query in ["", "  ", "\"\"", "to:", "to:\"\""] {
            assert!(Search::parse(query).is_everything(), "{query}");
        }
    }
}
