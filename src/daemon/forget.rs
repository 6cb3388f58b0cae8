//! Forgets a person in the store: finds the rows and values that name the person, and has the store
//! remove them.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::{Map, Value};

use super::{
    archives::Source,
    clock::Clock,
    forget_copies::{self, Struck},
    forget_scan::{collect, remember},
    settings,
    startup::{PEOPLE, meta_values},
};
use crate::{
    bridge::{
        archive,
        forget::{Forgetting, Identity},
        forget_request::Remaining,
        io::Settings,
        journal_answer::JournalAnswer,
    },
    config::Config,
    files::strike,
    request::{Guarded, Permissions, PersonQuery, RequestError},
    store::{Permit, ReadOnlyStore, Reader, Store, StoreError},
};

/// Forgets a person on the store's thread.
pub(super) struct ForgetWork(Box<dyn FnOnce(&mut Store) -> Forgot + Send>);

/// The data without the person, or the reason why the person is still there.
pub(super) type Forgot = Result<Box<Remaining>, RequestError>;

impl ForgetWork {
    pub(super) fn run(self, store: &mut Store) -> Forgot {
        (self.0)(store)
    }
}

impl fmt::Debug for ForgetWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForgetWork")
    }
}

/// Finds the rows and values that name a person, without changing anything.
///
/// # Errors
/// If no person or several people have the name, or the journal cannot be read.
pub(super) fn plan(
    reader: Reader<'_>,
    query: &PersonQuery,
    settings: &Settings,
    now_ms: i64,
) -> Result<(Forgetting, Map<String, Value>), RequestError> {
    let unreadable = |error: StoreError| RequestError::Unavailable(error.chain());
    let sessions = reader.sessions().map_err(unreadable)?;
    let session = archive::running(&sessions)
        .cloned()
        .ok_or_else(|| RequestError::Unavailable("the journal has no session yet".into()))?;
    let id = session.id;
    let archive = Source::of(reader, session, settings, usize::MAX)?.archive()?;
    let mut forgetting = Forgetting::of(&archive, query)?;
    drop(archive);
    collect(reader, &mut forgetting).map_err(unreadable)?;
    remember(reader, &mut forgetting, id).map_err(unreadable)?;
    let report = forgetting.report(&sessions, now_ms);
    Ok((forgetting, report))
}

/// Finds the rows and values that name a person in the journal of this config, without changing
/// anything.
///
/// # Errors
/// If no person or several people have the name, or the journal cannot be read.
pub fn preview(config: &Config, query: &PersonQuery) -> Result<Map<String, Value>, RequestError> {
    let unreadable = |error: StoreError| RequestError::Unavailable(error.chain());
    let store = ReadOnlyStore::open(&config.store.path).map_err(unreadable)?;
    let reader = store.reader().map_err(unreadable)?;
    let settings = settings::of(config, false);
    let now_ms = Clock::new().now().wall_ms;
    let (_, mut report) = plan(reader, query, &settings, now_ms)?;
    forget_copies::announce(&config.store.path, &mut report).map_err(unreadable)?;
    Ok(as_preview(report))
}

/// Removes a person from the journal of this config, while no bridge runs. `logs` are the files
/// from which the person's names are removed too.
///
/// # Errors
/// If a bridge uses the journal; if no person or several people have the name; if the disk refuses
/// writes.
pub fn forget(
    config: &Config,
    query: &PersonQuery,
    logs: &[PathBuf],
) -> Result<Map<String, Value>, RequestError> {
    let refused = |error: StoreError| RequestError::Unavailable(error.chain());
    let mut store = Store::open(&config.store.path).map_err(refused)?;
    for note in store.notes() {
        tracing::error!("{note}");
    }
    let settings = settings::of(config, false);
    let now_ms = Clock::new().now().wall_ms;
    let (forgetting, _) = plan(store.reader(), query, &settings, now_ms)?;
    let copies = forget_copies::erase(&config.store.path, forgetting.identity());
    let copies = copies.map_err(refused)?;
    let (forgetting, mut report) = erase(&mut store, query, &settings, now_ms)?;
    store.close().map_err(refused)?;
    copies.add_to(&mut report);
    add_logs(&mut report, forgetting.identity(), logs);
    Ok(report)
}

/// Overwrites the person of a reply in log files that the bridge does not know.
pub fn strike_logs(reply: &mut Map<String, Value>, logs: &[PathBuf]) {
    let identity = Identity::of_reply(reply);
    let known = reply.remove("logs");
    let warnings = reply.remove("warnings");
    add_logs(reply, &identity, logs);
    for (key, before) in [("logs", known), ("warnings", warnings)] {
        let Some(Value::Array(mut list)) = before else {
            continue;
        };
        let now = reply.remove(key);
        let now = now.as_ref().and_then(Value::as_array);
        for one in now.into_iter().flatten() {
            if !list.contains(one) {
                list.push(one.clone());
            }
        }
        reply.insert(key.into(), list.into());
    }
}

/// Checks the permit of a request; `None` if the config allows the request.
///
/// # Errors
/// [`RequestError::NotAllowed`] if no such permit is beside the journal.
pub(super) fn check(journal: &Path, permit: Option<&str>) -> Result<(), RequestError> {
    match permit {
        Some(word) if !Permit::take(journal, word) => Permissions::default().check(Guarded::Forget),
        _ => Ok(()),
    }
}

pub(super) fn as_preview(mut report: Map<String, Value>) -> Map<String, Value> {
    report.insert("preview".into(), true.into());
    report
}

/// Answers the preview of a request, from the journal at this path.
pub(super) fn preview_for(
    journal: &Path,
    query: &PersonQuery,
    permit: Option<&str>,
    settings: &Settings,
    now_ms: i64,
) -> Result<JournalAnswer, RequestError> {
    let unreadable = |error: StoreError| RequestError::Unavailable(error.chain());
    check(journal, permit)?;
    let store = ReadOnlyStore::open(journal).map_err(unreadable)?;
    let reader = store.reader().map_err(unreadable)?;
    let (_, mut report) = plan(reader, query, settings, now_ms)?;
    forget_copies::announce(journal, &mut report).map_err(unreadable)?;
    Ok(JournalAnswer::Fields(as_preview(report)))
}

/// Removes a person from the copies of the journal while the bridge runs. The bridge goes on
/// meanwhile. Returns the rest of the work, which the store's thread does.
///
/// # Errors
/// The errors of [`plan`]; if another program works on the copies.
pub(super) fn prepare(
    journal: &Path,
    query: PersonQuery,
    permit: Option<&str>,
    settings: Box<Settings>,
    now_ms: i64,
    logs: Arc<[PathBuf]>,
) -> Result<ForgetWork, RequestError> {
    let unreadable = |error: StoreError| RequestError::Unavailable(error.chain());
    check(journal, permit)?;
    let store = ReadOnlyStore::open(journal).map_err(unreadable)?;
    let reader = store.reader().map_err(unreadable)?;
    let (forgetting, _) = plan(reader, &query, &settings, now_ms)?;
    drop(store);
    let copies = forget_copies::erase(journal, forgetting.identity()).map_err(unreadable)?;
    Ok(ForgetWork(Box::new(move |store| {
        forget_running(store, &query, &settings, (now_ms, &logs), copies)
    })))
}

/// Forgets a person while the bridge runs, on the store's thread, and reads the remaining data.
fn forget_running(
    store: &mut Store,
    query: &PersonQuery,
    settings: &Settings,
    (now_ms, logs): (i64, &[PathBuf]),
    copies: Struck,
) -> Forgot {
    let (forgetting, mut reply) = erase(store, query, settings, now_ms)?;
    copies.add_to(&mut reply);
    add_logs(&mut reply, forgetting.identity(), logs);
    let unreadable = |error: StoreError| RequestError::Unavailable(error.chain());
    let reader = store.reader();
    let sessions = reader.sessions().map_err(unreadable)?;
    let session = archive::running(&sessions)
        .cloned()
        .ok_or_else(|| RequestError::Unavailable("the journal has no session any more".into()))?;
    Ok(Box::new(Remaining {
        archive: Source::of(reader, session, settings, PEOPLE)?.archive()?,
        meta: meta_values(reader).map_err(unreadable)?,
        identity: forgetting.into_identity(),
        reply,
    }))
}

/// Overwrites the person's names in log files, and adds two lists of files to the reply: those in
/// which names were found, and those that could not be changed.
pub(super) fn add_logs(report: &mut Map<String, Value>, identity: &Identity, logs: &[PathBuf]) {
    let (mut changed, mut warnings) = (Vec::new(), Vec::new());
    for log in logs {
        match strike::lines(log, |line| identity.strike_line(line)) {
            Ok(0) => {}
            Ok(_) => changed.push(log.display().to_string()),
            Err(error) => warnings.push(format!(
                "the log file {} may still name the person: {error}",
                log.display()
            )),
        }
    }
    report.insert("logs".into(), changed.into());
    forget_copies::warn(report, warnings);
}

/// Finds a person in the store and removes them. Returns the reply.
///
/// # Errors
/// The errors of [`plan`], and an error if the disk refuses writes.
pub(super) fn erase(
    store: &mut Store,
    query: &PersonQuery,
    settings: &Settings,
    now_ms: i64,
) -> Result<(Forgetting, Map<String, Value>), RequestError> {
    let (forgetting, mut report) = plan(store.reader(), query, settings, now_ms)?;
    store
        .erase(forgetting.erasure())
        .map_err(|error| RequestError::Unavailable(error.chain()))?;
    // The person is forgotten now, even if old copies in the files cannot be overwritten.
    if let Err(error) = store.clean() {
        let warning = format!(
            "the person was removed, but the journal's files may still have old copies, which the \
                next start of the bridge removes: {}",
            error.chain()
        );
        report.insert("warnings".into(), vec![warning].into());
    }
    Ok((forgetting, report))
}
