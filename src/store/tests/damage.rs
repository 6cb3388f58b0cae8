//! Damaged journals: nothing that can be read is lost, nothing that is lost is kept quiet, and the
//! old files stay.

use std::fs;

use fastrand::Rng;

use super::*;
use crate::bridge::journal::{RowChange, SessionChange};
use crate::store::mark::{self, Content};
use crate::store::salvage;
use crate::store::tally::Tally;

const ROWS: u64 = 3_000;
/// The files of a journal.
const FILES: [&str; 3] = ["", "-wal", mark::SUFFIX];

fn follow(seq: u64) -> Row {
    let session = if seq <= ROWS / 3 { 1 } else { 2 };
    // Some rows are as large as those of a summary, and go on in further pages.
    let pad = if seq.is_multiple_of(97) { 9_000 } else { 120 };
    Row {
        body: format!(r#"{{"user":{{"id":"{seq}"}},"pad":"{}"}}"#, "x".repeat(pad)).into(),
        ..row(seq, session, RowOrigin::Received, "FOLLOW")
    }
}

fn rows() -> Vec<Row> {
    (1..=ROWS).map(follow).collect()
}

/// The rows of all sessions, as the bridge reads them.
fn by_session(store: &Store) -> Vec<Row> {
    let sessions = store.reader().sessions().unwrap();
    let sessions: Vec<_> = sessions.iter().map(|session| session.id).collect();
    let what = Rows {
        sessions: &sessions,
        kinds: &[],
    };
    replayed(store, what)
}

/// Writes batches as the store's thread does.
fn write(store: &mut Store, batch: &[Write]) {
    let more = apply::commit(&mut store.connection, &store.path, batch).unwrap();
    store.wrote(batch, more).unwrap();
}

/// Makes a journal with 3,000 rows, two sessions, 50 people and meta values. A bridge that was
/// killed leaves its last rows in the log.
fn make(path: &Path, is_killed: bool) {
    let place = path.with_file_name("original").join("journal.db");
    let mut store = Store::open(&place).unwrap();
    if is_killed {
        // The log is written back once, in the middle.
        store
            .connection
            .pragma_update(None, "wal_autocheckpoint", 0)
            .unwrap();
    }
    let mut first = vec![
        Write::Keep {
            key: "instance",
            value: "an id".into(),
        },
        Write::Begin(session(1, 10)),
        Write::Begin(session(2, 20)),
    ];
    first.extend((0..50).map(|id| Write::Person(person(&id.to_string(), "ada", "Ada", id))));
    write(&mut store, &first);
    for (number, batch) in rows().chunks(7).enumerate() {
        let batch: Vec<_> = batch.iter().cloned().map(Write::Append).collect();
        write(&mut store, &batch);
        if is_killed && number == 250 {
            let done = "PRAGMA wal_checkpoint(PASSIVE)";
            store.connection.query_row(done, (), |_| Ok(())).unwrap();
        }
    }
    let copy = || {
        for suffix in FILES {
            let from = with_suffix(&place, suffix);
            if from.exists() {
                fs::copy(from, with_suffix(path, suffix)).unwrap();
            }
        }
    };
    if is_killed {
        copy();
        store.close().unwrap();
    } else {
        store.close().unwrap();
        copy();
    }
    fs::remove_dir_all(place.parent().unwrap()).unwrap();
}

/// Damages one file, and returns what was done.
fn damage(bytes: &mut Vec<u8>, rng: &mut Rng) -> String {
    const PAGE: usize = 4_096;
    let page = rng.usize(..bytes.len().div_ceil(PAGE)) * PAGE;
    match rng.u8(..7) {
        0 | 1 => {
            let bits: Vec<_> = (0..rng.usize(1..=8))
                .map(|_| rng.usize(..bytes.len() * 8))
                .collect();
            for bit in &bits {
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            format!("bits {bits:?} flipped")
        }
        2 => {
            let end = bytes.len().min(page + PAGE);
            bytes[page..end].fill(0);
            format!("page at {page} zeroed")
        }
        3 => {
            let end = bytes.len().min(page + rng.usize(2..20) * PAGE);
            bytes[page..end].fill(0);
            format!("pages from {page} to {end} zeroed")
        }
        4 => {
            let at = rng.usize(..bytes.len());
            bytes.truncate(at);
            format!("cut to {at}")
        }
        5 => {
            bytes.truncate(page);
            format!("cut to {page}")
        }
        _ => {
            let at = rng.usize(..bytes.len());
            let end = bytes.len().min(at + 512);
            rng.fill(&mut bytes[at..end]);
            format!("bytes {at} to {end} overwritten")
        }
    }
}

/// Opens a damaged copy, and checks what becomes of it. Returns how many rows were lost.
fn open_damaged(number: u64, original: &Path, folder: &Path) -> Option<u64> {
    let mut rng = Rng::with_seed(number);
    let path = folder.join(format!("{number}")).join("journal.db");
    fs::create_dir(path.parent().unwrap()).unwrap();
    let files: Vec<_> = FILES
        .into_iter()
        .filter(|suffix| with_suffix(original, suffix).exists())
        .collect();
    // Mostly the database, which is the largest.
    let victim = match rng.u8(..10) {
        0 => mark::SUFFIX,
        1..5 => files[files.len() - 2],
        _ => "",
    };
    let mut what = String::new();
    for suffix in files {
        let mut bytes = fs::read(with_suffix(original, suffix)).unwrap();
        if suffix == victim {
            what = format!(
                "copy {number}, {suffix:?}: {}",
                damage(&mut bytes, &mut rng)
            );
        }
        fs::write(with_suffix(&path, suffix), bytes).unwrap();
    }
    let before = |suffix| fs::read(with_suffix(&path, suffix)).ok();
    let (old, old_log) = (before(""), before("-wal"));

    let store = match Store::open(&path) {
        Ok(store) => store,
        // The first page says whose file it is, and of which version. If it says that the file is
        // not ours, nothing in it may change.
        Err(StoreError::Newer { .. } | StoreError::Foreign { .. }) => {
            assert!(before("") == old, "{what}");
            assert!(
                before("-wal").unwrap_or_default() == old_log.unwrap_or_default(),
                "{what}"
            );
            return None;
        }
        Err(error) => panic!("{what}: {}", error.chain()),
    };
    let (mut read, all) = (by_session(&store), rows());
    let mut by_number = Vec::new();
    store.reader().all_rows(|row| by_number.push(row)).unwrap();
    assert!(read == by_number, "{what}");
    let account = salvage::account(&store.connection).unwrap();
    let Some(account) = account else {
        assert_eq!(store.notes(), [""; 0], "{what}");
        assert!(read == all, "{what}: {} rows, and not a word", read.len());
        return Some(0);
    };
    assert_eq!(store.notes(), [account.text.as_str()], "{what}");
    assert_eq!(account.saved, read.len() as u64, "{what}");
    // A row whose number has a wrong bit is there and lost at the same time.
    let known = account.saved + account.lost;
    assert!((ROWS..=ROWS + 8).contains(&known), "{what}: {account:?}");
    assert!(fs::read(&account.old).ok() == old, "{what}");
    let kept_log = fs::read(with_suffix(&account.old, "-wal")).ok();
    let old_log = old_log.filter(|log| !log.is_empty());
    assert!(kept_log == old_log, "{what}");
    // At most a row in which a bit is wrong is not as it was written.
    read.retain(|row| *row != follow(row.seq.0));
    assert!(read.len() <= 8, "{what}: {} rows are wrong", read.len());
    store.close().unwrap();
    let again = Store::open(&path).unwrap();
    assert_eq!(again.notes(), [""; 0], "{what}: only one start has news");
    Some(account.lost)
}

#[test]
fn none_of_200_damaged_journals_hides_a_loss_or_prevents_a_start_and_the_old_files_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (mut refused, mut whole, mut lost) = (0, 0, Vec::new());
    for is_killed in [false, true] {
        let original = folder.path().join(format!("{is_killed}.db"));
        make(&original, is_killed);
        for number in 0..100 {
            let number = number + 100 * u64::from(is_killed);
            match open_damaged(number, &original, folder.path()) {
                None => refused += 1,
                Some(0) => whole += 1,
                Some(rows) => lost.push(rows),
            }
            fs::remove_dir_all(folder.path().join(number.to_string())).unwrap();
        }
    }
    let all: u64 = lost.iter().sum();
    println!(
        "seeds 0 to 199: {whole} journals with all rows, {} that lost {all} rows and said so, \
            {refused} refused and unchanged",
        lost.len(),
    );
    assert!(refused <= 4, "{refused}");
}

/// A journal that was closed in order, and the folder that contains it.
fn closed() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    make(&path, false);
    (folder, path)
}

fn note(path: &Path) -> String {
    let store = Store::open(path).unwrap();
    let notes = store.notes().to_vec();
    store.close().unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    notes.into_iter().next().unwrap()
}

#[test]
fn a_journal_that_was_cut_to_0_bytes_does_not_start_empty_without_a_word() {
    let (_folder, path) = closed();
    fs::write(&path, "").unwrap();
    let text = note(&path);
    assert!(
        text.contains("it is empty (0 bytes)") && text.contains("3000 of 3000 rows are lost"),
        "{text}"
    );
    // Without the mark nobody knows what it was.
    fs::write(&path, "").unwrap();
    fs::remove_file(with_suffix(&path, mark::SUFFIX)).unwrap();
    let text = note(&path);
    assert!(text.contains("was empty (0 bytes)"), "{text}");
}

#[test]
fn a_journal_that_is_gone_is_missed() {
    let (_folder, path) = closed();
    fs::remove_file(&path).unwrap();
    let text = note(&path);
    assert!(
        text.contains("is not there any more. It had 3000 rows"),
        "{text}"
    );
}

#[test]
fn one_bad_row_costs_one_row() {
    for bad in [
        "UPDATE journal SET body = '{' WHERE seq = 17",
        "UPDATE journal SET origin = 'dreamt' WHERE seq = 17",
        "UPDATE journal SET kind = CAST(x'ff' AS TEXT) WHERE seq = 17",
        "DELETE FROM journal WHERE seq = 17",
    ] {
        let (_folder, path) = closed();
        Connection::open(&path).unwrap().execute_batch(bad).unwrap();
        let text = note(&path);
        assert!(text.contains("1 of 3000 rows is lost"), "{bad}: {text}");
        let store = Store::open(&path).unwrap();
        let mut expected = rows();
        expected.remove(16);
        assert!(by_session(&store) == expected, "{bad}");
        assert_eq!(people(&store, 99).len(), 50, "{bad}");
        assert_eq!(
            store.reader().meta("instance").unwrap().as_deref(),
            Some("an id"),
            "{bad}"
        );
    }
}

#[test]
fn one_wrong_bit_in_the_log_costs_at_most_the_rows_of_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    make(&path, true);
    let log = with_suffix(&path, "-wal");
    let mut bytes = fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&log, bytes).unwrap();
    let text = note(&path);
    assert!(text.contains("its write-ahead log is damaged"), "{text}");
    let store = Store::open(&path).unwrap();
    let saved = by_session(&store).len();
    assert!(saved >= 2_950, "{saved}");
}

#[test]
fn a_log_that_is_missing_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    make(&path, true);
    fs::remove_file(with_suffix(&path, "-wal")).unwrap();
    let text = note(&path);
    assert!(text.contains("rows are missing"), "{text}");
}

#[test]
fn a_salvage_that_a_crash_interrupts_is_finished_at_the_next_start() {
    let (folder, path) = closed();
    let damaged = fs::read(&path).unwrap().into_iter().take(300_000);
    let damaged: Vec<_> = damaged.collect();
    fs::write(&path, &damaged).unwrap();
    let text = note(&path);
    let saved = by_session(&Store::open(&path).unwrap()).len();
    // As if the computer had stopped when the old database had its new name already.
    let new = with_suffix(&path, ".salvaged");
    fs::rename(&path, &new).unwrap();
    let names = || -> Vec<_> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains(".damaged-")).collect()
    };
    let old = names();
    assert_eq!(note(&path), text);
    assert_eq!(by_session(&Store::open(&path).unwrap()).len(), saved);
    assert_eq!(names(), old);
    assert_eq!(old.len(), 1, "{old:?}");
    assert!(fs::read(folder.path().join(&old[0])).unwrap() == damaged);
    assert!(!new.exists());
}

/// Cuts a journal, so that it must be saved. Returns its content.
fn cut(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate(300_000);
    fs::write(path, &bytes).unwrap();
    bytes
}

#[cfg(target_os = "linux")]
#[test]
fn a_salvage_on_a_full_disk_changes_nothing_and_succeeds_once_there_is_room() {
    let (_folder, closed) = closed();
    cut(&closed);
    let disk = super::disk_error::SmallDisk::new("4m");
    let path = disk.journal();
    for suffix in ["", mark::SUFFIX] {
        fs::copy(with_suffix(&closed, suffix), with_suffix(&path, suffix)).unwrap();
    }
    let filler = disk.fill();
    // From no room at all to nearly enough.
    for room in [0, 8 * 1_024, 64 * 1_024, 256 * 1_024] {
        let length = fs::metadata(&filler).unwrap().len();
        let file = fs::OpenOptions::new().write(true).open(&filler).unwrap();
        file.set_len(length - room).unwrap();
        drop(file);
        let before = fs::read(&path).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(
            matches!(error, StoreError::Full { .. }),
            "{room}: {error:?}"
        );
        assert!(fs::read(&path).unwrap() == before, "{room}");
        assert_eq!(copies(&path).unwrap(), [], "{room}");
        disk.fill();
    }
    fs::remove_file(filler).unwrap();
    let note = note(&path);
    assert!(note.contains("A new journal has"), "{note}");
    assert!(by_session(&Store::open(&path).unwrap()).len() > 500);
}

#[test]
fn a_salvage_while_another_program_reads_the_journal_saves_everything() {
    let (_folder, path) = closed();
    // A row in the middle makes no sense, so the other program can read everything else.
    let spoil = Connection::open(&path).unwrap();
    let bad = "UPDATE journal SET body = 'not JSON' WHERE seq = 1500";
    spoil.execute(bad, ()).unwrap();
    drop(spoil);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN").unwrap();
    let count = || {
        let count = "SELECT count(*) FROM journal";
        other
            .query_row(count, (), |row| row.get::<_, i64>(0))
            .unwrap()
            .cast_unsigned()
    };
    assert_eq!(count(), ROWS);

    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.notes().len(), 1, "{:?}", store.notes());
    assert_eq!(store.reader().number_of_rows().unwrap(), ROWS - 1);
    assert_eq!(count(), ROWS, "the other program still reads the old file");
    write(&mut store, &[Write::Append(follow(ROWS + 1))]);
    drop(other);
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.notes(), [""; 0]);
    assert_eq!(store.reader().number_of_rows().unwrap(), ROWS);
}

#[test]
fn a_file_of_the_user_s_own_stays_as_it_is_although_it_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bookmarks.db");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('a')")
        .unwrap();
    drop(other);
    let mut bytes = fs::read(&path).unwrap();
    bytes[100..4_096].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    assert!(Store::open(&path).is_err());
    assert!(fs::read(&path).unwrap() == bytes);
}

/// Whether the mark says what is in the journal.
fn is_marked(store: &Store) -> bool {
    let all = Tally::of_rows(&store.connection, statements::ALL_ROWS, ()).unwrap();
    let mark = Content::beside(&store.path).unwrap();
    mark.tally() == all && mark.last == store.known.last.0 && !mark.changing
}

#[test]
fn the_mark_follows_every_change_of_rows() {
    let (_folder, path) = closed();
    let mut store = Store::open(&path).unwrap();
    assert!(is_marked(&store), "after the start");
    let change = |rows| {
        Write::ChangeSessions(Box::new(SessionChange {
            sessions: Vec::new(),
            gone: Vec::new(),
            rows,
            last: Seq(ROWS),
            last_session: SessionId(2),
            resumed_ms: None,
            summary_from_ms: None,
        }))
    };
    let moved = change(RowChange::Move {
        from: SessionId(1),
        to: SessionId(2),
        since_ms: 0,
    });
    write(&mut store, std::slice::from_ref(&moved));
    assert!(is_marked(&store), "after a move");
    write(&mut store, &[moved]);
    assert!(is_marked(&store), "after a move that is repeated");
    let more = (ROWS + 1..ROWS + 50).map(follow).map(Write::Append);
    let more: Vec<_> = more.collect();
    write(&mut store, &more);
    write(&mut store, &more);
    assert!(is_marked(&store), "after a batch that is repeated");
    let erasure = crate::bridge::forget::Erasure {
        removed: vec![Seq(5), Seq(6)],
        changed: vec![(Seq(7), None, "{}".into())],
        people: Vec::new(),
        meta: Vec::new(),
    };
    store.erase(&erasure).unwrap();
    store.clean().unwrap();
    assert!(is_marked(&store), "after an erasure");
    store.remove_session(SessionId(2), &[], 100).unwrap();
    assert!(is_marked(&store), "after a part of a session was removed");
    write(
        &mut store,
        &[change(RowChange::Delete {
            of: SessionId(2),
            keeping: &[(RowOrigin::Edited, "hide")],
        })],
    );
    assert!(is_marked(&store), "after a session was deleted");
    store.close().unwrap();
    let store = Store::open(&path).unwrap();
    assert_eq!(store.notes(), [""; 0]);
}

#[test]
fn rows_that_another_program_adds_are_no_damage() {
    let (_folder, path) = closed();
    Connection::open(&path)
        .unwrap()
        .execute_batch("INSERT INTO journal VALUES (4000, 2, 0, 'added', 'Thanks', NULL, '{}')")
        .unwrap();
    let store = Store::open(&path).unwrap();
    assert_eq!(store.notes(), [""; 0]);
    assert!(is_marked(&store));
}
