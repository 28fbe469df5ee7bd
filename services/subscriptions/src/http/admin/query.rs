//! The queries of lists.

use crate::http::{Problem, fields::Fields};

/// Which part of a list is asked for.
pub(super) struct Query(Fields);

impl Query {
    /// Reads a request's query.
    ///
    /// # Errors
    /// 400 if it is none.
    pub(super) fn read(query: Option<&str>) -> Result<Self, Problem> {
        Fields::parse(query.unwrap_or_default().as_bytes()).map(Self)
    }

    /// Where the page before ended, as `parse` reads it.
    ///
    /// # Errors
    /// 400 if it is no place of that list.
    pub(super) fn after<P>(
        &self,
        parse: impl FnOnce(&str) -> Option<P>,
    ) -> Result<Option<P>, Problem> {
        self.parsed("after", parse)
    }

    /// The parameter `name`, as `parse` reads it; none if it is not there.
    ///
    /// # Errors
    /// 400 if it is there and is none.
    pub(super) fn parsed<P>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<P>,
    ) -> Result<Option<P>, Problem> {
        let text = self.0.optional(name);
        let text = text.map_err(|error| Problem::invalid(vec![error]))?;
        let no_such_page = || Problem::bad_request("There is no such page.");
        text.map(|text| parse(text).ok_or_else(no_such_page))
            .transpose()
    }
}
