//! The rules of `docs/architecture.md`: who may depend on whom.

mod dependencies;
mod domain;
mod files;
mod purity;
mod syntax;

use architecture::{built_for, root, rust_files};

/// What the services are built from; neither knows the other.
const SERVICES: [&str; 2] = ["subscriptions", "delivery"];
/// Each service, and the one it must not know.
const EACH_AND_THE_OTHER: [(&str, &str); 2] =
    [("subscriptions", "delivery"), ("delivery", "subscriptions")];

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
