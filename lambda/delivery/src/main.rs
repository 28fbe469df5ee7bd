//! Delivery on Lambda: one program, whose role is the function's handler
//! setting. Each role takes an AWS event apart, calls the service, and puts the
//! answer together.

#![recursion_limit = "256"] // the steps are deep futures

mod service;
mod steps;
mod sweeper;

use std::process::ExitCode;

use lambda_host::{Host, QueueRole, RelayRole, StartError};

use service::Service;

/// What a function does.
#[derive(Debug, Clone, Copy)]
enum Role {
    /// Handles subscriptions' events.
    Inbound,
    /// Begins a run of an issue.
    Plan,
    /// Mails one shard of an issue.
    Send,
    /// Ends a run.
    Finish,
    /// Puts outbox rows on the bus.
    Relay,
    /// Finds what was left over.
    Sweeper,
    /// Handles what SES tells of mails.
    Feedback,
}

/// The names of the roles, as the handler setting has them.
const ROLES: [(&str, Role); 7] = [
    ("inbound", Role::Inbound),
    ("plan", Role::Plan),
    ("send", Role::Send),
    ("finish", Role::Finish),
    (RelayRole::NAME, Role::Relay),
    ("sweeper", Role::Sweeper),
    ("feedback", Role::Feedback),
];

fn main() -> ExitCode {
    lambda_host::run("delivery", serve)
}

async fn serve(host: Host) -> Result<(), StartError> {
    let role = host.environment().role(&ROLES)?;
    let service = Service::new(&host)?;
    match role {
        Role::Inbound => {
            let handler = service.app()?.inbound();
            let role = QueueRole::new(&host)?;
            role.serve(&host, "inbound", async || Ok(handler.clone()))
                .await
        }
        Role::Plan => steps::plan(&host, &service.app()?.steps()).await,
        Role::Send => steps::send(&host, &service.app()?.steps()).await,
        Role::Finish => steps::finish(&host, &service.app()?.steps()).await,
        Role::Relay => {
            let role = RelayRole::new(service.table(), service.bus()?);
            role.serve(&host).await
        }
        Role::Sweeper => sweeper::serve(&host, &service).await,
        Role::Feedback => {
            let handler = service.app()?.feedback();
            let role = QueueRole::new(&host)?;
            role.serve(&host, "feedback", async || Ok(handler.clone()))
                .await
        }
    }
}
