//! What cannot be used is refused in one line that names its flag.

use std::{net::TcpListener, process::Command};

use crate::program::{Program, command, command_without_pages, output};

/// Runs `command`, and checks that it is refused; tells the line.
fn refused(command: &mut Command) -> String {
    let output = output(command);
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(output.stdout.is_empty());
    said
}

#[test]
fn bad_values_are_refused_by_the_name_of_their_flag() {
    let directory = tempfile::tempdir().expect("a directory");
    for (flag, value) in [
        ("--settle-seconds", "0"),
        ("--public-url", "nonsense"),
        ("--from", "nobody"),
        ("--smtp-url", "gopher://user:secret@mail.example"),
    ] {
        let line = refused(command(directory.path()).args([flag, value]));
        assert!(line.contains(flag), "{line}");
        assert!(!line.contains("secret"), "{line}");
    }
}

#[test]
fn bad_variables_are_refused_by_the_name_of_their_flag() {
    let directory = tempfile::tempdir().expect("a directory");
    let line = refused(command(directory.path()).env("PENNYPOST_SETTLE_SECONDS", "soon"));
    assert!(line.contains("--settle-seconds"), "{line}");
    let line = refused(command(directory.path()).env("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense"));
    assert!(line.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{line}");
    let line = refused(command(directory.path()).env("PENNYPOST_ADMIN_PASSWORD", "short"));
    assert!(line.contains("PENNYPOST_ADMIN_PASSWORD"), "{line}");
}

#[test]
fn an_unknown_flag_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let line = refused(command(directory.path()).arg("--adress"));
    assert!(line.contains("--adress"), "{line}");
}

#[test]
fn a_port_in_use_is_told_by_its_flag() {
    let directory = tempfile::tempdir().expect("a directory");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    for flag in ["--addr", "--console-addr"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pennypost"));
        let other = if flag == "--addr" {
            "--console-addr"
        } else {
            "--addr"
        };
        command.args([flag, &address, other, "127.0.0.1:0", "--data-dir"]);
        let line = refused(command.arg(directory.path()));
        assert!(line.contains(flag) && line.contains(&address), "{line}");
    }
}

#[test]
fn a_data_directory_that_cannot_be_made_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let line = refused(&mut command(&file.join("below")));
    assert!(line.contains("--data-dir"), "{line}");
}

#[test]
fn a_store_that_is_none_is_refused() {
    for file in ["store.db", "queues.db", "mailbox.db", "keys.json"] {
        let directory = tempfile::tempdir().expect("a directory");
        Program::start(directory.path()).kill();
        let nonsense = "no store at all, ".repeat(1_000);
        std::fs::write(directory.path().join(file), nonsense).expect("a file");
        // What SQLite would mend the file from.
        let log = directory.path().join(format!("{file}-wal"));
        assert_eq!(log.exists(), file.ends_with(".db"));
        if log.exists() {
            std::fs::remove_file(log).expect("the log");
        }
        let line = refused(&mut command(directory.path()));
        assert!(line.contains("--data-dir") && line.contains(file), "{line}");
    }
}

#[test]
fn data_whose_keys_are_gone_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    Program::start(directory.path()).kill();
    std::fs::remove_file(directory.path().join("keys.json")).expect("the keys");
    let line = refused(&mut command(directory.path()));
    assert!(
        line.contains("--data-dir") && line.contains("keys.json"),
        "{line}"
    );
}

#[test]
fn data_of_one_service_is_no_data_for_the_other() {
    let directory = tempfile::tempdir().expect("a directory");
    let one = |service: &str| {
        let mut command = command_without_pages(directory.path());
        command.args(["--console-addr=127.0.0.1:0", "--peer=http://127.0.0.1:9"]);
        command.arg(format!("--only={service}"));
        command
    };
    Program::start_as(&mut one("delivery")).kill();
    for mut other in [one("subscriptions"), command(directory.path())] {
        let line = refused(other.env("PENNYPOST_ADDR", "127.0.0.1:0"));
        assert!(
            line.contains("--data-dir") && line.contains("--only delivery"),
            "{line}"
        );
    }
    Program::start_as(&mut one("delivery")).kill();

    // Of both, and then split.
    let directory = tempfile::tempdir().expect("a directory");
    Program::start(directory.path()).kill();
    Program::start(directory.path()).kill();
    let split = || {
        let mut command = command(directory.path());
        command.args(["--only=subscriptions", "--peer=http://127.0.0.1:9"]);
        command
    };
    Program::start_as(&mut split()).kill();
    let line = refused(&mut command(directory.path()));
    assert!(line.contains("--only subscriptions"), "{line}");
    Program::start_as(&mut split());
}

#[test]
fn a_service_without_a_peer_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let line = refused(command(directory.path()).env("PENNYPOST_ONLY", "subscriptions"));
    assert!(line.contains("--only") && line.contains("--peer"), "{line}");
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let first = Program::start(directory.path());
    let line = refused(&mut command(directory.path()));
    assert!(
        line.contains("--data-dir") && line.contains("in use"),
        "{line}"
    );
    drop(first);
    Program::start(directory.path());
}

#[test]
fn help_tells_flags_variables_and_defaults() {
    let directory = tempfile::tempdir().expect("a directory");
    let secret = "smtp://user:secret@mail.example";
    let output = output(
        command(directory.path())
            .arg("--help")
            .env("PENNYPOST_SMTP_URL", secret),
    );
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).expect("text");
    for text in [
        "--addr",
        "PENNYPOST_ADDR",
        "127.0.0.1:8000",
        "--console-addr",
        "PENNYPOST_CONSOLE_ADDR",
        "127.0.0.1:8025",
        "--data-dir",
        "PENNYPOST_DATA_DIR",
        ".pennypost",
        "--public-url",
        "PENNYPOST_PUBLIC_URL",
        "--from",
        "PENNYPOST_FROM",
        "newsletter@pennypost.localhost",
        "--smtp-url",
        "PENNYPOST_SMTP_URL",
        "--settle-seconds",
        "PENNYPOST_SETTLE_SECONDS",
        "--only",
        "PENNYPOST_ONLY",
        "--peer",
        "PENNYPOST_PEER",
        "PENNYPOST_ADMIN_PASSWORD",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ] {
        assert!(help.contains(text), "{text} is missing:\n{help}");
    }
    assert!(!help.contains("secret"), "{help}");
}

#[test]
fn the_first_start_shows_a_password_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let shows_password = |program: &Program| {
        program
            .said
            .iter()
            .any(|line| line.contains("Password of admin"))
    };
    let first = Program::start_as(&mut command(directory.path()));
    assert!(shows_password(&first), "{:?}", first.said);
    drop(first);
    let second = Program::start_as(&mut command(directory.path()));
    assert!(!shows_password(&second), "{:?}", second.said);
}
