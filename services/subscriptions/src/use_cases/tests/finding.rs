//! One subscriber is looked up.

use super::*;
use crate::{
    domain::{ChangeKind, SubscriberStatus},
    use_cases::{find_subscriber::find_subscriber, show_subscriber::show_subscriber},
};

#[tokio::test]
async fn somebody_is_found_by_the_whole_address_in_any_case() {
    let world = World::new().await;
    let id = world.pending("Ann@Example.com").await;
    for typed in ["Ann@Example.com", "ann@example.com", " ANN@EXAMPLE.COM"] {
        let found = find_subscriber(&world.app, &email(typed)).await;
        let found = found.expect("a read").expect("found");
        assert_eq!(found.id, id);
        assert_eq!(found.email.as_str(), "Ann@Example.com");
    }
    for other in [
        "an@example.com",
        "ann@example.co",
        "ann@example.com.example",
    ] {
        let found = find_subscriber(&world.app, &email(other)).await;
        assert_eq!(found.expect("a read"), None, "{other}");
    }
}

#[tokio::test]
async fn a_subscriber_is_shown_with_what_happened_to_them() {
    let world = World::new().await;
    let id = world.bounced("ann@example.com").await;
    let shown = show_subscriber(&world.app, id).await.expect("a read");
    let shown = shown.expect("there");
    assert_eq!(shown.status, SubscriberStatus::Bounced);
    let history = shown.history.iter().map(|it| (it.what, it.issue_id));
    assert_eq!(
        history.collect::<Vec<_>>(),
        [
            (ChangeKind::Subscribed, None),
            (ChangeKind::Confirmed, None),
            (ChangeKind::Bounced, Some(Uuid::from_u128(7))),
        ]
    );
    let unknown = SubscriberId(Uuid::from_u128(1));
    let shown = show_subscriber(&world.app, unknown).await;
    assert_eq!(shown.expect("a read"), None);
}
