//! The events that others rely on, by their public description.

use contracts::{Source, catalogue};

use crate::{ROOT, example, types};

/// Every type and who publishes it, with the least that its data holds.
const PUBLIC: &[(&str, Source, &[&str])] = &[
    (
        "pennypost.subscriber.registered.v1",
        Source::Subscriptions,
        &[
            "subscriber_id",
            "version",
            "email",
            "name",
            "confirmation_url",
            "unsubscribe_url",
            "expires_at",
        ],
    ),
    (
        "pennypost.subscriber.confirmed.v1",
        Source::Subscriptions,
        &[
            "subscriber_id",
            "version",
            "email",
            "name",
            "unsubscribe_url",
            "confirmed_at",
        ],
    ),
    (
        "pennypost.subscriber.unsubscribed.v1",
        Source::Subscriptions,
        &["subscriber_id", "version", "reason", "issue_id", "at"],
    ),
    (
        "pennypost.subscriber.erased.v1",
        Source::Subscriptions,
        &["subscriber_id", "version", "at"],
    ),
    (
        "pennypost.issue.published.v1",
        Source::Subscriptions,
        &[
            "issue_id",
            "title",
            "html_content",
            "text_content",
            "published_at",
        ],
    ),
    (
        "pennypost.issue.published.v2",
        Source::Subscriptions,
        &[
            "issue_id",
            "title",
            "preheader",
            "sender_name",
            "html_content",
            "text_content",
            "content_sha256",
            "published_at",
        ],
    ),
    (
        "pennypost.subscribers.imported.v1",
        Source::Subscriptions,
        &["import_id", "chunk", "subscribers"],
    ),
    (
        "pennypost.issue.pause-requested.v1",
        Source::Subscriptions,
        &["issue_id", "version", "at"],
    ),
    (
        "pennypost.issue.resume-requested.v1",
        Source::Subscriptions,
        &["issue_id", "version", "at"],
    ),
    (
        "pennypost.issue.cancel-requested.v1",
        Source::Subscriptions,
        &["issue_id", "version", "at"],
    ),
    (
        "pennypost.issue.held-resolution-requested.v1",
        Source::Subscriptions,
        &["issue_id", "version", "action", "subscriber_ids"],
    ),
    (
        "pennypost.issue.delivery-progressed.v1",
        Source::Delivery,
        &["issue_id", "version", "status", "reason", "counts"],
    ),
    (
        "pennypost.issue.exceptions-recorded.v1",
        Source::Delivery,
        &["issue_id", "shard", "row", "entries"],
    ),
    (
        "pennypost.issue.delivered.v1",
        Source::Delivery,
        &["issue_id", "version", "counts", "started_at", "finished_at"],
    ),
    (
        "pennypost.email.bounced.v1",
        Source::Delivery,
        &["subscriber_id", "issue_id", "kind", "diagnostic", "at"],
    ),
    (
        "pennypost.email.complained.v1",
        Source::Delivery,
        &["subscriber_id", "issue_id", "at"],
    ),
];

#[test]
fn the_events_are_those_that_others_rely_on() {
    let mut public: Vec<_> = PUBLIC.iter().map(|(event_type, ..)| *event_type).collect();
    public.sort();
    assert_eq!(types(), public);
    for kind in catalogue() {
        let (_, source, data) = PUBLIC.iter().find(|it| it.0 == kind.event_type).unwrap();
        assert_eq!(kind.source, *source, "{}", kind.event_type);
        for field in *data {
            let example = example(kind);
            assert!(
                example["data"].get(field).is_some(),
                "{} {field}",
                kind.event_type
            );
        }
    }
}

#[test]
fn every_event_has_a_file_and_a_place_in_the_catalogue() {
    let mut from_files: Vec<_> = std::fs::read_dir(format!("{ROOT}/src/events"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| {
            let (name, version) = name.strip_suffix(".rs")?.rsplit_once("_v")?;
            let (subject, what) = name.split_once('_')?;
            let what = what.replace('_', "-");
            Some(format!("pennypost.{subject}.{what}.v{version}"))
        })
        .collect();
    from_files.sort();
    assert_eq!(from_files, types());
}

#[test]
fn every_event_is_on_the_page_about_events() {
    let page = std::fs::read_to_string(format!("{ROOT}/../docs/events.md")).unwrap();
    for event_type in types() {
        assert!(
            page.contains(&format!("| `{event_type}` |")),
            "{event_type}"
        );
    }
}
