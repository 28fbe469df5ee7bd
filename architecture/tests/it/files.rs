//! No file of a service takes in one of the other's.

use architecture::{files, root};
use proc_macro2::{TokenStream, TokenTree};

use crate::EACH_AND_THE_OTHER;

#[test]
fn no_file_of_a_service_names_one_of_the_other_service() {
    for (service, other) in EACH_AND_THE_OTHER {
        let folder = root().join("services").join(service);
        for (path, text) in files(&folder).expect("the service can be read") {
            let found = if path.extension().is_some_and(|extension| extension == "rs") {
                rust_strings(&text)
            } else {
                words(&text)
            };
            let out: Vec<_> = found
                .iter()
                .filter(|name| climbs_into(other, name))
                .collect();
            assert!(out.is_empty(), "{}: {out:?}", path.display());
        }
    }
}

/// Whether the path leaves its folder and comes by one called `service`.
fn climbs_into(service: &str, path: &str) -> bool {
    path.split(['/', '\\'])
        .skip_while(|step| *step != "..")
        .any(|step| step == service)
}

/// The string literals of a Rust file that are no comments, and what those side
/// by side, as in `concat!`, make together.
fn rust_strings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(text.parse().expect("the file is Rust"), &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<String>) {
    let mut together = String::new();
    let mut is_doc = false;
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Ident(name) => is_doc = name == "doc",
            TokenTree::Literal(literal) if !is_doc => {
                if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                    together.push_str(&text.value());
                    found.push(text.value());
                }
            }
            TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
    }
    found.push(together);
}

/// What stands between blanks and quotes in a template or a manifest.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || "\"'`".contains(c))
        .map(str::to_owned)
        .collect()
}

fn leads_out(found: &[String]) -> bool {
    found.iter().any(|name| climbs_into("delivery", name))
}

#[test]
fn a_path_into_the_other_service_is_found() {
    for text in [
        "const X: &str = include_str!(\"../../delivery/src/lib.rs\");",
        "const X: &str = include_str!(r\"../../../delivery/src/lib.rs\");",
        "#[path = \"../../delivery/src/mail.rs\"] mod mail;",
        "#[cfg_attr(test, path = \"../../delivery/src/mail.rs\")] mod mail;",
        "const X: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/..\", \"/delivery/x\"));",
        "fn f() { open(\"../../services/delivery\"); }",
    ] {
        assert!(
            leads_out(&rust_strings(text)),
            "this was let through: {text}"
        );
    }
    assert!(leads_out(&words("{% include \"../../delivery/x.html\" %}")));
    assert!(leads_out(&words("delivery = { path = '../delivery' }")));
}

#[test]
fn a_path_that_stays_at_home_is_accepted() {
    for text in [
        "const X: &str = include_str!(\"../../templates/delivery.html\");",
        "#[path = \"delivery/mail.rs\"] mod mail;",
        "/// As [there](../../delivery/src/lib.rs).\nfn f() {}",
        "// \"../../delivery/src/lib.rs\"",
        "const X: &str = \"the delivery, and/or ..\";",
    ] {
        assert!(!leads_out(&rust_strings(text)), "this was refused: {text}");
    }
    assert!(!leads_out(&words("href=\"../style.css\" delivery")));
}
