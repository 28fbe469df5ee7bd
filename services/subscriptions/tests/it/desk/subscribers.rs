//! `/admin/subscribers`

use contracts::events::SubscriberErasedV1;

use super::between;
use crate::helpers::{Answer, Browser, TestApp};

const LIST: &str = "/admin/subscribers";

async fn find(admin: &Browser<'_>, email: &str) -> Answer {
    let path = format!("{LIST}/find");
    admin.post(&path, &[("email", email)]).await
}

#[tokio::test]
async fn somebody_is_found_by_their_address_in_any_case() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let id = app.confirmed_subscriber("Ann@Example.com").await;
    let found = find(&admin, " aNN@example.COM ").await;
    found.assert_redirect(&format!("{LIST}/{id}"));
    let page = admin.get(found.header("location")).await;
    page.assert_status(200);
    for text in [
        "<h1>Ann</h1>",
        "Ann@Example.com",
        "confirmed",
        "Asked for the newsletter",
        "Confirmed by following the link",
    ] {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    let title = between(&page.body, "<title>", "</title>");
    assert!(!title.contains("Ann"), "browsers keep it");
}

#[tokio::test]
async fn a_search_that_finds_nobody_keeps_what_was_typed() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let nobody = find(&admin, "nobody@example.com").await;
    nobody.assert_status(200);
    assert!(nobody.body.contains("Nobody has that address."));
    assert!(nobody.body.contains("value=\"nobody@example.com\""));
    for typed in ["", "x", "a b@example.com", "\"><script>@example.com"] {
        let refused = find(&admin, typed).await;
        refused.assert_status(400);
        assert!(!refused.body.contains("<script"), "{typed}");
    }
    let missing = admin.post(&format!("{LIST}/find"), &[]).await;
    missing.assert_status(400);
}

#[tokio::test]
async fn addresses_and_names_are_escaped() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    app.subscribe("Tom & 'Jerry'", "o'brien&co@example.com")
        .await
        .assert_status(200);
    let list = admin.get(LIST).await.body;
    assert!(!list.contains("o'brien&co"), "{list}");
    assert!(!list.contains("Tom & '"), "{list}");
    let found = find(&admin, "o'brien&co@example.com").await;
    let page = admin.get(found.header("location")).await;
    assert!(!page.body.contains("Tom & '"), "{}", page.body);
}

#[tokio::test]
async fn the_list_is_filtered_and_goes_on_on_further_pages() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    app.confirmed_subscriber("confirmed@example.com").await;
    for number in 0..51 {
        let email = format!("pending{number:02}@example.com");
        app.subscribe("Ben", &email).await.assert_status(200);
    }
    let confirmed = admin.get(&format!("{LIST}?status=confirmed")).await.body;
    assert!(confirmed.contains("confirmed@example.com"));
    assert!(!confirmed.contains("pending00@"), "{confirmed}");

    let first = admin.get(&format!("{LIST}?status=pending")).await.body;
    assert_eq!(first.matches("@example.com").count(), 50);
    assert!(!first.contains("First page"));
    let next = between(&first, "?status=pending&#38;after=", "#");
    let next = format!("{LIST}?status=pending&after={next}");
    let second = admin.get(&next).await.body;
    assert_eq!(second.matches("@example.com").count(), 1);
    assert!(second.contains("First page") && !second.contains("Next page"));
    admin
        .get(&format!("{LIST}?status=gone"))
        .await
        .assert_status(400);
}

#[tokio::test]
async fn who_is_erased_is_gone_after_a_second_look() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let id = app.confirmed_subscriber("ann@example.com").await;
    let path = format!("{LIST}/{id}");
    let page = admin.get(&path).await.body;
    let question = between(&page, "<details>", "</details>");
    let erase = between(question, "<form action=\"", "\"");
    assert!(question.contains("for good"), "it says what happens");

    admin.post(erase, &[]).await.assert_redirect(LIST);
    let list = admin.get(LIST).await;
    assert!(list.shows_flash("The subscriber has been erased."));
    assert!(!list.body.contains("ann@example.com"));
    admin.get(&path).await.assert_status(404);
    admin.post(erase, &[]).await.assert_status(404);
    let nobody = find(&admin, "ann@example.com").await;
    assert!(nobody.body.contains("Nobody has that address."));
    let erased = app.events::<SubscriberErasedV1>().await;
    assert_eq!(erased.len(), 1);
    assert_eq!(erased[0].data.subscriber_id, id);
}
