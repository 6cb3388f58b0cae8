//! Exports and imports: nothing is lost or changed on the way, and a wrong file changes nothing.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::store::line::Numbers;

/// Everything in a journal, apart from the numbers that only a new journal needs.
#[derive(Debug, PartialEq)]
struct Everything {
    rows: Vec<Row>,
    sessions: Vec<Session>,
    people: Vec<PersonRow>,
    values: Vec<(String, String)>,
}

fn everything(reader: Reader<'_>) -> Everything {
    let (mut rows, mut people, mut values) = (Vec::new(), Vec::new(), Vec::new());
    reader.all_rows(|row| rows.push(row)).unwrap();
    reader.all_people(|person| people.push(person)).unwrap();
    reader
        .values(|key, value| {
            if !key.starts_with("last_") {
                values.push((key, value));
            }
        })
        .unwrap();
    Everything {
        rows,
        sessions: reader.sessions().unwrap(),
        people,
        values,
    }
}

fn exported(store: &Store) -> Vec<u8> {
    let mut lines = Vec::new();
    export(store.reader(), &mut lines).unwrap();
    lines
}

fn commit(store: &mut Store, batch: &[Write]) {
    let more = apply::commit(&mut store.connection, &store.path, batch).unwrap();
    store.wrote(batch, more).unwrap();
}

/// Bodies of every shape, also with line breaks, spaces around them, and odd numbers.
fn body() -> impl Strategy<Value = Box<str>> {
    let text = any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap());
    prop_oneof![
        text.clone(),
        text.clone()
            .prop_map(|text| format!("{{\"user\": {text},\n \"n\":1e400}}")),
        text.clone().prop_map(|text| format!(" [{text}]")),
        text.prop_map(|text| format!("{{\"a\":1,\"a\":{text}}}\r\n")),
        Just("12345678901234567890.10".to_owned()),
    ]
    .prop_map(Into::into)
}

fn origin() -> impl Strategy<Value = RowOrigin> {
    prop_oneof![
        Just(RowOrigin::Received),
        Just(RowOrigin::Played),
        Just(RowOrigin::Published),
        Just(RowOrigin::Filled),
        Just(RowOrigin::Added),
        Just(RowOrigin::Edited),
    ]
}

type AnyRow = (RowOrigin, String, Option<String>, Box<str>, i64);

fn writes(rows: Vec<AnyRow>, names: Vec<String>) -> Vec<Write> {
    let mut writes = vec![Write::Keep {
        key: "instance",
        value: "an id".into(),
    }];
    for (place, (origin, kind, id, body, at_ms)) in rows.into_iter().enumerate() {
        let seq = place as u64 + 1;
        let session_number = 1 + seq / 4;
        if seq == 1 || seq.is_multiple_of(4) {
            let started_ms = i64::try_from(seq).unwrap();
            writes.push(Write::Begin(session(session_number, started_ms)));
        }
        writes.push(Write::Append(Row {
            seq: Seq(seq),
            session: SessionId(session_number),
            at_ms,
            origin,
            kind: kind.into(),
            id: id.map(Into::into),
            body,
        }));
    }
    for (place, name) in names.into_iter().enumerate() {
        writes.push(Write::Person(person(&place.to_string(), &name, &name, 7)));
    }
    writes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_exported_journal_is_the_same_after_the_import(
        rows in vec((origin(), ".*", proptest::option::of(".*"), body(), any::<i64>()), 0..20),
        names in vec(".*", 0..4),
    ) {
        let (_folder, path) = folder();
        let mut store = Store::open(&path).unwrap();
        commit(&mut store, &writes(rows, names));
        let lines = exported(&store);

        let (_other, other) = folder();
        let mut copy = Store::open(&other).unwrap();
        // A bridge that has received nothing yet.
        commit(&mut copy, &[Write::Begin(session(1, 99)), Write::Keep {
            key: "instance",
            value: "another id".into(),
        }]);
        copy.import(&*lines, false).unwrap();
        prop_assert_eq!(everything(copy.reader()), everything(store.reader()));
        let again = copy.import(&*lines, false).unwrap();
        prop_assert_eq!(again.added, Numbers { values: again.added.values, ..Numbers::default() });
        prop_assert_eq!(everything(copy.reader()), everything(store.reader()));
        copy.close().unwrap();
        let copy = Store::open(&other).unwrap();
        prop_assert_eq!(copy.notes(), [""; 0]);
        prop_assert_eq!(everything(copy.reader()), everything(store.reader()));
    }
}

/// A journal with two sessions and four rows.
fn small() -> (TempDir, Store) {
    let (folder, path) = folder();
    let mut store = Store::open(&path).unwrap();
    let row = |body: &str| (RowOrigin::Received, "FOLLOW".into(), None, body.into(), 5);
    let rows = ["1", "2", "3", "{}"].map(row).to_vec();
    commit(&mut store, &writes(rows, vec!["ada".into()]));
    (folder, store)
}

#[test]
fn a_wrong_line_is_named_and_nothing_is_imported() {
    let (_folder, store) = small();
    let good = String::from_utf8(exported(&store)).unwrap();
    let lines: Vec<_> = good.lines().collect();
    let first_row = lines
        .iter()
        .position(|line| line.contains("\"row\""))
        .unwrap();
    let changed = |place: usize, line: &str| {
        let mut lines = lines.clone();
        lines[place] = line;
        lines.join("\n")
    };
    let last = lines.len();
    let cases = [
        (String::new(), "line 1: ", "incomplete"),
        ("{}".into(), "line 1: ", "not the first line"),
        (
            changed(first_row, "{\"row\":{}}"),
            "line 6: ",
            "missing field",
        ),
        (
            changed(first_row, "not JSON"),
            "line 6: ",
            "no line of an export",
        ),
        (
            lines[first_row].replace("\"number\":1", "\"number\":0"),
            "line 1: ",
            "not the first line",
        ),
        (
            changed(
                first_row,
                &lines[first_row].replace("\"number\":1", "\"number\":0"),
            ),
            "line 6: ",
            "between 1 and 2^48 (got 0)",
        ),
        (
            changed(
                first_row,
                &lines[first_row].replace("\"body\":1", "\"bodyText\":\"x\""),
            ),
            "line 6: ",
            "needs `body`",
        ),
        (
            changed(first_row, &lines[first_row].replace("received", "heard")),
            "line 6: ",
            "unknown variant `heard`",
        ),
        (lines[..last - 1].join("\n"), "line 10: ", "incomplete"),
        (changed(first_row, ""), "line 10: ", "incomplete"),
        (changed(first_row, lines[0]), "line 6: ", "second export"),
        (format!("{good}{good}"), "line 11: ", "nothing may follow"),
    ];
    for (text, line, why) in cases {
        let (_other, path) = folder();
        let mut copy = Store::open(&path).unwrap();
        commit(&mut copy, &[Write::Begin(session(1, 99))]);
        let before = everything(copy.reader());
        let error = copy.import(text.as_bytes(), false).unwrap_err().to_string();
        assert!(error.starts_with(line), "{error}: {text}");
        assert!(error.contains(why), "{error}: {text}");
        assert!(error.ends_with("nothing was imported"), "{error}");
        assert_eq!(everything(copy.reader()), before);
        drop(copy);
        assert_eq!(Store::open(&path).unwrap().notes(), [""; 0]);
    }
}

#[test]
fn an_export_of_a_newer_version_is_refused() {
    let (_folder, mut store) = small();
    let text = r#"{"journal":{"version":2,"somethingNew":true}}"#;
    let error = store.import(text.as_bytes(), false).unwrap_err();
    assert!(
        matches!(error, ImportError::Newer { found: 2, known: 1 }),
        "{error:?}"
    );
}

#[test]
fn a_trial_changes_nothing_and_says_what_would_be_added() {
    let (_folder, store) = small();
    let (_other, path) = folder();
    let mut copy = Store::open(&path).unwrap();
    let before = everything(copy.reader());
    let imported = copy.import(&*exported(&store), true).unwrap();
    assert_eq!((imported.added.rows, imported.added.sessions), (4, 2));
    assert_eq!(everything(copy.reader()), before);
}

#[test]
fn another_row_or_session_with_the_same_number_is_a_contradiction() {
    let (_folder, store) = small();
    let lines = String::from_utf8(exported(&store)).unwrap();
    let (_other, mut copy) = small();
    for (from, to, why) in [
        ("\"body\":3", "\"body\":33", "row 3 is another one"),
        (
            "\"startedMs\":4",
            "\"startedMs\":40",
            "session 2 is another one",
        ),
    ] {
        assert!(lines.contains(from), "{lines}");
        let error = copy.import(lines.replace(from, to).as_bytes(), false);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert_eq!(everything(copy.reader()), everything(store.reader()));
}

#[test]
fn an_export_of_a_journal_with_an_unreadable_row_has_no_end() {
    let (_folder, store) = small();
    let spoil = "UPDATE journal SET body = 'not JSON' WHERE seq = 2";
    store.connection.execute(spoil, ()).unwrap();
    let mut lines = Vec::new();
    let error = export(store.reader(), &mut lines).unwrap_err();
    assert!(
        matches!(error, ExportError::Unreadable { rows: 1 }),
        "{error:?}"
    );
    assert!(!String::from_utf8(lines).unwrap().contains("\"end\""));
}
