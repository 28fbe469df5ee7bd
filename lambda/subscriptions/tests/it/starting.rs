//! A function that is set up wrong.

use crate::{cloud::Cloud, function::run_without};

#[tokio::test]
async fn a_variable_that_is_missing_is_named() {
    let cloud = Cloud::start().await;
    for (role, variable) in [("relay", "PENNYPOST_TABLE"), ("relay", "PENNYPOST_BUS")] {
        let output = run_without(&cloud, role, variable);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.trim(), format!("{variable} is not set"));
    }
}

#[tokio::test]
async fn a_role_that_there_is_not_is_answered_with_those_that_there_are() {
    let cloud = Cloud::start().await;
    let output = run_without(&cloud, "send", "PENNYPOST_BUS");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("api, relay, inbound"), "{said}");
}
