//! The system itself: where it is, and what time it has.

use std::time::Duration;

use cucumber::{given, when};

use crate::world::{ADMIN, Pennypost, System};

const HOUR: Duration = Duration::from_secs(60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

#[given(expr = "the public address is {string}")]
async fn public_address(world: &mut Pennypost, url: String) {
    world.system.stop().await;
    let url = url.parse().expect("a public address is a URL");
    world.system = System::start(Some(url)).await;
    let password = world.system.admin_password().to_owned();
    world.passwords.insert(ADMIN.to_owned(), password);
}

#[when(expr = "{int} hours go by")]
async fn hours_go_by(world: &mut Pennypost, hours: u32) {
    world.system.advance(HOUR * hours);
}

#[when(expr = "{int} hours and a minute go by")]
async fn hours_and_a_minute(world: &mut Pennypost, hours: u32) {
    world.system.advance(HOUR * hours + MINUTE);
}
