use dynamo::{CommitError, Transaction};
use outbox::{HandleError, SeenEvent};

use crate::fixtures::{Fixture, event, moment};

#[tokio::test]
async fn an_event_takes_effect_once() {
    let fixture = Fixture::new().await;
    let event = event(moment());
    assert!(
        !SeenEvent::is_known(&fixture.table, event.id())
            .await
            .expect("reads")
    );

    let mut first = Transaction::new();
    SeenEvent::new(event.id(), moment()).write(&mut first);
    fixture.table.commit(first).await.expect("commits");

    let mut second = Transaction::new();
    SeenEvent::new(event.id(), moment()).write(&mut second);
    event.write(&mut second);
    let error = fixture.table.commit(second).await.expect_err("was handled");
    assert!(SeenEvent::was_repeated(&error));
    assert!(
        SeenEvent::is_known(&fixture.table, event.id())
            .await
            .expect("reads")
    );
    assert!(fixture.rows().await.is_empty());
}

#[test]
fn an_error_tells_whether_trying_again_may_help() {
    let transient = HandleError::from(CommitError::Unavailable("time-out".to_owned()));
    let permanent = HandleError::from(CommitError::Invalid("too large".to_owned()));
    assert!(!transient.is_permanent());
    assert!(permanent.is_permanent());
}
