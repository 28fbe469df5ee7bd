//! Processes die, messages come twice, and others are at it as well.

use std::sync::Arc;

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;

use super::{counts, list_of, told_of};
use crate::{faults::meanwhile, helpers::TestApp};

/// Three chunks.
const READERS: usize = 110;

#[tokio::test]
async fn dying_before_any_step_of_the_work_loses_and_doubles_nothing() {
    for step in 0.. {
        let app = TestApp::with_admin().await;
        let program = app.program().await;
        let id = program.start_import(&list_of(READERS)).await;
        let message = app.import_messages.take().expect("a message");
        app.store.goes_down_after(step);
        let survived = app.work_on(&message).await.is_ok();
        app.store.is_down(false);
        app.work_on(&message).await.expect("it is handled");
        let import = program.show_import(&id).await;
        assert_eq!(import["status"], "finished", "step {step}");
        assert_eq!(counts(&import), [READERS as u64, READERS as u64, 0, 0]);
        assert_eq!(told_of(&app).await.len(), READERS, "step {step}");
        assert!(!app.keys().await.iter().any(|key| key.contains("PART#")));
        if survived {
            assert!(step > 6, "there are more steps than {step}");
            break;
        }
    }
}

#[tokio::test]
async fn dying_before_any_step_of_taking_in_a_list_leaves_no_import_or_a_whole_one() {
    for step in 0.. {
        let app = TestApp::with_admin().await;
        let program = app.program().await;
        let list = format!("{}{}", list_of(1), "a@b.c,Ann\n".repeat(40_000));
        app.store.goes_down_after(step);
        let answer = program.hand_in(list).await;
        app.store.is_down(false);
        let keys = app.keys().await;
        let begun = keys.iter().any(|key| key.ends_with(" IMPORT"));
        assert_eq!(begun, answer.status.as_u16() == 202, "step {step}");
        if begun {
            assert!(step > 3, "there are more steps than {step}");
            break;
        }
        assert_eq!(app.import_messages.take(), None);
    }
}

#[tokio::test]
async fn an_import_whose_message_is_lost_is_found_once_it_has_waited() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    app.import_messages.is_down(true);
    let id = program.start_import(&list_of(3)).await;
    app.import_messages.is_down(false);
    assert_eq!(app.app.sweep_imports().await.expect("a sweep"), 0);
    app.clock.pass(SignedDuration::from_mins(1));
    assert_eq!(app.app.sweep_imports().await.expect("a sweep"), 1);
    app.work_off_imports().await;
    assert_eq!(program.show_import(&id).await["status"], "finished");
    app.clock.pass(SignedDuration::from_mins(1));
    assert_eq!(app.app.sweep_imports().await.expect("a sweep"), 0);
}

#[tokio::test]
async fn a_message_is_worked_on_for_a_while_and_the_rest_by_another() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = program.start_import(&list_of(READERS)).await;
    let message = app.import_messages.take().expect("a message");
    let clock = Arc::clone(&app.clock);
    let minute = SignedDuration::from_mins(1);
    app.store.before_next_commit(move || clock.pass(minute));
    app.work_on(&message).await.expect("it is handled");
    let import = program.show_import(&id).await;
    assert_eq!(
        (&import["status"], &import["imported"]),
        (&json!("running"), &json!(48))
    );
    app.work_off_imports().await;
    assert_eq!(counts(&program.show_import(&id).await)[1], READERS as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_workers_on_one_import_have_the_effect_of_one() {
    let app = Arc::new(TestApp::with_admin().await);
    let program = app.program().await;
    let id = program.start_import(&list_of(1_000)).await;
    let message = app.import_messages.take().expect("a message");
    let workers = (0..4).map(|_| {
        let (app, message) = (Arc::clone(&app), message.clone());
        tokio::spawn(async move { while app.work_on(&message).await.is_err() {} })
    });
    for worker in join_all(workers).await {
        worker.expect("no panic");
    }
    assert_eq!(
        counts(&program.show_import(&id).await),
        [1_000, 1_000, 0, 0]
    );
    assert_eq!(told_of(&app).await.len(), 1_000);
}

#[tokio::test]
async fn somebody_who_registers_at_that_moment_is_imported_all_the_same() {
    let app = Arc::new(TestApp::with_admin().await);
    let program = app.program().await;
    let id = program.start_import(&list_of(3)).await;
    let other = Arc::clone(&app);
    app.store.before_next_commit(move || {
        meanwhile(async move {
            let answer = other.subscribe("Reader", "reader1@example.com").await;
            answer.assert_status(200);
        });
    });
    app.work_off_imports().await;
    let import = program.show_import(&id).await;
    assert_eq!(counts(&import), [3, 3, 0, 0]);
    let told_of = told_of(&app).await;
    assert_eq!(told_of.len(), 3);
}

#[tokio::test]
async fn an_import_with_a_part_gone_fails_and_keeps_what_it_did() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = program.start_import(&list_of(3)).await;
    let keys = app.keys().await;
    let part = keys.iter().find(|key| key.contains(" PART#"));
    let (partition, sort) = part.expect("a part").split_once(' ').expect("a key");
    let part = dynamo::Key::new(partition, sort);
    app.table().discard(&[part]).await.expect("gone");
    app.work_off_imports().await;
    let import = program.show_import(&id).await;
    assert_eq!(import["status"], "failed");
    assert_eq!(counts(&import), [3, 0, 0, 0]);
    app.clock.pass(SignedDuration::from_mins(1));
    assert_eq!(app.app.sweep_imports().await.expect("a sweep"), 0);
}

#[tokio::test]
async fn a_message_about_nothing_is_forgotten_and_nonsense_is_a_dead_letter() {
    let app = TestApp::with_admin().await;
    let unknown = json!({ "import_id": uuid::Uuid::nil() }).to_string();
    app.work_on(&unknown).await.expect("it is forgotten");
    let error = app.work_on("nonsense").await.expect_err("no message");
    assert!(error.is_permanent());
}
