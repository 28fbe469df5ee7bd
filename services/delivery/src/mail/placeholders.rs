//! Placeholders in an issue's content.

/// Replaces `{{key}}` by its value, in one pass: what is put in is not looked
/// at again, and any other `{{...}}` stays as it was written.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (before, from_braces) = rest.split_at(start);
        filled.push_str(before);
        let known = values.iter().find_map(|(key, value)| {
            let after = from_braces[2..].strip_prefix(key)?.strip_prefix("}}")?;
            Some((value, after))
        });
        rest = match known {
            Some((value, after)) => {
                filled.push_str(value);
                after
            }
            None => {
                // One brace only: in `{{{name}}` the second begins a placeholder.
                filled.push('{');
                &from_braces[1..]
            }
        };
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [(&str, &str); 2] = [
        ("name", "{{unsubscribe_url}}"),
        ("unsubscribe_url", "http://u"),
    ];

    #[test]
    fn known_ones_are_replaced_once_and_not_again() {
        assert_eq!(
            fill("Hi {{name}}, {{unsubscribe_url}}!", &VALUES),
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
            assert_eq!(fill(text, &VALUES), text);
        }
        assert_eq!(fill("{{{unsubscribe_url}}}", &VALUES), "{http://u}");
    }
}
