//! Backups that are restored, and journals that are checked.

use std::fs;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::store::copies::CopyKind;

fn back_up(path: &Path) -> PathBuf {
    back_up_to(path, None)
}

fn back_up_to(path: &Path, place: Option<&Path>) -> PathBuf {
    super::super::back_up(path, place, &CancellationToken::new()).unwrap()
}

fn commit(store: &mut Store, batch: &[Write]) {
    let more = apply::commit(&mut store.connection, &store.path, batch).unwrap();
    store.wrote(batch, more).unwrap();
}

/// A store with one session and rows 1 to `last`.
fn filled(path: &Path, last: u64) -> Store {
    let mut store = Store::open(path).unwrap();
    let rows = (1..=last).map(|seq| Write::Append(received(seq)));
    let batch: Vec<_> = std::iter::once(Write::Begin(session(1, 10)))
        .chain(rows)
        .collect();
    commit(&mut store, &batch);
    store
}

fn numbers(path: &Path) -> Vec<u64> {
    let store = ReadOnlyStore::open(path).unwrap();
    let mut numbers = Vec::new();
    let reader = store.reader().unwrap();
    reader.all_rows(|row| numbers.push(row.seq.0)).unwrap();
    numbers
}

#[test]
fn a_restored_journal_is_the_backup_and_the_one_before_is_kept() {
    let (_folder, path) = folder();
    let mut store = filled(&path, 3);
    let backup = back_up(&path);
    commit(
        &mut store,
        &[
            Write::Begin(session(2, 20)),
            Write::Append(received(4)),
            Write::Append(received(5)),
        ],
    );
    let aside = store.restore(&backup).unwrap().unwrap();
    assert_eq!(numbers(&path), [1, 2, 3]);
    assert_eq!(numbers(&aside), [1, 2, 3, 4, 5]);
    let kinds: Vec<_> = copies(&path)
        .unwrap()
        .iter()
        .map(|copy| copy.kind)
        .collect();
    assert_eq!(kinds, [CopyKind::Backup, CopyKind::Replaced]);

    // Numbers are never used twice, and the start finds nothing wrong.
    let store = Store::open(&path).unwrap();
    assert_eq!(store.notes(), [""; 0]);
    assert_eq!(store.reader().last_seq().unwrap(), Seq(5));
    let last_session = store.reader().meta("last_session").unwrap();
    assert_eq!(last_session.as_deref(), Some("2"));
    // The restore can be undone.
    store.restore(&aside).unwrap();
    assert_eq!(numbers(&path), [1, 2, 3, 4, 5]);
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let (_folder, path) = folder();
    let store = filled(&path, 500);
    let backup = back_up(&path);
    let mut bytes = fs::read(&backup).unwrap();
    let middle = bytes.len() / 8_192 * 4_096;
    bytes[middle..middle + 8_192].fill(0);
    fs::write(&backup, bytes).unwrap();
    let error = store.restore(&backup).unwrap_err();
    assert!(matches!(error, StoreError::NotWhole { .. }), "{error:?}");
    assert_eq!(numbers(&path).len(), 500);
    assert_eq!(Store::open(&path).unwrap().notes(), [""; 0]);
}

#[test]
fn a_journal_that_is_damaged_is_saved_before_a_backup_replaces_it() {
    let (_folder, path) = folder();
    let store = filled(&path, 500);
    let backup = back_up(&path);
    store.close().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[4_096 * 8..4_096 * 9].fill(0);
    fs::write(&path, &bytes).unwrap();
    Store::open(&path).unwrap().restore(&backup).unwrap();
    assert_eq!(numbers(&path).len(), 500);
    let kept = copies(&path).unwrap();
    let damaged = kept
        .iter()
        .find(|copy| copy.kind == CopyKind::Damaged)
        .unwrap();
    assert_eq!(fs::read(&damaged.path).unwrap(), bytes);
}

#[test]
fn a_backup_can_be_made_anywhere() {
    let (_folder, path) = folder();
    let _store = filled(&path, 3);
    let place = path.with_file_name("my backup.db");
    assert_eq!(back_up_to(&path, Some(&place)), place);
    assert_eq!(numbers(&place), [1, 2, 3]);
    assert_eq!(backups(&path).unwrap(), []);
}

#[test]
fn a_check_counts_and_changes_nothing_while_the_journal_is_open_and_while_it_is_not() {
    let (_folder, path) = folder();
    let store = filled(&path, 30);
    let whole = Checked::Whole(Counts {
        rows: 30,
        sessions: 1,
        people: 0,
    });
    assert_eq!(check(&path).unwrap(), whole);
    store.close().unwrap();
    let before = files_in(path.parent().unwrap());
    assert_eq!(check(&path).unwrap(), whole);
    let file = |(path, bytes): &(PathBuf, Vec<u8>)| {
        (!path.to_string_lossy().ends_with(".lock")).then(|| (path.clone(), bytes.clone()))
    };
    let content = |files: &[(PathBuf, Vec<u8>)]| files.iter().filter_map(file).collect::<Vec<_>>();
    assert!(content(&files_in(path.parent().unwrap())) == content(&before));
}

#[test]
fn a_check_says_what_would_be_saved_of_a_damaged_journal() {
    let (_folder, path) = folder();
    filled(&path, 500).close().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let half = bytes.len() / 8_192 * 4_096;
    bytes[half..].fill(0);
    fs::write(&path, bytes).unwrap();
    let Checked::Damaged { account, .. } = check(&path).unwrap() else {
        panic!("a page is missing")
    };
    assert_eq!(account.saved + account.lost, 500);
    let store = Store::open(&path).unwrap();
    let saved = store.reader().number_of_rows().unwrap();
    assert_eq!(account.saved, saved);
    assert!(saved < 500, "{saved}");
}
