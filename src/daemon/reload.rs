//! Reads the config file again when it has changed, and changes it for requests.
//!
//! One task does both, so that the settings arrive at the engine in the order of the changes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::{sync::mpsc, task::spawn_blocking, time::Instant};
use tracing::warn;

use super::{machine, settings, watch::Watch};
use crate::{
    bridge::io::{Input, MOST_SETTINGS, Reload, SettingSet},
    config::{ChangedSetting, Config, EditError, Flags, SettingChange, restart_for},
    input::error_chain,
    request::RequestError,
};

/// The file is read after it has stayed unchanged for this long, because editors write a file in
/// several steps.
const QUIET: Duration = Duration::from_millis(150);
/// A file that changes again and again is read after this time at the latest.
const LATEST: Duration = Duration::from_secs(2);
/// The time between two checks whether the right folders are watched. A folder that does not exist
/// cannot be watched, so this is also the delay after which its files are noticed.
const CHECK: Duration = Duration::from_secs(2);

/// How to read the config again after a change.
#[derive(Clone)]
pub struct Reloading {
    /// The command-line options that apply to the config.
    pub flags: Flags,
    /// Called with each config that takes effect.
    pub on_config: Arc<dyn Fn(&Config) + Send + Sync>,
}

impl std::fmt::Debug for Reloading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reloading")
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

pub(super) struct Watched {
    /// The file, which need not exist yet.
    pub(super) path: PathBuf,
    pub(super) reloading: Reloading,
    /// The config that the bridge was started with.
    pub(super) config: Config,
    pub(super) tell: bool,
}

pub(super) struct SetSetting {
    pub(super) key: Box<str>,
    /// The new value; null to restore the default.
    pub(super) value: Value,
}

/// The engine's ends of the channels: it receives the results of changes, and sends requests to
/// change the file.
pub(super) type OfEngine = (mpsc::Receiver<Input>, mpsc::Sender<SetSetting>);
/// The ends of the channels for the task that watches the file.
pub(super) type OfWatcher = (mpsc::Sender<Input>, mpsc::Receiver<SetSetting>);

/// The channels between the engine and the task that watches the file. They have room for every
/// request that the bridge accepts.
pub(super) fn channels() -> (OfEngine, OfWatcher) {
    let (inputs, inputs_out) = mpsc::channel(1);
    let (requests_in, requests) = mpsc::channel(MOST_SETTINGS);
    ((inputs_out, requests_in), (inputs, requests))
}

/// Sends the result of each change of the file and of each request to the engine, until one of the
/// channels is closed.
pub(super) async fn watch(watched: Watched, (inputs, mut requests): OfWatcher) {
    let path = watched.path.clone();
    let mut file = ConfigFile::new(watched);
    let (happened, mut happens) = mpsc::channel(1);
    let mut failures = 0;
    let mut watch = Watch::start(&path, &happened, &mut failures);
    // The file may have changed before it was watched.
    let mut due = Some(Due::new());
    let mut check = tokio::time::interval(CHECK);
    loop {
        let input = tokio::select! {
            request = requests.recv() => match request {
                Some(request) => Some(file.change(request).await),
                None => return,
            },
            Some(()) = happens.recv() => {
                due.get_or_insert_with(Due::new).put_off();
                None
            }
            () = until(due.as_ref()) => {
                due = None;
                if !watch.is_current(&path) {
                    watch = Watch::start(&path, &happened, &mut failures);
                }
                file.read().await
            }
            _ = check.tick() => {
                if !watch.is_current(&path) {
                    watch = Watch::start(&path, &happened, &mut failures);
                    due.get_or_insert_with(Due::new);
                }
                None
            }
        };
        if let Some(input) = input
            && inputs.send(input).await.is_err()
        {
            return;
        }
    }
}

/// The time at which the file is read after a change.
struct Due {
    quiet: Instant,
    latest: Instant,
}

impl Due {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            quiet: now + QUIET,
            latest: now + LATEST,
        }
    }

    /// Called when the file has changed again.
    fn put_off(&mut self) {
        self.quiet = Instant::now() + QUIET;
    }
}

async fn until(due: Option<&Due>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.quiet.min(due.latest)).await,
        None => std::future::pending().await,
    }
}

struct ConfigFile {
    watched: Watched,
    /// The digest of the file, or the errors in it.
    known: Result<Option<Box<str>>, String>,
}

impl ConfigFile {
    fn new(watched: Watched) -> Self {
        Self {
            known: Ok(digest(&watched.config)),
            watched,
        }
    }

    /// `None` if the file has not changed.
    async fn read(&mut self) -> Option<Input> {
        let flags = self.watched.reloading.flags.clone();
        let read = spawn_blocking(move || machine::config(flags)).await;
        let (config, notes) = match read.map_err(|broke| broke.to_string()) {
            Ok(Ok((config, notes))) => (Ok(config), notes),
            Ok(Err(error)) => (Err(error_chain(&error)), Vec::new()),
            Err(broke) => (Err(broke), Vec::new()),
        };
        let now = config.as_ref().map(digest).map_err(Clone::clone);
        if now == self.known {
            return None;
        }
        self.known = now;
        let reload = match config {
            Ok(config) => self.reload(&config, notes),
            Err(why) => Reload {
                settings: Err(why),
                restart_for: Vec::new(),
            },
        };
        Some(Input::Reloaded(Box::new(reload)))
    }

    fn reload(&self, config: &Config, notes: Vec<String>) -> Reload {
        (self.watched.reloading.on_config)(config);
        for note in notes.into_iter().chain(machine::rule_notes(config)) {
            warn!("{note}");
        }
        Reload {
            restart_for: restart_for(&self.watched.config, config),
            settings: Ok(settings::of(config, self.watched.tell)),
        }
    }

    async fn change(&mut self, SetSetting { key, value }: SetSetting) -> Input {
        let flags = self.watched.reloading.flags.clone();
        let name = key.clone();
        let change = move || {
            let change = SettingChange::over_bus(&name, value)?;
            let setting = change.setting();
            machine::change_setting(&flags, &change).map(|changed| (setting, changed))
        };
        let set = match spawn_blocking(change).await {
            Ok(Ok((setting, changed))) => {
                self.known = Ok(digest(&changed.config));
                let reload = self.reload(&changed.config, Vec::new());
                let needs_restart = reload.restart_for.contains(&setting);
                SettingSet {
                    reload: Some(reload),
                    answer: Ok(fields(&key, &changed, needs_restart)),
                }
            }
            Ok(Err(error)) => failed(of_request(error)),
            Err(broke) => failed(RequestError::Unavailable(format!(
                "changing the config file failed: {broke}"
            ))),
        };
        Input::SettingSet(Box::new(set))
    }
}

fn failed(error: RequestError) -> SettingSet {
    SettingSet {
        reload: None,
        answer: Err(error),
    }
}

/// The answer to a `SetSetting` if the bridge does not read its config again while it runs.
pub(super) fn without_file() -> Input {
    let why = "this bridge was started without a config file that it could change";
    Input::SettingSet(Box::new(failed(RequestError::Unavailable(why.into()))))
}

fn digest(config: &Config) -> Option<Box<str>> {
    config.file.as_ref().map(|file| file.digest.clone())
}

fn fields(key: &str, changed: &ChangedSetting, needs_restart: bool) -> Map<String, Value> {
    let value = |value: &Option<Value>| value.clone().unwrap_or_default();
    let mut fields = Map::from_iter([
        ("key".to_owned(), key.into()),
        ("old".to_owned(), value(&changed.old)),
        ("new".to_owned(), value(&changed.new)),
        ("restart".to_owned(), needs_restart.into()),
    ]);
    if let Some(origin) = &changed.overridden_by {
        fields.insert("overriddenBy".into(), origin.to_string().into());
    }
    fields
}

fn of_request(error: EditError) -> RequestError {
    let wrong = |field, found: String, expected: String| RequestError::Wrong {
        field,
        found,
        expected: expected.into(),
    };
    match error {
        EditError::UnknownKey { key, nearest } => {
            let such_as = nearest.map(|near| format!(", such as {near:?}"));
            let expected = format!("the name of a setting{}", such_as.unwrap_or_default());
            wrong("key", format!("the text {key:?}"), expected)
        }
        EditError::UnknownSection { id, hint } => {
            let expected = format!("a key of a section of the end credits ({hint})");
            wrong("key", format!("the section {id:?}"), expected)
        }
        EditError::NotOverBus { key } => {
            let expected = format!(
                "a setting that requests may change; this one needs the config file, or \
                    `twitchat-bridge config set {key}`"
            );
            wrong("key", format!("the text {key:?}"), expected)
        }
        EditError::Value { allowed, found, .. } => {
            wrong("value", found.unwrap_or_default(), allowed)
        }
        EditError::File(error) => RequestError::Unavailable(format!(
            "the setting stays as it was, because the config file has errors: {}",
            error_chain(&error)
        )),
        error => RequestError::Unavailable(error_chain(&error)),
    }
}
