//! Changing passwords.

use cucumber::when;

use crate::world::{Actor, Answer, Pennypost};

/// Posts the form of `/admin/password`.
pub(crate) async fn post_password(
    world: &mut Pennypost,
    device: &str,
    current: &str,
    new: [&str; 2],
) -> Answer {
    let fields = [
        ("current_password", current),
        ("new_password", new[0]),
        ("new_password_check", new[1]),
    ];
    let browser = world.browser(device);
    browser.post_form("/admin/password", &fields).await
}

#[when(expr = "{actor} changes the password to {string}")]
async fn changes(world: &mut Pennypost, user: Actor, new: String) {
    changes_of(world, user.clone(), user, new).await;
}

#[when(expr = "{actor} changes the password of {actor} to {string}")]
async fn changes_of(world: &mut Pennypost, device: Actor, user: Actor, new: String) {
    let current = world.password(&user.0).to_owned();
    let answer = post_password(world, &device.0, &current, [&new, &new]).await;
    world.set_password(&user.0, &new);
    world.answered(answer);
}

#[when(expr = "{actor} asks for the password {string} and repeats it as {string}")]
async fn asks_differently(world: &mut Pennypost, user: Actor, new: String, repeated: String) {
    let current = world.password(&user.0).to_owned();
    let answer = post_password(world, &user.0, &current, [&new, &repeated]).await;
    world.answered(answer);
}

#[when(expr = "{actor} asks for the password {string} giving {string} as the current one")]
async fn asks_with_current(world: &mut Pennypost, user: Actor, new: String, current: String) {
    let answer = post_password(world, &user.0, &current, [&new, &new]).await;
    world.answered(answer);
}

#[when(expr = "{actor} asks for a password of {int} characters")]
async fn asks_for_length(world: &mut Pennypost, user: Actor, length: usize) {
    let new: String = "a long secret ".chars().cycle().take(length).collect();
    asks_differently(world, user, new.clone(), new).await;
}
