//! The function's environment variables.

use std::{env, ffi::OsString, fmt, str::FromStr};

/// The role that the function's handler setting names.
const HANDLER: &str = "_HANDLER";

/// A variable cannot be used. The value stays out of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct BadVariable {
    name: &'static str,
    problem: String,
}

impl BadVariable {
    /// The variable `name` has `problem`, as in "is not set".
    pub fn new(name: &'static str, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self { name, problem }
    }
}

/// The environment, or a test's idea of it.
#[derive(Clone, Copy)]
pub struct Environment {
    read: fn(&str) -> Option<OsString>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        Self {
            read: |name| env::var_os(name),
        }
    }

    /// What `read` says.
    pub fn of(read: fn(&str) -> Option<OsString>) -> Self {
        Self { read }
    }

    /// The value of `name`; a template sets what it leaves open to the empty
    /// text, which counts as unset.
    ///
    /// # Errors
    /// [`BadVariable`] if it is no text.
    pub fn optional(&self, name: &'static str) -> Result<Option<String>, BadVariable> {
        let value = (self.read)(name).map(OsString::into_string).transpose();
        let value = value.map_err(|_| BadVariable::new(name, "is not Unicode"))?;
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// [`BadVariable`] if it is not set.
    pub fn required(&self, name: &'static str) -> Result<String, BadVariable> {
        let value = self.optional(name)?;
        value.ok_or_else(|| BadVariable::new(name, "is not set"))
    }

    /// The value of `name`, parsed; none if it is not set.
    ///
    /// # Errors
    /// [`BadVariable`] if it cannot be parsed.
    pub fn parsed<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, BadVariable>
    where
        T::Err: fmt::Display,
    {
        let value = self.optional(name)?.map(|value| value.trim().parse());
        let value = value.transpose();
        value.map_err(|error: T::Err| BadVariable::new(name, format!("cannot be used: {error}")))
    }

    /// The function's role, one of `roles`.
    ///
    /// # Errors
    /// [`BadVariable`] that lists the roles.
    pub fn role<T: Copy>(&self, roles: &[(&str, T)]) -> Result<T, BadVariable> {
        let named = self.required(HANDLER)?;
        let role = roles.iter().find(|(name, _)| *name == named);
        role.map(|(_, role)| *role).ok_or_else(|| {
            let names: Vec<_> = roles.iter().map(|(name, _)| *name).collect();
            BadVariable::new(HANDLER, format!("is none of {}", names.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: fn(&str) -> Option<OsString> = |name| match name {
        "EMPTY" => Some(OsString::new()),
        "SECONDS" => Some(" 15 ".into()),
        "SECRET" => Some("hunter2".into()),
        "_HANDLER" => Some("relay".into()),
        _ => None,
    };

    #[test]
    fn what_a_template_leaves_empty_is_unset() {
        let environment = Environment::of(TEST);
        assert_eq!(environment.optional("EMPTY"), Ok(None));
        let missing = environment.required("EMPTY").expect_err("unset");
        assert_eq!(missing.to_string(), "EMPTY is not set");
    }

    #[test]
    fn a_value_is_parsed_and_stays_out_of_the_error() {
        let environment = Environment::of(TEST);
        assert_eq!(environment.parsed("SECONDS"), Ok(Some(15)));
        assert_eq!(environment.parsed::<u32>("EMPTY"), Ok(None));
        let error = environment.parsed::<u32>("SECRET").expect_err("no number");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn the_handler_names_the_role() {
        let environment = Environment::of(TEST);
        assert_eq!(environment.role(&[("api", 1), ("relay", 2)]), Ok(2));
        let error = environment.role(&[("api", 1), ("inbound", 2)]);
        let error = error.expect_err("another role").to_string();
        assert_eq!(error, "_HANDLER is none of api, inbound");
    }
}
