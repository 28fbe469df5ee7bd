//! Pause, resume, cancel, and pausing by itself.

use super::*;

#[test]
fn nobody_is_claimed_while_paused_or_after_a_cancel() {
    let mut fold = folded([control(Some(1), Action::Pause)]);
    assert!(refused(&fold, claim(1, &[1], Some(1), None)));
    then(&mut fold, control(Some(2), Action::Resume));
    assert!(!refused(&fold, claim(1, &[1], Some(1), None)));
    then(&mut fold, control(Some(3), Action::Cancel));
    assert!(refused(&fold, claim(1, &[1], Some(1), None)));
    then(&mut fold, control(Some(4), Action::Resume));
    assert!(refused(&fold, claim(1, &[1], Some(1), None)));
}

#[test]
fn an_older_control_loses() {
    let mut fold = folded([control(Some(2), Action::Resume)]);
    then(&mut fold, control(Some(1), Action::Pause));
    assert!(!fold.controls().is_paused());
    then(&mut fold, control(None, Action::Pause));
    then(&mut fold, control(Some(2), Action::Resume));
    assert!(fold.controls().is_paused());
}

#[test]
fn settling_works_while_paused_and_after_a_cancel() {
    for action in [Action::Pause, Action::Cancel] {
        let bodies = [claim(1, &[1], Some(1), None), control(Some(1), action)];
        let (mut of, fold) = worker_of(1, &bodies);
        of.called(0, Called::new(&fold, vec![MailResult::Accepted]));
        let next = appended(fold.decide(&of, &ahead(&[1, 2]), &when(2)));
        assert_eq!(
            next,
            [Body::Settle(Settle {
                author: next[0].author().expect("it has one"),
                settles: settlement(0, &[None]),
            })]
        );
    }
}

#[test]
fn whether_to_stop_is_read_from_the_fold_not_from_having_met_a_pause() {
    let bodies = [
        claim(1, &[1], Some(1), None),
        control(Some(1), Action::Pause),
        control(Some(2), Action::Resume),
    ];
    let (mut of, fold) = worker_of(1, &bodies);
    of.called(0, Called::new(&fold, vec![MailResult::Accepted]));
    let next = appended(fold.decide(&of, &ahead(&[1, 2]), &when(3)));
    assert!(matches!(&next[..], [Body::Claim(claim)] if claim.ids == ids([2])));
}

#[test]
fn a_fault_of_the_account_pauses_in_one_transaction_with_the_settle() {
    let (mut of, fold) = worker_of(1, &[claim(1, &[1], Some(1), None)]);
    let quota = MailResult::AccountFault("daily quota".to_owned());
    of.called(0, Called::new(&fold, vec![quota]));
    let next = appended(fold.decide(&of, &ahead(&[1, 2]), &when(1)));
    let [Body::Settle(settle), Body::Control(control)] = &next[..] else {
        panic!("{next:?} is not a settle and a pause");
    };
    assert!(settle.settles.has(Fate::Unavailable));
    assert_eq!(control.action, Action::Pause);
    assert_eq!(control.reason.as_deref(), Some("daily quota"));
}

#[test]
fn who_resumes_during_a_call_is_not_overruled_by_a_fault_from_before() {
    let bodies = [claim(1, &[1], Some(1), None)];
    let (mut of, mut fold) = worker_of(1, &bodies);
    let quota = MailResult::AccountFault("daily quota".to_owned());
    of.called(0, Called::new(&fold, vec![quota]));
    then(&mut fold, control(Some(1), Action::Pause));
    let paused = appended(fold.decide(&of, &ahead(&[1, 2]), &when(1)));
    assert!(matches!(&paused[..], [Body::Settle(_)]), "{paused:?}");
    then(&mut fold, control(Some(2), Action::Resume));
    let next = appended(fold.decide(&of, &ahead(&[1, 2]), &when(1)));
    assert!(matches!(&next[..], [Body::Settle(_)]), "{next:?}");
    // The fault is met again: the next call knows of the resume.
    then(&mut fold, next[0].clone());
    then(&mut fold, claim(1, &[1], None, None));
    of.observe(4, &claim(1, &[1], None, None).at(at(4)));
    let quota = MailResult::AccountFault("daily quota".to_owned());
    of.called(4, Called::new(&fold, vec![quota]));
    let next = appended(fold.decide(&of, &ahead(&[1, 2]), &when(5)));
    for body in next {
        then(&mut fold, body);
    }
    assert_eq!(fold.controls().reason(), Some("daily quota"));
}

#[test]
fn after_three_unclear_calls_or_takeovers_in_a_row_the_issue_pauses() {
    let mut fold = Fold::default();
    for number in 1..=3 {
        then(&mut fold, claim(number, &[number], Some(number), None));
        let mut of = Worker::new(worker(number));
        let row = claim(number, &[number], Some(number), None).at(at(0));
        let claimed = fold.next() - 1;
        let unclear = if number == 2 {
            // Its own call was unclear.
            of.observe(claimed, &row);
            of.called(
                claimed,
                Called::new(&fold, vec![MailResult::Unclear("why".into())]),
            );
            appended(fold.decide(&of, &ahead(&[number]), &when(5)))
        } else {
            let successor = Worker::new(worker(100 + number));
            appended(fold.decide(&successor, &ahead(&[]), &when(61)))
        };
        let pauses = matches!(unclear.get(1), Some(Body::Control(_)));
        assert_eq!(pauses, number == 3, "{number}");
        for body in unclear {
            then(&mut fold, body);
        }
    }
    assert!(fold.controls().is_paused());
    // A resume begins to count anew.
    then(&mut fold, control(Some(1), Action::Resume));
    assert_eq!(fold.streaks().unclear(), 0);
}

#[test]
fn a_clear_call_ends_the_row_of_unclear_ones() {
    let fold = folded([
        claim(1, &[1], Some(1), None),
        takeover(2, 0),
        claim(2, &[2], Some(2), None),
        settle(2, 2, &[None]),
    ]);
    assert_eq!(fold.streaks().unclear(), 0);
}

#[test]
fn a_mail_side_out_of_order_makes_the_shard_wait_and_costs_no_attempt() {
    let fold = folded([
        claim(1, &[1], Some(1), None),
        settle(1, 0, &[Some(Fate::Unavailable)]),
    ]);
    let of = Worker::new(worker(1));
    assert!(matches!(
        fold.decide(&of, &ahead(&[1]), &when(1)),
        Step::WaitUntil(_)
    ));
    assert_eq!(fold.retry(id(1)).map(|retry| retry.attempts), Some(0));
    let next = appended(fold.decide(&of, &ahead(&[1]), &when(3)));
    assert!(matches!(next[..], [Body::Claim(_)]));
}

#[test]
fn a_cancel_skips_everybody_unclaimed() {
    let mut fold = folded([
        claim(1, &[1, 2], Some(2), None),
        late(9),
        control(Some(1), Action::Cancel),
        settle(1, 0, &[None, Some(Fate::Unsent)]),
    ]);
    let of = Worker::new(worker(1));
    let rest = appended(fold.decide(&of, &ahead(&[1, 2, 3, 9]), &when(4)));
    then(&mut fold, rest[0].clone());
    let end = appended(fold.decide(&of, &ahead(&[1, 2, 3, 9]), &when(4)));
    then(&mut fold, end[0].clone());
    assert!(fold.is_done());
    let counts = fold.counts();
    assert_eq!((counts.accepted, counts.skipped), (1, 3));
    // What comes later adds no work.
    then(&mut fold, late(5));
    assert!(fold.is_done());
    assert_eq!(outcome(&fold, 5), Some(Outcome::Skipped));
}

fn own_pause(upon: u64) -> Body {
    Body::Control(Control {
        event_id: id(98),
        version: None,
        upon: Some(upon),
        action: Action::Pause,
        reason: Some("quota".to_owned()),
    })
}

#[test]
fn a_pause_of_its_own_loses_against_a_request_that_it_did_not_know() {
    let own = own_pause;
    let resumed = control(Some(2), Action::Resume);
    assert!(!folded([resumed.clone(), own(1)]).controls().is_paused());
    assert!(folded([resumed, own(2)]).controls().is_paused());
}

#[test]
fn a_pause_that_is_copied_before_the_request_it_knew_of_is_not_undone_by_it() {
    let mut fold = folded([control(Some(1), Action::Pause), own_pause(2)]);
    then(&mut fold, control(Some(2), Action::Resume));
    assert_eq!(fold.controls().reason(), Some("quota"));
    then(&mut fold, control(Some(3), Action::Resume));
    assert!(!fold.controls().is_paused());
}
