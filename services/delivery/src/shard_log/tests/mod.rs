//! The rules one by one, the rows' encoding, and exploration.

mod answer;
mod encoding;
mod exploration;
mod rules;
mod world;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    batch::BatchSize,
    fold::Fold,
    row::{Author, Body, Claim, Row},
    settlement::Settlement,
};
use crate::workflow::WorkerId;

/// A moment, in seconds.
fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

/// The recipient of that number; the order of ids is that of numbers.
fn id(number: u64) -> Uuid {
    Uuid::from_u64_pair(number, number)
}

fn ids(numbers: impl IntoIterator<Item = u64>) -> Vec<Uuid> {
    numbers.into_iter().map(id).collect()
}

fn worker(number: u64) -> WorkerId {
    WorkerId(Uuid::from_u64_pair(u64::MAX, number))
}

fn author(number: u64) -> Author {
    Author {
        worker: worker(number),
        row_id: Uuid::from_u64_pair(u64::MAX - 1, number),
    }
}

const SIZE: BatchSize = BatchSize {
    per_call: 2,
    per_second: None,
};

/// A claim by the worker of that number; of a page if `cursor` says so.
fn claim(of: u64, numbers: &[u64], cursor: Option<u64>, settles: Option<Settlement>) -> Body {
    Body::Claim(Claim {
        author: author(of),
        ids: ids(numbers.iter().copied()),
        lease_until: at(60),
        cursor: cursor.map(id),
        settles,
    })
}

/// Folds `bodies`, a second apart.
fn folded(bodies: impl IntoIterator<Item = Body>) -> Fold {
    let mut fold = Fold::default();
    for body in bodies {
        then(&mut fold, body);
    }
    fold
}

fn then(fold: &mut Fold, body: Body) {
    let number = fold.next();
    let row: Row = body.at(at(number.cast_signed()));
    fold.apply(number, &row).expect("the row can follow");
}
