//! What is let through to the log and to the traces.

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};

/// Crates that write out what they carry below `warn`: requests with their
/// bodies, SMTP conversations, events. Prefixes of `tracing` targets.
const CARRIERS: [&str; 11] = [
    "aws_",
    "h2",
    "hyper",
    "lambda_runtime",
    "lettre",
    "opentelemetry",
    "reqwest",
    "rustls",
    "tower",
    "dynoxide",
    "axum::rejection",
];

/// The levels at which spans and their events are recorded for traces. Apart
/// from `RUST_LOG`: less log must not tear traces apart.
const TRACED: LevelFilter = LevelFilter::INFO;

type Predicate = fn(&Metadata<'_>) -> bool;

/// Passes what cannot hold the data that a [carrier](CARRIERS) carries.
pub(crate) fn discreet() -> FilterFn<Predicate> {
    filter_fn(is_discreet as Predicate).with_max_level_hint(LevelFilter::TRACE)
}

/// Passes what belongs into traces.
pub(crate) fn traced() -> FilterFn<Predicate> {
    filter_fn(is_traced as Predicate).with_max_level_hint(TRACED)
}

fn is_discreet(metadata: &Metadata<'_>) -> bool {
    is_discreet_target(metadata.target(), *metadata.level())
}

fn is_traced(metadata: &Metadata<'_>) -> bool {
    TRACED >= *metadata.level() && is_discreet(metadata)
}

fn is_discreet_target(target: &str, level: Level) -> bool {
    level <= Level::WARN || !CARRIERS.iter().any(|carrier| target.starts_with(carrier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carrier_is_heard_from_warn_upwards_only() {
        assert!(is_discreet_target(
            "aws_smithy_runtime::client",
            Level::WARN
        ));
        assert!(!is_discreet_target(
            "aws_smithy_runtime::client",
            Level::INFO
        ));
        assert!(!is_discreet_target("hyper_util::client", Level::TRACE));
        assert!(is_discreet_target("subscriptions::http", Level::TRACE));
    }
}
