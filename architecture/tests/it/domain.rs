//! A domain is pure: it names the language, itself, and a few pure crates.

use std::path::Path;

use architecture::{Dependencies, root, rust_files};

use crate::purity::Domain;

/// The crates that each domain and its tests use: values, hashes and codings.
const PURE: [(&str, &[&str]); 2] = [
    (
        "subscriptions",
        &[
            "argon2",
            "base64",
            "csv",
            "fuzz", // in tests; Cargo keeps it from the product
            "hex",
            "hmac",
            "jiff",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "unicode_segmentation",
            "uuid",
        ],
    ),
    // serde_json in tests; Cargo keeps it from the product
    (
        "delivery",
        &["jiff", "serde", "serde_json", "thiserror", "uuid"],
    ),
];

/// How many modules below `crate::domain` the file is.
fn depth(below_domain: &Path) -> usize {
    let is_folder = below_domain.ends_with("mod.rs");
    below_domain.components().count() - usize::from(is_folder)
}

#[test]
fn a_domain_is_pure() {
    let dependencies = Dependencies::read().expect("cargo tells");
    for (service, pure) in PURE {
        let folder = root().join("services").join(service).join("src/domain");
        let files = rust_files(&folder).expect("the domain can be read");
        assert!(files.iter().any(|(path, _)| *path == folder.join("mod.rs")));
        let mut domain = Domain::new(pure, dependencies.names[service].clone());
        for (_, text) in &files {
            domain.learn(text).expect("the file is Rust");
        }
        let mut found = Vec::new();
        for (path, text) in &files {
            let depth = depth(path.strip_prefix(&folder).expect("it is in the domain"));
            let impurities = domain.impurities(depth, text).expect("the file is Rust");
            found.extend(
                impurities
                    .iter()
                    .map(|name| format!("{}: {name}", path.display())),
            );
        }
        assert!(found.is_empty(), "not for a domain: {found:#?}");
    }
}

/// What a file `src/domain/user.rs` with this text names that it must not.
fn refused(text: &str) -> Vec<String> {
    let dependencies = [
        "aws_smithy_types",
        "axum",
        "contracts",
        "http",
        "serde",
        "tokio",
        "uuid",
    ];
    let mut domain = Domain::new(&["serde", "uuid"], dependencies.map(str::to_owned).into());
    domain.learn("mod user; mod title;").expect("it is Rust");
    domain.learn(text).expect("it is Rust");
    domain.impurities(1, text).expect("it is Rust")
}

#[test]
fn what_has_no_place_in_a_domain_is_refused_however_it_is_written() {
    for text in [
        // Other crates
        "use tokio::sync::Mutex;",
        "use ::tokio::sync::Mutex;",
        "use r#tokio::sync::Mutex;",
        "use tokio as rt;",
        "use contracts as c;",
        "use {\n    tokio,\n};",
        "use ::{serde::Serialize, tokio};",
        "use aws_smithy_types::Blob;",
        "use lettre::Message;",
        "extern crate axum;",
        "extern crate axum as web;",
        "fn f() { ::tokio::task::yield_now(); }",
        "fn f() { use tokio::task; }",
        "fn f(x: Option<&axum::Router>) {}",
        "impl tokio::Sleep for X {}",
        "fn f() { <tokio::Sleep as Default>::default(); }",
        "fn f() { <X as tokio::Sleep>::sleep(); }",
        "mod tokio {} fn f() { tokio::spawn(); }",
        "#[tokio::test] async fn f() {}",
        "#[derive(axum::FromRequest)] struct X;",
        "#[cfg(test)] mod tests { use tokio::time; }",
        // Layers further out
        "use crate::store;",
        "use crate::*;",
        "use crate::{domain::user, store::Rows};",
        "use super::super::http;",
        "use super::{super::http, title};",
        "use self::super::super::http;",
        "mod tests { use super::super::super::http; }",
        "fn f() { crate::http::serve(); }",
        "fn f() { super::super::http::serve(); }",
        "#[derive(Serialize)] struct X { #[serde(with = \"crate::http::time\")] at: u8 }",
        // Within macros
        "fn f() { assert!(tokio::ready()); }",
        "fn f() { assert!((::tokio::ready(), 1).1 == 1); }",
        "fn f() { assert!(crate::store::ready()); }",
        "macro_rules! m { () => { use {tokio as rt}; } }",
        "macro_rules! m { () => { extern crate axum; } }",
        "macro_rules! m { () => { $crate::store::x() } }",
        // Files from elsewhere
        "#[path = \"../store/rows.rs\"] mod rows;",
        "#[cfg_attr(test, path = \"../store/rows.rs\")] mod rows;",
        "include!(\"../store/rows.rs\");",
    ] {
        assert!(!refused(text).is_empty(), "this was let through: {text}");
    }
}

#[test]
fn what_only_looks_like_it_is_accepted() {
    for text in [
        "use std::fmt; fn f() -> fmt::Result { Ok(()) }",
        "use ::core::fmt::Debug;",
        "extern crate alloc; use alloc::borrow::Cow;",
        "use uuid::Uuid; use ::serde::{Deserialize, Serialize as S};",
        "use crate::domain::title::Title; use super::title; use self::inner::X;",
        "mod tests { use super::super::title::Title; use super::*; }",
        "pub(in crate::domain) struct X; pub(crate) fn f() {}",
        "// use tokio::sync::Mutex;\n/// [`tokio::spawn`], crate::store::x\nfn f() {}",
        "//! crate::http\n#[doc = \"tokio::spawn\"] fn f() {}",
        "fn f() { let s = \"tokio::spawn\"; let tokio = 1; g(tokio, s.http); }",
        "fn f() { u8::MAX; Status::New; <[u8]>::len(&[]); <Vec<u8>>::new(); \"1\".parse::<u8>(); }",
        "fn f() { assert!(x.http.parse::<u8>() == Vec::<u8>::new(), \"axum::{}\", title::MAX); }",
        "#[rustfmt::skip] #[allow(clippy::all)] fn f() {}",
        "#[derive(Serialize)] #[serde(default, rename = \"tokio\")] struct X;",
        "fn f() { std::assert_eq!(crate::domain::title::MAX, super::title::MAX); }",
    ] {
        let refused = refused(text);
        assert!(refused.is_empty(), "{refused:?} was refused: {text}");
    }
}
