//! What can be asked for.

use serde_json::{Map, Value};

use super::{
    edit::{EditRequest, PersonQuery},
    roll::{Command, Report, RollOptions},
};
use crate::{
    credits::{Spelling, reply::ReplyOptions},
    event::EventName,
};

/// Sources with their types as an asker wrote them; `*` stands for all types of its source.
pub type Names = Vec<(Box<str>, Vec<Box<str>>)>;

/// A platform that Streamer.bot knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(ascii_case_insensitive)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Platform {
    Twitch,
    YouTube,
    Trovo,
    Kick,
}

/// What the asker of credits wishes; what it leaves open follows the config.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CreditsOptions {
    pub spelling: Option<Spelling>,
    /// Lists of objects as well.
    pub extended: bool,
    /// The most names in a list.
    pub limit: Option<usize>,
}

impl CreditsOptions {
    /// With the config's choice where the asker made none.
    pub fn or(self, spelling: Spelling) -> ReplyOptions {
        ReplyOptions {
            spelling: self.spelling.unwrap_or(spelling),
            extended: self.extended,
            limit: self.limit,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Hear these events.
    Subscribe(Names),
    /// Hear them no longer.
    UnSubscribe(Names),
    /// Every event there is, with sources in this spelling.
    GetEvents(Spelling),
    /// Every action there is.
    GetActions,
    /// Run an action.
    DoAction {
        /// Its id; counts before the name.
        id: Option<Box<str>>,
        name: Option<Box<str>>,
        /// Its arguments: what an action of Twitchat's takes as data.
        args: Map<String, Value>,
    },
    /// Whose channel this is.
    GetBroadcaster,
    /// Who was active.
    GetActiveViewers {
        /// The most viewers in the list.
        limit: Option<usize>,
    },
    GetCredits(CreditsOptions),
    /// Test data in the shape of the credits.
    TestCredits(CreditsOptions),
    /// Begin a new session.
    ClearCredits,
    /// Who answers here.
    GetInfo,
    /// How the bridge is doing.
    GetStatus,
    /// Feed an event into the model.
    PublishEvent {
        /// Its name, canonical where known.
        name: EventName,
        /// Its data, untouched.
        data: Map<String, Value>,
        /// Makes a repeat harmless.
        event_id: Option<Box<str>>,
    },
    /// Put a value into a custom section.
    AddToCredits {
        /// The section's name.
        section: Box<str>,
        /// Text, number or object.
        value: Value,
    },
    /// Correct the credits.
    EditCredits {
        edit: EditRequest,
        /// Only show what would change.
        preview: bool,
    },
    /// Take back the last corrections.
    Undo {
        /// How many, from 1 up.
        steps: usize,
    },
    /// Who is known under this name or id.
    FindPerson {
        person: PersonQuery,
        /// The most people in the list; `None` for the usual number.
        limit: Option<usize>,
    },
    /// Prove who you are: OBS has asked already.
    Authenticate,
    /// Chat commands: there are none here.
    GetCommands,
    /// Code triggers: there are none here.
    GetCodeTriggers,
    /// Run a code trigger.
    ExecuteCodeTrigger {
        trigger: Box<str>,
        args: Map<String, Value>,
    },
    /// Global variables: there are none here.
    GetGlobals,
    /// One global variable: there is none.
    GetGlobal,
    /// Variables of users: there are none here.
    GetUserGlobals,
    /// Broadcasts on YouTube: none are monitored.
    GetMonitoredYouTubeBroadcasts,
    /// Emotes; Twitchat does not tell them.
    GetEmotes {
        /// Of which platform.
        platform: Platform,
    },
    /// Write into chat.
    SendMessage {
        platform: Platform,
        message: Box<str>,
    },
    /// Roll the end credits.
    RollCredits(RollOptions),
    StopCredits,
    ControlCredits(Command),
    /// The roll as it would begin now.
    GetRoll(RollOptions),
    /// A page of the end credits says what it shows.
    OverlayReport(Report),
    GetUserPronouns {
        login: Box<str>,
    },
}
