//! The process dies over feedback.

use contracts::events::ExceptionOutcome;
use tokio::time::advance;

use crate::{
    feedback::{bounced, complained, last, mailed},
    support::{Fault, PROGRESS_INTERVAL, SesEvent, second, unclear},
};

/// The most effects that one event has.
const MAX_EFFECTS: usize = 12;

#[tokio::test(start_paused = true)]
async fn wherever_the_process_dies_over_feedback_it_is_published_counted_and_told_once() {
    for what in ["bounce", "complaint", "send", "reject"] {
        let mut met = 0;
        for effect in 0.. {
            assert!(effect <= MAX_EFFECTS, "{what} has no end");
            let (mut world, mail) = mailed(Some(unclear())).await;
            advance(PROGRESS_INTERVAL).await;
            let event = match what {
                "bounce" => SesEvent::bounce("Permanent", &mail, second(7)),
                "complaint" => SesEvent::complaint(&mail, second(7)),
                "send" => SesEvent::new("Send", &mail),
                _ => SesEvent::new("Reject", &mail),
            };
            let fault = Fault::at(effect);
            world.restart_mortal(&fault);
            let handled = world.app.feedback().handle(&event.body()).await;
            let died = fault.is_dead();
            assert!(died || handled.is_ok(), "{what}, effect {effect}");
            world.restart();
            if handled.is_err() {
                world.hears(&event).await;
            }
            advance(PROGRESS_INTERVAL).await;
            world.app.sweep_issues().await.expect("swept");
            let published = (bounced(&world).await.len(), complained(&world).await.len());
            let expected = (
                usize::from(what == "bounce"),
                usize::from(what == "complaint"),
            );
            assert_eq!(published, expected, "{what}, effect {effect}");
            let counts = last(&world).await.counts;
            let failed = u64::from(what == "reject");
            assert_eq!((counts.held, counts.failed), (0, failed));
            assert_eq!(counts.accepted, 1 - failed);
            assert_eq!(
                (counts.bounced, counts.complained),
                (u64::from(what == "bounce"), u64::from(what == "complaint")),
                "{what}, effect {effect}"
            );
            let told = world.exceptions().await.into_iter();
            let told: Vec<_> = told.flat_map(|event| event.entries).collect();
            let after_all = told
                .iter()
                .filter(|entry| entry.outcome != ExceptionOutcome::Held);
            assert_eq!(after_all.count(), 1, "{what}, effect {effect}: {told:?}");
            let items = world.stored_items().await;
            world.hears(&event).await;
            assert_eq!(world.stored_items().await, items, "{what}: once more");
            if !died {
                break;
            }
            met = effect + 1;
        }
        assert!(met >= 4, "{what}: only {met} effects were met");
    }
}
