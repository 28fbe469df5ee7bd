//! The subscribers, of one status or of any.

use futures::future::try_join_all;

use crate::{
    app::AppState,
    domain::{Subscriber, SubscriberStatus},
    store::{StoreError, SubscriberPlace},
};

/// Some subscribers, who subscribed last first.
#[derive(Debug)]
pub(crate) struct SubscriberPage {
    /// The subscribers.
    pub(crate) items: Vec<Subscriber>,
    /// Where to go on; none after the last one.
    pub(crate) next: Option<SubscriberPlace>,
}

/// At most `limit` of the subscribers, those behind the place `after`. The
/// work does not grow with how many there are: a look at the beginning of each
/// list, and a further one at those that turn out to fill the page.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn list_subscribers(
    app: &AppState,
    status: Option<SubscriberStatus>,
    after: Option<&SubscriberPlace>,
    limit: u16,
) -> Result<SubscriberPage, StoreError> {
    // One more than asked for tells whether there is a next page.
    let whole_page = limit.saturating_add(1);
    let (statuses, first_look) = match status {
        Some(status) => (vec![status], whole_page),
        // Most people are of one status: the other lists need no whole page.
        None => {
            let statuses = SubscriberStatus::ALL;
            let share = usize::from(limit) / statuses.len() + 1;
            (
                statuses.to_vec(),
                u16::try_from(share).unwrap_or(whole_page),
            )
        }
    };
    let beginnings = statuses
        .into_iter()
        .map(|status| beginning(app, status, after, first_look));
    let mut parts = try_join_all(beginnings).await?;
    loop {
        let page = merged(&parts, usize::from(limit));
        let is_short = page.items.len() < usize::from(limit);
        match parts
            .iter_mut()
            .filter(|part| part.goes_on)
            .max_by_key(|part| part.end())
        {
            Some(unknown_behind) if is_short => {
                let end = unknown_behind.end();
                let more = beginning(app, unknown_behind.status, end.as_ref(), whole_page).await?;
                unknown_behind.items.extend(more.items);
                unknown_behind.goes_on = more.goes_on;
            }
            _ => return Ok(page),
        }
    }
}

/// At most `size` of those of one status behind the place `after`.
async fn beginning(
    app: &AppState,
    status: SubscriberStatus,
    after: Option<&SubscriberPlace>,
    size: u16,
) -> Result<Part, StoreError> {
    let page = app.store.subscribers(status, after, size).await?;
    Ok(Part {
        status,
        // Without an item there would be no place to go on from.
        goes_on: page.next.is_some() && !page.items.is_empty(),
        items: page.items,
    })
}

/// The beginning of one list.
struct Part {
    status: SubscriberStatus,
    items: Vec<Subscriber>,
    /// Whether the list has more.
    goes_on: bool,
}

impl Part {
    /// Up to where the list is known.
    fn end(&self) -> Option<SubscriberPlace> {
        self.items.last().map(SubscriberPlace::of)
    }
}

/// One page of all lists' beginnings: shorter than `limit` if these do not
/// reach far enough.
fn merged(parts: &[Part], limit: usize) -> SubscriberPage {
    // Of a list that goes on nobody knows what comes behind its last item.
    let going_on = parts.iter().filter(|part| part.goes_on);
    let known_until = going_on.filter_map(Part::end).max();
    let goes_on = known_until.is_some();
    let mut items: Vec<_> = parts.iter().flat_map(|part| &part.items).collect();
    // Who changes their status in this moment may stand in two lists, the
    // index being behind the table: the newer version counts.
    items.sort_unstable_by_key(|it| std::cmp::Reverse((SubscriberPlace::of(it), it.version)));
    items.dedup_by_key(|it| it.id);

    let found = items.len();
    items.retain(|it| known_until.is_none_or(|until| SubscriberPlace::of(it) >= until));
    items.truncate(limit);
    let next = (goes_on || items.len() < found)
        .then(|| items.last().map(|last| SubscriberPlace::of(last)))
        .flatten();
    SubscriberPage {
        items: items.into_iter().cloned().collect(),
        next,
    }
}

#[cfg(test)]
mod tests;
