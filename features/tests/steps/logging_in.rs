//! Sessions.

use cucumber::{given, then, when};

use crate::world::{ADMIN, Actor, Answer, Browser, Pennypost};

/// Failed log-ins after which anybody is held off.
const MANY: usize = 60;

/// Posts the log-in form from `device` for `user`.
async fn post_login(world: &mut Pennypost, device: &str, user: &str, password: &str) -> Answer {
    let username = world.username(user);
    let fields = [("username", username.as_str()), ("password", password)];
    world.browser(device).post_form("/login", &fields).await
}

/// Logs `user` in on `device`, and makes sure that it worked.
pub(crate) async fn log_in(world: &mut Pennypost, device: &str, user: &str) {
    let password = world.password(user).to_owned();
    let answer = post_login(world, device, user, &password).await;
    assert_eq!(answer.redirect(), "/admin/dashboard");
}

/// Logs `user` in unless the user's own browser has a session that works.
pub(crate) async fn ensure_logged_in(world: &mut Pennypost, user: &str) {
    let dashboard = world.browser(user).get("/admin/dashboard").await;
    if dashboard.status.as_u16() != 200 {
        log_in(world, user, user).await;
    }
}

#[given(expr = "{actor} is logged in")]
async fn is_logged_in(world: &mut Pennypost, user: Actor) {
    log_in(world, &user.0, &user.0).await;
}

#[given(expr = "{actor} is logged in as {actor}")]
async fn is_logged_in_as(world: &mut Pennypost, device: Actor, user: Actor) {
    log_in(world, &device.0, &user.0).await;
}

#[when(expr = "{actor} logs in")]
async fn logs_in(world: &mut Pennypost, user: Actor) {
    logs_in_as(world, user.clone(), user).await;
}

#[when(expr = "{actor} logs in as {actor}")]
async fn logs_in_as(world: &mut Pennypost, device: Actor, user: Actor) {
    let before = world.browser(&device.0).cookies();
    world.cookies_before = before;
    let password = world.password(&user.0).to_owned();
    let answer = post_login(world, &device.0, &user.0, &password).await;
    world.answered(answer);
}

#[when(expr = "{actor} logs in with the password {string}")]
async fn logs_in_with(world: &mut Pennypost, user: Actor, password: String) {
    let answer = post_login(world, &user.0, &user.0, &password).await;
    world.answered(answer);
}

#[when(expr = "{actor} logs in with the former password")]
async fn logs_in_with_former(world: &mut Pennypost, user: Actor) {
    let former = world.former_passwords[&user.0].clone();
    logs_in_with(world, user, former).await;
}

#[when(expr = "{actor} tries to log in as {string} with the password {string}")]
async fn tries(world: &mut Pennypost, actor: Actor, username: String, password: String) {
    let fields = [("username", username), ("password", password)];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let answer = world.browser(&actor.0).post_form("/login", &fields).await;
    world.answered(answer);
}

#[when(expr = "{actor} fails to log in as {actor} until held off")]
async fn fails_often(world: &mut Pennypost, thief: Actor, user: Actor) {
    let username = world.username(&user.0);
    fail_to_log_in(world, &thief, |_| username.clone()).await;
}

#[when(expr = "{actor} fails to log in as many users until held off")]
async fn fails_for_many(world: &mut Pennypost, thief: Actor) {
    fail_to_log_in(world, &thief, |number| format!("user-{number}")).await;
}

async fn fail_to_log_in(world: &mut Pennypost, thief: &Actor, username: impl Fn(usize) -> String) {
    for number in 0..MANY {
        let wrong = "a wrong password".to_owned();
        tries(world, thief.clone(), username(number), wrong).await;
        assert_eq!(world.answer().redirect(), "/login");
    }
}

#[given(expr = "{actor} copies the cookies of {actor}")]
async fn copies_cookies(world: &mut Pennypost, thief: Actor, user: Actor) {
    let cookies = world.browser(&user.0).cookies();
    let cookies = cookies.expect("who logged in has a cookie");
    let copy = Browser::with_cookies(world.system.url(), &cookies);
    let dashboard = copy.get("/admin/dashboard").await;
    assert_eq!(dashboard.status.as_u16(), 200, "the copy works at first");
    world.give_browser(&thief.0, copy);
}

#[when(expr = "{actor} logs out")]
async fn logs_out(world: &mut Pennypost, device: Actor) {
    let browser = world.browser(&device.0);
    let answer = browser.post_form("/admin/logout", &[]).await;
    world.answered(answer);
}

#[when(expr = "{actor} works all day, with a pause of half an hour now and then")]
async fn works_all_day(world: &mut Pennypost, device: Actor) {
    let half_an_hour = std::time::Duration::from_secs(30 * 60);
    let browser = world.browser(&device.0);
    for pause in 0..48 {
        let answer = browser.get("/admin/dashboard").await;
        assert!(pause > 2 || answer.status.as_u16() == 200, "{answer:?}");
        world.answered(answer);
        world.system.advance(half_an_hour);
    }
}

#[then("the session's cookie is another one")]
async fn another_cookie(world: &mut Pennypost) {
    let now = world.browser(ADMIN).cookies();
    assert!(now.is_some(), "there is a session");
    assert_ne!(now, world.cookies_before);
}
