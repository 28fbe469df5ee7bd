use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::domain::{SubscriberEmail, SubscriberId, SubscriberName};

fn subscriber(status: SubscriberStatus, millisecond: i64, id: u128) -> Subscriber {
    let email = SubscriberEmail::parse("ann@example.com").expect("valid");
    let name = SubscriberName::parse("Ann").expect("valid");
    let at = Timestamp::from_millisecond(millisecond).expect("in range");
    let id = SubscriberId(Uuid::from_u128(id));
    Subscriber {
        status,
        ..Subscriber::register(id, email, name, at)
    }
}

/// What the store answers for one list: at most `size` of the items behind
/// `after`.
fn part(list: &[Subscriber], after: Option<&SubscriberPlace>, size: usize) -> Part {
    let mut left: Vec<_> = list
        .iter()
        .filter(|it| after.is_none_or(|after| SubscriberPlace::of(it) < *after))
        .cloned()
        .collect();
    left.sort_by_key(|it| std::cmp::Reverse(SubscriberPlace::of(it)));
    let goes_on = left.len() >= size;
    left.truncate(size);
    Part {
        status: SubscriberStatus::Pending,
        items: left,
        goes_on,
    }
}

/// Numbers that look random and are the same each time (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Five lists of up to 30 subscribers, many of the same millisecond.
fn lists(numbers: &mut Numbers) -> Vec<Vec<Subscriber>> {
    let mut id = 0;
    SubscriberStatus::ALL
        .map(|status| {
            (0..numbers.below(30))
                .map(|_| {
                    id += 1;
                    let mixed = u128::from(numbers.below(1 << 16)) << 64 | id;
                    subscriber(status, numbers.below(8).cast_signed(), mixed)
                })
                .collect()
        })
        .to_vec()
}

#[test]
fn all_pages_together_have_everybody_once_in_order_whatever_their_sizes() {
    for seed in 0..300 {
        let mut numbers = Numbers(seed);
        let lists = lists(&mut numbers);
        let limit = 1 + usize::try_from(numbers.below(12)).expect("small");
        let mut after = None;
        let mut seen: Vec<SubscriberPlace> = Vec::new();
        loop {
            // The store's page may be cut short by its size in bytes.
            let parts: Vec<_> = lists
                .iter()
                .map(|list| {
                    let size = 1 + usize::try_from(numbers.below(14)).expect("small");
                    part(list, after.as_ref(), size.min(limit + 1))
                })
                .collect();
            let page = merged(&parts, limit);
            assert!(page.items.len() <= limit, "seed {seed}");
            seen.extend(page.items.iter().map(SubscriberPlace::of));
            match page.next {
                Some(next) => {
                    assert_eq!(seen.last(), Some(&next), "seed {seed}: it gets on");
                    after = Some(next);
                }
                None => break,
            }
        }
        let mut everybody: Vec<_> = lists.concat().iter().map(SubscriberPlace::of).collect();
        everybody.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(seen, everybody, "seed {seed}");
    }
}

#[test]
fn a_full_last_page_is_the_last_one() {
    let all: Vec<_> = (0..4)
        .map(|id| subscriber(SubscriberStatus::Pending, 7, id))
        .collect();
    let page = merged(&[part(&all, None, 5)], 4);
    assert_eq!((page.items.len(), page.next), (4, None));
    let page = merged(&[part(&all, None, 4)], 3);
    assert_eq!(page.items.len(), 3);
    assert_eq!(page.next, Some(SubscriberPlace::of(&all[1])));
}

#[test]
fn who_stands_in_two_lists_for_a_moment_is_shown_once_as_they_are_now() {
    let before = subscriber(SubscriberStatus::Pending, 7, 1);
    let now = before.confirm(Timestamp::UNIX_EPOCH).expect("a change");
    let other = subscriber(SubscriberStatus::Confirmed, 7, 2);
    let confirmed = part(&[now.clone(), other.clone()], None, 10);
    let page = merged(&[part(&[before], None, 10), confirmed], 10);
    assert_eq!(page.items, [other, now]);
}
