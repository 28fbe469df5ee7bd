//! `issue.exceptions-recorded`, and `GET /v1/issues/{id}/exceptions`

use contracts::events::{ExceptionEntry, ExceptionOutcome, IssueExceptionsRecordedV1};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::controls::published;
use crate::helpers::{Program, TestApp};

pub(super) const AT: Timestamp = Timestamp::UNIX_EPOCH;

pub(super) fn entry(subscriber_id: Uuid, outcome: ExceptionOutcome) -> ExceptionEntry {
    ExceptionEntry {
        subscriber_id,
        outcome,
        reason: format!("{outcome:?} for a reason"),
        at: AT,
    }
}

/// Delivery records exceptions, and repeats itself.
pub(super) async fn recorded(
    app: &TestApp,
    issue_id: Uuid,
    (shard, row): (u16, u64),
    entries: Vec<ExceptionEntry>,
) {
    let event = app.event_of_delivery(IssueExceptionsRecordedV1 {
        issue_id,
        shard,
        row,
        entries,
    });
    app.receive(&event).await.expect("handled");
    app.receive(&event).await.expect("a repetition is handled");
}

async fn page(program: &Program<'_>, id: Uuid, query: &str) -> Value {
    let answer = program
        .get(&format!("/v1/issues/{id}/exceptions{query}"))
        .await;
    answer.assert_status(200);
    answer.json()
}

/// Who is listed, with their outcomes, by id.
async fn listed(program: &Program<'_>, id: Uuid, query: &str) -> Vec<(u128, String)> {
    let page = page(program, id, query).await;
    assert_eq!(page["next_cursor"], Value::Null);
    let items = page["items"].as_array().expect("a list").iter();
    let mut listed: Vec<_> = items
        .map(|item| {
            let text = |name: &str| item[name].as_str().expect("text").to_owned();
            let id: Uuid = text("subscriber_id").parse().expect("an id");
            (id.as_u128(), text("outcome"))
        })
        .collect();
    listed.sort();
    listed
}

#[tokio::test]
async fn exceptions_are_listed_with_their_reasons_and_by_outcome() {
    use ExceptionOutcome::{Failed, Held, Skipped, Suppressed};
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    let empty = json!({"items": [], "next_cursor": null});
    assert_eq!(page(&program, id, "").await, empty);
    let of = |number: u128, outcome| entry(Uuid::from_u128(number), outcome);
    recorded(&app, id, (0, 5), vec![of(1, Failed), of(2, Held)]).await;
    recorded(
        &app,
        id,
        (9, 1),
        vec![of(3, Skipped), of(4, Suppressed), of(5, Held)],
    )
    .await;
    let outcomes: Vec<_> = listed(&program, id, "").await;
    let expected = [
        (1, "failed"),
        (2, "held"),
        (3, "skipped"),
        (4, "suppressed"),
        (5, "held"),
    ];
    assert_eq!(
        outcomes,
        expected.map(|(id, outcome)| (id, outcome.to_owned()))
    );
    let held = listed(&program, id, "?outcome=held").await;
    assert_eq!(held.iter().map(|it| it.0).collect::<Vec<_>>(), [2, 5]);
    let failed = page(&program, id, "?outcome=failed").await;
    let expected = json!({
        "subscriber_id": Uuid::from_u128(1), "outcome": "failed",
        "reason": "Failed for a reason", "at": AT
    });
    assert_eq!(failed["items"], json!([expected]));
}

#[tokio::test]
async fn of_one_recipient_the_latest_row_counts_in_whatever_order_they_come() {
    use ExceptionOutcome::{Accepted, Failed, Held};
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    let [ann, bob, cyd] = [1, 2, 3].map(Uuid::from_u128);
    recorded(&app, id, (0, 9), vec![entry(ann, Failed)]).await;
    recorded(
        &app,
        id,
        (0, 3),
        vec![entry(ann, Held), entry(bob, Held), entry(cyd, Held)],
    )
    .await;
    recorded(&app, id, (0, 8), vec![entry(bob, Accepted)]).await;
    let expected = vec![(1, "failed".to_owned()), (3, "held".to_owned())];
    assert_eq!(listed(&program, id, "").await, expected);
    recorded(&app, id, (0, 4), vec![entry(bob, Failed)]).await;
    assert_eq!(listed(&program, id, "").await, expected);
}

#[tokio::test]
async fn a_record_of_more_than_one_transaction_is_stored_whole_and_paged() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    for shard in 0..3 {
        let entries = (0..150).map(|number: u128| {
            let outcome = if number < 140 {
                ExceptionOutcome::Skipped
            } else {
                ExceptionOutcome::Held
            };
            entry(Uuid::from_u128(u128::from(shard) << 64 | number), outcome)
        });
        recorded(&app, id, (shard, 1), entries.collect()).await;
    }
    for (query, expected) in [("", 450), ("&outcome=held", 30)] {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = page(&program, id, &format!("?limit=7{query}{cursor}")).await;
            let items = page["items"].as_array().expect("a list");
            assert!(items.len() <= 7 && !items.is_empty());
            found.extend(items.iter().map(|item| item["subscriber_id"].to_string()));
            let Value::String(next) = &page["next_cursor"] else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found.len(), expected);
        found.sort();
        found.dedup();
        assert_eq!(found.len(), expected, "nobody twice");
    }
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_record_is_made_good_by_its_repetition() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    let ids = (0..150).map(Uuid::from_u128);
    let entries: Vec<_> = ids.map(|id| entry(id, ExceptionOutcome::Failed)).collect();
    recorded(&app, id, (0, 7), entries[..40].to_vec()).await;
    recorded(&app, id, (0, 7), entries).await;
    assert_eq!(listed(&program, id, "?limit=200").await.len(), 150);
}

#[tokio::test]
async fn a_bad_outcome_or_cursor_is_refused_and_an_unknown_issue_not_found() {
    let app = TestApp::with_admin().await;
    let program = app.program().await;
    let id = published(&program).await;
    let held = format!("0.held.{}", Uuid::nil());
    for (query, field) in [
        ("outcome=accepted", "outcome"),
        ("outcome=x", "outcome"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
        (&format!("outcome=failed&cursor={held}"), "cursor"),
    ] {
        let answer = program
            .get(&format!("/v1/issues/{id}/exceptions?{query}"))
            .await;
        answer.assert_problem(400, "invalid");
        assert_eq!(answer.problem_fields(), [field], "{query}");
    }
    let unknown = format!("/v1/issues/{}/exceptions", Uuid::nil());
    program.get(&unknown).await.assert_problem(404, "not-found");
    recorded(
        &app,
        Uuid::nil(),
        (0, 1),
        vec![entry(id, ExceptionOutcome::Failed)],
    )
    .await;
    program.get(&unknown).await.assert_problem(404, "not-found");
}

#[tokio::test]
async fn the_page_of_exceptions_names_who_is_known_and_filters() {
    let app = TestApp::with_admin().await;
    let ann = app.confirmed_subscriber("ann@example.com").await;
    let id = published(&app.program().await).await;
    let gone = entry(Uuid::from_u128(1), ExceptionOutcome::Failed);
    recorded(
        &app,
        id,
        (0, 1),
        vec![entry(ann, ExceptionOutcome::Held), gone],
    )
    .await;
    let admin = app.admin().await;
    let page = admin
        .get(&format!("/admin/newsletters/{id}/exceptions"))
        .await
        .body;
    assert!(
        page.contains("ann@example.com") && page.contains(">erased<"),
        "{page}"
    );
    let held = format!("/admin/newsletters/{id}/exceptions?outcome=held");
    let page = admin.get(&held).await.body;
    assert!(
        page.contains("ann@example.com") && !page.contains(">erased<"),
        "{page}"
    );
    let find = format!("/admin/newsletters/{id}/recipients");
    let found = admin.post(&find, &[("email", "ANN@example.com")]).await;
    found.assert_redirect(&format!("{find}/{ann}"));
    let page = admin.get(&format!("{find}/{ann}")).await.body;
    assert!(
        page.contains("Nobody knows whether the mail left"),
        "{page}"
    );
    assert!(page.contains("Held for a reason"), "{page}");
    let nobody = admin.post(&find, &[("email", "bob@example.com")]).await;
    nobody.assert_status(200);
    assert!(
        nobody.body.contains("Nobody has that address"),
        "{}",
        nobody.body
    );
}
