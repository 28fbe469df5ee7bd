//! What others learn: starts, answers, exceptions, feedback.

use super::*;

#[test]
fn who_creates_work_when_none_runs_starts_it() {
    let starts = |before: &[Body], body: Body| {
        let mut fold = folded(before.iter().cloned());
        let was_done = fold.is_done();
        then(&mut fold, body.clone());
        needs_start(was_done, &fold, &body)
    };
    let pause = control(Some(1), Action::Pause);
    let resume = control(Some(2), Action::Resume);
    let hold = [claim(1, &[1], Some(1), None), takeover(2, 0), done(2)];
    let resend = evidence(0, 1, Finding::Resend { decision: 1 });
    assert!(starts(std::slice::from_ref(&pause), resume.clone()));
    assert!(starts(
        std::slice::from_ref(&pause),
        control(Some(2), Action::Cancel)
    ));
    assert!(starts(&[done(1)], late(1)));
    assert!(starts(&hold, resend));
    assert!(!starts(&[], late(1)));
    assert!(!starts(&[done(1)], removed(1)));
    assert!(
        starts(&[done(1), pause], late(1)),
        "it may be delivered by now"
    );
    assert!(!starts(&[done(1)], resume));
}

#[test]
fn late_rows_need_a_start_unless_the_tail_shows_a_worker() {
    let rows =
        |bodies: &[Body]| -> Vec<_> { bodies.iter().map(|body| body.clone().at(at(0))).collect() };
    assert!(late_needs_start(&rows(&[late(2), done(1)])));
    assert!(late_needs_start(&rows(&[late(2), late(1)])));
    assert!(!late_needs_start(&rows(&[
        late(2),
        takeover(1, 0),
        done(1)
    ])));
}

#[test]
fn every_recipient_has_an_answer() {
    let fold = folded([
        claim(1, &[1, 2, 3], Some(3), None),
        settle(1, 0, &[None, Some(Fate::Failed), Some(Fate::Unclear)]),
        removed(4),
        late(5),
    ]);
    let answer = |number| fold.answer(id(number), true);
    assert_eq!(answer(1), Answer::Accepted);
    assert!(matches!(answer(2), Answer::Failed { .. }));
    assert!(matches!(answer(3), Answer::Held { .. }));
    assert!(matches!(answer(4), Answer::Skipped { .. }));
    assert_eq!(answer(5), Answer::NotYet);
    assert_eq!(answer(6), Answer::NotYet);
    assert_eq!(fold.answer(id(6), false), Answer::NotARecipient);
}

#[test]
fn exceptions_are_told_with_the_row_that_makes_them_and_taken_back() {
    let mut fold = folded([claim(1, &[1, 2], Some(2), None)]);
    let row = settle(1, 0, &[None, Some(Fate::Unclear)]).at(at(1));
    let told = fold.exceptions(&row);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].id, id(2));
    then(&mut fold, row.body);
    let taken_back = fold.exceptions(&evidence(0, 2, Finding::Accepted).at(at(2)));
    assert_eq!(taken_back.len(), 1);
    assert_eq!(taken_back[0].news, News::Accepted(Notable::AfterAll));
}

#[test]
fn feedback_is_appended_only_where_the_log_does_not_know_it() {
    let rows = |settles: Body| {
        [
            claim(1, &[1, 2], Some(2), None).at(at(0)),
            settles.at(at(1)),
        ]
    };
    let heard = |rows: &[_], feedback| heed(0, rows, true, id(1), feedback);
    let clear = rows(settle(1, 0, &[None, Some(Fate::Unclear)]));
    assert_eq!(heard(&clear, Feedback::Accepted), Heard::Nothing);
    assert!(matches!(heard(&clear, Feedback::Bounced), Heard::Append(_)));
    let unclear = rows(settle(1, 0, &[Some(Fate::Unclear), None]));
    assert!(matches!(
        heard(&unclear, Feedback::Accepted),
        Heard::Append(_)
    ));
    assert!(matches!(
        heard(&clear[..1], Feedback::Accepted),
        Heard::Append(_)
    ));
    assert_eq!(heard(&clear, Feedback::Sent), Heard::Nothing);
    assert_eq!(heard(&clear[..1], Feedback::Sent), Heard::Nothing);
    assert!(matches!(heard(&unclear, Feedback::Sent), Heard::Append(_)));
    let taken_over = rows(takeover(2, 0));
    assert!(matches!(
        heard(&taken_over, Feedback::Accepted),
        Heard::Append(_)
    ));
    assert_eq!(
        heed(0, &clear[..1], false, id(1), Feedback::Accepted),
        Heard::ReadOn
    );
    assert_eq!(
        heed(0, &clear, true, id(7), Feedback::Bounced),
        Heard::Nothing
    );
    let not_sent = Feedback::NotSent("why");
    assert_eq!(heard(&clear, not_sent), Heard::Nothing);
    assert_eq!(heard(&clear[..1], not_sent), Heard::Nothing);
    assert!(matches!(heard(&unclear, not_sent), Heard::Append(_)));
}

#[test]
fn evidence_about_an_open_claim_is_remembered_once() {
    let mut fold = folded([claim(1, &[1], Some(1), None)]);
    let told = evidence(0, 1, Finding::Accepted);
    assert!(fold.is_news(&told.clone().at(at(1))));
    then(&mut fold, told.clone());
    assert!(!fold.is_news(&told.at(at(2))));
}

#[test]
fn evidence_is_news_once() {
    let mut fold = folded([
        claim(1, &[1, 2], Some(2), None),
        settle(1, 0, &[None, Some(Fate::Unclear)]),
    ]);
    for (number, finding, is_news) in [
        (1, Finding::Accepted, false),
        (1, Finding::Bounced, true),
        (1, Finding::Bounced, false),
        (1, Finding::Complained, true),
        (2, Finding::Accepted, true),
        (2, Finding::Accepted, false),
        (3, Finding::Bounced, false),
    ] {
        let told = evidence(0, number, finding.clone());
        assert_eq!(
            fold.is_news(&told.clone().at(at(2))),
            is_news,
            "{finding:?}"
        );
        then(&mut fold, told);
    }
}

#[test]
fn bounces_and_complaints_are_counted_once_among_the_accepted() {
    let fold = folded([
        claim(1, &[1, 2], Some(2), None),
        settle(1, 0, &[None, Some(Fate::Failed)]),
        evidence(0, 1, Finding::Bounced),
        evidence(0, 1, Finding::Bounced),
        evidence(0, 1, Finding::Complained),
        evidence(0, 2, Finding::Bounced),
        evidence(0, 3, Finding::Bounced),
    ]);
    let counts = fold.counts();
    assert_eq!(
        (counts.accepted, counts.bounced, counts.complained),
        (1, 1, 1)
    );
}

#[test]
fn rows_that_are_missing_or_come_twice_are_no_log() {
    let mut fold = folded([late(1)]);
    let again = late(1).at(at(0));
    assert_eq!(
        fold.apply(0, &again),
        Err(FoldError::Gap {
            expected: 1,
            found: 0
        })
    );
    assert!(fold.apply(2, &again).is_err());
}

#[test]
fn what_the_projection_did_is_told_by_the_next_row_of_a_worker() {
    let mut fold = folded([claim(1, &[1], Some(1), None), removed(2), removed(1)]);
    let untold = |fold: &Fold| -> Vec<_> {
        let rows = fold.untold().iter();
        rows.map(|(number, told)| (*number, told.len())).collect()
    };
    assert_eq!(untold(&fold), [(1, 1)], "who was claimed is no exception");
    then(&mut fold, control(Some(1), Action::Pause));
    assert_eq!(untold(&fold), [(1, 1)]);
    then(&mut fold, settle(1, 0, &[None]));
    assert!(untold(&fold).is_empty());
}

#[test]
fn very_many_are_told_in_parts_by_one_row_of_a_worker_after_the_other() {
    let many = 2 * MAX_TOLD as u64 + 1;
    let mut fold = Fold::default();
    for first in (1..=many).step_by(MAX_IDS) {
        let ids = ids(first..(first + MAX_IDS as u64).min(many + 1));
        let (why, cursor) = (Removal::Unsubscribed, None);
        then(
            &mut fold,
            Body::Removed(Removed {
                ids,
                why,
                cursor,
                unmeant: false,
            }),
        );
    }
    let mut told = Vec::new();
    for number in 1.. {
        let part: usize = fold.untold().iter().map(|(_, told)| told.len()).sum();
        if part == 0 {
            break;
        }
        told.push(part);
        then(&mut fold, done(number));
    }
    assert_eq!(told, [MAX_TOLD, MAX_TOLD, 1]);
}
