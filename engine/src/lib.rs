//! DynamoDB inside this process.
//!
//! [`Engine::client`] is the AWS SDK's own client: it builds, signs and reads
//! the requests that it would send to AWS, and where its HTTP connection would
//! begin, dynoxide answers from SQLite. The stores above cannot tell; nothing
//! listens on a port; each test has an engine of its own.
//!
//! Time to live: DynamoDB deletes expired items at its leisure. Here
//! [`Engine::sweep_expired`] does it, and a host calls it now and then.

mod connector;
mod operations;
mod stream;
mod tokens;

use std::path::Path;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Region},
};
use dynoxide::Database;

pub use stream::{Stream, StreamRecord};

/// A store that lives in memory or in one file.
#[derive(Clone)]
pub struct Engine {
    database: Database,
    streams: stream::Streams,
    tokens: tokens::Tokens,
    durability: Durability,
}

/// Where the data is, which decides how a request is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    /// Gone with the process; a request is answered at once, on the caller's
    /// thread, so that a single-threaded run is deterministic.
    Memory,
    /// Every commit is synced to disk; a request runs on a thread that may
    /// block.
    Disk,
}

/// The store could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the store: {0}")]
pub struct OpenError(String);

impl Engine {
    /// A store in memory.
    ///
    /// # Errors
    /// [`OpenError`] if SQLite cannot begin.
    pub fn in_memory() -> Result<Self, OpenError> {
        let database = Database::memory().map_err(|error| OpenError(error.to_string()))?;
        Ok(Self::over(database, Durability::Memory))
    }

    /// The store in the file `path`, made if it is not there.
    ///
    /// # Errors
    /// [`OpenError`] if the file cannot be opened or is no store.
    pub fn on_disk(path: &Path) -> Result<Self, OpenError> {
        let path = path
            .to_str()
            .ok_or_else(|| OpenError("the path is not UTF-8".to_owned()))?;
        let database = Database::new(path).map_err(|error| OpenError(error.to_string()))?;
        Ok(Self::over(database, Durability::Disk))
    }

    fn over(database: Database, durability: Durability) -> Self {
        Self {
            database,
            streams: stream::Streams::default(),
            tokens: tokens::Tokens::default(),
            durability,
        }
    }

    /// The AWS SDK's client, connected to this store.
    pub fn client(&self) -> Client {
        // Signed like any request; the store takes every signature.
        let nobody = Credentials::new("local", "local", None, None, "engine");
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("local"))
            .endpoint_url("http://dynamodb.local")
            .credentials_provider(nobody)
            .http_client(connector::EngineHttpClient::new(self.clone()))
            .build();
        Client::from_conf(config)
    }

    /// Answers a request of DynamoDB's JSON protocol, for who connects in another
    /// way than by [`client`](Self::client): `operation`, such as `GetItem`, with
    /// its JSON `body`; status and JSON of the answer. Blocks while it works, and
    /// tells no [`stream`](Self::stream).
    pub fn answer(&self, operation: &str, body: &str) -> (u16, String) {
        let answer = operations::run(&self.database, &self.tokens, operation, body);
        (answer.status, answer.body)
    }

    /// What is put into `table` from now on, as a DynamoDB stream of new
    /// images would tell it. It is not durable: who reads it must have another
    /// way to find what was put before, or while it was not read.
    pub fn stream(&self, table: &str) -> Stream {
        self.filtered_stream(table, "")
    }

    /// Like [`Engine::stream`], of the items alone whose partition key begins
    /// with `prefix`, as the filter of a Pipe has it.
    pub fn filtered_stream(&self, table: &str, prefix: &str) -> Stream {
        self.streams.subscribe(table, prefix)
    }

    /// Deletes the items whose time to live is over; tells how many there were.
    ///
    /// # Errors
    /// [`OpenError`] if the store does not answer.
    pub fn sweep_expired(&self) -> Result<usize, OpenError> {
        self.database
            .sweep_ttl()
            .map_err(|error| OpenError(error.to_string()))
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}
