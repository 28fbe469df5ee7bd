//! Changes to the files of a version, and to the catalogue.

use std::fs;

use contract_tooling::Folder;

use super::{Copy, DRAFT, PUBLISHED, assert_refused, kinds, without};

#[test]
fn what_is_as_it_was_published_is_let_be() {
    assert_eq!(Copy::new().sentences(&kinds()), [""; 0]);
}

#[test]
fn a_schema_that_is_touched_at_all_is_seen() {
    let copy = Copy::new();
    copy.edit(&Folder::schema(PUBLISHED), "The text.", "Text.");
    assert_refused(&copy.sentences(&kinds()), "v2");

    let copy = Copy::new();
    copy.edit(&Folder::schema(PUBLISHED), "\n}\n", "\n}\n\n");
    assert_refused(&copy.sentences(&kinds()), "v2");
}

#[test]
fn a_changed_example_is_seen() {
    let copy = Copy::new();
    copy.edit(&Folder::example(PUBLISHED), "utopia", "dystopia");
    assert_refused(&copy.sentences(&kinds()), "v2");
}

#[test]
fn a_deleted_file_is_seen() {
    for name in [Folder::schema(PUBLISHED), Folder::example(PUBLISHED)] {
        let copy = Copy::new();
        fs::remove_file(copy.folder.path().join(name)).unwrap();
        assert_refused(&copy.sentences(&kinds()), "v2");
    }
}

#[test]
fn a_type_that_left_the_catalogue_is_seen() {
    assert_refused(&Copy::new().sentences(&without(PUBLISHED)), "v2");
}

#[test]
fn the_files_of_a_draft_may_change_and_go() {
    let copy = Copy::new();
    copy.edit(&Folder::schema(DRAFT), "preheader", "teaser");
    fs::remove_file(copy.folder.path().join(Folder::example(DRAFT))).unwrap();
    assert_eq!(copy.sentences(&without(DRAFT)), [""; 0]);
}
