//! The bridge's inputs, effects and settings.

use std::{borrow::Cow, fmt, sync::Arc};

use jiff::tz::TimeZone;
use serde_json::{Map, Value, value::RawValue};
use uuid::Uuid;

use super::{journal::Write, other_bridge::OtherBridge};
use crate::{
    automation::{Dropped, Failure, ObsRequest, Program, ProgramId, Rulebook, RunId},
    credits::{
        Calendar,
        reply::Options,
        roll::{CreditsPlan, Follow, Language, Look},
    },
    event::{EmittedEvent, ObsSubscription, Person, Received},
    input::count,
    request::{
        Permissions, PersonQuery, RequestError, SessionCommand, SessionEdit, SessionQuery,
        reply::Reply,
    },
    twitchat::Generation,
};

/// The two clocks, read by the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The time in Unix milliseconds, for times that are stored or sent.
    pub wall_ms: i64,
    /// Milliseconds since an arbitrary instant, for timers. The value never decreases.
    pub mono_ms: u64,
}

/// The parts of the config that the bridge uses.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub credits: Options,
    /// Defines when weeks and months of the leaderboards begin.
    pub calendar: Calendar,
    /// Whether a new session begins when OBS starts to stream.
    pub reset_on_stream_start: bool,
    /// A stream that starts within this many milliseconds after the end of the last one stays in
    /// its session.
    pub grace_ms: i64,
    /// A bridge that was closed for more than this many milliseconds begins a new session.
    pub reset_after_ms: i64,
    /// Whether the journal keeps chat texts.
    pub keep_texts: bool,
    /// The owner of the channel; `None` if the config does not name one.
    pub broadcaster: Option<Person>,
    /// The name that the reply to `GetInfo` contains.
    pub name: Box<str>,
    /// The generation of Twitchat; `None` if the config does not force one.
    pub generation: Option<Generation>,
    /// Whether the program that runs the bridge uses [`Effect::Emitted`].
    pub tell: bool,
    pub overlay: Overlay,
    pub rules: Arc<Rulebook>,
    /// The settings as `GetSettings` lists them.
    pub shown: Arc<Map<String, Value>>,
    /// The permissions of clients on OBS.
    pub permissions: Permissions,
    /// The first 16 hexadecimal digits of the SHA-256 of the config file, for `GetStatus`. `None`
    /// if there is no file.
    pub config: Option<Box<str>>,
}

impl Settings {
    /// The options of the credits for a roll.
    pub fn roll_options(&self) -> Cow<'_, Options> {
        match self.overlay.followed.ignores_bots {
            Some(bots) if bots != self.credits.ignore.bots => {
                let mut options = self.credits.clone();
                options.ignore.bots = bots;
                Cow::Owned(options)
            }
            _ => Cow::Borrowed(&self.credits),
        }
    }
}

/// The result of reading the config file again.
#[derive(Debug)]
pub struct Reload {
    /// The new settings, or the errors in the file.
    pub settings: Result<Settings, String>,
    /// Settings that have changed, but take effect only at the next start.
    pub restart_for: Vec<&'static str>,
}

/// The limit on requests that change a setting and wait at the same time.
pub const MOST_SETTINGS: usize = 16;

/// The result of a request to change a setting in the config file.
#[derive(Debug)]
pub struct SettingSet {
    /// The changed settings; `None` if the file has not changed.
    pub reload: Option<Reload>,
    /// The fields of the reply.
    pub answer: Result<Map<String, Value>, RequestError>,
}

/// What Twitchat's settings of its end credits say beside the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FromTwitchat {
    /// Whether known bots are left out of rolls; `None` to leave them out as in all credits.
    pub ignores_bots: Option<bool>,
    /// The language of Twitchat's texts.
    pub language: Language,
    /// The section for each of Twitchat's slots, by their ids.
    pub slots: Vec<(Box<str>, Box<str>)>,
}

#[derive(Debug, Clone)]
pub struct Overlay {
    /// The sections of the roll and their look. If the bridge follows Twitchat, they have its
    /// settings.
    pub script: CreditsPlan,
    /// Whose settings the credits have.
    pub follow: Follow,
    /// The settings that the config has, such as `overlay.scale`: they win over Twitchat's.
    pub fixed: Vec<&'static str>,
    /// What Twitchat's settings add to the plan; the bridge sets it.
    pub followed: FromTwitchat,
    /// The name of the scene that shows the page.
    pub scene: Box<str>,
    /// The name of the browser source that shows the page.
    pub source: Box<str>,
    /// The name of a media source. The roll takes as long as the file that the source plays.
    pub music: Option<Box<str>>,
    /// Whether the roll begins when the scene goes on air.
    pub autostart: bool,
    /// Whether Twitchat's own buttons for the credits control the roll.
    pub twitchat: bool,
    /// How long a roll waits for the summary and for the length of its music, in milliseconds.
    pub wait_ms: u64,
    /// The time zone of `{date}` and `{time}`.
    pub zone: TimeZone,
}

impl Overlay {
    /// The language of the titles and units: the config's, or else Twitchat's.
    pub fn language(&self) -> Language {
        Language::of_code(self.script.look.language).unwrap_or(self.followed.language)
    }

    /// The look as pages get it.
    pub fn look(&self) -> Look {
        Look {
            language: self.language().code(),
            ..self.script.look.clone()
        }
    }
}

impl Default for Overlay {
    fn default() -> Self {
        Self {
            script: CreditsPlan::default(),
            follow: Follow::Config,
            fixed: Vec::new(),
            followed: FromTwitchat::default(),
            scene: Box::default(),
            source: Box::default(),
            music: None,
            autostart: true,
            twitchat: true,
            wait_ms: 5_000,
            zone: TimeZone::UTC,
        }
    }
}

/// Identifies this run of the bridge.
#[derive(Debug, Clone)]
pub struct Run {
    /// The id of this run in messages on OBS.
    pub bridge: Uuid,
    /// The id of the store, which stays the same in all runs.
    pub instance: Box<str>,
    /// The time at which the run began, in Unix milliseconds.
    pub started_ms: i64,
    /// Whether to take over from another bridge on the same OBS.
    pub takeover: bool,
    pub process: u32,
    /// The name of the computer; empty if it is unknown.
    pub computer: Box<str>,
    /// The version of the operating system; empty if it is unknown.
    pub os_version: Box<str>,
    /// What starts the bridge on this computer.
    pub autostart: Autostart,
}

/// What starts the bridge on this computer, as far as it is known at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Autostart {
    #[default]
    Unknown,
    /// The user starts it.
    None,
    /// A service of the system starts it when the user logs in.
    Login,
    /// A script of OBS starts it with OBS.
    Obs,
    /// Both the service and the script start it, although only one bridge can run.
    Both,
}

/// Meta values with what the bridge has learnt from Twitchat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LearntMeta {
    /// The settings of its end-credits overlay, as JSON.
    pub credits: Option<String>,
    /// The code of the language of its texts.
    pub language: Option<String>,
}

/// The meta values that earlier runs have stored. `None` for each value that is not stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetaValues {
    /// The last time at which the bridge was known to run, in Unix milliseconds.
    pub alive_ms: Option<i64>,
    /// The last time at which OBS was known to stream, in Unix milliseconds.
    pub streamed_ms: Option<i64>,
    /// The generation of Twitchat that was last in use.
    pub generation: Option<String>,
    /// The clients' subscriptions, as JSON.
    pub subscriptions: Option<String>,
    /// The channels from which messages came, as JSON. They show who the broadcaster is.
    pub channels: Option<String>,
    /// The once log, as JSON.
    pub once: Option<String>,
    /// The last event of each kind, as JSON.
    pub latest: Option<String>,
    /// The position and the content of the running roll, as JSON. Empty if no roll was running.
    pub roll: Option<String>,
    pub roll_content: Option<String>,
    /// What Twitchat's messages show of its own end-credits overlay.
    pub twitchat: LearntMeta,
    /// Accounts that were seen with a name from the config, as JSON.
    pub listed: Option<String>,
    /// Digests of the people who were forgotten in the running session, as JSON.
    pub forgotten: Option<String>,
    /// The time at which a session was last reopened, in Unix milliseconds.
    pub resumed_ms: Option<i64>,
    /// The time from which Twitchat's summary may fill gaps, in Unix milliseconds. Earlier events
    /// may count in another session.
    pub summary_from_ms: Option<i64>,
    /// The highest number of any session, including deleted ones.
    pub last_session: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObsInfo {
    pub obs_version: Box<str>,
    pub websocket_version: Box<str>,
}

/// A permission to send one large reply. The shell returns it when OBS has accepted the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass(pub(super) u64);

/// An input that the bridge must react to.
#[derive(Debug)]
pub enum Input {
    /// The bridge is connected to OBS: both the request connection and the event connection work.
    Up(ObsInfo),
    Down,
    /// A `CustomEvent` was received, or an event of OBS from [`Effect::Subscribe`].
    Received(Received),
    /// A frame was received that is not a message of obs-websocket.
    Unreadable,
    /// The answer to [`Effect::AskStream`]: for how many milliseconds OBS has been streaming.
    /// `None` if OBS does not stream.
    Stream(Option<i64>),
    /// OBS started or stopped streaming.
    StreamChanged {
        active: bool,
    },
    /// OBS started or stopped recording.
    RecordingChanged {
        active: bool,
        /// The path of the recording; empty if it is unknown.
        path: Box<str>,
    },
    /// The state of OBS's outputs. It answers [`Effect::AskRecording`], or comes after events of
    /// OBS were lost. A field is `None` if it is not known.
    Outputs {
        streaming: Option<bool>,
        recording: Option<bool>,
    },
    /// The same scene may be reported again.
    Scene(Box<str>),
    /// Another scene collection was opened. It can have other scenes and sources with the same
    /// names.
    Collection,
    /// The answer to [`Effect::AskShown`].
    Shown {
        /// The scene that was asked about.
        scene: Box<str>,
        /// Whether the scene shows the source, or the reason why this is unknown.
        shown: Result<bool, String>,
    },
    /// The answer to [`Effect::AskMusic`]: the length in seconds, or the reason why it is unknown.
    Music(Result<f64, String>),
    /// The answer to [`Effect::ReadLabel`].
    LabelRead {
        /// The label's index in the config.
        place: usize,
        /// The text of the label's source, or `None` if the source does not exist. An error is the
        /// reason why the text is unknown.
        found: Result<Option<String>, String>,
    },
    /// OBS has refused [`Effect::Emit`], because OBS has no browser sources. The text is OBS's
    /// error.
    FeedFailed(String),
    /// The store has committed writes.
    Durable {
        /// The number of writes on disk since the start of the run.
        writes: u64,
    },
    /// The store cannot write, and keeps retrying. The text is the error.
    StoreFailed(String),
    StoreHealed,
    /// The store has a message about the journal's files.
    StoreNoted {
        /// The message as a sentence for the operator.
        text: String,
        /// Whether rows that were on disk are lost.
        lost: bool,
    },
    /// The backups of the journal have changed, or the last attempt has failed.
    Backups(Backups),
    /// The task of [`Effect::Ask`] or [`Effect::Run`] has ended.
    Done {
        ticket: Ticket,
        /// The error as text, if the task failed.
        outcome: Result<(), String>,
    },
    /// OBS has accepted the reply with this pass, or the reply was dropped because OBS was not
    /// connected.
    Sent(Pass),
    /// The config file has changed.
    Reloaded(Box<Reload>),
    /// The answer to [`Effect::SetSetting`].
    SettingSet(Box<SettingSet>),
    Tick,
    /// The bridge is about to end. It must store the state that it would otherwise store later.
    Stopping,
}

/// The state of the journal's backups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backups {
    /// The number of backups that the config wants to keep; 0 if it wants none.
    pub keep: u32,
    /// The number of backups beside the journal.
    pub count: usize,
    /// The time of the newest one, in Unix milliseconds.
    pub last_ms: Option<i64>,
    /// Why the last attempt failed; `None` if it succeeded, or if there was none.
    pub error: Option<String>,
}

/// A question that only the journal can answer.
#[derive(Debug, Clone, PartialEq)]
pub enum JournalQuestion {
    /// The sessions that the journal contains, newest first.
    Sessions {
        /// The limit on sessions in the list; `None` for all sessions.
        limit: Option<usize>,
    },
    Session(SessionQuery),
    /// The events behind a person's entries.
    Explain {
        session: SessionQuery,
        person: PersonQuery,
    },
    /// The preview of forgetting a person.
    Forget {
        person: PersonQuery,
        /// The content of a permit, which must be checked. `None` if the config allows the request.
        permit: Option<Box<str>>,
    },
    /// The plan of a change of sessions.
    Change(SessionCommand),
    /// The effect of an edit in a session.
    Edit {
        session: SessionQuery,
        edit: SessionEdit,
    },
}

/// Identifies the origin of a task of the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticket {
    /// A request to OBS by a run of a rule or an action.
    Run(RunId),
    /// A program of a rule or an action. The rule engine knows whether a run waits for it.
    Program(ProgramId),
    /// The write of a label, by its index in the config.
    Label(usize),
}

/// An effect that the shell must carry out for the bridge.
#[derive(Debug)]
pub enum Effect {
    Write(Write),
    /// Broadcast this as a `CustomEvent`, after all earlier messages.
    Send(Box<RawValue>),
    /// Broadcast a reply. Small replies may overtake a large one. Replies to other clients may
    /// overtake the replies to a client with many waiting replies.
    Reply {
        reply: Reply,
        /// The client's name as JSON. Empty for all clients without a name.
        client: Box<str>,
        /// The shell returns this with [`Input::Sent`]. `None` for a small reply.
        pass: Option<Pass>,
    },
    /// An event was emitted. This is for the log and for programs that use the library.
    Emitted {
        /// The number of the event in this run.
        seq: u64,
        /// The time of the event in Unix milliseconds.
        at_ms: i64,
        event: EmittedEvent,
    },
    /// Ask OBS whether it streams, and for how long.
    AskStream,
    AskRecording,
    /// Receive exactly these events of OBS, in addition to the events that the bridge always
    /// receives.
    Subscribe(ObsSubscription),
    /// Ask OBS whether this scene shows this source.
    AskShown {
        scene: Box<str>,
        source: Box<str>,
    },
    /// Ask OBS for the length of the file that a media source plays.
    AskMusic {
        input: Box<str>,
    },
    /// Ask OBS for the current text of a label's source.
    ReadLabel {
        /// The label's index in the config.
        place: usize,
        input: Box<str>,
    },
    /// Pass this JSON to all browser sources of OBS.
    Emit(Box<str>),
    /// Make a request to OBS, and report its outcome with [`Input::Done`].
    Ask {
        ticket: Ticket,
        request: ObsRequest,
    },
    /// Run a program, and report its outcome with [`Input::Done`].
    Run {
        ticket: Ticket,
        /// The name of the rule or action that the program belongs to, for the log.
        of: Box<str>,
        program: Program,
    },
    /// Forget a person in the store, and answer with
    /// [`Bridge::forgotten`](super::Bridge::forgotten). While the store is read, nothing else may
    /// be passed to the bridge.
    Forget {
        person: PersonQuery,
        /// The content of a permit, which must be checked. `None` if the config allows the request.
        permit: Option<Box<str>>,
        settings: Box<Settings>,
        now_ms: i64,
    },
    /// Read this from the journal, and answer with
    /// [`Bridge::journal_read`](super::Bridge::journal_read).
    ReadJournal {
        question: JournalQuestion,
        settings: Box<Settings>,
        /// The current time in Unix milliseconds.
        now_ms: i64,
    },
    /// Change a setting in the config file, and answer with [`Input::SettingSet`]. Answers come in
    /// the order of these effects.
    SetSetting {
        key: Box<str>,
        /// Null restores the default.
        value: Value,
    },
    /// Another generation of Twitchat is in use.
    Speaks(Generation),
    Note(Note),
    /// Another bridge serves this OBS, so this bridge must end.
    Yield(OtherBridge),
}

/// An entry for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the Display texts explain them")]
pub enum Note {
    TwitchatThere {
        generation: Option<Generation>,
    },
    TwitchatGone,
    TwoPages {
        by: &'static str,
    },
    SummaryMerged {
        filled: usize,
    },
    SummaryRefused {
        why: &'static str,
    },
    SummaryUnanswered,
    BadData {
        kind: Box<str>,
        why: String,
    },
    SessionBegun {
        id: u64,
        cause: &'static str,
    },
    Forgotten {
        removed: u64,
        changed: u64,
    },
    SessionsChanged {
        what: String,
    },
    Thawed,
    OtherBridge {
        other: Box<str>,
    },
    SilentBridge {
        other: Box<str>,
    },
    StoreFailed(String),
    StoreHealed,
    StoreNoted {
        text: String,
        lost: bool,
    },
    Reloaded {
        restart_for: Vec<&'static str>,
        ended: usize,
    },
    ConfigRefused {
        why: String,
    },
    TooLarge {
        times: u64,
    },
    RollBegins {
        test: bool,
        names: usize,
        pages: usize,
        shown: bool,
    },
    RollEnded {
        how: &'static str,
        test: bool,
    },
    /// The bridge continues a roll that an earlier run has begun.
    RollGoesOn {
        test: bool,
    },
    RollRefused {
        why: String,
    },
    SceneUnknown {
        scene: Box<str>,
        why: String,
    },
    NoMusic {
        why: String,
    },
    NoVendor {
        why: Box<str>,
    },
    StepFailed(Failure),
    RuleBusy {
        rule: Box<str>,
        times: u64,
    },
    ProgramDropped(Dropped),
    RuleLoop {
        rule: Box<str>,
    },
    RuleUnclear {
        rule: Box<str>,
        times: u64,
        why: String,
    },
    LabelFailed {
        source: Box<str>,
        why: String,
    },
}

impl fmt::Display for Note {
    #[expect(clippy::too_many_lines, reason = "one arm for each note")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwitchatThere {
                generation: Some(generation),
            } => write!(f, "Twitchat is connected: {generation}"),
            Self::TwitchatThere { generation: None } => {
                f.write_str("Twitchat is connected; its version is not known yet")
            }
            Self::TwoPages { by } => {
                let how = if *by == "events" {
                    "events come twice"
                } else {
                    "events of two Twitchat versions arrive"
                };
                write!(
                    f,
                    "two Twitchat pages are connected to this OBS ({how}): events that both report \
                        count once; close one of them"
                )
            }
            Self::Reloaded { restart_for, ended } => {
                f.write_str("the changed settings are in force")?;
                if *ended > 0 {
                    write!(
                        f,
                        "; {} of the former rules ended",
                        count(u64::try_from(*ended).unwrap_or(u64::MAX), "run")
                    )?;
                }
                if restart_for.is_empty() {
                    return Ok(());
                }
                write!(f, "; start the bridge again for {}", restart_for.join(", "))
            }
            Self::ConfigRefused { why } => write!(
                f,
                "the changed config file has errors, so the settings stay as they were: {why}"
            ),
            Self::TwitchatGone => f.write_str("Twitchat no longer answers"),
            Self::SummaryMerged { filled } => write!(
                f,
                "Twitchat's summary was merged: it filled in {}",
                count(u64::try_from(*filled).unwrap_or(u64::MAX), "credit")
            ),
            Self::SummaryRefused { why } => {
                write!(f, "a summary of Twitchat was not used: {why}")
            }
            Self::SummaryUnanswered => f.write_str(
                "Twitchat did not answer the question for its summary, so events that the bridge \
                    missed are not added",
            ),
            Self::BadData { kind, why } => write!(f, "a {kind} message cannot be used: {why}"),
            Self::SessionBegun { id, cause } => write!(f, "session {id} begins: {cause}"),
            Self::Forgotten { removed, changed } => write!(
                f,
                "a person was forgotten: {} removed, {} changed",
                count(*removed, "event"),
                count(*changed, "event")
            ),
            Self::SessionsChanged { what } => f.write_str(what),
            Self::Thawed => f.write_str(
                "the bridge was frozen for a while; checking whether another bridge took over",
            ),
            Self::OtherBridge { other } => write!(
                f,
                "another bridge ({other}) connected to this OBS; this bridge already \
                    serves it, and has asked the other bridge to end"
            ),
            Self::SilentBridge { other } => write!(
                f,
                "a Hello asked this bridge to end for another one ({other}), which does not \
                    answer: this bridge continues"
            ),
            Self::StoreFailed(why) => write!(f, "the journal cannot be written: {why}; retrying"),
            Self::StoreHealed => f.write_str("the journal can be written again"),
            Self::StoreNoted { text, .. } => f.write_str(text),
            Self::StepFailed(Failure {
                of,
                step,
                why,
                times: 1,
            }) => write!(f, "{of} failed at {step}: {why}"),
            Self::StepFailed(Failure {
                of,
                step,
                why,
                times,
            }) => write!(f, "{of} failed at {step}, {times} failures so far: {why}"),
            Self::RuleBusy { rule, times } => write!(
                f,
                "rule {rule:?} was left out {}: it is triggered faster than it can run",
                count(*times, "time")
            ),
            Self::ProgramDropped(Dropped { of, times }) => {
                write!(
                    f,
                    "{of}: {} {} dropped, because as many programs as allowed run and wait already",
                    count(*times, "program"),
                    if *times == 1 { "was" } else { "were" }
                )
            }
            Self::RuleLoop { rule } => write!(
                f,
                "rule {rule:?} was cut off: rules cause one another endlessly"
            ),
            Self::RuleUnclear {
                rule,
                times: 1,
                why,
            } => write!(
                f,
                "rule {rule:?}: its condition could not be evaluated: {why}"
            ),
            Self::RuleUnclear { rule, times, why } => {
                write!(
                    f,
                    "rule {rule:?}: its condition could not be evaluated, {times} times so far: \
                        {why}"
                )
            }
            Self::LabelFailed { source, why } => {
                write!(
                    f,
                    "label {source:?} is not up to date: {why} (`labels install` creates a \
                        missing source)"
                )
            }
            Self::TooLarge { times } => write!(
                f,
                "an event is larger than the 16 MiB that OBS carries: it counts, but subscribers \
                    do not receive it (so far {times})"
            ),
            Self::RollBegins {
                test,
                names,
                pages,
                shown,
            } => {
                let what = if *test {
                    "a test of the end credits rolls"
                } else {
                    "the end credits roll"
                };
                write!(f, "{what}: names {names}, pages that report {pages}")?;
                f.write_str(if *shown {
                    ", their scene is on air"
                } else {
                    ""
                })
            }
            Self::RollEnded { how, test } => {
                let what = if *test {
                    "the test of the end credits"
                } else {
                    "the end credits"
                };
                write!(f, "{what}: {}", how.to_lowercase())
            }
            Self::RollGoesOn { test } => f.write_str(if *test {
                "a test of the end credits continues after a restart of the bridge"
            } else {
                "the end credits continue after a restart of the bridge"
            }),
            Self::RollRefused { why } => write!(f, "the end credits do not roll: {why}"),
            Self::SceneUnknown { scene, why } => {
                write!(
                    f,
                    "OBS does not report whether scene {scene:?} shows the end credits: {why}; \
                        asking again"
                )
            }
            Self::NoMusic { why } => write!(
                f,
                "the length of the music of the end credits is unknown: {why}"
            ),
            Self::NoVendor { why } => {
                write!(
                    f,
                    "OBS passes no messages to browser sources: {why}; pages with a connection of \
                        their own still work"
                )
            }
        }
    }
}
