use super::*;

fn check(text: &str) -> Result<CheckedList<'_>, InvalidList> {
    CheckedList::check(text.as_bytes())
}

/// All rows of a list, taken `most` at a time, as lines with address and name
/// or reason.
fn rows(text: &str, most: usize) -> Vec<(u64, String)> {
    let list = check(text).expect("a list");
    let mut read = Vec::new();
    let mut place = Place::at_part(0);
    while let Some(part) = list.parts.get(place.part) {
        let chunk = next_chunk(&part.cut_out(), place, list.columns, most).expect("a part");
        assert_ne!(chunk.next, place, "it goes on");
        let good = chunk.rows.iter().map(|row| {
            let (email, name) = (row.email.as_str(), row.name.as_str());
            (0, format!("{email} {name}"))
        });
        read.extend(good);
        let bad = chunk.rejections.into_iter();
        read.extend(bad.map(|rejection| (rejection.line, rejection.reason)));
        place = chunk.next;
    }
    assert_eq!(read.len() as u64, list.rows);
    read
}

fn good(text: &str) -> Vec<String> {
    rows(text, 2).into_iter().map(|(_, row)| row).collect()
}

fn bad_lines(text: &str) -> Vec<u64> {
    let rows = rows(text, 2).into_iter();
    rows.map(|(line, _)| line)
        .filter(|line| *line > 0)
        .collect()
}

#[test]
fn line_ends_marks_case_spaces_and_order_of_columns_make_no_difference() {
    for text in [
        "email,name\na@b.c,Ann\nd@e.f,\"Dee, D.\"\n",
        "email,name\r\na@b.c,Ann\r\nd@e.f,\"Dee, D.\"",
        "email,name\ra@b.c,Ann\rd@e.f,\"Dee, D.\"\r",
        "\u{feff}email,name\n\n\na@b.c,Ann\n \nd@e.f,\"Dee, D.\"\n\n",
        "\n EMail , Name \na@b.c , Ann\nd@e.f,\"Dee, D.\",\n",
        "Name,Since,EMAIL\nAnn,2020,a@b.c\n\"Dee, D.\",,d@e.f\n",
        "\"email\",\"name\"\n\"a@b.c\",\"Ann\"\n\"d@e.f\",\"Dee, D.\"\n",
    ] {
        assert_eq!(good(text), ["a@b.c Ann", "d@e.f Dee, D."], "{text:?}");
    }
}

#[test]
fn a_list_without_rows_has_no_parts() {
    for text in ["email,name", "email,name\n", "email,name\r\n\r\n \r\n"] {
        let list = check(text).expect("a list");
        assert_eq!((list.rows, list.parts.len()), (0, 0), "{text:?}");
    }
}

#[test]
fn a_stray_quotation_mark_costs_its_own_row_alone() {
    for (text, bad) in [
        ("email,name\na@b.c,\"Ann\nd@e.f,Dee\ng@h.i,\"Gil\"\n", 2),
        ("email,name\n\"a@b.c,Ann\r\nd@e.f,Dee\r\ng@h.i,Gil", 2),
        ("email,name\nd@e.f,Dee\ng@h.i,Gil\n\na@b.c,\"Ann\n", 5),
        ("email,name\nd@e.f,Dee\ng@h.i,Gil\na@b.c,\"Ann", 4),
    ] {
        assert_eq!(bad_lines(text), [bad], "{text:?}");
        let good: Vec<_> = good(text)
            .into_iter()
            .filter(|row| row.contains('@'))
            .collect();
        assert_eq!(good, ["d@e.f Dee", "g@h.i Gil"], "{text:?}");
    }
    // A name on two lines is one bad row, and other columns may have several.
    assert_eq!(bad_lines("email,name\na@b.c,\"Ann,\nor not\"\n"), [2]);
    assert_eq!(
        good("email,name,note\na@b.c,Ann,\"x@y.z\nand so on\"\n"),
        ["a@b.c Ann"]
    );
}

#[test]
fn a_stray_quotation_mark_is_the_same_wherever_the_list_is_split() {
    let mut text = String::from("email,name\n");
    for number in 0..40_000 {
        let quote = if number % 7 == 3 { "\"" } else { "" };
        text.push_str(&format!("a{number}@b.c,{quote}Ann\n"));
    }
    assert!(check(&text).expect("a list").parts.len() > 1);
    assert_eq!(
        bad_lines(&text).len(),
        (0..40_000).filter(|n| n % 7 == 3).count()
    );
}

#[test]
fn what_is_wrong_with_a_list_is_said_in_one_line() {
    for (text, words) in [
        ("", "nothing"),
        ("\u{feff}\n", "nothing"),
        ("email;name\na@b.c;Ann", "semicolons"),
        ("email\tname\na@b.c\tAnn", "tabs"),
        ("a@b.c,Ann\n", "\"email\""),
        ("email\na@b.c\n", "\"name\""),
        ("email,name,Email\n", "twice"),
        ("\n\"email,name\na@b.c,Ann\n", "line 2 is never closed"),
        ("email,name\na@b.c,A\0nn\n", "Line 2 has a NUL"),
    ] {
        let said = check(text).expect_err(text).to_string();
        assert!(
            said.contains(words) && !said.contains('\n'),
            "{text:?}: {said}"
        );
        assert!(!said.contains('@'), "{said}");
    }
    let latin1 = CheckedList::check(b"email,name\r\na@b.c,Zo\xeb\r\n");
    assert_eq!(latin1, Err(InvalidList::NotUtf8 { line: 2 }));
    let long = "x".repeat(MAX_LIST_BYTES + 1);
    assert_eq!(check(&long).err(), Some(InvalidList::TooLong));
    let lines = "and so on\n".repeat(7_000);
    let long_row = format!("email,name,note\na@b.c,Ann,\"{lines}\"\n");
    assert_eq!(
        check(&long_row).err(),
        Some(InvalidList::RowTooLong { line: 2 })
    );
}

#[test]
fn a_bad_row_is_told_by_the_line_on_which_it_begins() {
    for end in ["\n", "\r\n", "\r"] {
        let text = [
            "email,name",
            "nobody,Ann",
            "",
            "a@b.c,\"two",
            "lines\"",
            "d@e.f",
            "d@e.f,Dee, D.",
            "d@e.f;Dee",
            "g@h.i,Gus",
        ];
        assert_eq!(bad_lines(&text.join(end)), [2, 4, 6, 7, 8], "{end:?}");
    }
}

#[test]
fn a_reason_repeats_nothing_of_the_row() {
    let text = "email,name\nsecret@,Ann\nx@secret.example,<secret>\nx@secret.example,a,secret\n";
    for (_, reason) in rows(text, 9) {
        assert!(!reason.contains("secret"), "{reason}");
    }
}

#[test]
fn a_long_list_is_split_between_rows_and_every_row_is_read_once() {
    let row = |number: usize| match number % 10 {
        0 => format!("\n\nr{number}@b.c,\"a\nb\"\n"),
        _ => format!("r{number}@b.c,\"Row, {number}\"\r\n"),
    };
    let text = (0..40_000).map(row).collect::<String>();
    let text = format!("email,name\n{text}");
    let list = check(&text).expect("a list");
    assert!(list.parts.len() > 2);
    let read = rows(&text, 49);
    let good = read.iter().filter(|(line, _)| *line == 0);
    assert_eq!(good.count(), 36_000);
    let lines: Vec<u64> = read
        .iter()
        .map(|(line, _)| *line)
        .filter(|line| *line > 0)
        .collect();
    // Thirteen lines make ten rows; the first of them begins on the third.
    let expected: Vec<u64> = (0..4_000).map(|group| 4 + group * 13).collect();
    assert_eq!(lines, expected);
}

#[test]
fn counts_add_up_and_only_the_first_rejections_are_kept() {
    let list = check("email,name\na@b.c,Ann\n").expect("a list");
    let now = Timestamp::UNIX_EPOCH;
    let import = Import::begin(Uuid::nil(), Uuid::nil(), &list, None, now);
    assert!(import.is_running());
    let rejection = |line| Rejection {
        line,
        reason: "No.".to_owned(),
    };
    let outcome = |part| Outcome {
        imported: 0,
        already_known: 2,
        rejections: (1..=MAX_REJECTIONS as u64 - 1).map(rejection).collect(),
        next: Place::at_part(part),
    };
    let import = import.advance(outcome(0), now).advance(outcome(1), now);
    assert_eq!((import.already_known, import.rejected), (4, 198));
    assert_eq!(import.rejections.len(), MAX_REJECTIONS);
    assert_eq!(import.rejections[99].line, 1);
    assert_eq!((import.events, import.version), (0, 3));
    assert_eq!(import.status, ImportStatus::Finished);
    assert_eq!(import.finished_at, Some(now));
}

#[test]
fn whatever_comes_in_is_refused_in_one_line_or_every_row_of_it_is_read_once() {
    let corpus = [
        "email,name\na@b.c,Ann\nd@e.f,\"Dee, \"\"D.\"\n",
        "\u{feff}Name;x,EMAIL\r\n\"Ann\nAnna\",a@b.c\r\n\r\n,\r\n",
        "email\tname\ra@b.c\tAnn\r",
        "name,email,email\n\"\n",
    ];
    let corpus = corpus.map(|text| text.as_bytes().to_vec()).to_vec();
    let found = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/found/import");
    fuzz::Target::new(corpus, found).run(|bytes| match CheckedList::check(bytes) {
        Err(error) => {
            let said = error.to_string();
            assert!(!said.contains('\n') && said.len() < 200, "{said}");
        }
        Ok(list) => {
            let text = std::str::from_utf8(bytes).expect("it was checked");
            for most in [1, 49] {
                let last_line = text.split(['\n', '\r']).count() as u64;
                assert!(rows(text, most).iter().all(|(line, _)| *line <= last_line));
            }
            assert!(list.rows <= bytes.len() as u64);
        }
    });
}
