//! Machines that the scenario starts and kills, and their mail servers.

use cucumber::{given, then, when};

use crate::world::{ADMIN, Actor, Machine, MailServer, Manner, Pennypost, System, until};

async fn start(world: &mut Pennypost, mail_server: Option<MailServer>, flags: Vec<String>) {
    world.system.stop().await;
    let machine = Machine::start(mail_server, flags).await;
    world.system = System::Machine(Box::new(machine));
    world.system_moved();
    let password = world.system.admin_password().to_owned();
    world.passwords.insert(ADMIN.to_owned(), password);
}

#[given(expr = "a machine that sends {int} mails a second")]
async fn machine_with_rate(world: &mut Pennypost, rate: u32) {
    let flags = vec!["--send-rate".to_owned(), rate.to_string()];
    start(world, None, flags).await;
}

#[given(expr = "a machine with a mail server of its own")]
async fn machine_with_server(world: &mut Pennypost) {
    start(
        world,
        Some(MailServer::start(Manner::Takes).await),
        Vec::new(),
    )
    .await;
}

#[given(expr = "a machine whose mail server takes mails and does not say so")]
async fn machine_with_silent_server(world: &mut Pennypost) {
    let server = MailServer::start(Manner::FallsSilent).await;
    start(world, Some(server), Vec::new()).await;
}

#[given(expr = "a machine whose mail server wants it to log in")]
async fn machine_without_log_in(world: &mut Pennypost) {
    let server = MailServer::start(Manner::WantsLogIn).await;
    start(world, Some(server), Vec::new()).await;
}

#[when(expr = "the machine is killed and started again")]
async fn killed(world: &mut Pennypost) {
    world.system.machine().kill_and_start_again().await;
    world.system_moved();
}

fn mail_server(world: &mut Pennypost) -> &MailServer {
    let server = world.system.machine().mail_server();
    server.expect("the machine has a mail server")
}

#[when(expr = "the mail server does what it should")]
async fn mended(world: &mut Pennypost) {
    mail_server(world).behave(Manner::Takes);
}

#[when(expr = "the mail server has {int} mail(s) for {actor}")]
#[then(expr = "the mail server has {int} mail(s) for {actor}")]
async fn has_mails(world: &mut Pennypost, count: usize, person: Actor) {
    let (address, subject) = (world.address(&person.0), world.latest_title());
    let server = mail_server(world);
    let what = format!("{count} mails at the server");
    until(&what, || async {
        let addressees = server.addressees(&subject);
        let mails = addressees.iter().filter(|it| **it == address).count();
        (mails == count).then_some(())
    })
    .await;
}
