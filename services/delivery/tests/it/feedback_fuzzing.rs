//! What comes as an event of SES may be anything.

use contracts::events::EmailBouncedV1;
use fuzz::Target;

use crate::{
    feedback::mailed,
    support::{SesEvent, second, unclear},
};

#[test]
fn an_event_is_handled_or_refused_for_good_and_nothing_of_it_is_repeated() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (world, mail) = runtime.block_on(mailed(Some(unclear())));
    let mut corpus = vec![
        SesEvent::bounce("Permanent", &mail, second(7)).body(),
        SesEvent::bounce("Transient", &mail, second(7)).body(),
        SesEvent::complaint(&mail, second(7)).body(),
    ];
    let kinds = ["Send", "Delivery", "Reject", "Rendering Failure", "Open"];
    corpus.extend(kinds.map(|kind| SesEvent::new(kind, &mail).body()));
    let corpus = corpus.into_iter().map(String::into_bytes).collect();
    let found = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/found/ses_events");
    let feedback = world.app.feedback();
    Target::new(corpus, found).run_text(|body| {
        if let Err(refused) = runtime.block_on(feedback.handle(body)) {
            assert!(refused.is_permanent(), "{refused}");
            assert!(!refused.to_string().contains('@'), "{refused}");
        }
    });
    let told = runtime.block_on(world.outbox::<EmailBouncedV1>());
    assert!(!told.is_empty());
    for (_, bounce) in told {
        let diagnostic = bounce.diagnostic;
        assert!(!diagnostic.contains(['@', '<']), "{diagnostic}");
    }
}
