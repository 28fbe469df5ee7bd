//! Changes to the Rust type of a version.

use contracts::{EventData, EventKind, Source};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Copy, DRAFT, PUBLISHED, assert_refused, with};

/// Declares, as another type for the event `$type`, what stands in braces.
macro_rules! planted {
    ($planted:ident as $name:literal of $type:expr, { $($(#[$attribute:meta])* $field:ident: $kind:ty,)* }) => {{
        /// Worded otherwise.
        #[derive(Debug, Serialize, Deserialize, JsonSchema)]
        #[schemars(rename = $name)]
        struct $planted {
            $(#[doc = "Worded otherwise."] $(#[$attribute])* $field: $kind,)*
        }
        impl EventData for $planted {
            const TYPE: &'static str = $type;
            const SOURCE: Source = Source::Subscriptions;
            fn subject(&self) -> String {
                self.sample_id.to_string()
            }
        }
        with(EventKind::of::<$planted>())
    }};
}

#[test]
fn other_words_in_a_comment_are_no_change() {
    let kinds = planted!(Reworded as "SampleWrittenV1" of PUBLISHED, {
        sample_id: Uuid,
        title: String,
        text: String,
        at: Timestamp,
    });
    assert_eq!(Copy::new().sentences(&kinds), [""; 0]);
}

#[test]
fn a_removed_field_is_seen() {
    let kinds = planted!(Removed as "SampleWrittenV1" of PUBLISHED, {
        sample_id: Uuid,
        text: String,
        at: Timestamp,
    });
    let sentences = Copy::new().sentences(&kinds);
    assert_refused(&sentences, "v2");
    // It is no longer the type of the schema, and it loses what was published.
    assert_eq!(sentences.len(), 2, "{sentences:?}");
}

#[test]
fn a_renamed_field_is_seen() {
    let kinds = planted!(Renamed as "SampleWrittenV1" of PUBLISHED, {
        sample_id: Uuid,
        subject_line: String,
        text: String,
        at: Timestamp,
    });
    assert_refused(&Copy::new().sentences(&kinds), "v2");
}

#[test]
fn a_field_of_another_kind_is_seen() {
    let kinds = planted!(Retyped as "SampleWrittenV1" of PUBLISHED, {
        sample_id: Uuid,
        title: Vec<String>,
        text: String,
        at: Timestamp,
    });
    assert_refused(&Copy::new().sentences(&kinds), "v2");
}

#[test]
fn a_new_required_field_is_seen() {
    let kinds = planted!(Demanding as "SampleWrittenV1" of PUBLISHED, {
        sample_id: Uuid,
        title: String,
        preheader: String,
        text: String,
        at: Timestamp,
    });
    assert_refused(&Copy::new().sentences(&kinds), "v2");
}

#[test]
fn a_new_optional_field_of_a_published_version_is_seen() {
    let kinds = planted!(Grown as "SampleWrittenV1" of PUBLISHED, {
        sample_id: Uuid,
        title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        preheader: Option<String>,
        text: String,
        at: Timestamp,
    });
    let sentences = Copy::new().sentences(&kinds);
    assert_refused(&sentences, "v2");
    // Every published example is read as before: only the schema differs.
    assert_eq!(sentences.len(), 1, "{sentences:?}");
}

/// The data is the same, and what its publisher says it is about is not.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SampleWrittenV1")]
struct AboutItsTitle {
    sample_id: Uuid,
    title: String,
    text: String,
    at: Timestamp,
}

impl EventData for AboutItsTitle {
    const TYPE: &'static str = PUBLISHED;
    const SOURCE: Source = Source::Subscriptions;

    fn subject(&self) -> String {
        self.title.clone()
    }
}

#[test]
fn another_subject_is_seen() {
    let sentences = Copy::new().sentences(&with(EventKind::of::<AboutItsTitle>()));
    assert_refused(&sentences, "v2");
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    assert!(sentences[0].contains("its subject is another"));
}

#[test]
fn a_draft_may_change_in_any_way() {
    let kinds = planted!(Draft as "SampleWrittenV2" of DRAFT, {
        sample_id: Uuid,
        subject_line: u64,
    });
    assert_eq!(Copy::new().sentences(&kinds), [""; 0]);
}
