//! The command that publishes and retires versions.

use std::fs;

use contract_tooling::{Folder, ReleaseError, documents, frozen, release, retire};
use contracts::catalogue;
use jiff::civil::{Date, date};

use contract_tooling::asyncapi::{operations, title};
use serde_json::{Value, json};

use super::{Copy, DRAFT, PUBLISHED, assert_refused, kinds, without};

const TODAY: Date = date(2026, 12, 1);

#[test]
fn a_draft_that_is_published_is_frozen_from_then_on() {
    let copy = Copy::new();
    let before = copy.lock();
    let added = release(&copy.folder, &kinds(), DRAFT, TODAY).unwrap();
    assert_eq!(added.len(), 2);
    assert_eq!(frozen::lost_lines(&before, &copy.lock()), [""; 0]);
    assert_eq!(copy.sentences(&kinds()), [""; 0]);
    copy.edit(&Folder::schema(DRAFT), "preheader", "teaser");
    assert!(copy.sentences(&kinds())[0].contains("make it v3:"));
}

#[test]
fn a_change_to_v1_belongs_into_v3_once_v2_is_published() {
    let copy = Copy::new();
    release(&copy.folder, &kinds(), DRAFT, TODAY).unwrap();
    copy.edit(&Folder::schema(PUBLISHED), "title", "headline");
    assert_refused(&copy.sentences(&kinds()), "v3");
}

#[test]
fn publishing_again_adds_nothing_but_examples_that_are_new() {
    let copy = Copy::new();
    let again = |folder| release(folder, &kinds(), PUBLISHED, TODAY).unwrap();
    assert!(again(&copy.folder).is_empty());

    let example = copy.folder.read(&Folder::example(PUBLISHED)).unwrap();
    let name = format!("examples/{PUBLISHED}--short.json");
    fs::write(copy.folder.path().join(&name), example).unwrap();
    assert_eq!(again(&copy.folder).len(), 1);
    copy.edit(&name, "utopia", "dystopia");
    assert_refused(&copy.sentences(&kinds()), "v2");
}

#[test]
fn what_the_type_does_not_read_is_not_published() {
    let copy = Copy::new();
    copy.edit(&Folder::example(DRAFT), "preheader", "teaser");
    let before = copy.lock();
    let refused = release(&copy.folder, &kinds(), DRAFT, TODAY);
    assert!(matches!(refused, Err(ReleaseError::WouldNotHold(_))));
    assert_eq!(copy.lock(), before);

    let unknown = release(&copy.folder, &kinds(), "pennypost.a.b.v1", TODAY);
    assert!(matches!(unknown, Err(ReleaseError::Unknown(_))));
}

/// As much of an AsyncAPI document as says what a service does.
fn document(title: &str, action: &str, event_type: &str) -> Value {
    let channel = format!("#/channels/{event_type}");
    json!({
        "info": {"title": title},
        "operations": {"one": {"action": action, "channel": {"$ref": channel}}},
    })
}

#[test]
fn a_version_is_retired_when_no_service_declares_it_any_more() {
    let copy = Copy::new();
    let publisher = document("Pennypost subscriptions", "send", PUBLISHED);
    let consumer = document("Pennypost delivery", "receive", PUBLISHED);
    let before = copy.lock();
    for (in_use, uses) in [
        (
            vec![publisher.clone()],
            "published by Pennypost subscriptions",
        ),
        (vec![consumer.clone()], "consumed by Pennypost delivery"),
        (
            vec![publisher, consumer],
            "published by Pennypost subscriptions, consumed by Pennypost delivery",
        ),
    ] {
        let refused = retire(&copy.folder, &in_use, PUBLISHED, TODAY).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("{PUBLISHED} is still {uses}: end that first (docs/events.md)")
        );
        assert_eq!(copy.lock(), before);
        assert_eq!(copy.sentences(&kinds()), [""; 0], "nothing was deleted");
    }

    let of_others = document("Pennypost subscriptions", "send", DRAFT);
    retire(&copy.folder, &[of_others], PUBLISHED, TODAY).unwrap();
    assert_eq!(frozen::lost_lines(&before, &copy.lock()), [""; 0]);
    assert_eq!(copy.sentences(&without(PUBLISHED)), [""; 0]);
    // Its name is not used again.
    assert!(copy.sentences(&kinds())[0].contains("was retired"));
    let again = release(&copy.folder, &kinds(), PUBLISHED, TODAY);
    assert!(matches!(again, Err(ReleaseError::Retired(_))));
}

#[test]
fn what_a_service_of_ours_declares_is_not_retired() {
    let copy = Copy::of_ours();
    let committed = documents::committed().unwrap();
    for document in &committed {
        for (action, event_type) in operations(document) {
            release(&copy.folder, catalogue(), &event_type, TODAY).unwrap();
            let refused = retire(&copy.folder, &committed, &event_type, TODAY);
            let Err(ReleaseError::InUse { uses, .. }) = refused else {
                panic!("{event_type}: {refused:?}");
            };
            let this = format!("{} by {}", action.participle(), title(document));
            assert!(uses.contains(&this), "{event_type}: {uses:?}");
        }
    }
}

#[test]
fn only_what_is_published_is_retired() {
    let copy = Copy::new();
    let refused = retire(&copy.folder, &[], DRAFT, TODAY);
    assert!(matches!(refused, Err(ReleaseError::NotPublished(_))));
}
