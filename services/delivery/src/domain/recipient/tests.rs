use super::*;

const SUBSCRIBER: Uuid = Uuid::from_u128(1);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn confirmed(version: u64) -> Recipient {
    Recipient {
        subscriber_id: SUBSCRIBER,
        version,
        standing: Standing::Active {
            contact: Contact {
                email: format!("v{version}@reader.example"),
                name: "Reader".to_owned(),
                unsubscribe_url: "http://pennypost.localhost/u".to_owned(),
            },
            confirmed_at: at(version.cast_signed()),
        },
    }
}

/// Unsubscribed at the second of that version.
fn removed(version: u64) -> Recipient {
    gone(version, version, None)
}

fn gone(version: u64, left: u64, confirmed: Option<u64>) -> Recipient {
    Recipient {
        subscriber_id: SUBSCRIBER,
        version,
        standing: Standing::Gone(Gone {
            why: Leaving::Unsubscribed,
            left_at: at(left.cast_signed()),
            confirmed_at: confirmed.map(|second| at(second.cast_signed())),
        }),
    }
}

fn permutations(changes: &[Recipient]) -> Vec<Vec<Recipient>> {
    if changes.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..changes.len() {
        let mut rest = changes.to_vec();
        let change = rest.remove(first);
        for mut tail in permutations(&rest) {
            tail.insert(0, change.clone());
            all.push(tail);
        }
    }
    all
}

fn fold(changes: Vec<Recipient>) -> Option<Recipient> {
    changes.into_iter().fold(None, |present, change| {
        project(present.as_ref(), change).or(present)
    })
}

#[test]
fn every_order_and_repetition_ends_with_the_newest_change() {
    let changes = [
        confirmed(2),
        removed(3),
        confirmed(5),
        removed(6),
        confirmed(2),
    ];
    for order in permutations(&changes) {
        let end = fold(order.clone()).expect("there is somebody");
        assert_eq!((end.version, end.contact()), (6, None), "{order:?}");
        assert!(end.left_after(at(5)).is_some(), "{order:?}");
    }
}

#[test]
fn a_late_confirmation_resurrects_nobody_and_a_newer_one_does() {
    let late = fold(vec![removed(3), confirmed(2)]);
    assert_eq!(late, Some(gone(3, 3, Some(2))));
    assert_eq!(fold(vec![removed(3), confirmed(4)]), Some(confirmed(4)));
}

#[test]
fn in_either_order_who_left_had_confirmed_and_it_is_news_once() {
    let left = fold(vec![confirmed(2), removed(4)]);
    assert_eq!(left, Some(gone(4, 4, Some(2))));
    assert_eq!(fold(vec![removed(4), confirmed(2)]), left);
    assert_eq!(project(left.as_ref(), confirmed(2)), None);
    assert_eq!(project(left.as_ref(), confirmed(3)), None);
    assert_eq!(project(left.as_ref(), removed(2)), None);
}

#[test]
fn whoever_is_erased_after_leaving_left_when_they_left() {
    let erased = |version| gone(version, 9, None);
    let known = vec![confirmed(2), removed(3)];
    let at_once = fold([known.clone(), vec![erased(4)]].concat());
    assert_eq!(at_once, Some(gone(4, 3, Some(2))));
    // They may have confirmed once more in between.
    let later = fold([known, vec![erased(6)]].concat());
    assert_eq!(later, Some(gone(6, 9, None)));
    assert_eq!(
        project(later.as_ref(), confirmed(5)),
        Some(gone(6, 9, Some(5)))
    );
}

#[test]
fn whoever_is_erased_before_their_leaving_is_heard_of_left_when_they_left() {
    let erased = gone(4, 9, None);
    let changes = [confirmed(2), removed(3), erased.clone()];
    for order in permutations(&changes) {
        assert_eq!(fold(order.clone()), Some(gone(4, 3, Some(2))), "{order:?}");
    }
    // What comes again brings along what came with it.
    let again = fold(vec![erased.clone(), removed(3), confirmed(2)]).expect("somebody");
    assert_eq!(
        project(Some(&erased), again.clone()),
        Some(gone(4, 3, Some(2)))
    );
    assert_eq!(project(Some(&again), removed(3)), None);
    // They may have come back in between.
    let later = gone(6, 9, Some(2));
    assert_eq!(project(Some(&later), removed(3)), None);
}

#[test]
fn an_issue_was_for_who_left_after_its_publication_and_had_confirmed() {
    let left = gone(7, 7, Some(4));
    let was_for = |second| left.left_after(at(second)).is_some();
    assert_eq!([3, 4, 6, 7].map(was_for), [false, true, true, false]);
    assert_eq!(removed(7).left_after(at(6)), None);
    assert_eq!(confirmed(4).left_after(at(6)), None);
}

#[test]
fn an_issue_is_for_who_had_confirmed_when_it_was_published() {
    assert!(confirmed(5).addressee(at(5)).is_some());
    assert!(confirmed(5).addressee(at(4)).is_none());
    assert!(removed(5).addressee(at(9)).is_none());
}

#[test]
fn debugging_shows_no_personal_data() {
    let shown = format!("{:?}", confirmed(2));
    assert!(
        !shown.contains("reader.example") && !shown.contains("Reader"),
        "{shown}"
    );
}
