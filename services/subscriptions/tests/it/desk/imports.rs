//! `/admin/imports`

use super::between;
use crate::helpers::{Answer, Browser, TestApp};

const LIST: &str = "/admin/imports";
const MIB: usize = 1024 * 1024;

/// A form with a file, as a browser writes it.
fn form(field: &str, file_name: &str, content: &str) -> String {
    format!(
        "--XX\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file_name}\"\r\n\
         Content-Type: text/csv\r\n\r\n{content}\r\n--XX--\r\n"
    )
}

async fn post(admin: &Browser<'_>, form: impl Into<axum::body::Body>) -> Answer {
    admin
        .post_raw(LIST, "multipart/form-data; boundary=XX", form)
        .await
}

async fn upload(admin: &Browser<'_>, content: &str) -> Answer {
    post(admin, form("list", "readers.csv", content)).await
}

#[tokio::test]
async fn a_file_is_imported_and_its_page_shows_how_far() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let list = "email,name\nann@example.com,Ann\nnonsense,Ben\nANN@example.com,Ann\n";
    let started = upload(&admin, list).await;
    started.assert_status(303);
    let path = started.header("location").to_owned();
    let page = admin.get(&path).await;
    assert!(page.body.contains("0 of 3 rows done"), "{}", page.body);
    assert!(page.body.contains("data-watch=\"on\"") && page.body.contains(">Refresh<"));
    assert!(
        page.header("content-security-policy")
            .contains("script-src 'self'")
    );

    app.work_off_imports().await;
    let page = admin.get(&path).await.body;
    for text in [
        "finished</span>",
        "3 of 3 rows done",
        "max=\"3\" value=\"3\"",
        "data-watch=\"over\"",
        "<dd data-live=\"imported\">1</dd>",
        "<dd data-live=\"already-known\">1</dd>",
        "<dd data-live=\"rejected\">1</dd>",
        "Line 3",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(!page.contains("nonsense"), "only the reason is told");
    let list = admin.get(LIST).await.body;
    assert!(list.contains(&format!("<a href=\"{path}\">")), "{list}");
}

#[tokio::test]
async fn a_list_that_is_none_is_refused_on_the_same_page() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for (list, why) in [
        ("", "nothing in the list"),
        ("email;name\na@example.com;A\n", "Separate them by commas"),
        ("<script>,name\n", "does not name the column"),
        ("\"email,name\na@example.com,A\n", "never closed"),
    ] {
        let refused = upload(&admin, list).await;
        refused.assert_status(400);
        assert!(refused.body.contains(why), "{list:?}: {}", refused.body);
        assert!(refused.body.contains("Nobody was imported."));
        assert!(refused.body.contains("name=\"list\""), "the form is there");
        assert!(!refused.body.contains("<script"), "{}", refused.body);
    }
    let page = admin.get(LIST).await.body;
    assert!(page.contains("No list has been imported."), "{page}");
}

#[tokio::test]
async fn a_form_without_a_file_is_refused() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for form in [
        form("list", "", ""),
        form("other", "readers.csv", "email,name\n"),
        "--XX--\r\n".to_owned(),
    ] {
        let refused = post(&admin, form).await;
        refused.assert_status(400);
        assert!(refused.body.contains("Choose a file"), "{}", refused.body);
    }
    let cut_off = form("list", "readers.csv", "email,name\n").replace("--XX--", "");
    let refused = post(&admin, cut_off).await;
    refused.assert_status(400);
    assert!(refused.body.contains("is not whole"), "{}", refused.body);
    admin.post(LIST, &[]).await.assert_status(415);
    let without_boundary = admin.post_raw(LIST, "multipart/form-data", "").await;
    without_boundary.assert_status(415);
}

#[tokio::test]
async fn four_megabytes_are_taken_and_no_more() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    let list_of = |bytes: usize| {
        let row = "a.reader.with.a.longer.address@example.com,Reader\n";
        let mut list = format!("email,name\n{}", row.repeat(bytes / row.len()));
        list.truncate(bytes);
        list.extend(std::iter::repeat_n('\n', bytes - list.len()));
        list
    };
    upload(&admin, &list_of(4 * MIB)).await.assert_status(303);
    for bytes in [4 * MIB + 1, 5 * MIB] {
        let refused = upload(&admin, &list_of(bytes)).await;
        refused.assert_status(413);
        assert!(refused.body.contains("at most 4 MB"), "{}", refused.body);
        assert!(refused.body.contains("name=\"list\""), "the form is there");
    }
}

#[tokio::test]
async fn imports_go_on_on_further_pages() {
    let app = TestApp::with_admin().await;
    let admin = app.admin().await;
    for _ in 0..21 {
        upload(&admin, "email,name\n").await.assert_status(303);
    }
    let first = admin.get(LIST).await.body;
    assert_eq!(first.matches("href=\"/admin/imports/").count(), 20);
    let next = between(&first, "/admin/imports?after=", "#");
    let second = admin.get(&format!("{LIST}?after={next}")).await.body;
    assert_eq!(second.matches("href=\"/admin/imports/").count(), 1);
    assert!(second.contains("Newest imports") && !second.contains("Older imports"));
}
