//! Counters, timers, triggers, questions and answers, chat messages, sounds, credits, emergencies.

use serde_json::{Map, Value};

use super::{
    Amount, Answer, Shape,
    check::{DataError, What},
    row::{CHAT, Irreversible},
    turn,
};

words! {
    /// The change to a counter.
    CounterAction: COUNTER_ACTIONS {
        /// Adds the value to the counter.
        Add = "ADD",
        /// Subtracts the value from the counter.
        Subtract = "DEL",
        /// Sets the counter to the value.
        Set = "SET",
    }
    /// The change to a trigger.
    TriggerAction: TRIGGER_ACTIONS {
        /// Switches it on.
        Enable = "enable",
        /// Switches it off.
        Disable = "disable",
        /// Switches it on if it is off, and off if it is on.
        Toggle = "toggle",
    }
}

const COMMANDS_THE_CHAT: Irreversible = Irreversible {
    when: |data| {
        data.get("message")
            .and_then(Value::as_str)
            .is_some_and(|text| text.trim_start().starts_with('/'))
    },
    does: "a message that begins with / is a command, such as /ban",
};
pub(super) const VOICE: &str = "a page of Twitchat with voice control on";
const CREDITS: &str = "the credits overlay";
const SOUND: &str = "Twitchat, or its sound overlay";

actions! { COMMANDS:
    /// Adds to a counter, subtracts from it, or sets it.
    CounterAdd: COUNTER_ADD = ["COUNTER_ADD" / "SET_COUNTER_ADD"] {
        must {
            /// The id of the counter.
            counter: String as ["counterId" / "id"] = Shape::Id;
            /// The value to add, to subtract or to set.
            value: Amount as ["countAdd" / "value"] = Shape::WholeAmount, example "\"1\"";
        }
        may {
            /// The change: add, subtract or set.
            action: CounterAction as ["counterAction" / "action"] = Shape::OneOf(COUNTER_ACTIONS),
                default "\"ADD\"";
        }
    } with { answers: &[Answer::with("COUNTER_UPDATE", "counterId", "/counter/id")] }

    /// Adds to a timer; a negative number subtracts.
    TimerAdd: TIMER_ADD = ["TIMER_ADD" / "SET_TIMER_ADD"] {
        must {
            /// The number of seconds.
            value: Amount as ["timeAdd" / "value"] = Shape::Amount, example "\"30\"";
        }
        may {
            /// The id of the timer; the default one if absent. Up to 16.x only the default one can
            /// be changed.
            timer: String as ["id" in 17] = Shape::Id;
        }
    } with { answers: &[Answer::with("TIMER_START", "id", "/id")] }

    /// Adds to a countdown; a negative number subtracts.
    CountdownAdd: COUNTDOWN_ADD = ["COUNTDOWN_ADD" / "SET_COUNTDOWN_ADD"] {
        must {
            /// The number of seconds.
            value: Amount as ["timeAdd" / "value"] = Shape::Amount, example "\"-15\"";
        }
        may {
            /// The id of the countdown; the default one if absent. Up to 16.x only the default one
            /// can be changed.
            countdown: String as ["id" in 17] = Shape::Id;
        }
    } with { answers: &[Answer::with("COUNTDOWN_START", "id", "/id")] }

    /// Runs a trigger, without a chat message.
    ExecuteTrigger: EXECUTE_TRIGGER = ["EXECUTE_TRIGGER" / "SET_EXECUTE_TRIGGER"] {
        must {
            /// The id of the trigger.
            trigger: String as ["triggerId" / "id"] = Shape::Id;
        }
    }

    /// Switches a trigger on or off.
    ToggleTrigger: TOGGLE_TRIGGER = ["TOGGLE_TRIGGER" to 16] {
        must {
            /// The id of the trigger.
            trigger: String as ["triggerId" to 16] = Shape::Id;
        }
        may {
            /// The change: switch it on, off, or to the other state.
            action: TriggerAction as ["triggerAction" to 16] = Shape::OneOf(TRIGGER_ACTIONS),
                default "\"enable\"", example "\"toggle\"";
        }
    } with { turn: Some(turn::toggle_trigger) }

    /// Switches a trigger on, off, or to the other state.
    SetTriggerState: SET_TRIGGER_STATE = ["SET_TRIGGER_STATE" in 17] {
        must {
            /// The id of the trigger.
            trigger: String as ["id" in 17] = Shape::Id;
        }
        may {
            /// The new state; the opposite of the current one if absent.
            enabled: bool as ["forcedState" in 17] = Shape::Flag, example "false";
        }
    } with { turn: Some(turn::trigger_state) }

    /// Sends a message to the chat as the streamer. A message that begins with / is a command.
    SendMessage: SEND_MESSAGE = ["SEND_MESSAGE" / "SET_SEND_MESSAGE"] {
        must {
            /// The message.
            message: String as ["message" / "message"] = Shape::Words;
        }
    } with { needs: CHAT, irreversible: Some(COMMANDS_THE_CHAT) }

    /// Shows the first question of a Q&A session on the overlay.
    QnaHighlight: QNA_HIGHLIGHT = ["QNA_HIGHLIGHT" / "SET_QNA_HIGHLIGHT"] {
        must {
            /// The id of the Q&A session.
            session: String as ["qnaId" / "id"] = Shape::Id;
        }
    }

    /// Skips the first question of a Q&A session.
    QnaSkip: QNA_SKIP = ["QNA_SKIP" / "SET_QNA_SKIP"] {
        must {
            /// The id of the Q&A session.
            session: String as ["qnaId" / "id"] = Shape::Id;
        }
    }

    /// Plays a synthetic sound.
    PlaySfxr: PLAY_SFXR = ["PLAY_SFXR" / "SET_PLAY_SFXR"] {
        must {
            /// The name of a preset such as pickupCoin, or the serialized sound.
            params: String as ["params" / "params"] = Shape::Words, example "\"pickupCoin\"";
        }
        may {
            /// The volume, up to 100.
            volume: f64 as ["volume" / "volume"] = Shape::Number { least: 0.0, most: 100.0 },
                default "100", example "80";
        }
    } with { needs: SOUND }

    /// Controls the running credits. Needs one of these parameters.
    EndingCreditsControl: ENDING_CREDITS_CONTROL =
        ["ENDING_CREDITS_CONTROL" / "SET_ENDING_CREDITS_CONTROL"] {
        may {
            /// Goes back to the previous section.
            prev: bool as ["prev" / "prev"] = Shape::True;
            /// Goes on to the next section.
            next: bool as ["next" / "next"] = Shape::True, example "true";
            /// The speed; a negative number rolls backwards.
            speed: f64 as ["speed" / "speed"] = Shape::ANY_NUMBER;
            /// The id of the section to go to.
            section: String as ["scrollTo" / "scrollToSectionID"] = Shape::Id;
        }
    } with { needs: CREDITS, after: Some(one_of_them) }

    /// Starts or ends the emergency mode.
    SetEmergencyMode: SET_EMERGENCY_MODE = ["SET_EMERGENCY_MODE"] {
        may {
            /// The new state; the opposite of the current one if absent.
            enabled: bool as ["enabled" / "enabled"] = Shape::Flag, example "true";
            /// Whether the streamer must confirm it. The action then always starts the mode.
            prompt: bool as ["promptConfirmation" in 17] = Shape::Flag;
        }
    } with { answers: &[Answer::of("EMERGENCY_MODE")], turn: Some(turn::emergency_mode) }

    /// Turns voice control on or off.
    SetVoiceControlState: SET_VOICE_CONTROL_STATE = ["SET_VOICE_CONTROL_STATE" in 17] {
        may {
            /// The new state; the opposite of the current one if absent.
            enabled: bool as ["enabled" in 17] = Shape::Flag, example "true";
        }
    } with { needs: VOICE, answers: &[Answer::of("ON_VOICE_CONTROL_STATE_CHANGE")],
        turn: Some(turn::voice_state) }

    /// Starts a poll in the chat. It replaces one that is running.
    SetChatPollStart: SET_CHAT_POLL_START = ["SET_CHAT_POLL_START" in 17] {
        must {
            /// The question.
            title: String as ["title" in 17] = Shape::Words, example "\"Another round?\"";
            /// The choices.
            choices: Vec<String> as ["choices" in 17] = Shape::List { of: &Shape::Words,
                least: 2 }, example r#"["Yes","No"]"#;
        }
        may {
            /// The length in seconds.
            duration: u32 as ["duration" in 17] = Shape::COUNT, default "60", example "60";
            /// The number of choices that each person has.
            votes: u32 as ["maxVotePerUser" in 17] = Shape::COUNT, default "1";
        }
    } with { answers: &[Answer::of("ON_CHAT_POLL_PROGRESS")], akin: &["CREATE_POLL"] }

    /// Authenticates Twitchat's own Stream Deck plugin. No program on OBS receives it.
    SetStreamdeckAuthenticate: SET_STREAMDECK_AUTHENTICATE = ["SET_STREAMDECK_AUTHENTICATE" in 17] {
        must {
            /// Whether the sender is Twitchat's main page.
            is_main_app: bool as ["isMainApp" in 17] = Shape::Flag;
            /// The plugin's key.
            secret_key: String as ["secretKey" in 17] = Shape::Words, example "\"\u{2026}\"";
        }
    } with { needs: "Twitchat's Stream Deck plugin" }
}

/// Requires at least one parameter, because the action does nothing without one.
fn one_of_them(data: &mut Map<String, Value>) -> Result<(), DataError> {
    if data.is_empty() {
        return Err(DataError {
            path: "next".into(),
            allowed: "true, unless prev, speed or a section is given".into(),
            what: What::Missing,
        });
    }
    Ok(())
}
