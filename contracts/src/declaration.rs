//! What a service publishes and what it consumes, declared in one place: the
//! macros turn a list of events into all that has to agree with it.

use crate::EventType;

/// Declares what a service publishes. Its list of [`EventData`] becomes
///
/// - `pub const PUBLISHES`, their types, for rules and documents;
/// - `pub(crate) trait Published`, which they and no others have: what makes
///   events asks for it, so that no other event of ours can be published.
///
/// ```
/// use contracts::events::{EmailBouncedV1, EmailComplainedV1};
///
/// contracts::publishes![EmailBouncedV1];
///
/// fn publish<D: Published>() -> &'static str {
///     D::TYPE
/// }
/// assert_eq!(PUBLISHES, [publish::<EmailBouncedV1>()]);
/// ```
///
/// Another event does not compile:
///
/// ```compile_fail,E0277
/// # use contracts::events::{EmailBouncedV1, EmailComplainedV1};
/// # contracts::publishes![EmailBouncedV1];
/// # fn publish<D: Published>() -> &'static str { D::TYPE }
/// publish::<EmailComplainedV1>();
/// ```
///
/// [`EventData`]: crate::EventData
#[macro_export]
macro_rules! publishes {
    ($($data:ident),* $(,)?) => {
        /// The types of the events that this service publishes.
        pub const PUBLISHES: &[&str] = &[$(<$data as $crate::EventData>::TYPE),*];

        /// An event that this service publishes: it is declared here.
        pub(crate) trait Published: $crate::EventData {}

        $(impl Published for $data {})*
    };
}

/// Declares what a service consumes, queue by queue. It becomes
///
/// - a `pub const` for each [`Queue`], with the types that its rule lets through;
/// - `pub const QUEUES`, all queues, and `pub const CONSUMES`, all types;
/// - `pub(crate) enum Consumed`, one variant for each event, named like its
///   data, and `Consumed::decode`, the only way from a queue's message to an
///   event: a match over it is complete only with a handler for each, and
///   nothing else is ever decoded.
///
/// ```
/// use contracts::events::{EmailBouncedV1, IssueDeliveredV1};
///
/// contracts::consumes! {
///     /// What the one queue takes.
///     REPORTS = "reports" [IssueDeliveredV1],
///     /// What the other does.
///     FEEDBACK = "feedback" [EmailBouncedV1],
/// }
/// assert_eq!(FEEDBACK.consumes, ["pennypost.email.bounced.v1"]);
/// ```
#[macro_export]
macro_rules! consumes {
    ($($(#[$about:meta])* $queue:ident = $name:literal [$($data:ident),* $(,)?]),* $(,)?) => {
        $(
            $(#[$about])*
            pub const $queue: $crate::Queue = $crate::Queue {
                name: $name,
                consumes: &[$(<$data as $crate::EventData>::TYPE),*],
            };
        )*

        /// The queues that this service takes messages from.
        pub const QUEUES: &[$crate::Queue] = &[$($queue),*];

        /// The types of the events that this service has a handler for.
        pub const CONSUMES: &[&str] = &[$($(<$data as $crate::EventData>::TYPE),*),*];

        /// An event that this service consumes, as it arrived.
        #[allow(missing_docs, reason = "named like the data that it carries")]
        pub(crate) enum Consumed {
            $($($data($crate::CloudEvent<$data>)),*),*
        }

        impl Consumed {
            /// Reads `event`, if its type is declared here; what is inside any
            /// other is not looked at.
            pub(crate) fn decode(event: &$crate::BusEvent) -> Result<Self, $crate::DecodeError> {
                match event.detail_type.as_str() {
                    $($(
                        <$data as $crate::EventData>::TYPE => event.decode().map(Self::$data),
                    )*)*
                    other => Err($crate::NotConsumed::new(other, CONSUMES).into()),
                }
            }
        }
    };
}

/// A queue of a service, and what its rule lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Its name within the service.
    pub name: &'static str,
    /// The types of its events.
    pub consumes: &'static [&'static str],
}

/// An event that its reader has no handler for, told in words that can be
/// logged: the type is repeated only if it has the shape of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NotConsumed {
    reason: String,
}

impl NotConsumed {
    /// `event_type` is none of those in `consumes`.
    pub fn new(event_type: &str, consumes: &[&str]) -> Self {
        let reason = match EventType::parse(event_type) {
            None => format!(
                "the event's type, of {} bytes, is not a name of ours",
                event_type.len()
            ),
            Some(event_type) => match Understood::versions(event_type.name, consumes) {
                None => format!("nobody here handles {event_type}"),
                Some(understood) => format!(
                    "{event_type} cannot be handled: {} is understood {}",
                    event_type.name,
                    understood.beside(event_type.version)
                ),
            },
        };
        Self { reason }
    }
}

/// The versions of one event that a reader consumes: at least one, in order.
struct Understood(Vec<u16>);

impl Understood {
    fn versions(name: &str, consumes: &[&str]) -> Option<Self> {
        let consumed = consumes.iter().filter_map(|text| EventType::parse(text));
        let mut versions: Vec<_> = consumed
            .filter(|it| it.name == name)
            .map(|it| it.version)
            .collect();
        versions.sort_unstable();
        (!versions.is_empty()).then_some(Self(versions))
    }

    /// Tells what is understood to somebody who has `version`.
    fn beside(&self, version: u16) -> String {
        match self.0.as_slice() {
            [.., newest] if version > *newest => format!("up to v{newest}"),
            [oldest, ..] if version < *oldest => format!("from v{oldest} on"),
            versions => {
                let versions: Vec<_> = versions.iter().map(|it| format!("v{it}")).collect();
                format!("as {}", versions.join(" and "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(event_type: &str, consumes: &[&str]) -> String {
        NotConsumed::new(event_type, consumes).to_string()
    }

    #[test]
    fn of_an_event_that_it_knows_a_reader_says_which_versions() {
        let consumes = [
            "pennypost.issue.published.v4",
            "pennypost.issue.published.v2",
            "pennypost.email.bounced.v1",
        ];
        let of_version =
            |version| reason(&format!("pennypost.issue.published.v{version}"), &consumes);
        assert_eq!(
            of_version(5),
            "pennypost.issue.published.v5 cannot be handled: issue.published is understood up to v4"
        );
        assert!(of_version(3).ends_with("issue.published is understood as v2 and v4"));
        assert!(of_version(1).ends_with("issue.published is understood from v2 on"));
    }

    #[test]
    fn of_another_event_it_repeats_a_name_and_nothing_else() {
        let consumes = ["pennypost.email.bounced.v1"];
        assert_eq!(
            reason("pennypost.email.opened.v1", &consumes),
            "nobody here handles pennypost.email.opened.v1"
        );
        assert_eq!(
            reason("ann@example.com", &consumes),
            "the event's type, of 15 bytes, is not a name of ours"
        );
    }
}
