//! Checks whether the opened files of the journal are still in place. They may be deleted, moved,
//! replaced or overwritten while they are open. SQLite does not notice this, and everything that it
//! writes afterwards is lost when the bridge ends.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::time::SystemTime;

/// The suffixes that SQLite appends to the journal's name: for the write-ahead log, for its index,
/// and for the rollback journal on disks without a log.
pub(super) const LOG: &str = "-wal";
pub(super) const INDEX: &str = "-shm";
pub(super) const ROLLBACK: &str = "-journal";

/// Identifies a file independently of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Identity {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    /// On other systems an open file cannot be replaced, so all files count as the same.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self {}
    }

    /// The identity of an open file.
    pub(super) fn of_file(file: &File) -> io::Result<Self> {
        file.metadata().map(|metadata| Self::of(&metadata))
    }

    /// The identity of the file at a path; `None` if there is none.
    pub(super) fn at(path: &Path) -> io::Result<Option<Self>> {
        Ok(look(path)?.map(|metadata| Self::of(&metadata)))
    }
}

/// The metadata of the file at a path; `None` if there is none.
fn look(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The state of a file when it was last checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    identity: Identity,
    /// Size and modification time. Only used on systems where they change only if SQLite itself
    /// writes.
    #[cfg(unix)]
    content: (u64, Option<SystemTime>),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            identity: Identity::of(metadata),
            #[cfg(unix)]
            content: (metadata.len(), metadata.modified().ok()),
        }
    }
}

/// How the files have changed since the last check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// The files are the same, but another program has written to them, with or without SQLite.
    Written,
    /// No file is at the journal's path any more.
    Deleted,
    /// Another file is at the journal's path.
    Replaced,
    /// The write-ahead log or its index is missing, or another file is in its place.
    LogDeleted,
}

/// The open journal's files.
#[derive(Debug)]
pub(super) struct Files {
    /// The path that the config names. It may be a symbolic link.
    path: PathBuf,
    /// The resolved path of the file; its log is beside it.
    real: PathBuf,
    journal: Option<Stamp>,
    log: Option<Stamp>,
    index: Option<Identity>,
    /// Set when another program has overwritten the files, so that their content is not the
    /// journal.
    pub(super) spoilt: bool,
}

impl Files {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let real = fs::canonicalize(path)?;
        let mut files = Self {
            path: path.to_owned(),
            real,
            journal: None,
            log: None,
            index: None,
            spoilt: false,
        };
        files.journal = look(path)?.map(|metadata| Stamp::of(&metadata));
        files.log = look(&files.beside(LOG))?.map(|metadata| Stamp::of(&metadata));
        files.index = Identity::at(&files.beside(INDEX))?;
        Ok(files)
    }

    /// Compares the files with their recorded state.
    pub(super) fn change(&self) -> io::Result<Change> {
        let journal = look(&self.path)?.map(|metadata| Stamp::of(&metadata));
        match (journal, self.journal) {
            (None, _) => return Ok(Change::Deleted),
            (Some(now), Some(before)) if now.identity == before.identity => {}
            (Some(_), _) => return Ok(Change::Replaced),
        }
        let log = look(&self.beside(LOG))?.map(|metadata| Stamp::of(&metadata));
        let index = Identity::at(&self.beside(INDEX))?;
        // On a disk without write-ahead logs, no log can be lost.
        let log_is_same = self
            .log
            .is_none_or(|before| log.is_some_and(|now| now.identity == before.identity));
        let index_is_same = self.index.is_none_or(|before| index == Some(before));
        Ok(if !(log_is_same && index_is_same) {
            Change::LogDeleted
        } else if journal != self.journal || (self.log.is_some() && log != self.log) {
            Change::Written
        } else {
            Change::None
        })
    }

    /// Records the state of the same files again, because the writes since then are known to be
    /// valid.
    pub(super) fn accept(&mut self) -> io::Result<()> {
        for (path, known) in [
            (self.path.clone(), &mut self.journal),
            (with_suffix(&self.real, LOG), &mut self.log),
        ] {
            let now = look(&path)?.map(|metadata| Stamp::of(&metadata));
            if known.is_none_or(|known| now.is_some_and(|now| known.identity == now.identity)) {
                *known = now;
            }
        }
        Ok(())
    }

    /// The path for a new journal: the target of a symbolic link, else the path itself.
    pub(super) fn place(&self) -> PathBuf {
        let is_link = fs::symlink_metadata(&self.path).is_ok_and(|metadata| metadata.is_symlink());
        if is_link {
            fs::canonicalize(&self.path).unwrap_or_else(|_| self.real.clone())
        } else {
            self.path.clone()
        }
    }

    /// Moves `new` to the journal's place, and ensures that no file beside it is used as its log.
    /// Files of other programs are moved aside, never overwritten. Damaged files of the bridge are
    /// moved aside too. Returns the new names of the files that were moved aside.
    pub(super) fn put_in_place(&mut self, new: &Path) -> io::Result<Vec<PathBuf>> {
        let place = self.place();
        let own = [
            (
                "",
                self.journal
                    .map(|stamp| stamp.identity)
                    .filter(|_| !self.spoilt),
            ),
            (
                LOG,
                self.log
                    .map(|stamp| stamp.identity)
                    .filter(|_| !self.spoilt),
            ),
            (INDEX, self.index),
            (ROLLBACK, None),
        ];
        let aside = free_name(&place)?;
        let mut moved = Vec::new();
        for (suffix, own) in own {
            let path = with_suffix(&place, suffix);
            let Some(found) = Identity::at(&path)? else {
                continue;
            };
            let is_ours = cfg!(unix) && own == Some(found);
            if !is_ours {
                let aside = with_suffix(&aside, suffix);
                rename_new(&path, &aside)?;
                moved.push(aside);
            } else if !suffix.is_empty() {
                // The journal itself is replaced in one step below.
                fs::remove_file(&path)?;
            }
        }
        match Identity::at(&place)? {
            None => rename_new(new, &place)?,
            Some(_) => fs::rename(new, &place)?,
        }
        sync_folder(&place)?;
        // From here on the file at this path is the bridge's own, even if it cannot be opened.
        self.journal = look(&self.path)?.map(|metadata| Stamp::of(&metadata));
        Ok(moved)
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        with_suffix(&self.real, suffix)
    }
}

/// Appends a suffix to the name of a path.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// A name beside the journal that no file has, with or without a suffix of SQLite.
fn free_name(place: &Path) -> io::Result<PathBuf> {
    for number in 1..10_000 {
        let name = with_suffix(place, &format!(".moved-aside-{number}"));
        let mut is_free = true;
        for suffix in ["", LOG, INDEX, ROLLBACK] {
            is_free &= fs::symlink_metadata(with_suffix(&name, suffix)).is_err();
        }
        if is_free {
            return Ok(name);
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        "too many files were moved aside already",
    ))
}

/// Renames a file, and fails if the new name exists.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // `from` is a folder, or the disk has no hard links.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

/// Flushes the folder of a file, so that a new name in it survives a crash.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = folder_of(file) {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// The space that is left on the disk of a file that need not exist. `None` if the system does not
/// report it.
pub(super) fn free_bytes(file: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let folder = folder_of(file).unwrap_or(Path::new("."));
        let disk = rustix::fs::statvfs(folder).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        None
    }
}

/// The folder of a file; `None` for the current folder.
pub(super) fn folder_of(file: &Path) -> Option<&Path> {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
}

/// Creates the folder of a file, readable by its owner only.
pub(super) fn create_folder(file: &Path) -> io::Result<()> {
    let Some(folder) = folder_of(file) else {
        return Ok(());
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
