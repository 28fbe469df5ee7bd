//! Deletes what has expired.

use std::time::Duration;

use engine::Engine;

use crate::{queue::Queues, shutdown::Stopping};

/// How often expired items, messages and dead letters are deleted.
const INTERVAL: Duration = Duration::from_secs(10 * 60);
/// The first time is this long after the start: what expired while no process
/// ran, events in the outbox and messages among it, has its chance first.
const FIRST: Duration = Duration::from_secs(60);

/// Keeps house until it is time to stop.
pub(crate) async fn keep(engine: Engine, queues: Queues, mut stopping: Stopping) {
    stopping.sleep(FIRST).await;
    while !stopping.is_now() {
        delete_expired(engine.clone(), &queues).await;
        stopping.sleep(INTERVAL).await;
    }
}

async fn delete_expired(engine: Engine, queues: &Queues) {
    match tokio::task::spawn_blocking(move || engine.sweep_expired()).await {
        Ok(Ok(0)) => {}
        Ok(Ok(items)) => tracing::info!(items, "expired items are deleted"),
        Ok(Err(error)) => tracing::error!(%error, "expired items cannot be deleted"),
        Err(error) => {
            tracing::error!(panicked = error.is_panic(), "expired items are not deleted");
        }
    }
    match queues.delete_expired().await {
        Ok(0) => {}
        Ok(messages) => tracing::warn!(messages, "messages past their retention are deleted"),
        Err(error) => tracing::error!(%error, "expired messages cannot be deleted"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ambient::SystemClock;
    use dynamo::{Condition, Item, Key, Query, Table, Transaction, create_table};
    use jiff::{SignedDuration, Timestamp};
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::shutdown::StopSwitch;

    #[derive(Serialize, Deserialize)]
    struct Row {
        text: String,
    }

    async fn left(table: &Table) -> Vec<String> {
        let page = table.query::<Row>(Query::partition("ROWS", 9)).await;
        let rows = page.expect("reads").items;
        rows.into_iter().map(|row| row.text).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_expired_is_deleted_a_minute_after_the_start_and_the_rest_stays() {
        let engine = Engine::in_memory().expect("an engine");
        let queues = Queues::open(None, &[], Arc::new(SystemClock))
            .await
            .expect("queues");
        create_table(&engine.client(), "rows")
            .await
            .expect("a table");
        let table = Table::new(engine.client(), "rows");
        let mut transaction = Transaction::new();
        let hour = SignedDuration::from_hours(1);
        for (text, expires_at) in [
            ("expired", Timestamp::now() - hour),
            ("kept", Timestamp::now() + hour),
        ] {
            let row = Row {
                text: text.to_owned(),
            };
            let item = Item::new(&Key::new("ROWS", text), &row).expiring(expires_at);
            transaction.put("row", item, Condition::Absent);
        }
        table.commit(transaction).await.expect("commits");

        let (switch, stopping) = StopSwitch::new();
        let keeping = tokio::spawn(keep(engine, queues, stopping));
        tokio::time::sleep(FIRST - Duration::from_secs(1)).await;
        assert_eq!(left(&table).await, ["expired", "kept"]);
        tokio::time::sleep(INTERVAL).await;
        assert_eq!(left(&table).await, ["kept"]);
        switch.stop();
        keeping.await.expect("it ends");
    }
}
