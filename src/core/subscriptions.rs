//! Who wants to hear which events. Kept per client, additive, and ended when nobody renews them.
//!
//! OBS has no addressees: every subscriber hears the union of all subscriptions and takes what is its own.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    event::{EventName, name},
    request::Names,
    twitchat::catalogue::{self, Class},
};

/// The source of Twitchat's own messages as events.
pub(super) const TWITCHAT: &str = "Twitchat";
/// Clients that are remembered; the one not heard for longest goes first.
const CLIENTS: usize = 1_000;
/// Without a word for this long, a client's subscriptions end.
const SILENT_MS: i64 = 24 * 3_600_000;
/// Renewals are due this soon after a Hello.
const RENEW_MS: i64 = 60_000;

/// One client's subscriptions.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Client {
    /// Canonical source to canonical types; `*` for all.
    events: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
    /// When it was last heard, and when it last subscribed, Unix milliseconds.
    pub(super) heard_ms: i64,
    renewed_ms: i64,
}

/// All clients'.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    clients: BTreeMap<String, Client>,
    hello_ms: Option<i64>,
}

/// What of a request was understood: by the asker's spelling of sources.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sorted {
    pub(super) accepted: BTreeMap<Box<str>, Vec<Box<str>>>,
    pub(super) unknown: BTreeMap<Box<str>, Vec<Box<str>>>,
}

/// The canonical spelling of a source and, unless it is `*`, a type; nothing if nobody knows it.
fn canonical(source: &str, kind: &str) -> Option<(Box<str>, Box<str>)> {
    if source.eq_ignore_ascii_case(TWITCHAT) {
        let known = catalogue::look_up(&kind.to_ascii_uppercase()).filter(|entry| entry.class != Class::Forbidden);
        // Types that a newer Twitchat may have are taken on trust.
        return (kind == "*" || known.is_some() || !catalogue::is_forbidden(kind))
            .then(|| (TWITCHAT.into(), kind.to_ascii_uppercase().into()));
    }
    if kind == "*" {
        let known = name::catalogue().iter().find(|(known, _)| known.eq_ignore_ascii_case(source))?;
        return Some((known.0.clone(), "*".into()));
    }
    let name = EventName::new(source, kind);
    name.is_known().then_some((name.source, name.kind))
}

fn sort(names: &Names, mut each: impl FnMut(Box<str>, Box<str>)) -> Sorted {
    let mut sorted = Sorted::default();
    for (source, kinds) in names {
        for kind in kinds {
            let side = if let Some((source, kind)) = canonical(source, kind) {
                each(source, kind);
                &mut sorted.accepted
            } else {
                &mut sorted.unknown
            };
            side.entry(source.clone()).or_default().push(kind.clone());
        }
    }
    sorted
}

impl Subscriptions {
    pub(super) fn recall(json: Option<&str>) -> Self {
        Self { clients: json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default(), hello_ms: None }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(&self.clients).unwrap_or_default()
    }

    pub(super) fn clients(&self) -> impl Iterator<Item = (&str, &Client)> {
        self.clients.iter().map(|(client, subscriptions)| (client.as_str(), subscriptions))
    }

    /// Adds to a client's subscriptions, and renews them.
    pub(super) fn add(&mut self, client: &str, names: &Names, now_ms: i64) -> Sorted {
        let entry = self.clients.entry(client.into()).or_default();
        (entry.heard_ms, entry.renewed_ms) = (now_ms, now_ms);
        let sorted = sort(names, |source, kind| {
            entry.events.entry(source).or_default().insert(kind);
        });
        if self.clients.len() > CLIENTS
            && let Some(oldest) = self.clients.iter().min_by_key(|(_, client)| client.heard_ms).map(|(name, _)| name.clone())
        {
            self.clients.remove(&oldest);
        }
        sorted
    }

    /// Takes from a client's subscriptions.
    pub(super) fn remove(&mut self, client: &str, names: &Names) -> Sorted {
        let mut none = Client::default();
        let events = &mut self.clients.get_mut(client).unwrap_or(&mut none).events;
        let sorted = sort(names, |source, kind| {
            if let Some(kinds) = events.get_mut(&source) {
                if &*kind == "*" {
                    kinds.clear();
                } else {
                    kinds.remove(&kind);
                }
            }
        });
        events.retain(|_, kinds| !kinds.is_empty());
        self.clients.retain(|_, client| !client.events.is_empty());
        sorted
    }

    /// A client said something: it is still there.
    pub(super) fn heard(&mut self, client: &str, now_ms: i64) {
        if let Some(client) = self.clients.get_mut(client) {
            client.heard_ms = now_ms;
        }
    }

    /// We said Hello: who is still there subscribes again.
    pub(super) fn greeted(&mut self, now_ms: i64) {
        self.hello_ms = Some(now_ms);
    }

    /// Ends what was not renewed. Tells whether anything ended.
    pub(super) fn expire(&mut self, now_ms: i64) -> bool {
        let before = self.clients.len();
        if let Some(hello_ms) = self.hello_ms
            && now_ms - hello_ms > RENEW_MS
        {
            self.clients.retain(|_, client| client.renewed_ms >= hello_ms);
            self.hello_ms = None;
        }
        self.clients.retain(|_, client| now_ms - client.heard_ms <= SILENT_MS);
        self.clients.len() != before
    }

    /// Whether anybody wants events at all.
    pub(super) fn any(&self) -> bool {
        !self.clients.is_empty()
    }

    /// Whether anybody wants this event.
    pub(super) fn want(&self, source: &str, kind: &str) -> bool {
        self.clients.values().any(|client| client.events.get(source).is_some_and(|kinds| kinds.contains(kind) || kinds.contains("*")))
    }
}

impl Client {
    /// Source to types, for `GetStatus`.
    pub(super) fn events(&self) -> &BTreeMap<Box<str>, BTreeSet<Box<str>>> {
        &self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str, kinds: &[&str]) -> Names {
        vec![(source.into(), kinds.iter().map(|kind| (*kind).into()).collect())]
    }

    #[test]
    fn additive_in_any_case_and_unknown_names_are_reported() {
        let mut all = Subscriptions::default();
        let sorted = all.add("a", &names("tWITCH", &["follow", "NotAThing"]), 0);
        assert_eq!(sorted.accepted, BTreeMap::from([("tWITCH".into(), vec!["follow".into()])]));
        assert_eq!(sorted.unknown, BTreeMap::from([("tWITCH".into(), vec!["NotAThing".into()])]));
        all.add("a", &names("Twitch", &["Cheer"]), 0);
        all.add("b", &names("general", &["*"]), 0);
        assert!(
            all.want("Twitch", "Follow") && all.want("Twitch", "Cheer") && all.want("General", "Custom") && !all.want("Twitch", "Raid")
        );
        assert_eq!(all.add("a", &names("Nowhere", &["*"]), 0).accepted, BTreeMap::new());
        assert_eq!(Subscriptions::recall(Some(&all.to_json())).clients, all.clients);
    }

    #[test]
    fn one_client_cannot_take_from_another() {
        let mut all = Subscriptions::default();
        all.add("a", &names("Twitch", &["Follow", "Cheer"]), 0);
        all.add("b", &names("Twitch", &["Follow"]), 0);
        all.remove("a", &names("twitch", &["follow"]));
        assert!(all.want("Twitch", "Follow") && all.want("Twitch", "Cheer"));
        all.remove("b", &names("twitch", &["*"]));
        assert!(!all.want("Twitch", "Follow"));
        assert_eq!(all.clients().count(), 1);
    }

    #[test]
    fn twitchats_own_messages_by_name_or_all_but_never_forbidden_ones() {
        let mut all = Subscriptions::default();
        let sorted = all.add("a", &names("twitchat", &["on_follow", "ON_OBS_SCENE", "SOMETHING_NEW"]), 0);
        assert_eq!(sorted.unknown, BTreeMap::from([("twitchat".into(), vec!["ON_OBS_SCENE".into()])]));
        assert!(all.want("Twitchat", "ON_FOLLOW") && all.want("Twitchat", "SOMETHING_NEW") && !all.want("Twitchat", "FOLLOW"));
    }

    #[test]
    fn what_is_not_renewed_after_a_hello_ends_and_so_does_long_silence() {
        let mut all = Subscriptions::default();
        all.add("gone", &names("Twitch", &["Follow"]), 0);
        all.greeted(1_000);
        all.add("there", &names("Twitch", &["Cheer"]), 2_000);
        assert!(!all.expire(61_000), "a minute's time");
        assert!(all.expire(61_001) && !all.want("Twitch", "Follow") && all.want("Twitch", "Cheer"));
        all.heard("there", 10 * 3_600_000);
        assert!(!all.expire(34 * 3_600_000) && all.expire(34 * 3_600_000 + 1));
    }
}
