//! The AsyncAPI documents, and the page that is made of them.

use contract_tooling::{
    Folder,
    asyncapi::{Action, AsyncApiError, Declaration, QUEUE, asyncapi, operations},
    documents::{committed, verify_page},
    page::page,
};
use contracts::{Queue, Source, catalogue};

/// What delivery publishes, and in two queues what subscriptions does.
fn sample() -> Declaration<'static> {
    let types = |source: Source| {
        let kinds = catalogue().iter().filter(|kind| kind.source == source);
        kinds.map(|kind| kind.event_type).collect::<Vec<_>>().leak()
    };
    let (first, others) = types(Source::Subscriptions).split_at(1);
    let queue = |name, consumes| Queue { name, consumes };
    Declaration {
        service: Source::Delivery,
        publishes: types(Source::Delivery),
        consumes: vec![queue("first", first), queue("others", others)].leak(),
    }
}

#[test]
fn a_document_names_every_declared_event_and_refers_to_nothing_that_it_lacks() {
    let document = asyncapi(&sample(), &Folder::of_the_workspace()).unwrap();
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
    assert_eq!(types(Action::Send), in_order(sample().publishes));
    let queues = sample().consumes.iter();
    let consumed: Vec<_> = queues.flat_map(|queue| queue.consumes).copied().collect();
    assert_eq!(types(Action::Receive), in_order(&consumed));

    let text = document.to_string();
    for reference in text.split(r##""$ref":"#"##).skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn a_document_tells_which_queue_brings_an_event() {
    let document = asyncapi(&sample(), &Folder::of_the_workspace()).unwrap();
    for queue in sample().consumes {
        for event_type in queue.consumes {
            let operation = &document["operations"][format!("receive.{event_type}")];
            assert_eq!(operation[QUEUE], queue.name, "{event_type}");
        }
    }
}

#[test]
fn a_service_declares_what_exists_and_publishes_what_is_its_own() {
    let folder = Folder::of_the_workspace();
    let declared = |publishes: &'static [_], consumes: &[Queue]| {
        let declaration = Declaration {
            service: Source::Delivery,
            publishes,
            consumes,
        };
        asyncapi(&declaration, &folder)
    };
    let unknown = Queue {
        name: "inbound",
        consumes: &["pennypost.nothing.happened.v1"],
    };
    let unknown = declared(&[], &[unknown]);
    assert!(matches!(unknown, Err(AsyncApiError::Unknown(_))));
    let not_its = declared(sample().consumes[0].consumes, &[]);
    assert!(matches!(not_its, Err(AsyncApiError::NotIts { .. })));
}

#[test]
fn the_page_shows_every_event_and_loads_nothing() {
    if let Err(error) = verify_page() {
        panic!("{error}");
    }
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
