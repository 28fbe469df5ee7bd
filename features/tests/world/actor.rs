//! Who does something in a step.

use std::{convert::Infallible, str::FromStr};

use cucumber::Parameter;

/// A person, or a device, by the name that the scenario gives it. An article
/// before the name means nothing: `the admin` is `admin`.
#[derive(Debug, Clone, Parameter)]
#[param(name = "actor", regex = "(?:the |a )?[A-Za-z]+")]
pub(crate) struct Actor(pub(crate) String);

impl FromStr for Actor {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let name = text.rsplit(' ').next().unwrap_or(text);
        Ok(Self(name.to_owned()))
    }
}
