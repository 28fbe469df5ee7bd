//! The AsyncAPI documents, and the page that is made of them.

use contract_tooling::{
    Folder,
    asyncapi::{Action, AsyncApiError, Declaration, asyncapi, operations},
    documents::{committed, verify},
    page::page,
};
use contracts::{EventData, Source, events};

/// What subscriptions publishes and consumes.
const SUBSCRIPTIONS: Declaration<'_> = Declaration {
    service: Source::Subscriptions,
    publishes: &[
        events::SubscriberRegisteredV1::TYPE,
        events::SubscriberConfirmedV1::TYPE,
        events::SubscriberUnsubscribedV1::TYPE,
        events::IssuePublishedV1::TYPE,
    ],
    consumes: &[
        events::IssueDeliveryProgressedV1::TYPE,
        events::IssueDeliveredV1::TYPE,
        events::EmailBouncedV1::TYPE,
        events::EmailComplainedV1::TYPE,
    ],
};

/// What delivery publishes and consumes.
const DELIVERY: Declaration<'_> = Declaration {
    service: Source::Delivery,
    publishes: &[
        events::IssueDeliveryProgressedV1::TYPE,
        events::IssueDeliveredV1::TYPE,
    ],
    consumes: &[
        events::SubscriberRegisteredV1::TYPE,
        events::SubscriberConfirmedV1::TYPE,
        events::SubscribersImportedV1::TYPE,
        events::SubscriberUnsubscribedV1::TYPE,
        events::SubscriberErasedV1::TYPE,
        events::IssuePublishedV1::TYPE,
    ],
};

#[test]
fn the_committed_documents_say_what_is_declared() {
    for declaration in [SUBSCRIPTIONS, DELIVERY] {
        if let Err(error) = verify(&declaration) {
            panic!("{error}");
        }
    }
}

#[test]
fn a_document_names_every_declared_event_and_refers_to_nothing_that_it_lacks() {
    let document = asyncapi(&DELIVERY, &Folder::of_the_workspace()).unwrap();
    let operations = operations(&document);
    let types = |wanted: Action| {
        let those = operations.iter().filter(|(action, _)| *action == wanted);
        let mut types: Vec<_> = those.map(|(_, it)| it.clone()).collect();
        types.sort();
        types
    };
    let in_order = |types: &[&str]| {
        let mut types: Vec<_> = types.iter().map(ToString::to_string).collect();
        types.sort();
        types
    };
    assert_eq!(types(Action::Send), in_order(DELIVERY.publishes));
    assert_eq!(types(Action::Receive), in_order(DELIVERY.consumes));

    let text = document.to_string();
    for reference in text.split(r##""$ref":"#"##).skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn a_service_declares_what_exists_and_publishes_what_is_its_own() {
    let folder = Folder::of_the_workspace();
    let declared = |publishes, consumes| {
        let declaration = Declaration {
            service: Source::Delivery,
            publishes,
            consumes,
        };
        asyncapi(&declaration, &folder)
    };
    let unknown = declared(&[], &["pennypost.issue.published.v99"]);
    assert!(matches!(unknown, Err(AsyncApiError::Unknown(_))));
    let not_its = declared(&[events::IssuePublishedV1::TYPE], &[]);
    assert!(matches!(not_its, Err(AsyncApiError::NotIts { .. })));
}

#[test]
fn the_page_shows_every_event_and_loads_nothing() {
    let documents = committed().unwrap();
    let page = page(&documents);
    for document in &documents {
        for (_, event_type) in operations(document) {
            assert!(page.contains(&format!("<section id=\"{event_type}\">")));
        }
    }
    for loads in ["<script", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(loads), "{loads}");
    }
}
