//! Reads [`Settings`] from environment variables.

use std::{ffi::OsString, time::Duration};

use opentelemetry_sdk::trace::Sampler;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use crate::{Export, Settings, TelemetryError};

/// Where spans go if an exporter is asked for and no endpoint is named (OTLP
/// specification).
const DEFAULT_ENDPOINT: &str = "http://localhost:4318/v1/traces";

/// What the endpoint for all signals is followed by for traces.
const TRACES_PATH: &str = "v1/traces";

/// Numbers that the SDK itself reads, and silently passes over if they are none.
const SDK_NUMBERS: [&str; 4] = [
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BSP_EXPORT_TIMEOUT",
];

/// The environment, or a test's idea of it.
pub(crate) struct Variables<R> {
    read: R,
}

impl<R: Fn(&str) -> Option<OsString>> Variables<R> {
    pub(crate) fn new(read: R) -> Self {
        Self { read }
    }

    pub(crate) fn settings(&self) -> Result<Settings, TelemetryError> {
        for name in SDK_NUMBERS {
            self.number(name)?;
        }
        let default = Settings::default();
        Ok(Settings {
            log_filter: self.get("RUST_LOG")?.unwrap_or(default.log_filter),
            export: self.export()?,
            resource_attributes: match self.get("OTEL_RESOURCE_ATTRIBUTES")? {
                Some(list) => pairs("OTEL_RESOURCE_ATTRIBUTES", &list)?,
                None => default.resource_attributes,
            },
            sampler: self.sampler()?.unwrap_or(default.sampler),
        })
    }

    fn export(&self) -> Result<Option<Export>, TelemetryError> {
        let endpoint = self.endpoint()?;
        let asked_for = match self.get("OTEL_TRACES_EXPORTER")?.as_deref() {
            None => endpoint.is_some(),
            Some("otlp") => true,
            Some("none") => false,
            Some(_) => return Err(bad("OTEL_TRACES_EXPORTER", "is neither otlp nor none")),
        };
        if self.disabled()? || !asked_for {
            return Ok(None);
        }
        self.only("http/protobuf", PROTOCOL)?;
        self.only("none", COMPRESSION)?;
        let mut export = Export::to(match endpoint {
            Some(endpoint) => endpoint,
            None => http_url("OTEL_TRACES_EXPORTER", DEFAULT_ENDPOINT)?,
        });
        if let Some((name, list)) = self.first(HEADERS)? {
            let secret = |(name, value): (String, String)| (name, SecretString::from(value));
            export.headers = pairs(name, &list)?.into_iter().map(secret).collect();
        }
        if let Some((name, _)) = self.first(TIMEOUT)? {
            let limit = self.number(name)?.filter(|limit| *limit > 0);
            let limit =
                limit.ok_or_else(|| bad(name, "is not a number of milliseconds above 0"))?;
            export.timeout = Duration::from_millis(limit);
        }
        Ok(Some(export))
    }

    fn endpoint(&self) -> Result<Option<Url>, TelemetryError> {
        if let Some(whole) = self.get(TRACES_ENDPOINT)? {
            return http_url(TRACES_ENDPOINT, &whole).map(Some);
        }
        let Some(base) = self.get(ENDPOINT)? else {
            return Ok(None);
        };
        let base = base.trim_end_matches('/');
        http_url(ENDPOINT, &format!("{base}/{TRACES_PATH}")).map(Some)
    }

    fn disabled(&self) -> Result<bool, TelemetryError> {
        const NAME: &str = "OTEL_SDK_DISABLED";
        match self.get(NAME)? {
            None => Ok(false),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(bad(NAME, "is neither true nor false")),
        }
    }

    fn sampler(&self) -> Result<Option<Sampler>, TelemetryError> {
        const NAME: &str = "OTEL_TRACES_SAMPLER";
        let Some(name) = self.get(NAME)? else {
            return Ok(None);
        };
        let parent_based = |root| Sampler::ParentBased(Box::new(root));
        Ok(Some(match name.as_str() {
            "always_on" => Sampler::AlwaysOn,
            "always_off" => Sampler::AlwaysOff,
            "traceidratio" => Sampler::TraceIdRatioBased(self.sampled_share()?),
            "parentbased_always_on" => parent_based(Sampler::AlwaysOn),
            "parentbased_always_off" => parent_based(Sampler::AlwaysOff),
            "parentbased_traceidratio" => {
                parent_based(Sampler::TraceIdRatioBased(self.sampled_share()?))
            }
            _ => return Err(bad(NAME, "names no sampler that is built in")),
        }))
    }

    /// Which share of the traces is sampled: all, if nothing is said.
    fn sampled_share(&self) -> Result<f64, TelemetryError> {
        const NAME: &str = "OTEL_TRACES_SAMPLER_ARG";
        let Some(value) = self.get(NAME)? else {
            return Ok(1.0);
        };
        let share = value.trim().parse().ok();
        share
            .filter(|share| (0.0..=1.0).contains(share))
            .ok_or_else(|| bad(NAME, "is not a number from 0 to 1"))
    }

    /// Demands that a variable which allows several values has the one that
    /// is built in.
    fn only(&self, value: &str, names: [&'static str; 2]) -> Result<(), TelemetryError> {
        match self.first(names)? {
            Some((name, other)) if other != value => {
                Err(bad(name, &format!("only {value} is built in")))
            }
            _ => Ok(()),
        }
    }

    /// The first of `names` that is set, and its value.
    fn first(
        &self,
        names: [&'static str; 2],
    ) -> Result<Option<(&'static str, String)>, TelemetryError> {
        for name in names {
            if let Some(value) = self.get(name)? {
                return Ok(Some((name, value)));
            }
        }
        Ok(None)
    }

    fn number(&self, name: &'static str) -> Result<Option<u64>, TelemetryError> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let number = value.trim().parse();
        number
            .map(Some)
            .map_err(|_| bad(name, "is not a whole number"))
    }

    /// The value of `name`; an empty one counts as unset (the specification).
    fn get(&self, name: &'static str) -> Result<Option<String>, TelemetryError> {
        match (self.read)(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value).filter(|value| !value.is_empty())),
            Some(Err(_)) => Err(bad(name, "is not Unicode")),
        }
    }
}

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const HEADERS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    "OTEL_EXPORTER_OTLP_HEADERS",
];
const TIMEOUT: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
    "OTEL_EXPORTER_OTLP_TIMEOUT",
];
const PROTOCOL: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
];
const COMPRESSION: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
    "OTEL_EXPORTER_OTLP_COMPRESSION",
];

/// The value stays out of the text: headers hold secrets, and so can a URL.
fn bad(name: &'static str, problem: &str) -> TelemetryError {
    TelemetryError::Variable {
        name,
        problem: problem.to_owned(),
    }
}

fn http_url(name: &'static str, text: &str) -> Result<Url, TelemetryError> {
    let url = Url::parse(text).map_err(|_| bad(name, "is not a URL"))?;
    match url.scheme() {
        "http" => Ok(url),
        "https" => Err(bad(
            name,
            "https is not built in: name a collector nearby, over http, that forwards",
        )),
        _ => Err(bad(name, "is not an http URL")),
    }
}

/// Reads `key=value,…` with percent-encoded values (W3C Baggage).
fn pairs(name: &'static str, list: &str) -> Result<Vec<(String, String)>, TelemetryError> {
    let problem = || bad(name, "is not a list of key=value pairs, percent-encoded");
    list.split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').ok_or_else(problem)?;
            let key = key.trim();
            let value = percent_decode_str(value.trim()).decode_utf8();
            match value {
                Ok(value) if !key.is_empty() => Ok((key.to_owned(), value.into_owned())),
                _ => Err(problem()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
