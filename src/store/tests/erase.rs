//! Checks that erased data leaves no byte in the files.

use super::*;
use crate::bridge::forget::Erasure;

/// A journal with some rows of a person called `zaphod`. An earlier version has changed the first
/// row without overwriting the old content.
fn filled(path: &Path) -> Store {
    let mut store = Store::open(path).unwrap();
    let mut writes = vec![Write::Begin(Session {
        id: SessionId(1),
        started_ms: 0,
        ended_ms: None,
        cause: "first".into(),
    })];
    for seq in 1..=300 {
        writes.push(Write::Append(Row {
            body: format!(r#"{{"login":"zaphod","n":{seq}}}"#).into(),
            ..received(seq)
        }));
    }
    writes.push(Write::Person(person("7", "zaphod", "Zaphod", 1)));
    for number in 0..50 {
        writes.push(Write::Keep {
            key: "latest",
            value: format!("zaphod {number} {}", "x".repeat(number * 40)).into(),
        });
    }
    let secure = |on: &str| format!("PRAGMA secure_delete = {on}");
    store.connection.execute_batch(&secure("off")).unwrap();
    apply::commit(&mut store.connection, path, &writes).unwrap();
    store.connection.execute_batch(&secure("on")).unwrap();
    store
}

fn erasure() -> Erasure {
    Erasure {
        removed: (1..300).map(Seq).collect(),
        changed: vec![(Seq(300), None, "{}".into())],
        people: vec![person("7", "zaphod", "Zaphod", 1)],
        meta: vec![("latest", "{}".into())],
    }
}

/// The files that contain a text: the journal and the files beside it.
fn files_with(path: &Path, text: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path.parent().unwrap()).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|file| {
            let bytes = std::fs::read(file).unwrap().to_ascii_lowercase();
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        })
        .collect()
}

fn rows(store: &Store) -> Vec<(u64, Box<str>)> {
    let mut rows = Vec::new();
    store
        .reader()
        .all_rows(|row| rows.push((row.seq.0, row.body)))
        .unwrap();
    rows
}

#[test]
fn no_byte_of_erased_data_is_in_any_file() {
    let (_folder, path) = folder();
    let mut store = filled(&path);
    assert!(!files_with(&path, "zaphod").is_empty());
    store.erase(&erasure()).unwrap();
    store.clean().unwrap();
    assert_eq!(files_with(&path, "zaphod"), [""; 0].map(PathBuf::from));
    assert_eq!(rows(&store), [(300, "{}".into())]);
    assert_eq!(store.reader().meta("erasing").unwrap(), None);
    store.close().unwrap();
    assert_eq!(files_with(&path, "zaphod"), [""; 0].map(PathBuf::from));
}

#[test]
fn an_erasure_that_a_crash_interrupts_is_finished_at_the_next_start() {
    let (_folder, path) = folder();
    let mut store = filled(&path);
    super::super::erase::write(&mut store.connection, &erasure()).unwrap();
    // As after a crash: a copy of the current files, with the log.
    let crashed = path.with_file_name("crashed.db");
    for suffix in ["", "-wal"] {
        std::fs::copy(with_suffix(&path, suffix), with_suffix(&crashed, suffix)).unwrap();
    }
    store.close().unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(!files_with(&path, "zaphod").is_empty());
    let store = Store::open(&crashed).unwrap();
    assert_eq!(files_with(&path, "zaphod"), [""; 0].map(PathBuf::from));
    assert_eq!(rows(&store), [(300, "{}".into())]);
    assert_eq!(store.reader().meta("erasing").unwrap(), None);
}

#[test]
fn an_erasure_waits_for_a_reader_and_then_reports_it() {
    let (_folder, path) = folder();
    let mut store = filled(&path);
    let other = ReadOnlyStore::open(&path).unwrap();
    let reader = other.reader().unwrap();
    reader.sessions().unwrap();
    store.erase(&erasure()).unwrap();
    assert!(matches!(store.clean(), Err(StoreError::StillRead { .. })));
    assert_eq!(rows(&store), [(300, "{}".into())]);
    drop(other);
    store.close().unwrap();
    let store = Store::open(&path).unwrap();
    assert_eq!(files_with(&path, "zaphod"), [""; 0].map(PathBuf::from));
    assert_eq!(store.reader().meta("erasing").unwrap(), None);
}

#[tokio::test]
async fn work_runs_when_all_writes_before_it_are_on_disk_and_writes_go_on_after_it() {
    let (_folder, path) = folder();
    drop(filled(&path));
    let (handle, mut notices) = Store::open(&path).unwrap().run().unwrap();
    let more = |seq| Write::Append(received(seq));
    handle.write(more(301)).await.unwrap();
    let erased = handle
        .jobs()
        .run(|store| (rows(store).len(), store.erase(&erasure())))
        .await
        .unwrap();
    assert_eq!(erased.0, 301);
    erased.1.unwrap();
    handle.write(more(302)).await.unwrap();
    committed(&mut notices, 2).await;
    let jobs = handle.jobs();
    handle.close().await.unwrap();
    assert!(matches!(jobs.run(|_| ()).await, Err(StoreError::Stopped)));
    let store = Store::open(&path).unwrap();
    let seqs: Vec<_> = rows(&store).into_iter().map(|(seq, _)| seq).collect();
    assert_eq!(seqs, [300, 301, 302]);
}
