//! The clients' subscriptions to events. Each client has its own subscriptions. A request adds to
//! them, and they end if the client does not renew them.
//!
//! OBS broadcasts to all its clients. So every subscriber receives the union of all subscriptions,
//! and picks its own events.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    event::{
        EventName,
        name::{self, TWITCHAT},
    },
    mapping::emitted,
    request::{Names, RequestError},
    twitchat::catalogue::{self, Class},
};

/// The limit on remembered clients. When it is reached, the client with the oldest last request is
/// dropped.
const CLIENTS: usize = 1_000;
/// The limit on types that one client may subscribe to. Some clients name every type.
const TYPES: usize = 1_024;
/// The limit on types of all clients together. When it is reached, clients with the oldest last
/// request are dropped.
const ALL_TYPES: usize = 65_536;
/// The limit on warnings about single names in a reply.
const DOUBTS: usize = 20;
/// The greatest length of an unknown type of Twitchat, in bytes.
const LONGEST_TYPE: usize = 100;
/// A client's subscriptions end after this many milliseconds without a request.
const SILENT_MS: i64 = 24 * 3_600_000;
/// Clients must renew their subscriptions within this many milliseconds after a Hello.
const RENEW_MS: i64 = 60_000;
/// The shortest time between two writes of the list, in milliseconds. A crash in between does no
/// harm, because the next Hello makes clients subscribe again.
const KEEP_MS: u64 = 2_000;
/// A long list is written less often, so that at most this many bytes per millisecond are written
/// on average.
const KEPT_BYTES_PER_MS: u64 = 16;

#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Client {
    /// Maps each canonical source to its canonical types. The type `*` stands for all types.
    events: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
    /// The time of the client's last request, in Unix milliseconds. The next field is the time of
    /// its last subscription.
    pub(super) requested_ms: i64,
    renewed_ms: i64,
}

#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    clients: BTreeMap<Arc<str>, Client>,
    /// All clients, sorted by the time of their last request.
    by_request: BTreeSet<(i64, Arc<str>)>,
    /// The number of clients that subscribe to each type of each source.
    wanted: HashMap<Box<str>, HashMap<Box<str>, usize>>,
    /// The number of types of all clients together.
    types: usize,
    hello_ms: Option<i64>,
    pushed_out: u64,
    /// Whether the list differs from the stored one.
    changed: bool,
    keep_due_ms: u64,
}

/// The known and the unknown names of a request, in the client's own spelling of sources.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sorted {
    pub(super) accepted: BTreeMap<Box<str>, Vec<Box<str>>>,
    pub(super) unknown: BTreeMap<Box<str>, Vec<Box<str>>>,
}

/// The canonical spelling of a source and a type, which may be `*`. `None` if the name is unknown.
fn canonical(source: &str, kind: &str) -> Option<(Box<str>, Box<str>)> {
    if source.eq_ignore_ascii_case(TWITCHAT) {
        let known = catalogue::look_up(&kind.to_ascii_uppercase())
            .filter(|entry| entry.class != Class::Forbidden);
        // Unknown types are accepted, because a newer Twitchat may have them.
        return (kind == "*" || known.is_some() || !catalogue::is_forbidden(kind))
            .then(|| (TWITCHAT.into(), kind.to_ascii_uppercase().into()))
            .filter(|_| kind.len() <= LONGEST_TYPE);
    }
    if kind == "*" {
        let known = name::catalogue()
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(source))?;
        return Some((known.0.clone(), "*".into()));
    }
    let name = EventName::new(source, kind);
    name.is_known().then_some((name.source, name.kind))
}

/// Warnings for a client that subscribes to these names. They list names that the bridge never
/// emits by itself, and names that are probably misspelt.
pub(super) fn doubts(names: &Names) -> Vec<String> {
    let (mut never, mut others) = (Vec::new(), Vec::new());
    for (source, kind) in names
        .iter()
        .flat_map(|(source, kinds)| kinds.iter().filter_map(|kind| canonical(source, kind)))
    {
        if &*kind == "*" {
            if &*source != TWITCHAT
                && !emitted::types_of(&source).any(|name| emitted::is_emitted(&name))
            {
                never.push(format!("{source}.*"));
            }
            continue;
        }
        let name = EventName { source, kind };
        if &*name.source == TWITCHAT {
            others.extend(emitted::doubt(&name));
        } else if !emitted::is_emitted(&name) {
            never.push(name.to_string());
        }
    }
    never.sort();
    never.dedup();
    emitted::never(&never)
        .into_iter()
        .chain(others.into_iter().take(DOUBTS))
        .collect()
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
        let mut all = Self::default();
        let clients: BTreeMap<Box<str>, Client> = json
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default();
        for (name, client) in clients {
            all.put(name.into(), client);
        }
        all.push_out();
        all
    }

    /// The list as JSON for the store. `None` if it has not changed, or if its write is not due.
    pub(super) fn take_due(&mut self, mono_ms: u64) -> Option<String> {
        if !self.changed || mono_ms < self.keep_due_ms {
            return None;
        }
        let json = self.take_last()?;
        self.keep_due_ms = mono_ms + KEEP_MS.max(json.len() as u64 / KEPT_BYTES_PER_MS);
        Some(json)
    }

    /// The list as JSON for the store. `None` if it has not changed.
    pub(super) fn take_last(&mut self) -> Option<String> {
        std::mem::take(&mut self.changed).then(|| {
            let clients: BTreeMap<&str, &Client> = self.clients().collect();
            serde_json::to_string(&clients).unwrap_or_default()
        })
    }

    /// The time at which the list must be written, on the monotonic clock. `None` if it has not
    /// changed.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.changed.then_some(self.keep_due_ms)
    }

    pub(super) fn clients(&self) -> impl ExactSizeIterator<Item = (&str, &Client)> {
        self.clients
            .iter()
            .map(|(client, subscriptions)| (&**client, subscriptions))
    }

    /// The number of types of all clients together.
    pub(super) fn types(&self) -> usize {
        self.types
    }

    /// The number of clients that were dropped because there were too many.
    pub(super) fn pushed_out(&self) -> u64 {
        self.pushed_out
    }

    /// Adds to a client's subscriptions, and renews them. Fails if the client would have too many
    /// types.
    pub(super) fn add(
        &mut self,
        client: &str,
        names: &Names,
        now_ms: i64,
    ) -> Result<Sorted, RequestError> {
        let mut wanted = self.clients.get(client).cloned().unwrap_or_default();
        let sorted = sort(names, |source, kind| {
            wanted.events.entry(source).or_default().insert(kind);
        });
        let got = wanted.types();
        if got > TYPES {
            return Err(RequestError::TooLong {
                field: "events",
                got,
                most: TYPES,
                unit: "types per client; \"*\" stands for all types of its source",
            });
        }
        (wanted.requested_ms, wanted.renewed_ms) = (now_ms, now_ms);
        self.changed |= self.drop_client(client).is_some() || got > 0;
        if got > 0 {
            self.put(client.into(), wanted);
            self.push_out();
        }
        Ok(sorted)
    }

    pub(super) fn remove(&mut self, client: &str, names: &Names) -> Sorted {
        let before = self.drop_client(client);
        self.changed |= before.is_some();
        let (name, mut left) = before.unwrap_or_default();
        let sorted = sort(names, |source, kind| {
            if let Some(kinds) = left.events.get_mut(&source) {
                if &*kind == "*" {
                    kinds.clear();
                } else {
                    kinds.remove(&kind);
                }
            }
        });
        left.events.retain(|_, kinds| !kinds.is_empty());
        if !left.events.is_empty() {
            self.put(name, left);
        }
        sorted
    }

    fn put(&mut self, name: Arc<str>, client: Client) {
        for (source, kinds) in &client.events {
            let of_source = self.wanted.entry(source.clone()).or_default();
            for kind in kinds {
                *of_source.entry(kind.clone()).or_default() += 1;
            }
        }
        self.types += client.types();
        self.by_request
            .insert((client.requested_ms, Arc::clone(&name)));
        self.clients.insert(name, client);
    }

    fn drop_client(&mut self, name: &str) -> Option<(Arc<str>, Client)> {
        let (name, client) = self.clients.remove_entry(name)?;
        self.by_request
            .remove(&(client.requested_ms, Arc::clone(&name)));
        self.types -= client.types();
        for (source, kinds) in &client.events {
            let Some(of_source) = self.wanted.get_mut(source) else {
                continue;
            };
            for kind in kinds {
                if let Some(clients) = of_source.get_mut(kind) {
                    *clients -= 1;
                    if *clients == 0 {
                        of_source.remove(kind);
                    }
                }
            }
            if of_source.is_empty() {
                self.wanted.remove(source);
            }
        }
        Some((name, client))
    }

    /// Drops the clients with the oldest last request while there are too many clients or types.
    fn push_out(&mut self) {
        while (self.clients.len() > CLIENTS || self.types > ALL_TYPES)
            && let Some((_, name)) = self.by_request.first().cloned()
        {
            self.drop_client(&name);
            self.pushed_out += 1;
            self.changed = true;
        }
    }

    /// Called when a request of a client was received, which shows that the client is still
    /// connected.
    pub(super) fn received(&mut self, name: &str, now_ms: i64) {
        if let Some((name, _)) = self
            .clients
            .get_key_value(name)
            .map(|(name, client)| (Arc::clone(name), client.requested_ms))
            && let Some(client) = self.clients.get_mut(&name)
        {
            let before = std::mem::replace(&mut client.requested_ms, now_ms);
            self.by_request.remove(&(before, Arc::clone(&name)));
            self.by_request.insert((now_ms, name));
        }
    }

    /// Called when the bridge has sent Hello. Clients that are still connected subscribe again.
    pub(super) fn greeted(&mut self, now_ms: i64) {
        self.hello_ms = Some(now_ms);
    }

    /// Ends subscriptions that were not renewed. Returns whether any of them ended.
    pub(super) fn expire(&mut self, now_ms: i64) -> bool {
        let unrenewed = self
            .hello_ms
            .take_if(|hello_ms| now_ms - *hello_ms > RENEW_MS);
        let is_over = |client: &Client| {
            now_ms - client.requested_ms > SILENT_MS
                || unrenewed.is_some_and(|hello_ms| client.renewed_ms < hello_ms)
        };
        let over: Vec<_> = self
            .clients
            .iter()
            .filter(|(_, client)| is_over(client))
            .map(|(name, _)| Arc::clone(name))
            .collect();
        for name in &over {
            self.drop_client(name);
        }
        self.changed |= !over.is_empty();
        !over.is_empty()
    }

    pub(super) fn any(&self) -> bool {
        !self.clients.is_empty()
    }

    pub(super) fn want(&self, source: &str, kind: &str) -> bool {
        self.wanted
            .get(source)
            .is_some_and(|kinds| kinds.contains_key(kind) || kinds.contains_key("*"))
    }
}

impl Client {
    /// All subscriptions, as a map from sources to types, for `GetStatus`.
    pub(super) fn events(&self) -> &BTreeMap<Box<str>, BTreeSet<Box<str>>> {
        &self.events
    }

    fn types(&self) -> usize {
        self.events.values().map(BTreeSet::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str, kinds: &[&str]) -> Names {
        vec![(
            source.into(),
            kinds.iter().map(|kind| (*kind).into()).collect(),
        )]
    }

    #[test]
    fn names_add_up_in_any_case_and_unknown_names_are_reported() {
        let mut all = Subscriptions::default();
        let sorted = all
            .add("a", &names("tWITCH", &["follow", "NotAThing"]), 0)
            .unwrap();
        assert_eq!(
            sorted.accepted,
            BTreeMap::from([("tWITCH".into(), vec!["follow".into()])])
        );
        assert_eq!(
            sorted.unknown,
            BTreeMap::from([("tWITCH".into(), vec!["NotAThing".into()])])
        );
        all.add("a", &names("Twitch", &["Cheer"]), 0).unwrap();
        all.add("b", &names("general", &["*"]), 0).unwrap();
        assert!(
            all.want("Twitch", "Follow")
                && all.want("Twitch", "Cheer")
                && all.want("General", "Custom")
                && !all.want("Twitch", "Raid")
        );
        assert_eq!(
            all.add("a", &names("Nowhere", &["*"]), 0).unwrap().accepted,
            BTreeMap::new()
        );
        let again = Subscriptions::recall(all.take_last().as_deref());
        assert_eq!(
            (again.clients, again.wanted, again.by_request),
            (all.clients, all.wanted, all.by_request)
        );
    }

    #[test]
    fn an_event_that_the_bridge_never_emits_causes_a_warning() {
        let doubts = |source: &str, kinds: &[&str]| super::doubts(&names(source, kinds));
        assert!(
            doubts("twitch", &["follow", "*", "NotAThing"]).is_empty()
                && doubts("General", &["*"]).is_empty()
        );
        assert_eq!(
            doubts("twitch", &["shoutoutcreated", "Follow", "AdRun", "adrun"]),
            [
                "the bridge itself never emits Twitch.AdRun, Twitch.ShoutoutCreated: they come \
                    only when another program publishes them with \
              PublishEvent"
            ]
        );
        assert!(doubts("patreon", &["*"])[0].contains("never emits Patreon.*: it comes only"));
        assert_eq!(
            doubts("Twitchat", &["*", "FOLLOW", "FOLOW"]),
            ["FOLOW is not in any known version of Twitchat; did you mean FOLLOW?"]
        );
    }

    #[test]
    fn one_client_cannot_remove_the_subscriptions_of_another() {
        let mut all = Subscriptions::default();
        all.add("a", &names("Twitch", &["Follow", "Cheer"]), 0)
            .unwrap();
        all.add("b", &names("Twitch", &["Follow"]), 0).unwrap();
        all.remove("a", &names("twitch", &["follow"]));
        assert!(all.want("Twitch", "Follow") && all.want("Twitch", "Cheer"));
        all.remove("b", &names("twitch", &["*"]));
        assert!(!all.want("Twitch", "Follow"));
        assert_eq!(all.clients().count(), 1);
    }

    #[test]
    fn twitchats_own_messages_by_name_or_all_but_never_forbidden_ones() {
        let mut all = Subscriptions::default();
        let sorted = all
            .add(
                "a",
                &names("twitchat", &["on_follow", "ON_OBS_SCENE", "SOMETHING_NEW"]),
                0,
            )
            .unwrap();
        assert_eq!(
            sorted.unknown,
            BTreeMap::from([("twitchat".into(), vec!["ON_OBS_SCENE".into()])])
        );
        assert!(
            all.want("Twitchat", "ON_FOLLOW")
                && all.want("Twitchat", "SOMETHING_NEW")
                && !all.want("Twitchat", "FOLLOW")
        );
    }

    #[test]
    fn subscriptions_end_without_a_renewal_and_after_a_long_silence() {
        let mut all = Subscriptions::default();
        all.add("gone", &names("Twitch", &["Follow"]), 0).unwrap();
        all.greeted(1_000);
        all.add("there", &names("Twitch", &["Cheer"]), 2_000)
            .unwrap();
        assert!(!all.expire(61_000), "a minute's time");
        assert!(all.expire(61_001) && !all.want("Twitch", "Follow") && all.want("Twitch", "Cheer"));
        all.received("there", 10 * 3_600_000);
        assert!(!all.expire(34 * 3_600_000) && all.expire(34 * 3_600_000 + 1));
    }

    #[test]
    fn a_list_that_changes_is_written_every_two_seconds_at_most() {
        let mut all = Subscriptions::default();
        let mut written = 0;
        for number in 0..10_000_u32 {
            all.add(
                &number.to_string(),
                &names("Twitch", &["Follow"]),
                i64::from(number),
            )
            .unwrap();
            written += usize::from(all.take_due(u64::from(number)).is_some());
        }
        assert!(
            (3..=5).contains(&written) && all.due_ms() > Some(9_999),
            "{written} times"
        );
        assert!(all.take_last().is_some());
        assert_eq!(
            (all.take_last(), all.due_ms()),
            (None, None),
            "nothing has changed since"
        );
        all.received("9999", 20_000);
        assert_eq!(all.due_ms(), None, "nor by a request of a client");
    }

    #[test]
    fn the_client_with_the_oldest_request_is_dropped_and_counted() {
        let mut all = Subscriptions::default();
        for number in 0..CLIENTS {
            all.add(
                &number.to_string(),
                &names("Twitch", &["Follow"]),
                i64::try_from(number).unwrap(),
            )
            .unwrap();
        }
        all.received("0", 5_000);
        all.add("new", &names("Twitch", &["Raid"]), 5_001).unwrap();
        assert_eq!((all.clients.len(), all.pushed_out()), (CLIENTS, 1));
        assert!(all.clients.contains_key("0") && !all.clients.contains_key("1"));
    }

    #[test]
    fn types_are_bounded_for_one_client_and_for_all() {
        let mut all = Subscriptions::default();
        let many = |count: usize| {
            names(
                "Twitchat",
                &(0..count)
                    .map(|number| format!("TYPE_{number}"))
                    .collect::<Vec<_>>()
                    .iter()
                    .map(|kind| &**kind)
                    .collect::<Vec<_>>(),
            )
        };
        assert!(all.add("greedy", &many(TYPES), 0).is_ok());
        let error = all
            .add("greedy", &names("Twitch", &["Follow"]), 1)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("at most 1024 types per client") && error.contains("got 1025"),
            "{error}"
        );
        assert!(
            !all.want("Twitch", "Follow") && all.want("Twitchat", "TYPE_0"),
            "nothing of it is taken"
        );
        for number in 0..ALL_TYPES / TYPES {
            all.add(&number.to_string(), &many(TYPES), 2).unwrap();
        }
        assert_eq!((all.types(), all.pushed_out()), (ALL_TYPES, 1));
        let sorted = all
            .add(
                "long",
                &names("Twitchat", &["X".repeat(LONGEST_TYPE + 1).as_str()]),
                3,
            )
            .unwrap();
        assert_eq!(sorted.accepted, BTreeMap::new());
    }

    #[test]
    fn the_wanted_events_follow_every_change() {
        let mut all = Subscriptions::default();
        all.add("a", &names("Twitch", &["Follow"]), 0).unwrap();
        all.add("b", &names("Twitch", &["Follow", "*"]), 0).unwrap();
        all.remove("b", &names("Twitch", &["Follow"]));
        assert!(all.want("Twitch", "Raid") && all.want("Twitch", "Follow"));
        all.expire(SILENT_MS + 1);
        assert!(
            !all.want("Twitch", "Raid")
                && all.wanted.is_empty()
                && all.by_request.is_empty()
                && all.types == 0
        );
    }
}
