//! Lists in pages: `limit` and `cursor`.

use serde_json::json;
use utoipa::{
    IntoParams,
    openapi::{
        Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::ObjectBuilder,
    },
};

use crate::http::{Problem, fields::Fields, problem::FieldError};

/// The most items of a page.
const MAX_LIMIT: u16 = 200;
/// The items of a page if nobody says how many.
const DEFAULT_LIMIT: u16 = 50;

const LIMIT: &str = "limit";
const CURSOR: &str = "cursor";

/// The query of a list. Parameters that nobody knows are passed over.
pub(crate) struct PageQuery {
    /// The most items, 1 to 200.
    pub(crate) limit: u16,
    fields: Fields,
}

impl PageQuery {
    /// Reads a request's query.
    ///
    /// # Errors
    /// 400 if it is no query, or the limit is none.
    pub(crate) fn read(query: Option<&str>) -> Result<Self, Problem> {
        let fields = Fields::parse(query.unwrap_or_default().as_bytes())?;
        let limit = match optional(&fields, LIMIT)? {
            Some(text) => parse_limit(text).ok_or_else(|| {
                let range = format!("The limit has to be a number from 1 to {MAX_LIMIT}.");
                invalid(LIMIT, range)
            })?,
            None => DEFAULT_LIMIT,
        };
        Ok(Self { limit, fields })
    }

    /// Where the page before ended, as `parse` reads it.
    ///
    /// # Errors
    /// 400 if it is no place of that list.
    pub(crate) fn after<P>(
        &self,
        parse: impl FnOnce(&str) -> Option<P>,
    ) -> Result<Option<P>, Problem> {
        self.parsed(
            CURSOR,
            parse,
            "The cursor has to be the `next_cursor` of the page before.",
        )
    }

    /// The parameter `name`, as `parse` reads it.
    ///
    /// # Errors
    /// 400 with `expected` if it is there and is none.
    pub(crate) fn parsed<P>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<P>,
        expected: &str,
    ) -> Result<Option<P>, Problem> {
        let Some(text) = optional(&self.fields, name)? else {
            return Ok(None);
        };
        let parsed = parse(text);
        parsed.map(Some).ok_or_else(|| invalid(name, expected))
    }
}

fn optional<'a>(fields: &'a Fields, name: &'static str) -> Result<Option<&'a str>, Problem> {
    let found = fields.optional(name);
    found.map_err(|error| Problem::invalid(vec![error]))
}

fn invalid(field: &'static str, detail: impl Into<String>) -> Problem {
    let detail = detail.into();
    Problem::invalid(vec![FieldError { field, detail }])
}

fn parse_limit(text: &str) -> Option<u16> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text.parse().ok().filter(|_| is_plain)?;
    (1..=MAX_LIMIT).contains(&limit).then_some(limit)
}

impl IntoParams for PageQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MAX_LIMIT))
            .default(Some(json!(DEFAULT_LIMIT)));
        let cursor = ObjectBuilder::new().schema_type(Type::String);
        let parameter = |name, schema: ObjectBuilder, description| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .schema(Some(schema))
                .description(Some(description))
                .build()
        };
        vec![
            parameter(LIMIT, limit, "The most items of the page."),
            parameter(
                CURSOR,
                cursor,
                "The `next_cursor` of the page before; leave it out for the first page.",
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(query: &str) -> Option<u16> {
        PageQuery::read(Some(query)).ok().map(|page| page.limit)
    }

    #[test]
    fn a_limit_is_a_number_from_1_to_200() {
        assert_eq!(limit(""), Some(50));
        assert_eq!(limit("limit=1&unknown=x"), Some(1));
        assert_eq!(limit("limit=200"), Some(200));
        for bad in ["", "0", "201", "-1", "+5", "5.0", "x", "99999999999"] {
            assert_eq!(limit(&format!("limit={bad}")), None, "{bad}");
        }
        assert_eq!(limit("limit=1&limit=1"), None, "twice");
    }

    #[test]
    fn a_bad_cursor_is_refused_by_its_name() {
        let page = PageQuery::read(Some("cursor=x")).expect("a query");
        let refused = page.after(|_| None::<()>).expect_err("no cursor");
        assert_eq!(refused.errors[0].field, "cursor");
        assert_eq!(page.after(|text| Some(text.len())).ok(), Some(Some(1)));
    }
}
