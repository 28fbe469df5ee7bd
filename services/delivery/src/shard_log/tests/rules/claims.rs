//! Claims and calls.

use super::*;

#[test]
fn an_id_that_any_claim_named_is_claimed_again_only_from_retry_or_a_resend() {
    let mut fold = folded([
        claim(1, &[1, 2], Some(2), None),
        settle(1, 0, &[None, None]),
    ]);
    assert!(refused(&fold, claim(1, &[1], None, None)));
    assert!(refused(&fold, claim(1, &[2], Some(3), None)));
    then(&mut fold, claim(1, &[3], Some(3), None));
    then(&mut fold, settle(1, 2, &[Some(Fate::Released)]));
    assert!(!refused(&fold, claim(1, &[3], None, None)));
    then(&mut fold, claim(1, &[3], None, None));
    then(&mut fold, takeover(2, 4));
    assert!(refused(&fold, claim(2, &[3], None, None)));
    then(&mut fold, evidence(4, 3, Finding::Resend { decision: 1 }));
    assert!(!refused(&fold, claim(2, &[3], None, None)));
}

#[test]
fn no_claim_is_made_beside_an_open_one() {
    let fold = folded([claim(1, &[1], Some(1), None)]);
    assert!(refused(&fold, claim(2, &[2], Some(2), None)));
    assert!(refused(
        &fold,
        claim(2, &[2], Some(2), Some(settlement(7, &[None])))
    ));
    assert!(!refused(
        &fold,
        claim(1, &[2], Some(2), Some(settlement(0, &[None])))
    ));
    assert!(refused(&fold, done(2)));
}

#[test]
fn the_next_claim_settles_the_one_before_and_takes_the_next_batch() {
    let mut of = Worker::new(worker(1));
    let bodies = [claim(1, &[1, 2], Some(2), None)];
    of.observe(0, &bodies[0].clone().at(at(0)));
    let fold = folded(bodies);
    of.called(0, Called::new(&fold, vec![MailResult::Accepted; 2]));
    let next = appended(fold.decide(&of, &ahead(&[1, 2, 3, 4, 5]), &when(1)));
    let [Body::Claim(next)] = &next[..] else {
        panic!("{next:?} is no claim");
    };
    assert_eq!(next.ids, ids([3, 4]));
    assert_eq!(next.cursor, Some(id(4)));
    assert_eq!(next.settles, Some(settlement(0, &[None, None])));
}

#[test]
fn those_to_retry_come_first_then_the_late_then_the_page() {
    let fold = folded([
        claim(1, &[3], Some(3), None),
        settle(1, 0, &[Some(Fate::Released)]),
        late(9),
    ]);
    let of = Worker::new(worker(2));
    let mut when = when(5);
    when.size.per_call = 3;
    let next = appended(fold.decide(&of, &ahead(&[3, 4, 9]), &when));
    assert!(matches!(&next[..], [Body::Claim(claim)] if claim.ids == ids([3, 9, 4])));
}

#[test]
fn a_claim_is_at_most_a_second_of_the_rate_and_at_least_one() {
    let most = |per_call, per_second| {
        BatchSize {
            per_call,
            per_second,
        }
        .most()
    };
    assert_eq!(most(50, None), 50);
    assert_eq!(most(50, Some(14.9)), 14);
    assert_eq!(most(50, Some(0.1)), 1);
    assert_eq!(most(5, Some(14.0)), 5);
    assert_eq!(most(9_999, None), 250);
}

#[test]
fn no_mail_call_starts_later_than_the_lease_minus_its_time_out() {
    let (of, fold) = worker_of(1, &[claim(1, &[1], Some(1), None)]);
    let step = |second| fold.decide(&of, &ahead(&[1]), &when(second));
    assert!(matches!(step(40), Step::Call { claim: 0, .. }));
    // With too little lease left, it is settled as unsent.
    let late = appended(step(41));
    let [Body::Settle(settle)] = &late[..] else {
        panic!("{late:?} is no settle");
    };
    assert!(settle.settles.has(Fate::Released));
}

#[test]
fn results_that_are_not_as_many_as_the_mails_are_unclear() {
    let (mut of, fold) = worker_of(1, &[claim(1, &[1, 2], Some(2), None)]);
    of.called(0, Called::new(&fold, vec![MailResult::Accepted]));
    let next = appended(fold.decide(&of, &ahead(&[]), &when(1)));
    let Body::Settle(settle) = &next[0] else {
        panic!("{next:?} is no settle");
    };
    assert_eq!(settle.settles.mentioned(), 2);
    assert!(settle.settles.has(Fate::Unclear));
}

#[test]
fn who_is_unsent_too_often_has_failed() {
    let mut fold = folded([claim(1, &[1], Some(1), None)]);
    for attempt in 1_u64.. {
        let called = Called::new(&fold, vec![MailResult::Unsent("busy".to_owned())]);
        let last = attempt == 20;
        let is_failed = matches!(&called.known[..], [Some((Fate::Failed, _))]);
        assert_eq!(is_failed, last, "attempt {attempt}");
        if last {
            break;
        }
        let open = fold.open().expect("it is open").number;
        then(&mut fold, settle(1, open, &[Some(Fate::Unsent)]));
        then(&mut fold, claim(1, &[1], None, None));
    }
}

#[test]
fn the_issue_pauses_over_somebody_whom_nobody_explains_before_they_fail() {
    let mut fold = folded([claim(1, &[1], Some(1), None)]);
    let mut pauses = Vec::new();
    for attempt in 1_u32..=20 {
        let results = vec![MailResult::Unexplained("rejected".to_owned())];
        let called = Called::new(&fold, results);
        pauses.extend(called.pause.is_some().then_some(attempt));
        let is_failed = matches!(&called.known[..], [Some((Fate::Failed, _))]);
        assert_eq!(is_failed, attempt == 20, "attempt {attempt}");
        let open = fold.open().expect("it is open").number;
        then(&mut fold, settle(1, open, &[Some(Fate::Unsent)]));
        then(&mut fold, claim(1, &[1], None, None));
    }
    assert_eq!(pauses, [5, 10, 15, 20]);
}
