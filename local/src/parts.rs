//! What the services stand on, and the services put together.

use std::{sync::Arc, time::Duration};

use ambient::{SharedClock, SharedRandomness, SystemRandomness};
use delivery::mail::MailSender;
use dynamo::CommitError;
use engine::Engine;
use subscriptions::Secrets;
use url::Url;

use crate::{
    bus::{LocalBus, Rule},
    data_dir::DataDir,
    hosting::{Hosting, Service},
    import_queue::{IMPORTS_QUEUE, LocalImportQueue},
    keys::fresh_secrets,
    mailbox::Mailbox,
    peer::Peer,
    process_clock::ProcessClock,
    queue::Queues,
    services_mark,
    settings::Settings,
    system::StartError,
    workflow_driver::Starter,
};

/// The deployment that all of this is, as events name it.
pub(crate) const STAGE: &str = "local";

/// How often an issue that goes out may report its progress.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);

/// Subscriptions' table.
pub(crate) const SUBSCRIPTIONS_TABLE: &str = "subscriptions";
/// Delivery's table.
pub(crate) const DELIVERY_TABLE: &str = "delivery";
/// The queue of what subscriptions consumes.
pub(crate) const SUBSCRIPTIONS_QUEUE: &str = "subscriptions-inbound";
/// The queue of what delivery consumes.
pub(crate) const DELIVERY_QUEUE: &str = "delivery-inbound";
/// Delivery's queue of confirmation mails, which the mail side can hold up.
pub(crate) const CONFIRMATIONS_QUEUE: &str = "delivery-confirmations";

/// Delivery's queue of what pauses, resumes and cancels an issue, which waits for
/// no recipients.
pub(crate) const CONTROLS_QUEUE: &str = "delivery-controls";

/// What the services and the host share.
pub(crate) struct Parts {
    pub(crate) engine: Engine,
    pub(crate) queues: Queues,
    pub(crate) bus: Arc<LocalBus>,
    pub(crate) mailbox: Mailbox,
    pub(crate) clock: SharedClock,
    pub(crate) randomness: SharedRandomness,
    secrets: Secrets,
}

impl Parts {
    /// Opens what the services that run here need, in `data_dir` or in memory.
    pub(crate) async fn open(
        data_dir: Option<&DataDir>,
        settings: &Settings,
    ) -> Result<Self, StartError> {
        let randomness: SharedRandomness = Arc::new(SystemRandomness);
        let clock = Arc::clone(&settings.clock);
        let dir_of = |service| data_dir.filter(|_| settings.hosting.runs(service));
        if let Some(dir) = data_dir {
            let there = services_in_store(dir).await?;
            services_mark::check(dir, &there, &settings.hosting)?;
        }
        // Before there is a store that would be useless without them. Where
        // subscriptions does not run, they are nobody's.
        let secrets = match dir_of(Service::Subscriptions) {
            Some(dir) => dir.secrets(&randomness)?,
            None => fresh_secrets(&randomness),
        };
        if let Some(dir) = data_dir {
            services_mark::write(dir, &settings.hosting)?;
        }
        let engine = open_store(data_dir, &settings.hosting).await?;
        let rules = rules(&settings.hosting);
        let mut names: Vec<_> = rules.iter().map(|rule| rule.queue).collect();
        if settings.hosting.runs(Service::Subscriptions) {
            // No rule leads there: only subscriptions itself does.
            names.push(IMPORTS_QUEUE);
        }
        let queues = Queues::open(
            data_dir.map(DataDir::queues).as_deref(),
            &names,
            Arc::new(ProcessClock::start()),
        )
        .await
        .map_err(|source| StartError::Database {
            file: "queues.db",
            source,
        })?;
        let mailbox = Mailbox::open(
            dir_of(Service::Delivery).map(DataDir::mailbox).as_deref(),
            Arc::clone(&clock),
            Arc::clone(&randomness),
        )
        .map_err(|source| StartError::Database {
            file: "mailbox.db",
            source,
        })?;
        let bus = LocalBus::new(
            queues.clone(),
            rules,
            Arc::clone(&clock),
            Arc::clone(&randomness),
        );
        let bus = match &settings.hosting {
            Hosting::One { service, peer } => bus.with_peer(Peer::new(peer, *service)?),
            Hosting::Both => bus,
        };
        Ok(Self {
            engine,
            queues,
            bus: Arc::new(bus),
            mailbox,
            clock,
            randomness,
            secrets,
        })
    }

    pub(crate) fn subscriptions(&self, public_url: Url) -> subscriptions::App {
        let config = subscriptions::Config {
            table: SUBSCRIPTIONS_TABLE.to_owned(),
            stage: STAGE.to_owned(),
            public_url,
            secrets: self.secrets.clone(),
        };
        let ports = subscriptions::Ports {
            dynamodb: self.engine.client(),
            clock: Arc::clone(&self.clock),
            randomness: Arc::clone(&self.randomness),
            import_queue: Arc::new(LocalImportQueue(self.queues.clone())),
        };
        subscriptions::App::new(config, ports)
    }

    pub(crate) fn delivery(
        &self,
        settings: &Settings,
        mail: Arc<dyn MailSender>,
        starter: Starter,
    ) -> delivery::App {
        let config = delivery::Config {
            table: DELIVERY_TABLE.to_owned(),
            stage: STAGE.to_owned(),
            from: settings.from.clone(),
            // By the lock on the data directory, or because nobody else sees
            // this memory.
            sole_process: true,
            progress_interval: PROGRESS_INTERVAL,
            send_rate: settings.send_rate,
        };
        let ports = delivery::Ports {
            dynamodb: self.engine.client(),
            clock: Arc::clone(&self.clock),
            randomness: Arc::clone(&self.randomness),
            mail,
            workflow: Arc::new(starter),
        };
        delivery::App::new(config, ports)
    }
}

/// A rule for each queue of the services that run here.
fn rules(hosting: &Hosting) -> Vec<Rule> {
    let all = [
        (
            Service::Subscriptions,
            Rule {
                queue: SUBSCRIPTIONS_QUEUE,
                event_types: subscriptions::contract::INBOUND.consumes,
            },
        ),
        (
            Service::Delivery,
            Rule {
                queue: DELIVERY_QUEUE,
                event_types: delivery::contract::CHANGES.consumes,
            },
        ),
        (
            Service::Delivery,
            Rule {
                queue: CONFIRMATIONS_QUEUE,
                event_types: delivery::contract::CONFIRMATIONS.consumes,
            },
        ),
        (
            Service::Delivery,
            Rule {
                queue: CONTROLS_QUEUE,
                event_types: delivery::contract::CONTROLS.consumes,
            },
        ),
    ];
    let here = all.into_iter().filter(|(owner, _)| hosting.runs(*owner));
    here.map(|(_, rule)| rule).collect()
}

/// Opens the store. A table is not made in one step, and one that is half made
/// would be taken for a table: so a new store is made aside, and moved.
async fn open_store(data_dir: Option<&DataDir>, hosting: &Hosting) -> Result<Engine, StartError> {
    let Some(dir) = data_dir else {
        let engine = Engine::in_memory()?;
        make_tables(&engine, hosting).await?;
        return Ok(engine);
    };
    if !dir.has_data() {
        make_tables(&Engine::on_disk(&dir.unfinished_store()?)?, hosting).await?;
        dir.finish_store()?;
    }
    let engine = Engine::on_disk(&dir.store())?;
    // Turns on what an older version had not.
    make_tables(&engine, hosting).await?;
    Ok(engine)
}

/// The tables of the services that run here, and whose they are.
fn tables(hosting: &Hosting) -> impl Iterator<Item = (Service, &'static str)> {
    [
        (Service::Subscriptions, SUBSCRIPTIONS_TABLE),
        (Service::Delivery, DELIVERY_TABLE),
    ]
    .into_iter()
    .filter(|(owner, _)| hosting.runs(*owner))
}

async fn make_tables(engine: &Engine, hosting: &Hosting) -> Result<(), StartError> {
    let client = engine.client();
    for (_, table) in tables(hosting) {
        dynamo::create_table(&client, table).await?;
    }
    Ok(())
}

/// The services that have a table in the store.
async fn services_in_store(dir: &DataDir) -> Result<Vec<Service>, StartError> {
    if !dir.has_data() {
        return Ok(Vec::new());
    }
    let engine = Engine::on_disk(&dir.store())?;
    let listed = engine.client().list_tables().send().await;
    let listed = listed.map_err(|error| CommitError::Unavailable(error.to_string()))?;
    let there = listed.table_names();
    let found = tables(&Hosting::Both).filter(|(_, table)| there.iter().any(|name| name == table));
    Ok(found.map(|(service, _)| service).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_rule_lets_through_what_its_queue_is_declared_to_take_and_nothing_else() {
        let services = [
            ("subscriptions", subscriptions::contract::QUEUES),
            ("delivery", delivery::contract::QUEUES),
        ];
        let declared = services.into_iter().flat_map(|(service, queues)| {
            let of_service = move |queue: &contracts::Queue| {
                let name = format!("{service}-{}", queue.name);
                (name, queue.consumes)
            };
            queues.iter().map(of_service)
        });
        let rules = rules(&Hosting::Both).into_iter();
        assert_eq!(
            rules
                .map(|rule| (rule.queue.to_owned(), rule.event_types))
                .collect::<BTreeSet<_>>(),
            declared.collect()
        );
    }
}
