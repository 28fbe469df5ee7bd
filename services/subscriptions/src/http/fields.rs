//! The fields of a request: of a form (`application/x-www-form-urlencoded`), of
//! a JSON object, or of a query.

use axum::{extract::Request, http::header::CONTENT_TYPE};
use percent_encoding::percent_decode;

use super::{
    body,
    json::Members,
    problem::{FieldError, Problem},
};

/// The type of a browser's form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// The most fields that a form may have.
const MAX_FIELDS: usize = 100;

/// Fields by name. Unlike lenient parsers this one refuses what is not UTF-8
/// and fields that stand there twice: nobody guesses which one was meant.
pub(crate) struct Fields {
    /// Name and value; a JSON value that is no string is none.
    fields: Vec<(String, Option<String>)>,
}

impl Fields {
    /// Reads the form that a request's body of at most `limit` bytes holds.
    ///
    /// # Errors
    /// 415 if it is said to be something else, 413 beyond the limit, 400 if it
    /// is no form.
    pub(crate) async fn read(request: Request, limit: usize) -> Result<Self, Problem> {
        if !has_media_type(&request, FORM) {
            return Err(Problem::unsupported("This address takes a form."));
        }
        Self::parse(&body::read(request.into_body(), limit).await?)
    }

    /// Reads the JSON object that a request's body of at most `limit` bytes
    /// holds; the caller has looked at its type. A member that is null is as
    /// good as one that is not there.
    ///
    /// # Errors
    /// 413 beyond the limit, 400 if it is no JSON object.
    pub(crate) async fn read_json(request: Request, limit: usize) -> Result<Self, Problem> {
        let text = body::read(request.into_body(), limit).await?;
        let Members(members) = serde_json::from_slice(&text)
            .map_err(|_| Problem::bad_request("The body is not a JSON object."))?;
        let text = |value: serde_json::Value| value.as_str().map(str::to_owned);
        let fields = members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, text(value)))
            .collect();
        Ok(Self { fields })
    }

    /// Parses a form, or a query.
    /// Source: <https://url.spec.whatwg.org/#urlencoded-parsing>
    ///
    /// # Errors
    /// 400 if it is not UTF-8 or has more than [`MAX_FIELDS`] fields.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Problem> {
        let mut fields = Vec::new();
        for pair in text
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            if fields.len() == MAX_FIELDS {
                return Err(Problem::bad_request("There are too many fields."));
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            fields.push((name, Some(value)));
        }
        Ok(Self { fields })
    }

    /// The field `name`.
    ///
    /// # Errors
    /// If it is missing, stands there more than once, or is no text.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, FieldError> {
        self.optional(name)?.ok_or_else(|| FieldError {
            field: name,
            detail: format!("The {name} is missing."),
        })
    }

    /// The fields `names`.
    ///
    /// # Errors
    /// 400 that names each of them that is missing or stands there more than
    /// once.
    pub(crate) fn all_of<const N: usize>(
        &self,
        names: [&'static str; N],
    ) -> Result<[&str; N], Problem> {
        let mut errors = Vec::new();
        let values = names.map(|name| {
            self.required(name).unwrap_or_else(|error| {
                errors.push(error);
                ""
            })
        });
        if errors.is_empty() {
            Ok(values)
        } else {
            Err(Problem::invalid(errors))
        }
    }

    /// The field `name`, if it is there.
    ///
    /// # Errors
    /// If it stands there more than once, or is no text.
    pub(crate) fn optional(&self, name: &'static str) -> Result<Option<&str>, FieldError> {
        let mut values = self
            .fields
            .iter()
            .filter(|(field, _)| field == name)
            .map(|(_, value)| value.as_deref());
        let wrong = |what: &str| FieldError {
            field: name,
            detail: format!("The {name} {what}."),
        };
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(Some(value)), None) => Ok(Some(value)),
            (Some(None), None) => Err(wrong("is not a text")),
            (Some(_), Some(_)) => Err(wrong("is there more than once")),
        }
    }
}

/// The token in the query field `name` of a link from a mail.
///
/// # Errors
/// 400 if there is none, or more than one; 401 if the query is not even text,
/// since then no token of ours is in it.
pub(crate) fn query_token(query: Option<&str>, name: &'static str) -> Result<String, Problem> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes()).map_err(|_| {
        Problem::unauthorized("This link is not valid. Please use the one in the mail, whole.")
    })?;
    match fields.required(name) {
        Ok("") => Err(Problem::bad_request(
            "The link has no token in it. Please use the one in the mail, whole.",
        )),
        Ok(token) => Ok(token.to_owned()),
        Err(error) => Err(Problem::invalid(vec![error])),
    }
}

/// Whether the request says that its body is of this type; parameters such as
/// `charset` are passed over.
pub(crate) fn has_media_type(request: &Request, media_type: &str) -> bool {
    request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(media_type))
}

fn decode(text: &[u8]) -> Result<String, Problem> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Problem::bad_request("The request is not UTF-8."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let fields = Fields::parse(b"name=le+guin%21&email=a%40b.c&empty=&bare").expect("a form");
        assert_eq!(fields.required("name").expect("name"), "le guin!");
        assert_eq!(fields.required("email").expect("email"), "a@b.c");
        assert_eq!(fields.required("empty").expect("empty"), "");
        assert_eq!(fields.required("bare").expect("bare"), "");
        assert!(fields.optional("other").expect("other").is_none());
    }

    #[test]
    fn a_missing_or_doubled_field_is_an_error_that_names_it() {
        let fields = Fields::parse(b"name=a&name=a").expect("a form");
        assert_eq!(fields.required("name").expect_err("doubled").field, "name");
        assert_eq!(
            fields.required("email").expect_err("missing").field,
            "email"
        );
    }

    #[test]
    fn what_is_not_utf_8_is_refused() {
        assert!(Fields::parse(b"name=%ff").is_err());
        assert!(Fields::parse(b"name=\xff").is_err());
    }

    #[test]
    fn there_is_a_limit_to_the_number_of_fields() {
        assert!(Fields::parse("a=1&".repeat(MAX_FIELDS).as_bytes()).is_ok());
        assert!(Fields::parse("a=1&".repeat(MAX_FIELDS + 1).as_bytes()).is_err());
    }
}
