//! Adding and disabling admins.

use cucumber::{given, then, when};
use futures::future::join;
use regex::Regex;

use super::{logging_in, passwords};
use crate::world::{ADMIN, Actor, Answer, Pennypost, flash};

/// Where admins are listed and added.
const USERS: &str = "/admin/users";

#[given(expr = "{actor} is an admin")]
async fn is_an_admin(world: &mut Pennypost, user: Actor) {
    logging_in::log_in(world, "adder", ADMIN).await;
    let page = add(world, "adder", &user.0).await;
    let one_time = one_time_password(&page).expect("the page shows a password");
    world.set_password(&user.0, &one_time);
    let desk = format!("{}'s first desk", user.0);
    logging_in::log_in(world, &desk, &user.0).await;
    let own = format!("{} chose this", world.scenario);
    let changed = passwords::post_password(world, &desk, &one_time, [&own, &own]).await;
    assert_eq!(changed.redirect(), "/admin/password");
    world.set_password(&user.0, &own);
}

/// Adds `user` and gives the page that the one who adds then sees.
async fn add(world: &mut Pennypost, device: &str, user: &str) -> Answer {
    let username = world.username(user);
    let browser = world.browser(device);
    let answer = browser.post_form(USERS, &[("username", &username)]).await;
    if answer.status.as_u16() == 303 {
        browser.get(&answer.redirect()).await
    } else {
        answer
    }
}

/// The one-time password in `page`: groups of letters and digits.
fn one_time_password(page: &Answer) -> Option<String> {
    let password = Regex::new(r">\s*([0-9a-z]{5}(?:-[0-9a-z]{5}){3})\s*<");
    let found = password.expect("a valid pattern").captures(&page.body)?;
    Some(found[1].to_owned())
}

#[given(expr = "{actor} adds {actor}")]
#[when(expr = "{actor} adds {actor}")]
async fn adds(world: &mut Pennypost, device: Actor, user: Actor) {
    let page = add(world, &device.0, &user.0).await;
    assert!(page.status.is_success(), "{}", page.body);
    let one_time = one_time_password(&page).unwrap_or_else(|| panic!("{}", page.body));
    world.set_password(&user.0, &one_time);
    world.answered(page);
}

#[when(expr = "{actor} adds {actor} again")]
async fn adds_again(world: &mut Pennypost, device: Actor, user: Actor) {
    let username = world.username(&user.0).to_uppercase();
    let browser = world.browser(&device.0);
    let answer = browser.post_form(USERS, &[("username", &username)]).await;
    if answer.status.as_u16() == 303 {
        let page = browser.get(&answer.redirect()).await;
        assert!(flash(&page.body).is_some(), "{}", page.body);
        assert_eq!(one_time_password(&page), None);
    }
    world.answered(answer);
}

#[then(expr = "the page shows a password for {actor}")]
async fn shows_password(world: &mut Pennypost, user: Actor) {
    let page = world.answer();
    assert_eq!(
        one_time_password(page).as_deref(),
        Some(world.password(&user.0))
    );
}

#[then(expr = "it is not shown again to {actor}")]
async fn not_shown_again(world: &mut Pennypost, device: Actor) {
    let page = world.browser(&device.0).get(USERS).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.body);
    assert_eq!(one_time_password(&page), None);
}

#[when(expr = "{actor} disables {actor}")]
async fn disables(world: &mut Pennypost, device: Actor, user: Actor) {
    let path = disable_path(world, &device.0, &user.0).await;
    let answer = world.browser(&device.0).post_form(&path, &[]).await;
    assert!(!answer.status.is_server_error(), "{}", answer.body);
    world.answered(answer);
}

#[when(expr = "{actor} and {actor} disable each other at the same moment")]
async fn disable_each_other(world: &mut Pennypost, one: Actor, other: Actor) {
    let at_other = disable_path(world, &one.0, &other.0).await;
    let at_one = disable_path(world, &other.0, &one.0).await;
    let (one, other) = (world.browser(&one.0), world.browser(&other.0));
    let posts = join(one.post_form(&at_other, &[]), other.post_form(&at_one, &[]));
    let (first, second) = posts.await;
    world.answered_all(vec![first, second]);
}

#[then(expr = "one of {actor} and {actor} still gets in")]
async fn one_still_gets_in(world: &mut Pennypost, one: Actor, other: Actor) {
    let mut inside = 0;
    for user in [one, other] {
        let dashboard = world.browser(&user.0).get("/admin/dashboard").await;
        inside += usize::from(dashboard.status.as_u16() == 200);
    }
    assert_eq!(inside, 1);
}

/// Where the button beside `user` in the list posts to.
async fn disable_path(world: &mut Pennypost, device: &str, user: &str) -> String {
    let page = world.browser(device).get(USERS).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.body);
    let username = regex::escape(&world.username(user));
    let button = Regex::new(&format!(
        r#"(?s)<th\b[^>]*>\s*{username}\s*</th>.*?(/admin/users/[0-9a-f-]{{36}}/disable)"#
    ));
    let found = button.expect("a valid pattern").captures(&page.body);
    let found = found.unwrap_or_else(|| panic!("no button for {username} in {}", page.body));
    found[1].to_owned()
}
