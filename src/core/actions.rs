//! Actions as Streamer.bot's clients see them: what Twitchat can be told to do, and its triggers.

use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};
use uuid::{Uuid, uuid};

use super::{Core, port::Now, status};
use crate::{
    event::Event,
    request::{Platform, RequestError},
    twitchat::{
        Generation,
        action::{self, ExecuteTrigger, Order, Prepared, Problem, SendMessage},
        catalogue::{self, Class},
    },
};

/// Ids of actions are name-based below this one, the same on every computer.
const NAMESPACE: Uuid = uuid!("6b1d6f0c-54d4-5a0e-9a52-3c2a3f7d9e11");
/// Argument by which a client of Streamer.bot waits for a `Custom.Event` as the answer of an action.
const WANTS_RESPONSE: &str = "sbClientResponse";

/// A trigger that the user has made in Twitchat.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Trigger {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    disabled: bool,
}

/// An action as it is listed.
#[derive(Debug, Clone, PartialEq)]
struct Listed {
    id: Uuid,
    name: String,
    group: &'static str,
    enabled: bool,
    does: Does,
}

#[derive(Debug, Clone, PartialEq)]
enum Does {
    /// Sends this type with the arguments as data.
    Send(&'static str),
    /// Runs this trigger.
    Trigger(String),
}

impl Listed {
    /// An action of Twitchat's.
    fn send(kind: &'static str) -> Self {
        let id = Uuid::new_v5(&NAMESPACE, format!("twitchat:{kind}").as_bytes());
        Self { id, name: kind.to_owned(), group: "Twitchat", enabled: true, does: Does::Send(kind) }
    }

    fn is(&self, id: Option<&str>, name: Option<&str>) -> bool {
        match id {
            Some(id) => self.id.to_string().eq_ignore_ascii_case(id.trim_matches(['{', '}'])),
            None => name.is_some_and(|name| self.name.eq_ignore_ascii_case(name)),
        }
    }
}

/// An action of Twitchat's in the words of any generation: those who ask may have been made for another one.
fn of_any_generation(id: Option<&str>, name: Option<&str>) -> Option<Listed> {
    let name = name.map(|name| name.trim().replace('-', "_"));
    action::actions().flat_map(|found| found.names.all()).map(Listed::send).find(|listed| listed.is(id, name.as_deref()))
}

/// Reads the list of triggers of any generation.
pub(super) fn triggers(data: &RawValue) -> Vec<Trigger> {
    #[derive(Deserialize)]
    struct List {
        #[serde(alias = "triggerList")]
        triggers: Vec<Value>,
    }
    let list: Option<List> = serde_json::from_str(data.get()).ok();
    list.map(|list| list.triggers.into_iter().filter_map(|trigger| serde_json::from_value(trigger).ok()).collect()).unwrap_or_default()
}

/// The question for the list of triggers.
pub(super) fn trigger_question(generation: Generation) -> &'static str {
    if generation == Generation::Third { "GET_TRIGGER_LIST" } else { "TRIGGERS_GET_ALL" }
}

/// Whether this is the list of triggers.
pub(super) fn is_trigger_list(kind: &str) -> bool {
    matches!(kind, "TRIGGER_LIST" | "ON_TRIGGER_LIST")
}

impl Core {
    /// Every action of the generation that is heard, by name.
    fn list_actions(&self) -> Vec<Listed> {
        let generation = self.side.generation().unwrap_or(Generation::Second);
        let is_listed = |entry: &&catalogue::Entry| entry.class == Class::Action && entry.generations.contains(generation);
        let sends = catalogue::entries().iter().filter(is_listed).map(|entry| Listed::send(entry.name));
        let runs = self.triggers.iter().map(|trigger| Listed {
            id: Uuid::new_v5(&NAMESPACE, format!("trigger:{}", trigger.id).as_bytes()),
            name: if trigger.name.is_empty() { trigger.id.clone() } else { trigger.name.clone() },
            group: "Twitchat triggers",
            enabled: !trigger.disabled,
            does: Does::Trigger(trigger.id.clone()),
        });
        let mut list: Vec<_> = sends.chain(runs).collect();
        list.sort_by_key(|action| (action.name.to_lowercase(), action.id));
        list
    }

    /// The reply to `GetActions`.
    pub(super) fn get_actions(&self) -> Map<String, Value> {
        let actions: Vec<_> = self
            .list_actions()
            .iter()
            .map(|action| {
                json!({ "id": action.id, "name": action.name, "group": action.group, "enabled": action.enabled,
                    "subaction_count": 1, "trigger_count": u8::from(matches!(action.does, Does::Trigger(_))) })
            })
            .collect();
        Map::from_iter([("count".to_owned(), actions.len().into()), ("actions".to_owned(), actions.into())])
    }

    /// `DoAction`: sends Twitchat what the action stands for. That it did it, nobody can tell: Twitchat does not answer.
    pub(super) fn do_action(
        &mut self,
        id: Option<&str>,
        name: Option<&str>,
        args: Map<String, Value>,
        now: Now,
    ) -> Result<Map<String, Value>, RequestError> {
        let wanted = id.or(name).unwrap_or_default();
        let listed = self.list_actions().into_iter().find(|action| action.is(id, name));
        let Some(action) = listed.or_else(|| of_any_generation(id, name)) else {
            return Err(RequestError::Unavailable(format!("there is no action \"{wanted}\": GetActions lists them")));
        };
        if !action.enabled {
            return Err(RequestError::Unavailable(format!("the action \"{}\" is switched off in Twitchat", action.name)));
        }
        if self.obs.is_none() || !self.side.is_present() {
            return Err(RequestError::Unavailable("Twitchat is not heard on this OBS: nobody would act".into()));
        }
        let response = args.get(WANTS_RESPONSE).and_then(Value::as_str).map(ToOwned::to_owned);
        let mut data = args.clone();
        data.remove(WANTS_RESPONSE);
        let generation = self.side.generation();
        self.send_prepared(match &action.does {
            Does::Send(kind) => action::prepare(kind, data, generation),
            Does::Trigger(trigger) => ExecuteTrigger::new(trigger.as_str()).prepare(generation),
        })?;
        let running = self.fresh_id();
        self.tell_action(&action, &running, &args, now);
        if let Some(name) = response {
            let told = json!({ "eventName": name, "args": { "sent": true, "actionName": action.name } });
            self.tell(Event::new("Custom", "Event", told), now);
        }
        Ok(Map::from_iter([
            ("args".to_owned(), args.into()),
            ("actionId".to_owned(), action.id.to_string().into()),
            ("runningActionId".to_owned(), running.into()),
        ]))
    }

    fn tell_action(&mut self, action: &Listed, running: &str, args: &Map<String, Value>, now: Now) {
        if !self.is_heard() {
            return;
        }
        let at = status::time_stamp(now.wall_ms);
        let mut arguments = args.clone();
        for (key, value) in [
            ("actionId", action.id.to_string()),
            ("actionName", action.name.clone()),
            ("runningActionId", running.to_owned()),
            ("actionQueuedAt", at.clone()),
        ] {
            arguments.insert(key.into(), value.into());
        }
        let of = json!({ "id": running, "actionId": action.id, "name": action.name, "arguments": arguments });
        self.tell(Event::new("Raw", "Action", of.clone()), now);
        let mut completed = of;
        if let Some(completed) = completed.as_object_mut() {
            for (key, value) in [
                ("duration", json!(0.0)),
                ("queuedAt", at.as_str().into()),
                ("startedAt", at.as_str().into()),
                ("completedAt", at.as_str().into()),
                ("success", true.into()),
                ("excludeFromHistory", false.into()),
            ] {
                completed.insert(key.into(), value);
            }
        }
        self.tell(Event::new("Raw", "ActionCompleted", completed), now);
    }

    /// `SendMessage`: through Twitchat, which writes as the streamer.
    pub(super) fn send_message(&mut self, platform: Platform, message: &str) -> Result<Map<String, Value>, RequestError> {
        if platform != Platform::Twitch {
            return Err(RequestError::Unavailable("Twitchat writes into Twitch's chat only".into()));
        }
        let Some(generation) = self.side.generation().filter(|_| self.obs.is_some() && self.side.is_present()) else {
            return Err(RequestError::Unavailable("Twitchat is not heard on this OBS: nobody would write it".into()));
        };
        self.send_prepared(SendMessage::new(message).prepare(Some(generation)))?;
        Ok(Map::new())
    }

    /// Sends what has passed the checks.
    fn send_prepared(&mut self, prepared: Result<Prepared, Problem>) -> Result<(), RequestError> {
        let prepared = prepared.map_err(|problem| RequestError::Unavailable(problem.to_string()))?;
        self.send_action(&prepared.kind, prepared.data.into());
        Ok(())
    }
}
