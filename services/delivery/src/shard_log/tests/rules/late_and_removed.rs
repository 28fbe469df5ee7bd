//! Who arrives late, and who leaves.

use super::*;

#[test]
fn late_ones_are_claimed_from_their_rows_only_and_once() {
    let mut fold = folded([late(3), late(3)]);
    let of = Worker::new(worker(1));
    let mut when = when(1);
    when.size.per_call = 9;
    let next = appended(fold.decide(&of, &ahead(&[1, 3, 4]), &when));
    assert!(matches!(&next[..], [Body::Claim(claim)] if claim.ids == ids([3, 1, 4])));
    then(&mut fold, next[0].clone());
    then(&mut fold, settle(1, 2, &[None; 3]));
    then(&mut fold, late(3));
    assert_eq!(fold.late().count(), 0);
    assert!(refused(&fold, claim(1, &[3], None, None)));
}

#[test]
fn a_page_passes_over_who_was_claimed_as_a_late_one() {
    let mut fold = folded([late(5), claim(1, &[5], None, None), settle(1, 1, &[None])]);
    let of = Worker::new(worker(1));
    let next = appended(fold.decide(&of, &ahead(&[1, 5, 6]), &when(3)));
    assert!(matches!(&next[..], [Body::Claim(claim)] if claim.ids == ids([1, 6])));
    assert!(refused(&fold, claim(1, &[5], Some(5), None)));
    then(&mut fold, next[0].clone());
}

#[test]
fn late_ones_after_done_open_another_pass() {
    let mut fold = folded([done(1), late(3)]);
    assert!(!fold.is_done());
    assert!(refused(&fold, done(1)));
    then(&mut fold, claim(1, &[3], None, None));
    then(&mut fold, settle(1, 2, &[None]));
    then(&mut fold, done(1));
    assert_eq!(fold.passes(), 2);
}

#[test]
fn a_removed_one_drops_out_of_pages_late_and_retry() {
    let mut fold = folded([
        claim(1, &[1], Some(1), None),
        settle(1, 0, &[Some(Fate::Unsent)]),
        late(3),
    ]);
    for number in [1, 2, 3] {
        then(&mut fold, removed(number));
        then(&mut fold, removed(number));
        assert_eq!(outcome(&fold, number), Some(Outcome::Skipped), "{number}");
    }
    assert_eq!(fold.counts().skipped, 3);
    assert!(retries(&fold).is_empty() && fold.late().count() == 0);
    assert!(refused(&fold, claim(1, &[2], Some(2), None)));
    // A confirmation that comes again changes nothing.
    then(&mut fold, late(2));
    assert_eq!(fold.late().count(), 0);
}

#[test]
fn an_open_claims_unsent_becomes_skipped_if_it_was_removed() {
    let fold = folded([
        claim(1, &[1], Some(1), None),
        removed(1),
        settle(1, 0, &[Some(Fate::Unsent)]),
    ]);
    assert_eq!(outcome(&fold, 1), Some(Outcome::Skipped));
}

#[test]
fn a_held_one_who_was_removed_is_never_sent_again() {
    for finding in [Finding::Resend { decision: 1 }, Finding::Unsent] {
        let fold = folded([
            claim(1, &[1], Some(1), None),
            takeover(2, 0),
            removed(1),
            evidence(0, 1, finding),
        ]);
        assert!(retries(&fold).is_empty());
        assert_eq!(outcome(&fold, 1), Some(Outcome::Skipped));
    }
}

#[test]
fn a_suppressed_one_is_counted_as_such() {
    let fold = folded([Body::Removed(Removed {
        ids: ids([1]),
        why: Removal::Suppressed,
        cursor: None,
        unmeant: false,
    })]);
    assert_eq!(fold.counts().suppressed, 1);
}

#[test]
fn whoever_is_to_be_retried_is_looked_up_and_dropped_if_gone() {
    let fold = folded([
        claim(1, &[1], Some(1), None),
        takeover(2, 0),
        evidence(0, 1, Finding::Resend { decision: 1 }),
    ]);
    let of = Worker::new(worker(3));
    let mut ahead = Ahead::default();
    ahead.extend(&[], None, true);
    assert_eq!(fold.decide(&of, &ahead, &when(9)), Step::LookUp(ids([1])));
    ahead.looked_up(id(1), Some(Removal::Unsubscribed));
    assert_eq!(appended(fold.decide(&of, &ahead, &when(9))), [removed(1)]);
}

#[test]
fn a_change_of_a_recipient_makes_rows_of_its_crossing_in_or_out() {
    let (gone, erased) = (Removal::Unsubscribed, Removal::Erased);
    let left = |why, unmeant| Crossing::Left { why, unmeant };
    let changes = [
        (1, Crossing::Late),
        (3, left(gone, false)),
        (6, left(gone, true)),
        (4, Crossing::Missed(gone)),
        (5, Crossing::Missed(erased)),
    ]
    .map(|(number, crossing)| Change {
        id: id(number),
        crossing,
    });
    let row = |numbers: &[u64], why, unmeant| {
        Body::Removed(Removed {
            ids: ids(numbers.iter().copied()),
            why,
            cursor: None,
            unmeant,
        })
    };
    let left = [
        row(&[3, 4], gone, false),
        row(&[6], gone, true),
        row(&[5], erased, false),
    ];
    let rows = projection::rows(&changes);
    assert_eq!(rows, [vec![late(1)], left.to_vec()].concat());
    let rows = projection::rows_when_over(&changes);
    let too_late = row(&[1], Removal::TooLate, false);
    assert_eq!(rows, [vec![too_late], left.to_vec()].concat());
}

#[test]
fn whoever_is_on_a_page_and_does_not_get_the_issue_is_told_to_the_log_once() {
    let mut fold = folded([late(2), removed(5)]);
    let mut ahead = ahead(&[1, 2]);
    for number in [3, 4, 5] {
        ahead.gone(id(number), Removal::Unreadable);
    }
    ahead.gone(id(6), Removal::Erased);
    let of = Worker::new(worker(1));
    for (numbers, why) in [
        (vec![3, 4], Removal::Unreadable),
        (vec![6], Removal::Erased),
    ] {
        let step = appended(fold.decide(&of, &ahead, &when(1)));
        let Body::Removed(row) = &step[0] else {
            panic!("{step:?} removes nobody");
        };
        assert_eq!((&row.ids, row.why), (&ids(numbers), why));
        then(&mut fold, step[0].clone());
        ahead.forget(&fold);
    }
    let claim = appended(fold.decide(&of, &ahead, &when(1)));
    assert!(matches!(&claim[..], [Body::Claim(_)]), "{claim:?}");
    assert_eq!(fold.counts().skipped, 4);
}

#[test]
fn whoever_had_left_before_the_publication_and_was_mailed_is_told_to_have_been() {
    let unmeant = |numbers: &[u64]| {
        Body::Removed(Removed {
            ids: ids(numbers.iter().copied()),
            why: Removal::Unsubscribed,
            cursor: None,
            unmeant: true,
        })
    };
    let mut fold = folded([
        claim(1, &[1], Some(1), None),
        settle(1, 0, &[None]),
        claim(1, &[2, 3], Some(3), None),
    ]);
    let told = |fold: &Fold, body: Body| -> Vec<_> {
        let told = fold.exceptions(&body.at(at(9))).into_iter();
        told.map(|one| (one.id, matches!(one.news, News::Exception(_))))
            .collect()
    };
    let row = unmeant(&[1, 2, 3, 4]);
    // Of those in the open claim, when it is known.
    assert_eq!(told(&fold, row.clone()), [(id(1), false), (id(4), true)]);
    then(&mut fold, row.clone());
    assert!(told(&fold, row).is_empty(), "once");
    // Also if it was known that they are gone, and not since when.
    let gone = folded([
        claim(1, &[1], Some(1), None),
        settle(1, 0, &[None]),
        removed(1),
    ]);
    assert_eq!(told(&gone, unmeant(&[1])), [(id(1), false)]);
    let settled = settle(1, 2, &[None, Some(Fate::Unsent)]);
    assert_eq!(told(&fold, settled), [(id(2), false), (id(3), true)]);
}
