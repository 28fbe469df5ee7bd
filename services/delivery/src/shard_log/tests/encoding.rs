//! Rows as they lie in the table.

use std::path::Path;

use dynamo::{Condition, Query, Table, Transaction, WRITE_UNIT_BYTES, create_table};
use engine::Engine;
use serde_json::{Value, json};

use super::super::{
    row::{
        Action, Body, CarriedOut, Control, Done, Evidence, Finding, Late, Removal, Removed, Row,
        Settle, Takeover,
    },
    settlement::{Fate, Settlement},
    stored::{Stored, item, partition},
};
use super::{at, author, claim, id, ids};
use crate::domain::{counts::Counts, shard::Shard};

fn some_settlement() -> Settlement {
    let known = [
        None,
        Some((Fate::Unclear, "time-out".to_owned())),
        Some((Fate::Failed, "no such mailbox".to_owned())),
        Some((Fate::Unclear, "time-out".to_owned())),
    ];
    Settlement::new(17, &known)
}

fn one_of_each() -> Vec<Body> {
    let evidence = |finding| {
        let ids = ids(1..3);
        Body::Evidence(Evidence {
            claim: 3,
            ids,
            finding,
        })
    };
    let control = |version, action, reason: Option<&str>| {
        Body::Control(Control {
            event_id: id(9),
            version,
            upon: None,
            action,
            reason: reason.map(str::to_owned),
        })
    };
    let removed = |ids, why, cursor| {
        Body::Removed(Removed {
            ids,
            why,
            cursor,
            unmeant: false,
        })
    };
    vec![
        claim(1, &[1, 2], Some(2), None),
        claim(1, &[1, 2, 3], None, Some(some_settlement())),
        Body::Settle(Settle {
            author: author(1),
            settles: some_settlement(),
        }),
        Body::Takeover(Takeover {
            author: author(1),
            claim: 5,
        }),
        evidence(Finding::Accepted),
        evidence(Finding::Bounced),
        evidence(Finding::Complained),
        evidence(Finding::Unsent),
        evidence(Finding::Failed {
            reason: "no such mailbox".to_owned(),
        }),
        evidence(Finding::Resend { decision: 4 }),
        Body::CarriedOut(CarriedOut { decision: 4 }),
        evidence(Finding::Drop { decision: 5 }),
        control(Some(3), Action::Pause, None),
        control(Some(4), Action::Resume, None),
        control(None, Action::Pause, Some("daily quota")),
        control(Some(5), Action::Cancel, None),
        Body::Late(Late { ids: ids(1..4) }),
        removed(ids(1..4), Removal::Erased, None),
        Body::Removed(Removed {
            ids: ids(1..4),
            why: Removal::Unsubscribed,
            cursor: None,
            unmeant: true,
        }),
        removed(ids(1..4), Removal::Cancelled, Some(id(4))),
        removed(Vec::new(), Removal::Cancelled, Some(id(4))),
        Body::Done(Done {
            author: author(1),
            counts: Counts {
                accepted: 62_500,
                bounced: 3,
                ..Counts::default()
            },
        }),
    ]
}

/// `row` as a reader of JSON has it, with the sort key `sk`.
fn json(row: &Row, sk: &str) -> Value {
    let mut value = serde_json::to_value(row).expect("a row is JSON");
    value["sk"] = json!(sk);
    value
}

fn decode(value: Value) -> Result<(u64, Row), String> {
    let stored: Stored = serde_json::from_value(value).map_err(|error| error.to_string())?;
    stored.numbered().map_err(|error| error.to_string())
}

#[tokio::test]
async fn every_row_comes_back_from_the_table_as_it_went_in() {
    let engine = Engine::in_memory().expect("SQLite begins");
    create_table(&engine.client(), "log")
        .await
        .expect("a table is made");
    let table = Table::new(engine.client(), "log");
    let shard = Shard::numbered(3).expect("there is one");
    let rows: Vec<Row> = one_of_each()
        .into_iter()
        .map(|body| body.at(at(1_700_000_000)))
        .collect();
    let mut transaction = Transaction::new();
    for (number, row) in (0..).zip(&rows) {
        transaction.put("row", item(id(1), shard, number, row), Condition::Absent);
    }
    table.commit(transaction).await.expect("commits");
    let query = Query::partition(partition(id(1), shard), 100);
    let page = table.query::<Stored>(query).await.expect("reads");
    let read: Result<Vec<_>, _> = page.items.into_iter().map(Stored::numbered).collect();
    assert_eq!(read, Ok((0..).zip(rows).collect()));
}

#[test]
fn a_claim_of_fifty_takes_one_write_unit_and_a_settled_one_too() {
    let shard = Shard::numbered(15).expect("there is one");
    let numbers: Vec<u64> = (0..50).collect();
    let settles = Some(Settlement::new(1_248, &vec![None; 50]));
    let row = claim(1, &numbers, Some(49), settles).at(at(1_800_000_000));
    let item = item(id(1), shard, 1_249, &row);
    assert!(item.size() <= WRITE_UNIT_BYTES, "{} bytes", item.size());
    assert_eq!(item.write_units(), 1);
}

#[test]
fn fifty_results_of_the_same_kind_take_little_more() {
    let shard = Shard::numbered(15).expect("there is one");
    let numbers: Vec<u64> = (0..50).collect();
    let known = vec![Some((Fate::Unclear, "time-out".to_owned())); 50];
    let settles = Some(Settlement::new(1_248, &known));
    let row = claim(1, &numbers, Some(49), settles).at(at(1_800_000_000));
    let size = item(id(1), shard, 1_249, &row).size();
    assert!(size <= 1_200, "{size} bytes");
}

#[test]
fn the_log_of_a_shard_is_a_partition_of_its_own() {
    let shard = Shard::numbered(3).expect("there is one");
    assert_eq!(
        partition(id(1), shard),
        "LOG#00000000000000010000000000000001#03"
    );
}

#[test]
fn a_corrupt_row_is_an_error_that_names_its_number() {
    let row = Body::Late(Late { ids: ids(1..3) }).at(at(1));
    let cut = |change: &dyn Fn(&mut Value)| {
        let mut value = json(&row, "00000042");
        change(&mut value);
        decode(value).expect_err("it is corrupt")
    };
    let corrupt = [
        cut(&|value| value["kind"] = json!("latte")),
        cut(&|value| value["at"] = json!("soon")),
        cut(&|value| value["ids"] = json!([1, 2, 3])),
        cut(&|value| value["ids"] = json!([])),
        cut(&|value| value["ids"] = json!(vec![7; 32])),
        cut(&|value| value["ids"] = json!(vec![7; 16 * 501])),
    ];
    for error in corrupt {
        assert!(
            error.starts_with("row 00000042 of the shard log is corrupt"),
            "{error}"
        );
    }
    let misplaced = decode(json(&row, "head")).expect_err("that is no row");
    assert!(misplaced.contains("head"), "{misplaced}");
}

#[test]
fn no_torn_row_makes_the_decoder_panic() {
    let rows = one_of_each()
        .into_iter()
        .map(|body| body.at(at(1_700_000_000)));
    let corpus = rows.map(|row| json(&row, "00000042").to_string().into_bytes());
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found/shard_log_row");
    fuzz::Target::new(corpus.collect(), found).run(|input| {
        if let Ok(value) = serde_json::from_slice(input) {
            // A row that can be decoded can also be folded or is refused.
            if let Ok((_, row)) = decode(value) {
                let mut fold = super::super::fold::Fold::default();
                fold.exceptions(&row);
                let follows = fold.apply(0, &row);
                assert_eq!(fold.next(), u64::from(follows.is_ok()));
            }
        }
    });
}
