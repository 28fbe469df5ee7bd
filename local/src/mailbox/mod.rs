//! The built-in mailbox: where mail goes unless there is an SMTP server.

mod message;
mod rows;
mod search;
mod sender;
mod store;
mod summary;

pub use message::{Headers, Message};
pub use search::Search;
pub use store::{MAX_MESSAGES, Mailbox, Page, Totals};
pub use summary::{Address, Summary};

/// The part of the text that a list shows, in characters.
const SNIPPET_CHARS: usize = 250;
