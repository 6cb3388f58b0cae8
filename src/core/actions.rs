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
        let sends = catalogue::entries().iter().filter(|entry| entry.class == Class::Action && entry.generations.contains(generation)).map(
            |entry| {
                let id = Uuid::new_v5(&NAMESPACE, format!("twitchat:{}", entry.name).as_bytes());
                Listed { id, name: entry.name.to_owned(), group: "Twitchat", enabled: true, does: Does::Send(entry.name) }
            },
        );
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
        let actions = self.list_actions();
        let found = match id {
            Some(id) => actions.iter().find(|action| action.id.to_string().eq_ignore_ascii_case(id.trim_matches(['{', '}']))),
            None => actions.iter().find(|action| name.is_some_and(|name| action.name.eq_ignore_ascii_case(name))),
        };
        let wanted = id.or(name).unwrap_or_default();
        let Some(action) = found else {
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
        match &action.does {
            Does::Send(kind) => self.send_action(kind, data.into()),
            Does::Trigger(trigger) if self.side.generation() == Some(Generation::Third) => {
                self.send_action("SET_EXECUTE_TRIGGER", json!({ "id": trigger }));
            }
            Does::Trigger(trigger) => self.send_action("EXECUTE_TRIGGER", json!({ "triggerId": trigger })),
        }
        let running = self.fresh_id();
        self.tell_action(action, &running, &args, now);
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
        let kind = if generation == Generation::Third { "SET_SEND_MESSAGE" } else { "SEND_MESSAGE" };
        self.send_action(kind, json!({ "message": message }));
        Ok(Map::new())
    }
}
