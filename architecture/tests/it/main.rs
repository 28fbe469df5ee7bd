//! The rules of `docs/architecture.md`: who may depend on whom.

use std::collections::BTreeSet;

use architecture::{Dependencies, built_for, mentions, root, rust_files};

/// What the services are built from; neither knows the other.
const SERVICES: [&str; 2] = ["subscriptions", "delivery"];
/// The crates that both services may use.
const SHARED: [&str; 5] = ["ambient", "contracts", "dynamo", "outbox", "telemetry"];
/// What a domain has nothing to do with.
const NOT_IN_A_DOMAIN: [&str; 9] = [
    "aws_sdk_dynamodb",
    "aws_smithy_runtime_api",
    "axum",
    "contracts",
    "dynamo",
    "http",
    "outbox",
    "telemetry",
    "tokio",
];

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_services_share_the_contract_and_its_tools_and_nothing_else() {
    let dependencies = Dependencies::read().expect("cargo tells");
    for service in SERVICES {
        let beyond: Vec<_> = dependencies.normal[service]
            .difference(&set(SHARED))
            .cloned()
            .collect();
        assert!(beyond.is_empty(), "{service} depends on {beyond:?}");
    }
}

#[test]
fn the_services_tests_do_without_the_other_service_and_without_the_host() {
    let dependencies = Dependencies::read().expect("cargo tells");
    for (service, other) in [("subscriptions", "delivery"), ("delivery", "subscriptions")] {
        let dev = &dependencies.dev[service];
        assert!(!dev.contains(other), "{service}'s tests use {other}");
        assert!(!dev.contains("local"), "{service}'s tests use the host");
    }
}

#[test]
fn what_is_shared_knows_no_service_and_no_host() {
    let dependencies = Dependencies::read().expect("cargo tells");
    let above = set(["subscriptions", "delivery", "local", "features", "engine"]);
    for shared in SHARED {
        let upwards: Vec<_> = dependencies.normal[shared]
            .intersection(&above)
            .cloned()
            .collect();
        assert!(upwards.is_empty(), "{shared} depends on {upwards:?}");
    }
}

#[test]
fn the_contract_depends_on_none_of_our_crates() {
    let dependencies = Dependencies::read().expect("cargo tells");
    assert_eq!(dependencies.normal["contracts"], BTreeSet::new());
}

#[test]
fn only_the_host_and_tests_know_the_embedded_store() {
    let dependencies = Dependencies::read().expect("cargo tells");
    let users: Vec<_> = dependencies
        .normal
        .iter()
        .filter(|(_, on)| on.contains("engine"))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(users, ["local"]);
    let directly: Vec<_> = dependencies
        .foreign
        .iter()
        .filter(|(_, on)| on.contains("dynoxide-rs"))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(directly, ["engine"]);
}

#[test]
fn a_domain_is_pure() {
    for service in SERVICES {
        let domain = root().join("services").join(service).join("src/domain");
        let files = rust_files(&domain).expect("the domain can be read");
        assert!(!files.is_empty(), "{service} has no domain");
        for (path, text) in files {
            for name in NOT_IN_A_DOMAIN {
                let found: Vec<_> = mentions(&text, name).collect();
                assert!(found.is_empty(), "{}: {found:?}", path.display());
            }
        }
    }
}

#[test]
fn a_service_makes_events_in_one_place_which_takes_only_what_it_declares() {
    for service in SERVICES {
        let sources = root().join("services").join(service).join("src");
        let files = rust_files(&sources).expect("the sources can be read");
        let makers: Vec<_> = files
            .iter()
            .filter(|(_, text)| text.contains("OutboxEvent::new("))
            .collect();
        let [(path, text)] = makers.as_slice() else {
            panic!("{service} makes events in several places, or in none");
        };
        assert!(text.contains("<D: Published>("), "{}", path.display());
    }
}

#[test]
fn what_cargo_run_built_is_not_built_again_for_cargo_test() {
    let run = built_for(&["--package=local", "--edges=normal,build"]).expect("cargo tells");
    let test = built_for(&["--workspace", "--edges=normal,build,dev"]).expect("cargo tells");
    assert!(run.iter().any(|line| line.starts_with("aws-sdk-dynamodb ")));
    let again: Vec<_> = run.difference(&test).collect();
    assert!(
        again.is_empty(),
        "cargo test builds these with more features; add those to workspace-hack: {again:#?}"
    );
}

#[test]
fn a_mention_is_found_in_code_and_not_in_prose() {
    let text = "use axum::Router;\n// axum::Router\nlet x = taxum::y();\nfn f() -> tokio::Y {}\nuse axum;\n";
    assert_eq!(mentions(text, "axum").count(), 2);
    assert_eq!(mentions(text, "tokio").count(), 1);
}
