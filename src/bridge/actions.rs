//! The actions that Streamer.bot's clients can list and run: the actions of Twitchat, the triggers
//! that the user has made in Twitchat, and the config's named actions.

use serde_json::{Map, Value, json};
use uuid::{Uuid, uuid};

use super::{
    io::Now,
    parts::{Parts, emit},
    time,
};
use crate::{
    automation::{Called, Cause, ExpectedEffect, Occurrence, Owner},
    event::{EmittedEvent, EventName},
    mapping::interpreter::Playback,
    request::{Platform, RequestError},
    twitchat::{
        Generation,
        action::{self, ExecuteTrigger, Order, Prepared, Problem, SendMessage},
        catalogue::{self, Class},
    },
};

/// The ids of actions are name-based UUIDs in this namespace. So they are the same on every
/// computer.
const NAMESPACE: Uuid = uuid!("6b1d6f0c-54d4-5a0e-9a52-3c2a3f7d9e11");
/// A client of Streamer.bot may wait for a `Custom.Event` after it has called an action. This
/// argument contains the event's name.
const WANTS_RESPONSE: &str = "sbClientResponse";

/// The entry of an action in the reply to `GetActions`.
#[derive(Debug, Clone, PartialEq)]
struct Listed {
    id: Uuid,
    name: String,
    group: String,
    enabled: bool,
    does: Does,
    subactions: usize,
    triggers: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Does {
    /// Sends Twitchat a message of this type, with the arguments as its data.
    Send(&'static str),
    /// Runs the trigger of Twitchat with this id.
    Trigger(String),
    /// Runs the steps of the named action at this index in the config.
    Steps(usize),
}

/// The values by which replies and events describe a run of an action.
#[derive(Debug, Clone, Copy)]
struct ActionRun<'a> {
    action: Uuid,
    name: &'a str,
    running: &'a str,
    at_ms: i64,
}

impl ActionRun<'_> {
    fn reply(&self, args: Map<String, Value>) -> Map<String, Value> {
        Map::from_iter([
            ("args".to_owned(), args.into()),
            ("actionId".to_owned(), self.action.to_string().into()),
            ("runningActionId".to_owned(), self.running.into()),
        ])
    }

    fn event(&self, args: &Map<String, Value>) -> Map<String, Value> {
        let mut arguments = args.clone();
        for (key, value) in [
            ("actionId", self.action.to_string()),
            ("actionName", self.name.to_owned()),
            ("runningActionId", self.running.to_owned()),
            ("actionQueuedAt", time::time_stamp(self.at_ms)),
        ] {
            arguments.insert(key.into(), value.into());
        }
        Map::from_iter([
            ("id".to_owned(), self.running.into()),
            ("actionId".to_owned(), self.action.to_string().into()),
            ("name".to_owned(), self.name.into()),
            ("arguments".to_owned(), arguments.into()),
        ])
    }
}

impl Listed {
    fn send(kind: &'static str) -> Self {
        let id = Uuid::new_v5(&NAMESPACE, format!("twitchat:{kind}").as_bytes());
        Self {
            id,
            name: kind.to_owned(),
            group: "Twitchat".into(),
            enabled: true,
            does: Does::Send(kind),
            subactions: 1,
            triggers: 0,
        }
    }

    fn is(&self, id: Option<&str>, name: Option<&str>) -> bool {
        match id {
            Some(id) => self
                .id
                .to_string()
                .eq_ignore_ascii_case(id.trim_matches(['{', '}'])),
            None => name.is_some_and(|name| self.name.eq_ignore_ascii_case(name)),
        }
    }
}

/// Finds an action of Twitchat by its name in any generation, because a client may know only the
/// names of another generation.
fn of_any_generation(id: Option<&str>, name: Option<&str>) -> Option<Listed> {
    let name = name.map(|name| name.trim().replace('-', "_"));
    action::actions()
        .flat_map(|found| found.names.all())
        .map(Listed::send)
        .find(|listed| listed.is(id, name.as_deref()))
}

/// All actions, sorted by name. Twitchat's actions have the names of the generation in use.
fn list_actions(parts: &Parts) -> Vec<Listed> {
    let generation = parts.presence.generation().unwrap_or(Generation::Second);
    let is_listed = |entry: &&catalogue::MessageType| {
        entry.class == Class::Action && entry.generations.has(generation)
    };
    let sends = catalogue::entries()
        .iter()
        .filter(is_listed)
        .map(|entry| Listed::send(entry.name));
    let runs = parts.triggers.iter().map(|trigger| Listed {
        id: Uuid::new_v5(&NAMESPACE, format!("trigger:{}", trigger.id).as_bytes()),
        name: if trigger.name.is_empty() {
            trigger.id.clone()
        } else {
            trigger.name.clone()
        },
        group: "Twitchat triggers".into(),
        enabled: !trigger.disabled,
        does: Does::Trigger(trigger.id.clone()),
        subactions: 1,
        triggers: 1,
    });
    let book = parts.automation.book();
    let named = book
        .actions
        .iter()
        .enumerate()
        .map(|(place, action)| Listed {
            id: Uuid::new_v5(
                &NAMESPACE,
                format!("action:{}", action.name.to_lowercase()).as_bytes(),
            ),
            name: action.name.to_string(),
            group: action.group.to_string(),
            enabled: action.enabled,
            does: Does::Steps(place),
            subactions: action.steps.len(),
            triggers: book.triggers_of(action),
        });
    let mut list: Vec<_> = sends.chain(runs).chain(named).collect();
    list.sort_by_key(|action| (action.name.to_lowercase(), action.id));
    list
}

pub(super) fn get_actions(parts: &Parts) -> Map<String, Value> {
    let actions: Vec<_> = list_actions(parts)
        .iter()
        .map(|action| {
            json!({ "id": action.id, "name": action.name, "group": action.group,
                "enabled": action.enabled,
                "subaction_count": action.subactions, "trigger_count": action.triggers })
        })
        .collect();
    Map::from_iter([
        ("count".to_owned(), actions.len().into()),
        ("actions".to_owned(), actions.into()),
    ])
}

/// `DoAction`: runs a named action, or sends Twitchat the message that the action stands for. The
/// bridge cannot know whether Twitchat carried it out, because Twitchat does not answer.
pub(super) fn do_action(
    parts: &mut Parts,
    id: Option<&str>,
    name: Option<&str>,
    args: Map<String, Value>,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let wanted = id.or(name).unwrap_or_default();
    // A named action of the config takes precedence over an action of Twitchat with the same name.
    let listed = list_actions(parts)
        .into_iter()
        .filter(|action| action.is(id, name));
    let listed = listed.min_by_key(|action| !matches!(action.does, Does::Steps(_)));
    let Some(action) = listed.or_else(|| of_any_generation(id, name)) else {
        return Err(RequestError::Unavailable(format!(
            "there is no action \"{wanted}\": GetActions lists them"
        )));
    };
    if !action.enabled {
        return Err(RequestError::Unavailable(format!(
            "the action \"{}\" is switched off{}",
            action.name,
            if matches!(action.does, Does::Steps(_)) {
                ""
            } else {
                " in Twitchat"
            }
        )));
    }
    if let Does::Steps(place) = action.does {
        return call_action(parts, place, action.id, args, now);
    }
    if !parts.base.obs.is_up() || !parts.presence.is_present() {
        return Err(RequestError::Unavailable(
            "Twitchat is not connected to this OBS, so it cannot run the action".into(),
        ));
    }
    let response = args
        .get(WANTS_RESPONSE)
        .and_then(Value::as_str)
        .map(ToOwned::to_owned);
    let mut data = args.clone();
    data.remove(WANTS_RESPONSE);
    let generation = parts.presence.generation();
    send_prepared(
        parts,
        match &action.does {
            Does::Send(kind) => action::prepare(kind, data, generation),
            Does::Trigger(trigger) => ExecuteTrigger::new(trigger.as_str()).prepare(generation),
            Does::Steps(_) => {
                return Err(RequestError::Unavailable(
                    "this is not an action of Twitchat".into(),
                ));
            }
        },
        now,
    )?;
    let run = ActionRun {
        action: action.id,
        name: &action.name,
        running: &parts.base.out.fresh_id(),
        at_ms: now.wall_ms,
    };
    emit_action_begun(parts, run, &args, now);
    emit_action_completed(parts, run, &args, true, now);
    if let Some(name) = response {
        answer_caller(
            parts,
            &name,
            &json!({ "sent": true, "actionName": action.name }),
            now,
        );
    }
    Ok(run.reply(args))
}

/// Starts a named action. The bridge emits its outcome when the last step has ended.
fn call_action(
    parts: &mut Parts,
    place: usize,
    id: Uuid,
    args: Map<String, Value>,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let name = action_name(parts, place);
    let running = parts.base.out.fresh_id();
    let called = Called {
        running: running.as_str().into(),
        args: args.clone().into(),
        at_ms: now.wall_ms,
    };
    let occurrence = Occurrence {
        name: EventName::new("Raw", "Action"),
        data: json!({ "name": name }),
        cause: parts.base.emitter.cause(),
    };
    if !parts.automation.call(place, called, occurrence, now) {
        return Err(RequestError::Unavailable(format!(
            "the action \"{name}\" is called faster than it can run; this time it is left out"
        )));
    }
    let run = ActionRun {
        action: id,
        name: &name,
        running: &running,
        at_ms: now.wall_ms,
    };
    emit_action_begun(parts, run, &args, now);
    Ok(run.reply(args))
}

fn action_name(parts: &Parts, place: usize) -> String {
    parts
        .automation
        .book()
        .actions
        .get(place)
        .map(|action| action.name.to_string())
        .unwrap_or_default()
}

/// Reports the end of a run to the client that called the action. Does nothing if no client called
/// it.
pub(super) fn run_over(
    parts: &mut Parts,
    owner: Owner,
    called: Option<Called>,
    success: bool,
    now: Now,
) {
    let (
        Owner::Action(place),
        Some(Called {
            running,
            args: Value::Object(args),
            at_ms,
        }),
    ) = (owner, called)
    else {
        return;
    };
    let name = action_name(parts, place);
    let id = Uuid::new_v5(
        &NAMESPACE,
        format!("action:{}", name.to_lowercase()).as_bytes(),
    );
    emit_action_completed(
        parts,
        ActionRun {
            action: id,
            name: &name,
            running: &running,
            at_ms,
        },
        &args,
        success,
        now,
    );
    if let Some(event) = args.get(WANTS_RESPONSE).and_then(Value::as_str) {
        answer_caller(
            parts,
            event,
            &json!({ "success": success, "actionName": name }),
            now,
        );
    }
}

/// Emits the `Custom.Event` that a caller waits for. It is sent to OBS even without a subscription:
/// Streamer.bot's client sends its `Subscribe` only after the request, so it would miss the event
/// and wait 10 s for it.
fn answer_caller(parts: &mut Parts, name: &str, args: &Value, now: Now) {
    let event = EmittedEvent::new(
        "Custom",
        "Event",
        json!({ "eventName": name, "args": args }),
    );
    if !parts.base.emitter.subscriptions().want("Custom", "Event") {
        let base = &mut parts.base;
        base.emitter.put_on_bus(
            "Custom",
            "Event",
            event.data.clone(),
            Playback::Live,
            &mut base.out,
            now,
        );
    }
    emit(parts, event, now);
}

/// `ExecuteCodeTrigger`: the bridge runs no C#, so it emits the trigger as an event for pages and
/// rules. As in Streamer.bot, a caller may wait for a `Custom.Event`. If no rule reacts to the
/// trigger, the bridge itself emits that event.
pub(super) fn execute_code_trigger(
    parts: &mut Parts,
    trigger: &str,
    args: &Map<String, Value>,
    now: Now,
) -> Map<String, Value> {
    let event = EmittedEvent::new(
        "Custom",
        "CodeEvent",
        json!({ "eventName": trigger, "args": args }),
    );
    let is_handled = parts.automation.listens(&event.name);
    if parts.base.emitter.is_needed() {
        emit(parts, event, now);
    }
    if let Some(name) = args
        .get(WANTS_RESPONSE)
        .and_then(Value::as_str)
        .filter(|_| !is_handled)
    {
        answer_caller(
            parts,
            name,
            &json!({ "triggerName": trigger, "handled": false }),
            now,
        );
    }
    Map::new()
}

fn emit_action_begun(parts: &mut Parts, run: ActionRun<'_>, args: &Map<String, Value>, now: Now) {
    if parts.base.emitter.is_needed() {
        emit(
            parts,
            EmittedEvent::new("Raw", "Action", run.event(args).into()),
            now,
        );
    }
}

fn emit_action_completed(
    parts: &mut Parts,
    run: ActionRun<'_>,
    args: &Map<String, Value>,
    success: bool,
    now: Now,
) {
    if !parts.base.emitter.is_needed() {
        return;
    }
    let (began, ended) = (time::time_stamp(run.at_ms), time::time_stamp(now.wall_ms));
    let mut completed = run.event(args);
    for (key, value) in [
        // Streamer.bot also reports this value in milliseconds.
        (
            "duration",
            json!(f64::from(
                u32::try_from((now.wall_ms - run.at_ms).max(0)).unwrap_or(u32::MAX)
            )),
        ),
        ("queuedAt", began.as_str().into()),
        ("startedAt", began.into()),
        ("completedAt", ended.into()),
        ("success", success.into()),
        ("excludeFromHistory", false.into()),
    ] {
        completed.insert(key.into(), value);
    }
    emit(
        parts,
        EmittedEvent::new("Raw", "ActionCompleted", completed.into()),
        now,
    );
}

/// `SendMessage`: Twitchat writes the message into the chat, as the streamer.
pub(super) fn send_message(
    parts: &mut Parts,
    platform: Platform,
    message: &str,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    if platform != Platform::Twitch {
        return Err(RequestError::Unavailable(
            "Twitchat writes only into Twitch's chat".into(),
        ));
    }
    let Some(generation) = parts
        .presence
        .generation()
        .filter(|_| parts.base.obs.is_up() && parts.presence.is_present())
    else {
        return Err(RequestError::Unavailable(
            "Twitchat is not connected to this OBS, so it cannot write the message".into(),
        ));
    };
    send_prepared(
        parts,
        SendMessage::new(message).prepare(Some(generation)),
        now,
    )?;
    Ok(Map::new())
}

/// Sends a message to Twitchat. Fails if the message did not pass its checks.
fn send_prepared(
    parts: &mut Parts,
    prepared: Result<Prepared, Problem>,
    now: Now,
) -> Result<(), RequestError> {
    let prepared = prepared.map_err(|problem| RequestError::Unavailable(problem.to_string()))?;
    if let Cause::Run(depth) = parts.base.emitter.cause() {
        parts
            .automation
            .expect(ExpectedEffect::of_action(&prepared), depth, now);
    }
    parts
        .base
        .out
        .send_action(&prepared.kind, prepared.data.into());
    Ok(())
}
