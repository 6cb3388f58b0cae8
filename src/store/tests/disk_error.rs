//! The files are deleted or replaced while they are open, and the disk refuses writes.

use std::fs;
#[cfg(target_os = "linux")]
use std::process::Command;

use super::*;
use crate::store::queue;

/// The next notice other than [`StoreNotice::Committed`].
async fn next_notice(notices: &mut StoreNotices) -> StoreNotice {
    loop {
        match timeout(PATIENCE, notices.recv()).await.unwrap().unwrap() {
            StoreNotice::Committed { .. } => {}
            news => return news,
        }
    }
}

/// Reads notices until there is a note, and checks whether it reports a loss.
async fn noted(notices: &mut StoreNotices, expect_loss: bool) -> String {
    loop {
        if let StoreNotice::Noted { text, lost } = next_notice(notices).await {
            assert_eq!(lost, expect_loss, "{text}");
            return text;
        }
    }
}

/// A running store with three rows, a session, a person and the journal's own id on the disk.
async fn running(path: &Path) -> (StoreHandle, StoreNotices) {
    let (handle, mut notices) = Store::open(path).unwrap().run().unwrap();
    let mut writes = vec![
        Write::Keep {
            key: "instance",
            value: "an id".into(),
        },
        Write::Begin(session(1, 10)),
        Write::Person(person("1", "ada", "Ada", 1)),
    ];
    writes.extend((1..=3).map(|seq| Write::Append(received(seq))));
    write_all(&handle, writes).await;
    committed(&mut notices, 6).await;
    (handle, notices)
}

/// The numbers of the rows that a bridge would find if it started now.
fn found(path: &Path) -> Vec<u64> {
    // As after a crash: the running bridge still has the lock, so this reads the file without the
    // lock.
    let connection = Connection::open(path).unwrap();
    let mut statement = connection
        .prepare("SELECT seq FROM journal ORDER BY seq")
        .unwrap();
    statement
        .query_map((), |row| row.get::<_, i64>(0))
        .unwrap()
        .map(|seq| seq.unwrap().cast_unsigned())
        .collect()
}

fn delete(path: &Path, suffixes: &[&str]) {
    for suffix in suffixes {
        fs::remove_file(with_suffix(path, suffix)).unwrap();
    }
}

/// Writes one more row after the files were changed. Checks that everything is in a new journal,
/// and that a bridge which starts finds it.
async fn recovers(path: &Path, handle: StoreHandle, mut notices: StoreNotices) -> String {
    handle.write(Write::Append(received(4))).await.unwrap();
    let text = noted(&mut notices, false).await;
    committed(&mut notices, 7).await;
    assert_eq!(found(path), [1, 2, 3, 4]);
    handle.close().await.unwrap();
    let store = Store::open(path).unwrap();
    assert_eq!(replayed(&store, SESSION_1), [1, 2, 3, 4].map(received));
    assert_eq!(store.reader().sessions().unwrap(), [session(1, 10)]);
    assert_eq!(people(&store, 9), [person("1", "ada", "Ada", 1)]);
    assert_eq!(
        store.reader().meta("instance").unwrap().as_deref(),
        Some("an id")
    );
    text
}

#[tokio::test]
async fn a_deleted_journal_is_made_again_with_everything_before_a_commit_is_reported() {
    for suffixes in [
        &[""][..],
        &["", "-wal", "-shm"],
        &["-wal"],
        &["-shm"],
        &["-wal", "-shm"],
        &["", "-wal", "-shm", ".lock"],
    ] {
        let (_folder, path) = folder();
        let (handle, notices) = running(&path).await;
        delete(&path, suffixes);
        let text = recovers(&path, handle, notices).await;
        assert!(
            text.contains("while the bridge runs"),
            "{suffixes:?}: {text}"
        );
        assert!(!with_suffix(&path, ".new").exists(), "{suffixes:?}");
    }
}

#[tokio::test]
async fn a_deleted_journal_is_made_again_although_nothing_is_written() {
    let (_folder, path) = folder();
    let (handle, mut notices) = running(&path).await;
    delete(&path, &["", "-wal", "-shm"]);
    let text = noted(&mut notices, false).await;
    assert!(
        text.contains("was deleted or moved") && text.contains("everything is in it"),
        "{text}"
    );
    assert_eq!(found(&path), [1, 2, 3]);
    // An error that was reported meanwhile is over.
    if let Ok(Some(news)) = timeout(Duration::from_millis(300), notices.recv()).await {
        assert!(matches!(news, StoreNotice::Failed { .. }), "{news:?}");
        assert_eq!(
            timeout(PATIENCE, notices.recv()).await.unwrap(),
            Some(StoreNotice::Healed)
        );
    }
    handle.close().await.unwrap();
}

#[tokio::test]
async fn a_journal_that_was_deleted_just_before_the_end_is_there_after_it() {
    let (_folder, path) = folder();
    let (handle, _notices) = running(&path).await;
    delete(&path, &["", "-wal", "-shm"]);
    handle.close().await.unwrap();
    assert_eq!(found(&path), [1, 2, 3]);
}

#[tokio::test]
async fn a_journal_that_was_made_again_is_watched_like_the_first() {
    let (_folder, path) = folder();
    let (handle, mut notices) = running(&path).await;
    for (seq, suffixes) in (4..).zip([&["", "-wal", "-shm"][..], &["-wal"], &["-shm"], &[""]]) {
        delete(&path, suffixes);
        assert!(
            with_suffix(&path, "-wal").exists() || suffixes.contains(&"-wal"),
            "{suffixes:?}"
        );
        handle.write(Write::Append(received(seq))).await.unwrap();
        noted(&mut notices, false).await;
        committed(&mut notices, 3 + seq).await;
        assert!(found(&path).into_iter().eq(1..=seq), "{suffixes:?}");
    }
    handle.close().await.unwrap();
}

#[tokio::test]
async fn a_folder_that_is_deleted_with_a_bridge_that_is_cut_off_does_not_come_back() {
    let (folder, path) = folder();
    let (handle, mut notices) = running(&path).await;
    fs::remove_dir_all(folder.path()).unwrap();
    drop(handle);
    while timeout(PATIENCE, notices.recv()).await.unwrap().is_some() {}
    assert!(!folder.path().exists());
}

#[tokio::test]
async fn a_deleted_folder_is_made_again_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    let (handle, notices) = running(&path).await;
    fs::remove_dir_all(folder.path().join("deep")).unwrap();
    recovers(&path, handle, notices).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let modes = (
        mode(path.parent().unwrap()),
        mode(&path),
        mode(&with_suffix(&path, ".lock")),
    );
    assert_eq!(modes, (0o700, 0o600, 0o600));
}

#[tokio::test]
async fn a_moved_folder_stays_whole_and_the_journal_is_made_again() {
    let (folder, path) = folder();
    let (handle, notices) = running(&path).await;
    let moved = folder.path().join("moved");
    fs::rename(path.parent().unwrap(), &moved).unwrap();
    recovers(&path, handle, notices).await;
    assert_eq!(found(&moved.join("journal.db")), [1, 2, 3]);
}

#[tokio::test]
async fn a_moved_journal_has_everything_where_it_is_now_too() {
    let (folder, path) = folder();
    let (handle, notices) = running(&path).await;
    let moved = folder.path().join("copy.db");
    fs::rename(&path, &moved).unwrap();
    recovers(&path, handle, notices).await;
    assert_eq!(found(&moved), [1, 2, 3]);
}

#[tokio::test]
async fn a_file_in_the_journals_place_is_moved_aside_and_never_overwritten() {
    let (other, other_path) = folder();
    drop(saved(&other_path, vec![Write::Append(received(77))]).await);
    for (name, content) in [
        ("a text", b"hello".to_vec()),
        ("an empty file", Vec::new()),
        ("another journal", fs::read(&other_path).unwrap()),
        (
            "a broken database",
            b"SQLite format 3\0 and then nothing".to_vec(),
        ),
    ] {
        let (_folder, path) = folder();
        let (handle, notices) = running(&path).await;
        let put = with_suffix(&path, ".put");
        fs::write(&put, &content).unwrap();
        fs::rename(&put, &path).unwrap();
        let text = recovers(&path, handle, notices).await;
        let aside = with_suffix(&path, ".moved-aside-1");
        assert!(
            text.contains("was replaced") && text.contains(aside.to_str().unwrap()),
            "{name}: {text}"
        );
        assert_eq!(fs::read(&aside).unwrap(), content, "{name}");
    }
    drop(other);
}

#[tokio::test]
async fn a_folder_in_the_journals_place_is_moved_aside_too() {
    let (_folder, path) = folder();
    let (handle, notices) = running(&path).await;
    delete(&path, &[""]);
    fs::create_dir(&path).unwrap();
    recovers(&path, handle, notices).await;
    assert!(with_suffix(&path, ".moved-aside-1").is_dir());
}

#[tokio::test]
async fn a_journal_behind_a_symbolic_link_is_made_again_where_it_was() {
    let (folder, path) = folder();
    let link = folder.path().join("link.db");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let (handle, notices) = running(&link).await;
    delete(&path, &["", "-wal", "-shm"]);
    recovers(&link, handle, notices).await;
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

/// A running store with so many rows that SQLite does not hold all of them in memory.
async fn large(path: &Path) -> (StoreHandle, StoreNotices) {
    let (handle, notices) = running(path).await;
    let rows = (4..=3_000)
        .map(|seq| {
            Write::Append(Row {
                body: "x".repeat(2_000).into(),
                ..received(seq)
            })
        })
        .collect();
    write_all(&handle, rows).await;
    (handle, notices)
}

#[tokio::test]
async fn an_overwritten_journal_that_cannot_be_read_begins_anew_and_the_loss_is_reported() {
    for content in ["", "something else"] {
        let (_folder, path) = folder();
        let (handle, mut notices) = large(&path).await;
        committed(&mut notices, 3_003).await;
        // The same file with other content: none of the old content is left to copy.
        fs::write(with_suffix(&path, "-wal"), "").unwrap();
        fs::write(&path, content).unwrap();
        handle.write(Write::Append(received(3_001))).await.unwrap();
        let text = noted(&mut notices, true).await;
        assert!(
            text.contains("No longer on disk: entries 1 to 3000"),
            "{text}"
        );
        committed(&mut notices, 3_004).await;
        assert_eq!(found(&path), [3_001], "later entries are stored");
        let aside = with_suffix(&path, ".moved-aside-1");
        assert_eq!(fs::read_to_string(&aside).unwrap(), content);
        handle.close().await.unwrap();
        let store = Store::open(&path).unwrap();
        assert_eq!(
            store.reader().sessions().unwrap(),
            [session(1, 10)],
            "the session continues after a restart"
        );
        assert_eq!(
            store.reader().meta("instance").unwrap().as_deref(),
            Some("an id")
        );
    }
}

#[tokio::test]
async fn another_program_may_read_write_and_check_the_journal() {
    let (_folder, path) = folder();
    let (handle, mut notices) = large(&path).await;
    committed(&mut notices, 3_003).await;
    let other = Connection::open(&path).unwrap();
    other
        .execute("UPDATE person SET display = 'Somebody'", ())
        .unwrap();
    other
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
        .unwrap();
    drop(other);
    handle.write(Write::Append(received(3_001))).await.unwrap();
    committed(&mut notices, 3_004).await;
    handle.close().await.unwrap();
    while let Some(notice) = timeout(PATIENCE, notices.recv()).await.unwrap() {
        assert!(
            matches!(notice, StoreNotice::Committed { .. }),
            "{notice:?}"
        );
    }
    let store = Store::open(&path).unwrap();
    assert_eq!(
        (store.reader().last_seq().unwrap(), people(&store, 9)),
        (Seq(3_001), vec![person("1", "ada", "Somebody", 1)])
    );
}

#[tokio::test]
async fn a_second_bridge_that_took_the_lock_meanwhile_is_named_and_its_journal_left_alone() {
    let (_folder, path) = folder();
    let (handle, mut notices) = running(&path).await;
    delete(&path, &["", "-wal", "-shm", ".lock"]);
    let second = Store::open(&path).unwrap();
    handle.write(Write::Append(received(4))).await.unwrap();
    let StoreNotice::Failed { error } = next_notice(&mut notices).await else {
        panic!()
    };
    assert!(
        error.contains("another bridge (process ") && error.contains("stop it first"),
        "{error}"
    );
    assert_eq!(second.reader().last_seq().unwrap(), Seq(0));
    drop(second);
    committed(&mut notices, 7).await;
    assert_eq!(found(&path), [1, 2, 3, 4]);
    handle.close().await.unwrap();
}

#[tokio::test]
async fn while_the_disk_refuses_writes_the_queue_takes_far_more_and_stores_it_in_order_later() {
    let (_folder, path) = folder();
    let (handle, mut notices) = Store::open(&path).unwrap().run().unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // More writes than wait for a disk that is merely slow.
    let rows = 3 * u64::from(queue::USUAL);
    let writing = async {
        for seq in 1..=rows {
            handle.write(Write::Append(received(seq))).await.unwrap();
        }
    };
    timeout(PATIENCE, writing)
        .await
        .expect("no caller is blocked");
    assert!(matches!(
        next_notice(&mut notices).await,
        StoreNotice::Failed { .. }
    ));
    other.execute_batch("ROLLBACK").unwrap();
    committed(&mut notices, rows).await;
    let store = {
        handle.close().await.unwrap();
        Store::open(&path).unwrap()
    };
    let seqs: Vec<_> = replayed(&store, SESSION_1)
        .into_iter()
        .map(|row| row.seq.0)
        .collect();
    assert!(seqs.into_iter().eq(1..=rows));
}

/// A disk of a few hundred KiB. The test needs the permission to mount one.
#[cfg(target_os = "linux")]
pub(super) struct SmallDisk(TempDir);

#[cfg(target_os = "linux")]
impl SmallDisk {
    pub(super) fn new(size: &str) -> Self {
        let disk = Self(tempfile::tempdir().unwrap());
        disk.mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "small"]);
        disk
    }

    fn mount(&self, args: &[&str]) {
        let mounted = Command::new("mount")
            .args(args)
            .arg(self.0.path())
            .output()
            .expect("the program mount");
        let why = String::from_utf8_lossy(&mounted.stderr);
        assert!(
            mounted.status.success(),
            "this test mounts a small disk, which only root may do: {why}"
        );
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.0.path().join("journal.db")
    }

    /// Fills the disk with a file.
    pub(super) fn fill(&self) -> PathBuf {
        let filler = self.0.path().join("filler");
        let mut file = fs::File::create(&filler).unwrap();
        while std::io::Write::write(&mut file, &[0; 512]).is_ok_and(|bytes| bytes > 0) {}
        filler
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount")
            .arg("--lazy")
            .arg(self.0.path())
            .status();
        assert!(
            unmounted.is_ok_and(|status| status.success()),
            "umount {}",
            self.0.path().display()
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_at_the_first_start_is_called_full_wherever_it_is_noticed() {
    // From less than a page to nearly enough space: the lock, the tables, the log and its index
    // each run out of space in turn.
    let enough = (0..100).map(|pages| 4 * pages).find(|kib| {
        let disk = SmallDisk::new(&format!("{}k", kib + 4));
        fs::write(disk.0.path().join("one page"), [0; 4_096]).unwrap();
        match Store::open(&disk.journal()) {
            Ok(_) => true,
            Err(error @ StoreError::Full { .. }) => {
                assert!(
                    error
                        .to_string()
                        .starts_with("no space left on the disk of "),
                    "{error}"
                );
                false
            }
            Err(error) => panic!("{kib} KiB: {}", error.chain()),
        }
    });
    assert!(enough.is_some_and(|kib| kib > 40), "{enough:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_disk_is_called_read_only() {
    let disk = SmallDisk::new("1m");
    disk.mount(&["-o", "remount,ro"]);
    let error = Store::open(&disk.journal()).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
    disk.mount(&["-o", "remount,rw"]);
    drop(Store::open(&disk.journal()).unwrap());
    disk.mount(&["-o", "remount,ro"]);
    let error = Store::open(&disk.journal()).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_is_full_for_a_while_costs_nothing() {
    let disk = SmallDisk::new("1m");
    let path = disk.journal();
    let (handle, mut notices) = running(&path).await;
    let filler = disk.fill();
    let rows: Vec<_> = (4..=40)
        .map(|seq| {
            Write::Append(Row {
                body: "x".repeat(4_000).into(),
                ..received(seq)
            })
        })
        .collect();
    write_all(&handle, rows).await;
    let StoreNotice::Failed { error } = next_notice(&mut notices).await else {
        panic!()
    };
    assert!(error.contains("no space left on the disk of "), "{error}");
    fs::remove_file(filler).unwrap();
    let healed = async { while next_notice(&mut notices).await != StoreNotice::Healed {} };
    timeout(PATIENCE, healed).await.unwrap();
    committed(&mut notices, 43).await;
    handle.close().await.unwrap();
    assert!(found(&path).into_iter().eq(1..=40));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_journal_deleted_on_a_full_disk_is_made_again_once_there_is_room() {
    let disk = SmallDisk::new("1m");
    let path = disk.journal();
    let (handle, mut notices) = running(&path).await;
    let filler = disk.fill();
    delete(&path, &["", "-wal", "-shm"]);
    handle.write(Write::Append(received(4))).await.unwrap();
    // The space of the deleted files is free only after they are closed.
    loop {
        if let StoreNotice::Failed { error } = next_notice(&mut notices).await
            && error.contains("no space left on the disk of ")
        {
            break;
        }
    }
    fs::remove_file(filler).unwrap();
    let text = noted(&mut notices, false).await;
    assert!(text.contains("everything is in it"), "{text}");
    committed(&mut notices, 7).await;
    handle.close().await.unwrap();
    assert_eq!(found(&path), [1, 2, 3, 4]);
}
