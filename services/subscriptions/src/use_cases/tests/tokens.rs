//! Programs sign in.

use futures::future::join_all;
use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::{
    domain::{
        api_token::{MAX_TOKENS, TokenName},
        user::Roster,
    },
    use_cases::{
        authenticate::Credentials,
        authorize::authorize,
        issue_token::{NewToken, TokenIssue, issue_token, issue_token_for},
        list_tokens::list_tokens,
        revoke_token::revoke_token,
    },
};

fn name(text: &str) -> TokenName {
    TokenName::parse(text).expect("valid")
}

async fn issue(world: &World, user: &User, text: &str) -> TokenIssue {
    let issue = issue_token_for(&world.app, user, name(text)).await;
    issue.expect("decided")
}

async fn issued(world: &World, user: &User, text: &str) -> NewToken {
    match issue(world, user, text).await {
        TokenIssue::Issued(token) => token,
        other => panic!("{other:?}"),
    }
}

async fn whose(world: &World, token: &SecretString) -> Option<Uuid> {
    let user = authorize(&world.app, token).await.expect("a read");
    user.map(|user| user.id)
}

async fn names(world: &World, user: &User) -> Vec<String> {
    let tokens = list_tokens(&world.app, user.id).await.expect("a list");
    tokens.iter().map(|token| token.name.to_string()).collect()
}

async fn revoke(world: &World, user: &User, id: Uuid) -> bool {
    revoke_token(&world.app, user.id, id)
        .await
        .expect("decided")
}

#[tokio::test]
async fn a_token_signs_its_user_in_without_a_write() {
    let world = World::new().await;
    let (ada, bob) = (
        world.user("ada", false).await,
        world.user("bob", false).await,
    );
    let (adas, bobs) = (
        issued(&world, &ada, "x").await,
        issued(&world, &bob, "x").await,
    );
    world.probe.requests();
    assert_eq!(whose(&world, &adas.token).await, Some(ada.id));
    assert_eq!(world.probe.requests(), ["GetItem", "GetItem"]);
    assert_eq!(whose(&world, &bobs.token).await, Some(bob.id));
}

#[tokio::test]
async fn what_is_stored_does_not_hold_the_token() {
    let world = World::new().await;
    let ada = world.user("ada", false).await;
    let token = issued(&world, &ada, "x").await.token;
    let (_, secret) = token.expose_secret().split_at(3 + 32 + 1);
    let kept = world.kept().await.concat();
    assert!(kept.contains("API_TOKEN#") && !kept.contains(secret));
}

#[tokio::test]
async fn what_is_no_token_of_ours_signs_nobody_in() {
    let world = World::new().await;
    let ada = world.user("ada", false).await;
    let (one, other) = (
        issued(&world, &ada, "x").await,
        issued(&world, &ada, "y").await,
    );
    let (id, _) = one.token.expose_secret().split_at(3 + 32 + 1);
    let (_, secret) = other.token.expose_secret().split_at(3 + 32 + 1);
    let mixed = format!("{id}{secret}");
    let unknown = format!("pp_{}_{secret}", Uuid::from_u128(1).simple());
    for text in ["", "pp_", "ada", &mixed, &unknown] {
        let presented = SecretString::from(text.to_owned());
        assert_eq!(whose(&world, &presented).await, None, "{text}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_over_at_once_and_only_its_user_revokes_it() {
    let world = World::new().await;
    let (ada, bob) = (
        world.user("ada", false).await,
        world.user("bob", false).await,
    );
    let (token, stays) = (
        issued(&world, &ada, "x").await,
        issued(&world, &ada, "y").await,
    );
    assert!(!revoke(&world, &bob, token.id).await);
    assert_eq!(whose(&world, &token.token).await, Some(ada.id));

    assert!(revoke(&world, &ada, token.id).await);
    assert!(
        !revoke(&world, &ada, token.id).await,
        "the second finds none"
    );
    assert_eq!(whose(&world, &token.token).await, None);
    assert_eq!(whose(&world, &stays.token).await, Some(ada.id));
    assert_eq!(names(&world, &ada).await, ["y"]);
}

#[tokio::test]
async fn a_disabled_user_has_no_tokens_any_more() {
    let world = World::new().await;
    let ada = world.user("ada", false).await;
    let token = issued(&world, &ada, "x").await;
    let two = Roster::FIRST.with_one_more();
    let (disabled, _) = ada.disabled(two, world.app.clock.now()).expect("disabled");
    world.save(disabled).await;
    assert_eq!(whose(&world, &token.token).await, None);
}

#[tokio::test]
async fn a_change_of_the_password_ends_no_token() {
    let world = World::new().await;
    let ada = world.user("ada", false).await;
    let token = issued(&world, &ada, "x").await;
    world.save(ada.with_password(PasswordHash::dummy())).await;
    assert_eq!(whose(&world, &token.token).await, Some(ada.id));
}

#[tokio::test]
async fn tokens_are_listed_the_newest_first_each_user_their_own() {
    let world = World::new().await;
    let (ada, bob) = (
        world.user("ada", false).await,
        world.user("bob", false).await,
    );
    for text in ["first", "second", "third"] {
        issued(&world, &ada, text).await;
    }
    issued(&world, &bob, "other").await;
    assert_eq!(names(&world, &ada).await, ["third", "second", "first"]);
    assert_eq!(names(&world, &bob).await, ["other"]);
}

#[tokio::test]
async fn credentials_get_a_token_only_if_they_are_good_and_the_password_is_chosen() {
    let world = World::new().await;
    let added =
        crate::use_cases::add_user::add_user(&world.app, Username::parse("ada").expect("valid"));
    let crate::use_cases::add_user::UserAddition::Added {
        user,
        one_time_password,
    } = added.await.expect("added")
    else {
        panic!("the name is free");
    };
    let with = |password: SecretString| Credentials {
        username: "ada".to_owned(),
        password,
        origin: None,
    };
    let wrong = issue_token(&world.app, with("wrong".to_owned().into()), name("x")).await;
    assert!(wrong.expect("decided").is_none());
    let good = || with(one_time_password.secret().clone());
    let one_time = issue_token(&world.app, good(), name("x")).await;
    let one_time = one_time.expect("decided");
    assert!(matches!(one_time, Some(TokenIssue::OneTimePassword)));

    let chosen = user.with_password(user.password_hash.clone());
    world.save(chosen).await;
    let issue = issue_token(&world.app, good(), name("x")).await;
    let Some(TokenIssue::Issued(token)) = issue.expect("decided") else {
        panic!("the password is chosen");
    };
    assert_eq!(whose(&world, &token.token).await, Some(user.id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_has_more_than_the_most_tokens_even_at_the_same_moment() {
    let world = World::new().await;
    let ada = world.user("ada", false).await;
    for number in 0..MAX_TOKENS - 2 {
        issued(&world, &ada, &number.to_string()).await;
    }
    let tasks = (0..5).map(|_| {
        let (world, ada) = (world.clone(), ada.clone());
        tokio::spawn(async move { issue(&world, &ada, "late").await })
    });
    let mut late = Vec::new();
    for issue in join_all(tasks).await {
        if let TokenIssue::Issued(token) = issue.expect("no panic") {
            late.push(token);
        }
    }
    assert_eq!(late.len(), 2);
    assert_eq!(names(&world, &ada).await.len() as u64, MAX_TOKENS);
    assert!(revoke(&world, &ada, late[0].id).await);
    issued(&world, &ada, "room again").await;
}

#[tokio::test]
async fn of_two_who_revoke_a_token_at_the_same_moment_one_finds_it() {
    let world = World::new().await;
    let ada = world.user("ada", false).await;
    let token = issued(&world, &ada, "x").await;
    let (id, owner) = (token.id, ada.clone());
    world.in_between(move |world| async move { assert!(revoke(&world, &owner, id).await) });
    assert!(!revoke(&world, &ada, token.id).await);
    let count = world.app.store.api_token_count(ada.id).await;
    assert_eq!(count.expect("a read").tokens, 0);
}
