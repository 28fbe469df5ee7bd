//! A worker reads the recipients of its shard.

use std::collections::HashMap;

use dynamo::ReadError;
use tokio::task::JoinSet;
use tracing::Instrument as _;
use uuid::Uuid;

use super::Shift;
use crate::{
    domain::recipient::Recipient,
    shard_log::Removal,
    store::recipients::{self, Found, Page},
    workflow::StepError,
};

/// With fewer recipients at hand than this, the next page is read while the mail
/// side takes its time.
const LOW: usize = 250;

/// A page that is being read; nobody reads on when this is dropped.
pub(super) struct NextPage {
    after: Option<Uuid>,
    read: JoinSet<Result<Page, ReadError>>,
}

impl NextPage {
    async fn page(mut self) -> Result<Page, StepError> {
        match self.read.join_next().await {
            Some(Ok(page)) => Ok(page?),
            Some(Err(error)) => Err(StepError::Transient(error.to_string())),
            None => Err(StepError::Transient("no page is being read".to_owned())),
        }
    }
}

/// The page that was `begun` ahead; if none was, or it failed, which can be long
/// ago, one that is begun now.
async fn read_anew(
    begun: Option<NextPage>,
    begin: impl FnOnce() -> NextPage,
) -> Result<Page, StepError> {
    if let Some(begun) = begun {
        match begun.page().await {
            Ok(page) => return Ok(page),
            Err(error) => tracing::debug!(%error, "a page that was begun ahead is read anew"),
        }
    }
    begin().page().await
}

/// Whether an issue is for somebody.
enum Meant {
    Yes(Recipient),
    /// It was, and they do not get it.
    Gone(Removal),
    Never,
}

impl Shift<'_> {
    /// Begins to read on, if few are left. What changes after the page was read
    /// meets the log, however long that is ago.
    pub(super) fn read_on(&mut self) {
        if self.next_page.is_none() && self.ahead.has_fewer_than(LOW) {
            self.next_page = Some(self.begin_page(self.ahead.after(&self.fold)));
        }
    }

    fn begin_page(&self, after: Option<Uuid>) -> NextPage {
        let (table, shard) = (self.core.table.clone(), self.log.shard);
        let reads = self.core.page_reads.clone();
        let mut read = JoinSet::new();
        let reading = async move {
            // It is never closed, and without a permit a page takes memory only.
            let _permit = reads.acquire().await.ok();
            recipients::page(&table, shard, after).await
        };
        read.spawn(reading.in_current_span());
        NextPage { after, read }
    }

    pub(super) async fn read_page(&mut self, after: Option<Uuid>) -> Result<(), StepError> {
        let begun = self.next_page.take().filter(|next| next.after == after);
        let page = read_anew(begun, || self.begin_page(after)).await?;
        let mut ids = Vec::with_capacity(page.recipients.len());
        for (id, found) in page.recipients {
            match self.meant(found) {
                Meant::Yes(recipient) => {
                    ids.push(id);
                    self.readers.insert(id, recipient);
                }
                Meant::Gone(why) => self.ahead.gone(id, why),
                Meant::Never => {}
            }
        }
        self.ahead.extend(&ids, page.last, page.is_end);
        if self.fold.is_cancelled() && !self.has_claim() {
            // Nobody is mailed any more: their ids are enough.
            self.readers = HashMap::new();
        }
        Ok(())
    }

    pub(super) async fn look_up(&mut self, ids: &[Uuid]) -> Result<(), StepError> {
        let mut found = recipients::look_up(&self.core.table, ids).await?;
        for id in ids {
            let meant = found.remove(id).map_or(Meant::Never, |it| self.meant(it));
            let gone = match meant {
                Meant::Yes(recipient) => {
                    self.readers.insert(*id, recipient);
                    None
                }
                Meant::Gone(why) => Some(why),
                Meant::Never => Some(Removal::Unsubscribed),
            };
            self.ahead.looked_up(*id, gone);
        }
        Ok(())
    }

    /// Whether the issue is for somebody who was found.
    fn meant(&self, found: Found) -> Meant {
        let published_at = self.known.published_at;
        match found {
            Found::Unreadable => Meant::Gone(Removal::Unreadable),
            Found::Recipient(one) if one.addressee(published_at).is_some() => Meant::Yes(one),
            Found::Recipient(one) => one
                .left_after(published_at)
                .map_or(Meant::Never, |why| Meant::Gone(why.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(page: Result<Page, ReadError>) -> NextPage {
        let mut read = JoinSet::new();
        read.spawn(async { page });
        NextPage { after: None, read }
    }

    fn failed() -> NextPage {
        begun(Err(ReadError::Unavailable("an outage".to_owned())))
    }

    fn read() -> NextPage {
        begun(Ok(Page {
            recipients: Vec::new(),
            last: None,
            is_end: true,
        }))
    }

    #[tokio::test]
    async fn a_page_that_failed_ahead_is_read_once_anew() {
        assert!(read_anew(Some(failed()), read).await.is_ok());
        assert!(read_anew(Some(failed()), failed).await.is_err());
        assert!(read_anew(Some(read()), failed).await.is_ok());
        assert!(read_anew(None, failed).await.is_err());
    }
}
