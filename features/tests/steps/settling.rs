//! Making sure that nothing more is under way.

use super::{mails, subscribing};
use crate::world::{CONFIRMATION_SUBJECT, Pennypost, unique};

/// How many strangers, one after the other, subscribe and get their mail
/// before what was there earlier counts as handled.
const ROUND_TRIPS: usize = 2;

/// Lets later events take the whole way from a request to a mail, so that
/// what was under way before has arrived. "No mail came" says something only
/// after that.
pub(crate) async fn let_events_settle(world: &mut Pennypost) {
    for _ in 0..ROUND_TRIPS {
        let witness = format!("witness-{}", unique());
        let answer = subscribing::subscribe(world, &witness).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        mails::at_least(world, &witness, CONFIRMATION_SUBJECT, 1).await;
    }
}
