//! Which crate may depend on which.

use std::collections::BTreeSet;

use architecture::Dependencies;
use serde_json::{Value, json};

use crate::{EACH_AND_THE_OTHER, SERVICES};

/// The crates that both services may use.
const SHARED: [&str; 5] = ["ambient", "contracts", "dynamo", "outbox", "telemetry"];

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
fn neither_a_service_nor_its_tests_reach_the_other_service_or_the_host() {
    let dependencies = Dependencies::read().expect("cargo tells");
    for (service, other) in EACH_AND_THE_OTHER {
        let reached = dependencies.reached_from(service);
        assert!(reached.contains("ambient"), "nothing was read");
        assert!(!reached.contains(other), "{service} reaches {other}");
        assert!(!reached.contains("local"), "{service} reaches the host");
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
    assert_eq!(users, ["benchmarks", "local", "simulator"]);
    let directly: Vec<_> = dependencies
        .foreign
        .iter()
        .filter(|(_, on)| on.contains("dynoxide-rs"))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(directly, ["engine"]);
}

/// A package of the workspace, with the kind and name of what it depends on.
fn package(name: &str, on: &[(Option<&str>, &str)]) -> Value {
    let on: Vec<_> = on
        .iter()
        .map(|(kind, name)| json!({"name": name, "kind": kind, "path": "/somewhere"}))
        .collect();
    json!({"name": name, "dependencies": on})
}

#[test]
fn a_way_to_the_other_service_is_found_behind_a_crate_of_the_tests() {
    let workspace = json!({"packages": [
        package("subscriptions", &[(Some("dev"), "fuzz")]),
        package("fuzz", &[(None, "helper")]),
        package("helper", &[(Some("build"), "delivery")]),
        package("delivery", &[]),
    ]});
    let reached = Dependencies::of(&workspace).reached_from("subscriptions");
    assert!(reached.contains("delivery"), "{reached:?}");
}

#[test]
fn the_tests_of_a_crate_that_a_service_uses_are_their_own_affair() {
    let workspace = json!({"packages": [
        package("subscriptions", &[(None, "outbox"), (Some("dev"), "fuzz")]),
        package("fuzz", &[(Some("dev"), "delivery")]),
        package("outbox", &[(Some("dev"), "delivery")]),
        package("delivery", &[(Some("dev"), "fuzz")]),
    ]});
    let reached = Dependencies::of(&workspace).reached_from("subscriptions");
    assert_eq!(reached, set(["fuzz", "outbox"]));
}

#[test]
fn a_crate_goes_by_the_name_that_code_calls_it() {
    let workspace = json!({"packages": [{"name": "subscriptions", "dependencies": [
        {"name": "tokio", "kind": null, "rename": "rt"},
        {"name": "aws-sdk-dynamodb", "kind": "dev", "rename": null},
    ]}]});
    let names = &Dependencies::of(&workspace).names["subscriptions"];
    assert_eq!(names, &set(["aws_sdk_dynamodb", "rt"]));
}
