//! Issues that nobody sends are found.

use crate::support::{World, confirmed, pause, published, second};

async fn world() -> World {
    let world = World::new().await;
    for number in 1..=4 {
        world.takes(&confirmed(number, 2, second(0))).await;
    }
    world.takes(&published(second(1))).await;
    world
}

async fn assert_delivered(world: &World) {
    world.walk_started().await;
    assert_eq!(world.delivered().await[0].counts.accepted, 4);
    assert_eq!(world.mailbox.mails().len(), 4);
    assert!(world.app.unfinished_runs().await.expect("read").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_start_was_lost_is_started_and_one_under_way_is_left_alone() {
    let mut world = world().await;
    let run = world.started().remove(0);
    world.app.sweep_issues().await.expect("swept");
    assert!(world.started().is_empty(), "it is under way");
    // The next process, which knows of no start.
    world.restart();
    world.app.sweep_issues().await.expect("swept");
    let started = world.started();
    assert_eq!(started.len(), 1);
    assert_eq!(started[0].name(), run.name());
    world.walk(&started[0]).await.expect("walked");
    assert_delivered(&world).await;
}

#[tokio::test(start_paused = true)]
async fn a_run_that_failed_is_started_under_another_name_as_often_as_it_fails() {
    for begins in [false, true] {
        let world = world().await;
        let mut run = world.started().remove(0);
        let mut names = vec![run.name()];
        for _ in 0..3 {
            if begins {
                world.app.steps().plan(&run).await.expect("planned");
                world.send(&run, 1).await.expect("sent");
            }
            world.fails(&run);
            world.app.sweep_issues().await.expect("swept");
            let mut started = world.started();
            assert_eq!(started.len(), 1);
            run = started.remove(0);
            names.push(run.name());
            world.app.sweep_issues().await.expect("swept");
            assert!(world.started().is_empty(), "it is under way");
        }
        world.walk(&run).await.expect("walked");
        assert_delivered(&world).await;
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn an_issue_with_work_left_and_no_run_gets_one_and_a_paused_one_does_not() {
    let world = world().await;
    let run = world.started().remove(0);
    world.app.steps().plan(&run).await.expect("planned");
    world.lose_runs().await;
    world.app.sweep_issues().await.expect("swept");
    let found = world.started().remove(0);
    assert_ne!(found.name(), run.name());
    world.takes(&pause(1)).await;
    world.walk(&found).await.expect("walked");
    world.app.sweep_issues().await.expect("swept");
    assert!(world.started().is_empty(), "it is paused");
    world.takes(&crate::support::resume(2)).await;
    assert_delivered(&world).await;
    world.app.sweep_issues().await.expect("swept");
    assert!(world.started().is_empty(), "it is delivered");
}
