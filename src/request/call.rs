//! The requests that the bridge knows.

use serde_json::{Map, Value};

use super::{
    edit::{EditRequest, PersonQuery},
    roll::{Command, Report, RollOptions},
    rule_test::RuleTest,
    session::SessionQuery,
    session_command::SessionCommand,
};
use crate::{
    credits::{Spelling, reply::ReplyOptions},
    event::EventName,
};

/// Sources with their types, as written in the request. `*` stands for all types of its source.
pub type Names = Vec<(Box<str>, Vec<Box<str>>)>;

/// A platform that Streamer.bot knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(ascii_case_insensitive)]
#[expect(missing_docs, reason = "the names are sufficient")]
pub enum Platform {
    Twitch,
    YouTube,
    Trovo,
    Kick,
}

/// An absent option has the value of the config.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CreditsOptions {
    pub spelling: Option<Spelling>,
    /// Whether to add lists of objects.
    pub extended: bool,
    /// Maximum number of names in a list; `None` for no limit.
    pub limit: Option<usize>,
}

impl CreditsOptions {
    /// Fills in the config's spelling if the request has none.
    pub fn or(self, spelling: Spelling) -> ReplyOptions {
        ReplyOptions {
            spelling: self.spelling.unwrap_or(spelling),
            extended: self.extended,
            limit: self.limit,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    Subscribe(Names),
    /// Ends the subscription to these events.
    UnSubscribe(Names),
    /// Lists all events, with sources in this spelling.
    GetEvents(Spelling),
    GetActions,
    DoAction {
        /// The action's id. It takes precedence over the name.
        id: Option<Box<str>>,
        name: Option<Box<str>>,
        /// The action's arguments. For an action of Twitchat, these are its data.
        args: Map<String, Value>,
    },
    /// Asks for the owner of the channel.
    GetBroadcaster,
    /// Asks for the people who were active in the chat.
    GetActiveViewers {
        /// Maximum number of viewers in the list; `None` for no limit.
        limit: Option<usize>,
    },
    GetCredits(CreditsOptions),
    /// Asks for test data in the shape of the credits.
    TestCredits(CreditsOptions),
    ClearCredits,
    /// Asks for the name and version of the bridge.
    GetInfo,
    /// Asks for the state of the bridge.
    GetStatus,
    /// Publishes an event, which is counted and emitted.
    PublishEvent {
        /// The event's name, in canonical spelling if it is known.
        name: EventName,
        /// The event's data, unchanged.
        data: Map<String, Value>,
        /// A second event with the same id is recognized as a repeat.
        event_id: Option<Box<str>>,
    },
    /// Adds a value to a custom section.
    AddToCredits {
        section: Box<str>,
        /// A text, a number or an object.
        value: Value,
    },
    EditCredits {
        edit: EditRequest,
        /// Whether the reply only shows the changes, and nothing is corrected.
        preview: bool,
    },
    /// Takes back the latest corrections.
    Undo {
        /// Number of corrections, at least 1.
        steps: usize,
    },
    /// Removes a person from everything that is stored.
    Forget {
        person: PersonQuery,
        /// Whether the reply only shows what would be removed, and nothing is removed.
        preview: bool,
        /// The word of a permit beside the journal. It proves that the program runs on the same
        /// computer, so the request is allowed even if the config does not allow it.
        permit: Option<Box<str>>,
    },
    /// Lists the people who are known under this name or id.
    FindPerson {
        person: PersonQuery,
        /// Maximum number of people in the list; `None` for the default.
        limit: Option<usize>,
    },
    /// Lists the sessions of the journal, the last one first.
    ListSessions {
        /// Maximum number of sessions in the list; `None` for no limit.
        limit: Option<usize>,
    },
    GetSession {
        session: SessionQuery,
    },
    /// Lists all events behind a person's entries in a session.
    ExplainPerson {
        session: SessionQuery,
        person: PersonQuery,
    },
    /// Reopens, joins, splits or deletes sessions.
    ChangeSessions(SessionCommand),
    /// `GetCredits`, `RollCredits` or `GetRoll` with the credits of this session, or `EditCredits`
    /// or `Undo` in it.
    OfSession {
        session: SessionQuery,
        call: Box<Call>,
    },
    /// Shows what the rules would do for an event.
    TestRule(RuleTest),
    /// Changes a setting in the config file.
    SetSetting {
        /// The setting's name, such as `overlay.theme`.
        key: Box<str>,
        /// The new value; `null` restores the default.
        value: Value,
    },
    /// Lists the settings that requests may change, with their values.
    GetSettings,
    /// Always succeeds, because OBS has already checked the password.
    Authenticate,
    /// Lists chat commands. The bridge has none.
    GetCommands,
    /// Lists code triggers. The bridge has none.
    GetCodeTriggers,
    ExecuteCodeTrigger {
        trigger: Box<str>,
        args: Map<String, Value>,
    },
    /// Lists global variables. The bridge has none.
    GetGlobals,
    /// Asks for one global variable. The bridge has none.
    GetGlobal,
    /// Lists variables of users. The bridge has none.
    GetUserGlobals,
    /// Lists broadcasts on YouTube. The bridge monitors none.
    GetMonitoredYouTubeBroadcasts,
    /// Lists emotes, which Twitchat does not report.
    GetEmotes {
        platform: Platform,
    },
    SendMessage {
        platform: Platform,
        message: Box<str>,
    },
    RollCredits(RollOptions),
    StopCredits,
    ControlCredits(Command),
    /// Asks for the roll that would begin now.
    GetRoll(RollOptions),
    /// A page of the end credits reports its state.
    OverlayReport(Report),
    GetUserPronouns {
        login: Box<str>,
    },
}
