//! Subscriptions on Lambda: one program, whose role is the function's handler
//! setting. Each role takes an AWS event apart, calls the service, and puts the
//! answer together.

mod api;
mod first_admin;
mod import_queue;
mod rebuild;
mod secrets;
mod service;
mod sweeper;

use std::process::ExitCode;

use lambda_host::{Host, QueueRole, RelayRole, StartError};

use service::Service;

/// What a function does.
#[derive(Debug, Clone, Copy)]
enum Role {
    /// Answers HTTP requests.
    Api,
    /// Puts outbox rows on the bus.
    Relay,
    /// Handles delivery's events.
    Inbound,
    /// Works off imported lists.
    Import,
    /// Finds what was left over.
    Sweeper,
    /// Publishes every subscriber's present state again.
    Rebuild,
}

/// The names of the roles, as the handler setting has them.
const ROLES: [(&str, Role); 6] = [
    ("api", Role::Api),
    (RelayRole::NAME, Role::Relay),
    ("inbound", Role::Inbound),
    ("import", Role::Import),
    ("sweeper", Role::Sweeper),
    ("rebuild", Role::Rebuild),
];

fn main() -> ExitCode {
    lambda_host::run("subscriptions", serve)
}

async fn serve(host: Host) -> Result<(), StartError> {
    let role = host.environment().role(&ROLES)?;
    let service = Service::new(&host)?;
    match role {
        Role::Api => api::serve(&host, &service).await,
        Role::Relay => {
            let role = RelayRole::new(service.table(), service.bus()?);
            role.serve(&host).await
        }
        Role::Inbound => {
            let role = QueueRole::new(&host)?;
            let handler = async || Ok(service.app().await?.inbound());
            role.serve(&host, "inbound", handler).await
        }
        Role::Import => {
            let role = QueueRole::new(&host)?;
            let handler = async || Ok(service.app().await?.imports());
            role.serve(&host, "import", handler).await
        }
        Role::Sweeper => sweeper::serve(&host, &service).await,
        Role::Rebuild => rebuild::serve(&host, &service).await,
    }
}
