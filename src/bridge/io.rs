//! What goes into the bridge and what comes out of it.

use std::{fmt, sync::Arc};

use jiff::tz::TimeZone;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{journal::Write, other_bridge::OtherBridge};
use crate::{
    automation::{Dropped, Failure, ObsRequest, Program, ProgramId, Rulebook, RunId},
    credits::{Calendar, reply::Options, roll::CreditsPlan},
    event::{EmittedEvent, Person, Received},
    input::count,
    request::reply::Reply,
    twitchat::Generation,
};

/// The two clocks, read by the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Unix milliseconds: what is written down.
    pub wall_ms: i64,
    /// Milliseconds since some instant, never going back: what timers use.
    pub mono_ms: u64,
}

/// What the config says.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub credits: Options,
    /// Where weeks and months begin.
    pub calendar: Calendar,
    /// OBS starting to stream begins a new session.
    pub reset_on_stream_start: bool,
    /// A stream that starts again this soon after it stopped stays in its session.
    pub grace_ms: i64,
    /// Closed for longer than this, the bridge begins a new session.
    pub reset_after_ms: i64,
    /// Journal chat texts too.
    pub keep_texts: bool,
    /// Whose channel this is, if the config says.
    pub broadcaster: Option<Person>,
    /// The name in `GetInfo`.
    pub name: Box<str>,
    /// The generation of Twitchat, if the config forces one.
    pub generation: Option<Generation>,
    /// Whether anybody inside the program listens to [`Effect::Emitted`].
    pub tell: bool,
    /// The end credits.
    pub overlay: Overlay,
    /// What the bridge does by itself.
    pub rules: Arc<Rulebook>,
    /// A mark of the config file's text, for `GetStatus`. `None` if there is no file.
    pub config: Option<Box<str>>,
}

/// What the config says of the end credits.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// What rolls and how.
    pub script: CreditsPlan,
    /// The scene that shows the page.
    pub scene: Box<str>,
    /// The source that is the page.
    pub source: Box<str>,
    /// A media source: the roll takes as long as what it plays.
    pub music: Option<Box<str>>,
    /// The roll begins by itself when the scene goes on air.
    pub autostart: bool,
    /// Twitchat's buttons work.
    pub twitchat: bool,
    /// How long a roll waits for the summary, and for how long its music is.
    pub wait_ms: u64,
    /// Where `{date}` and `{time}` are.
    pub zone: TimeZone,
}

impl Default for Overlay {
    fn default() -> Self {
        Self {
            script: CreditsPlan::default(),
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

/// What is particular to this run.
#[derive(Debug, Clone)]
pub struct Run {
    /// This run's own id on the bus.
    pub bridge: Uuid,
    /// The store's id, lasting.
    pub instance: Box<str>,
    /// When the run began, Unix milliseconds.
    pub started_ms: i64,
    /// Take over from another bridge on the same OBS.
    pub takeover: bool,
    /// The id of this process.
    pub process: u32,
    /// The name of the computer; empty if the system does not say.
    pub computer: Box<str>,
    /// The version of the operating system; empty if it is not known.
    pub os_version: Box<str>,
}

/// Values that the store kept for us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetaValues {
    /// When the bridge was last known to run, Unix milliseconds.
    pub alive_ms: Option<i64>,
    /// When OBS was last known to stream, Unix milliseconds.
    pub streamed_ms: Option<i64>,
    /// The generation of Twitchat last heard.
    pub generation: Option<String>,
    /// Who subscribed to what, as JSON.
    pub subscriptions: Option<String>,
    /// Channels that messages came from, as JSON: whose channel this is, as far as it shows.
    pub channels: Option<String>,
    /// Who had their turn with rules that run once, as JSON.
    pub once: Option<String>,
    /// The last event of each kind, as JSON.
    pub latest: Option<String>,
    /// Accounts that were seen with a name that the config lists, as JSON.
    pub listed: Option<String>,
}

/// What OBS says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObsInfo {
    /// Version of OBS Studio.
    pub obs_version: Box<str>,
    /// Version of obs-websocket.
    pub websocket_version: Box<str>,
}

/// A large reply on its way: the shell gives this back when OBS has taken it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass(pub(super) u64);

/// What happens to the bridge.
#[derive(Debug)]
pub enum Input {
    /// OBS is there and both connections work.
    Up(ObsInfo),
    /// OBS is gone.
    Down,
    /// A `CustomEvent`.
    Received(Received),
    /// A frame that is no obs-websocket message.
    Unreadable,
    /// Answer to [`Effect::AskStream`]: for how long OBS has been streaming, if it is.
    Stream(Option<i64>),
    /// OBS began or ended a stream.
    StreamChanged {
        active: bool,
    },
    /// This scene is on air, and OBS has settled on it. The same one may come again.
    Scene(Box<str>),
    /// Another scene collection is open: its scenes and sources may be others, under the same names
    /// too.
    Collection,
    /// Answer to [`Effect::AskShown`].
    Shown {
        /// Which scene was asked about.
        scene: Box<str>,
        /// Whether it shows the source, or why that is not known.
        shown: Result<bool, String>,
    },
    /// Answer to [`Effect::AskMusic`]: seconds, or why they are not known.
    Music(Result<f64, String>),
    /// Answer to [`Effect::ReadLabel`].
    LabelRead {
        /// The label, by its place in the config.
        place: usize,
        /// Its text, `None` if there is no such source, or why that is not known.
        found: Result<Option<String>, String>,
    },
    /// OBS refused [`Effect::Emit`]: there are no browser sources.
    FeedFailed(String),
    /// So many of the writes asked for are on disk.
    Durable {
        /// Counted from the start of the run.
        writes: u64,
    },
    /// The store cannot write; it tries on.
    StoreFailed(String),
    /// The store writes again.
    StoreHealed,
    /// Something happened to the journal's files.
    StoreNoted {
        /// In words.
        text: String,
        /// Entries that were on disk are there no longer.
        lost: bool,
    },
    /// What [`Effect::Ask`] or [`Effect::Run`] asked for is done, or why it is not.
    Done {
        ticket: Ticket,
        /// In words, if it failed.
        outcome: Result<(), String>,
    },
    /// OBS has taken the reply with this pass, or there was no OBS to take it.
    Sent(Pass),
    Tick,
    /// The bridge is about to end.
    Stopping,
}

/// Who waits for what the shell was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticket {
    /// A run of a rule or an action, which asked OBS.
    Run(RunId),
    /// A program of a rule or an action. Whether a run waits for its end, the rules know.
    Program(ProgramId),
    /// A label, by its place in the config.
    Label(usize),
}

/// What the bridge does.
#[derive(Debug)]
pub enum Effect {
    /// Write this down.
    Write(Write),
    /// Broadcast this as a `CustomEvent`, after everything sent before it.
    Send(Box<RawValue>),
    /// Broadcast this reply. A large one may be overtaken by small ones, and those of a client that
    /// has many waiting by others'.
    Reply {
        reply: Reply,
        /// For whom: the client's name as JSON, empty for all who give none.
        client: Box<str>,
        /// To be given back with [`Input::Sent`].
        pass: Option<Pass>,
    },
    /// An event of the model, for the log and for subscribers.
    Emitted {
        /// Its number in this run.
        seq: u64,
        /// Unix milliseconds.
        at_ms: i64,
        /// What it says.
        event: EmittedEvent,
    },
    /// Ask OBS whether it streams and since when.
    AskStream,
    /// Ask OBS whether a scene shows a source.
    AskShown { scene: Box<str>, source: Box<str> },
    /// Ask OBS how long what a media source plays is.
    AskMusic { input: Box<str> },
    /// Ask OBS which text the source of a label has.
    ReadLabel {
        /// The label, by its place in the config.
        place: usize,
        input: Box<str>,
    },
    /// Hand this JSON to all browser sources of OBS.
    Emit(Box<str>),
    /// Make a request to OBS, and tell how it went.
    Ask { ticket: Ticket, request: ObsRequest },
    /// Run a program, and tell how it ended.
    Run {
        ticket: Ticket,
        /// Whose program it is, for the log.
        of: Box<str>,
        program: Program,
    },
    /// Twitchat speaks this generation's words from now on.
    Speaks(Generation),
    /// Something for the log.
    Note(Note),
    /// Another bridge serves this OBS: end.
    Yield(OtherBridge),
}

/// Something for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the Display texts say it")]
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
            } => write!(f, "Twitchat is there: {generation}"),
            Self::TwitchatThere { generation: None } => {
                f.write_str("Twitchat is there; its generation will show")
            }
            Self::TwoPages { by } => {
                let how = if *by == "events" {
                    "events come twice"
                } else {
                    "events of two Twitchat versions arrive"
                };
                write!(
                    f,
                    "two Twitchat pages are connected to this OBS ({how}): what both report counts \
                        once; close one of them"
                )
            }
            Self::TwitchatGone => f.write_str("Twitchat no longer answers"),
            Self::SummaryMerged { filled } => write!(
                f,
                "Twitchat's summary is merged in: {} had been missed",
                count(u64::try_from(*filled).unwrap_or(u64::MAX), "credit")
            ),
            Self::SummaryRefused { why } => {
                write!(f, "a summary of Twitchat's was left alone: {why}")
            }
            Self::SummaryUnanswered => f.write_str(
                "Twitchat does not answer when asked for its summary; what was missed stays missed",
            ),
            Self::BadData { kind, why } => write!(f, "a {kind} message cannot be used: {why}"),
            Self::SessionBegun { id, cause } => write!(f, "session {id} begins: {cause}"),
            Self::Thawed => {
                f.write_str("the bridge had been frozen; asking whether another one took over")
            }
            Self::OtherBridge { other } => write!(
                f,
                "another bridge ({other}) came to this OBS; it was told to end, because this \
                    bridge serves it"
            ),
            Self::SilentBridge { other } => write!(
                f,
                "a Hello asked this bridge to make way for another one ({other}), which does not \
                    answer: this bridge goes on"
            ),
            Self::StoreFailed(why) => write!(f, "the journal cannot be written: {why}; retrying"),
            Self::StoreHealed => f.write_str("the journal is written again"),
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
                    "{of}: {} {} left out: as many as may run and wait already do",
                    count(*times, "program"),
                    if *times == 1 { "was" } else { "were" }
                )
            }
            Self::RuleLoop { rule } => write!(
                f,
                "rule {rule:?} was cut off: rules cause one another without end"
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
                    "label {source:?} is not up to date: {why} (`labels install` makes a source \
                        that is missing)"
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
            Self::RollRefused { why } => write!(f, "the end credits do not roll: {why}"),
            Self::SceneUnknown { scene, why } => {
                write!(
                    f,
                    "OBS does not say whether scene {scene:?} shows the end credits: {why}; asking \
                        again"
                )
            }
            Self::NoMusic { why } => write!(
                f,
                "how long the music of the end credits is, is not known: {why}"
            ),
            Self::NoVendor { why } => {
                write!(
                    f,
                    "OBS hands nothing to browser sources: {why}; pages with a connection of their \
                        own still work"
                )
            }
        }
    }
}
