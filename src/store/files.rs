//! Which files the journal is, and whether they are still what they were: somebody may delete,
//! move, replace or overwrite them while they are open. SQLite does not notice, and what it writes
//! then is gone with the bridge.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::time::SystemTime;

/// What SQLite puts behind the journal's name: the write-ahead log, its index, and the rollback
/// journal of disks without a log.
pub(super) const LOG: &str = "-wal";
pub(super) const INDEX: &str = "-shm";
const ROLLBACK: &str = "-journal";

/// Which file it is, whatever its name.
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

    /// Elsewhere a file that is open cannot be replaced: that there is one is enough.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self {}
    }

    /// Of an open file.
    pub(super) fn of_file(file: &File) -> io::Result<Self> {
        file.metadata().map(|metadata| Self::of(&metadata))
    }

    /// Of what stands at a path; nothing if nothing does.
    pub(super) fn at(path: &Path) -> io::Result<Option<Self>> {
        Ok(look(path)?.map(|metadata| Self::of(&metadata)))
    }
}

/// What stands at a path; nothing if nothing does.
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

/// A file as it was when it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    identity: Identity,
    /// Size and time of the last change, where only SQLite's own writes change them.
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

/// What has happened to the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    None,
    /// They are the same files, but somebody else has written to them: perhaps another program that
    /// speaks SQLite, perhaps not.
    Written,
    /// The file is not at its path any more.
    Deleted,
    /// Another file is at its path.
    Replaced,
    /// The write-ahead log or its index is missing, or another file is in its place.
    LogDeleted,
}

/// The open journal's files.
#[derive(Debug)]
pub(super) struct Files {
    /// The path that the config names. It may be a symbolic link.
    path: PathBuf,
    /// Where the file really is, with its log beside it.
    real: PathBuf,
    journal: Option<Stamp>,
    log: Option<Stamp>,
    index: Option<Identity>,
    /// Somebody has overwritten them: what stands in them is not the journal.
    pub(super) spoilt: bool,
}

impl Files {
    /// Looks at the files right after they were opened.
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

    /// What has happened to them since.
    pub(super) fn change(&self) -> io::Result<Change> {
        let journal = look(&self.path)?.map(|metadata| Stamp::of(&metadata));
        match (journal, self.journal) {
            (None, _) => return Ok(Change::Deleted),
            (Some(now), Some(before)) if now.identity == before.identity => {}
            (Some(_), _) => return Ok(Change::Replaced),
        }
        let log = look(&self.beside(LOG))?.map(|metadata| Stamp::of(&metadata));
        let index = Identity::at(&self.beside(INDEX))?;
        // Disks without a log have none to lose.
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

    /// What has been written to the same files since is in order.
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

    /// Where a new journal belongs: what a symbolic link points to, else the path itself.
    pub(super) fn place(&self) -> PathBuf {
        let is_link = fs::symlink_metadata(&self.path).is_ok_and(|metadata| metadata.is_symlink());
        if is_link {
            fs::canonicalize(&self.path).unwrap_or_else(|_| self.real.clone())
        } else {
            self.path.clone()
        }
    }

    /// Puts `new` where the journal belongs, and nothing beside it that SQLite would take for its
    /// log. What is there and is not ours is moved aside, never overwritten; so are our own files
    /// if they are spoilt. Gives the names of what was moved aside.
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
                // The journal itself is replaced in one step, below.
                fs::remove_file(&path)?;
            }
        }
        match Identity::at(&place)? {
            None => rename_new(new, &place)?,
            Some(_) => fs::rename(new, &place)?,
        }
        sync_folder(&place)?;
        // From here on this file is ours, whether it can be opened or not.
        self.journal = look(&self.path)?.map(|metadata| Stamp::of(&metadata));
        Ok(moved)
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        with_suffix(&self.real, suffix)
    }
}

/// A path with something behind its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// A name beside the journal that neither a file nor a log of that name has.
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

/// Renames, and overwrites nothing.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A folder, or a disk without hard links.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

/// What is in a folder survives a crash.
fn sync_folder(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = folder_of(file) {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// The folder of a file; nothing if that is the current one.
pub(super) fn folder_of(file: &Path) -> Option<&Path> {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
}

/// Makes the folder of a file, for the owner alone.
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
