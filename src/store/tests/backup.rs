//! Backups: complete, private, checked, and made while the store goes on writing.

use std::fs;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::store::backup;

/// Fills the journal with one row after another, in sessions of 100 rows.
fn fill(store: &mut Store, numbers: std::ops::RangeInclusive<u64>) {
    let mut batch = Vec::new();
    for seq in numbers {
        if seq % 100 == 1 {
            let started_ms = i64::try_from(seq).unwrap();
            batch.push(Write::Begin(session(1 + seq / 100, started_ms)));
        }
        batch.push(Write::Append(row(
            seq,
            1 + (seq - 1) / 100,
            RowOrigin::Received,
            "FOLLOW",
        )));
    }
    batch.push(Write::Person(person("1", "ada", "Ada", 1)));
    let more = apply::commit(&mut store.connection, &store.path, &batch).unwrap();
    store.wrote(&batch, more).unwrap();
}

fn back_up(path: &Path) -> Result<PathBuf, StoreError> {
    backup::back_up(path, None, &CancellationToken::new())
}

fn rows(path: &Path) -> Vec<Row> {
    let store = ReadOnlyStore::open(path).unwrap();
    let mut rows = Vec::new();
    let reader = store.reader().unwrap();
    reader.all_rows(|row| rows.push(row)).unwrap();
    rows
}

fn files(path: &Path) -> Vec<String> {
    let names = fs::read_dir(path.parent().unwrap()).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".backup"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_backup_of_an_open_journal_is_one_private_file_with_everything() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path).unwrap();
    fill(&mut store, 1..=250);
    let backup = back_up(&path).unwrap();
    assert_eq!(rows(&backup), rows(&path));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&backup).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let name = backup.file_name().unwrap().to_str().unwrap();
    assert_eq!(files(&path), [name]);
    assert_eq!(backups(&path).unwrap()[0].path, backup);
    // Nothing about the journal has changed.
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.notes(), [""; 0]);
}

#[tokio::test]
async fn a_backup_is_one_snapshot_while_rows_are_written_all_the_time() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path).unwrap();
    fill(&mut store, 1..=20_000);
    let (handle, mut notices) = store.run().unwrap();
    let (place, stop) = (path.clone(), CancellationToken::new());
    let until = stop.clone();
    let backing_up = tokio::task::spawn_blocking(move || backup::back_up(&place, None, &until));
    let mut seq = 20_001;
    while !backing_up.is_finished() {
        handle.write(Write::Append(received(seq))).await.unwrap();
        // The store goes on: every write is on disk before the next one is made.
        committed(&mut notices, seq - 20_000).await;
        seq += 1;
    }
    let backup = backing_up.await.unwrap().unwrap();
    handle.close().await.unwrap();
    let numbers: Vec<_> = rows(&backup).iter().map(|row| row.seq.0).collect();
    assert!(numbers.len() >= 20_000, "{}", numbers.len());
    assert!(numbers.iter().copied().eq(1..=numbers.len() as u64));
    assert!(seq > 20_002, "only {} writes meanwhile", seq - 20_001);
}

#[test]
fn only_the_newest_backups_are_kept_and_files_of_the_user_stay() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path).unwrap();
    fill(&mut store, 1..=10);
    fs::write(with_suffix(&path, ".backup-of-mine"), "mine").unwrap();
    let made: Vec<_> = (0..4).map(|_| back_up(&path).unwrap()).collect();
    assert_eq!(keep_newest(&path, 2).unwrap(), 2);
    let left = backups(&path).unwrap();
    let left: Vec<_> = left.iter().map(|backup| backup.path.clone()).collect();
    assert_eq!(left, made[2..]);
    assert!(with_suffix(&path, ".backup-of-mine").exists());
}

#[test]
fn a_damaged_journal_replaces_no_backup() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path).unwrap();
    fill(&mut store, 1..=2_000);
    store.close().unwrap();
    let good = back_up(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[8 * 4_096..12 * 4_096].fill(0);
    fs::write(&path, bytes).unwrap();
    let error = back_up(&path).unwrap_err();
    assert!(matches!(error, StoreError::NotWhole { .. }), "{error:?}");
    assert!(error.to_string().contains("store check"), "{error}");
    assert_eq!(files(&path), [good.file_name().unwrap().to_str().unwrap()]);
}

#[test]
fn an_interrupted_backup_leaves_nothing() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path).unwrap();
    fill(&mut store, 1..=20_000);
    let stop = CancellationToken::new();
    stop.cancel();
    let error = backup::back_up(&path, None, &stop).unwrap_err();
    assert!(matches!(error, StoreError::Stopped), "{error:?}");
    assert_eq!(files(&path), [""; 0]);
}

#[test]
fn the_rest_of_a_backup_that_a_crash_has_interrupted_is_removed_by_the_next_one() {
    let (_folder, path) = folder();
    let mut store = Store::open(&path).unwrap();
    fill(&mut store, 1..=10);
    let rest = with_suffix(&path, ".backup-.unfinished");
    fs::write(&rest, "half").unwrap();
    fs::write(with_suffix(&rest, "-journal"), "half").unwrap();
    back_up(&path).unwrap();
    assert_eq!(files(&path).len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_backup_on_a_full_disk_is_refused_and_leaves_nothing() {
    let disk = super::disk_error::SmallDisk::new("1m");
    let path = disk.journal();
    let mut store = Store::open(&path).unwrap();
    fill(&mut store, 1..=2_000);
    let error = back_up(&path).unwrap_err();
    assert!(matches!(error, StoreError::NoRoom { .. }), "{error:?}");
    assert!(error.to_string().contains("free some space"), "{error}");
    // Another program may fill the disk while the backup is being made.
    let new = with_suffix(&path, ".backup-.unfinished");
    let filler = disk.fill();
    let stop = CancellationToken::new();
    let error = backup::write(&path, None, new, &stop).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(files(&path), [""; 0]);
    fs::remove_file(filler).unwrap();
    fill(&mut store, 2_001..=2_010);
}
