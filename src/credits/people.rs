//! All people, with one entry per person, even if a person was seen with several names.
//!
//! A person is identified by platform and id; names are attributes, and the latest name wins. A
//! name without an id is a separate person until its id becomes known. Ids and names are found by a
//! 64-bit hash with fixed keys, which limits the memory for a person to about 200 bytes.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

pub use super::known::Known;
use super::{
    edited_people::EditedPeople,
    known::PersonId,
    listed::{self, Listed},
};
use crate::event::{
    Person, Platform, Roles,
    person::{NAMELESS, is_nameless},
};

#[derive(Debug, Default)]
pub struct People {
    list: Vec<Known>,
    by_id: HashMap<u64, PersonId>,
    by_name: HashMap<u64, PersonId>,
    /// Maps a person to the entries that turned out to be the same person.
    merged: HashMap<PersonId, Vec<PersonId>>,
    /// How the streamer's edits show people.
    pub(super) edited: EditedPeople,
    /// Names that the config lists, with their holders.
    pub listed: Listed,
    /// The name for people whom a service does not name; empty for the default.
    pub anonymous: Box<str>,
    /// Whether journal rows are being read. They may be older than the known names.
    recalling: bool,
    changes: u64,
    registrations: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// The person's entry.
    pub who: PersonId,
    /// Whether a stored value has changed: the person is new, or has another id, login or display
    /// name.
    pub changed: bool,
}

fn hash(platform: Platform, text: &str, fold_case: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    platform.hash(&mut hasher);
    if fold_case && !text.is_ascii() {
        text.to_lowercase().hash(&mut hasher);
    } else if fold_case {
        text.bytes()
            .for_each(|byte| hasher.write_u8(byte.to_ascii_lowercase()));
        hasher.write_u8(0xff);
    } else {
        text.hash(&mut hasher);
    }
    hasher.finish()
}

impl People {
    /// Number of entries, merged ones included.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of changes: new people, and changes of anything but the time when they were seen.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Number of calls of [`Self::register`].
    pub fn registrations(&self) -> u64 {
        self.registrations
    }

    /// Adds a person that an earlier run has stored. Until [`Self::recalled`] is called, older
    /// facts change no names.
    pub fn recall(&mut self, person: &Person, seen_ms: i64) -> PersonId {
        self.recalling = false;
        let who = self.register(person, seen_ms).who;
        self.recalling = true;
        if let Some(known) = self.list.get_mut(who.0 as usize) {
            known.kept_ms = known.kept_ms.max(seen_ms);
        }
        who
    }

    /// Notes that the journal has been read, so all further facts are new.
    pub fn recalled(&mut self) {
        self.recalling = false;
    }

    /// Finds or creates the entry of a person, and updates its names from the message.
    pub fn register(&mut self, person: &Person, at_ms: i64) -> Registered {
        let (who, is_new) = self.find_or_make(person, at_ms);
        self.registrations += 1;
        let changed = self.update(who, person, at_ms) || is_new;
        self.changes += u64::from(is_new);
        if changed {
            for name in [&person.login, &person.display] {
                self.register_name(who, person.platform, name);
            }
            if let Some(known) = self.list.get_mut(who.0 as usize) {
                self.listed.note(who, known);
            }
        }
        Registered { who, changed }
    }

    fn find_or_make(&mut self, person: &Person, at_ms: i64) -> (PersonId, bool) {
        let named = [&person.login, &person.display]
            .into_iter()
            .filter(|name| !name.is_empty())
            .find_map(|name| {
                self.by_name
                    .get(&hash(person.platform, name, true))
                    .copied()
            })
            .map(|who| self.root(who));
        if person.id.is_empty() {
            return named.map_or_else(|| (self.add(person, at_ms), true), |who| (who, false));
        }
        let key = hash(person.platform, &person.id, false);
        if let Some(&who) = self.by_id.get(&key) {
            return (who, false);
        }
        let nameless = named.filter(|who| {
            self.list
                .get(who.0 as usize)
                .is_some_and(|known| known.id.is_empty())
        });
        let (who, is_new) =
            nameless.map_or_else(|| (self.add(person, at_ms), true), |who| (who, false));
        self.by_id.insert(key, who);
        (who, is_new)
    }

    fn add(&mut self, person: &Person, at_ms: i64) -> PersonId {
        let who = PersonId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(Known {
            platform: person.platform,
            id: person.id.clone(),
            login: Box::default(),
            display: Box::default(),
            roles: person.roles,
            seen_ms: at_ms,
            listed: Vec::new(),
            kept_ms: i64::MIN,
            same_as: None,
        });
        who
    }

    fn update(&mut self, who: PersonId, person: &Person, at_ms: i64) -> bool {
        let Some(known) = self.list.get_mut(who.0 as usize) else {
            return false;
        };
        let is_old = self.recalling && at_ms <= known.kept_ms;
        known.seen_ms = known.seen_ms.max(at_ms);
        let roles = known.roles | person.roles;
        let (mut changed, new_role) = (false, roles != known.roles);
        known.roles = roles;
        if !is_old
            && person.display.is_empty()
            && known.is_renamed(&person.login)
            && !known.display.eq_ignore_ascii_case(&person.login)
        {
            // The display name belonged to the account's former name.
            known.display = Box::default();
            changed = true;
        }
        for (mine, theirs) in [
            (&mut known.id, &person.id),
            (&mut known.login, &person.login),
            (&mut known.display, &person.display),
        ] {
            if !theirs.is_empty() && mine != theirs && !is_old {
                mine.clone_from(theirs);
                changed = true;
            }
        }
        self.changes += u64::from(changed || new_role);
        changed
    }

    /// Assigns a name to this person. If the name belonged to an entry without an id, that entry is
    /// merged into this one.
    fn register_name(&mut self, who: PersonId, platform: Platform, name: &str) {
        if name.is_empty() {
            return;
        }
        let before = self
            .by_name
            .insert(hash(platform, name, true), who)
            .map(|before| self.root(before));
        if let Some(before) = before.filter(|before| *before != who)
            && let Some(known) = self.list.get_mut(before.0 as usize)
            && known.id.is_empty()
        {
            known.same_as = Some(who);
            self.edited.follow(before, who);
            let mut merged = self.merged.remove(&before).unwrap_or_default();
            merged.push(before);
            self.merged.entry(who).or_default().append(&mut merged);
        }
    }

    /// The root entry of a person and all entries that were merged into it.
    pub fn entries_of(&self, who: PersonId) -> impl Iterator<Item = PersonId> {
        let root = self.root(who);
        std::iter::once(root).chain(self.merged.get(&root).into_iter().flatten().copied())
    }

    /// The entry that a merged entry belongs to, or the entry itself.
    pub fn root(&self, mut who: PersonId) -> PersonId {
        while let Some(next) = self
            .list
            .get(who.0 as usize)
            .and_then(|known| known.same_as)
        {
            who = next;
        }
        who
    }

    /// The entry under which a person is shown: the entry that they turned out to be, or the one
    /// into which the streamer merged them.
    pub fn shown(&self, who: PersonId) -> PersonId {
        let mut who = self.root(who);
        // An entry that turns out to be another one later could create a loop.
        for _ in 0..=self.edited.same_as.len() {
            match self.edited.shown(who) {
                Some(next) => who = self.root(next),
                None => break,
            }
        }
        who
    }

    /// All entries that are shown as this person, including merged entries.
    pub fn accounts(&self, who: PersonId) -> impl Iterator<Item = &Known> {
        let shown = self.shown(who);
        let all = (0_u32..).map(PersonId).zip(&self.list);
        all.filter(move |(one, _)| self.shown(*one) == shown)
            .map(|(_, known)| known)
    }

    /// Whether the streamer has given somebody another name.
    pub fn is_renamed(&self, who: PersonId) -> bool {
        self.edited.names.contains_key(&self.shown(who))
    }

    /// Whether the streamer has hidden somebody.
    pub fn is_hidden(&self, who: PersonId) -> bool {
        !self.edited.hidden.is_empty() && self.edited.hidden.contains(&self.shown(who))
    }

    /// The account of an entry. For a merged entry, this is the account of the person with whom it
    /// was merged.
    pub fn known(&self, who: PersonId) -> Option<&Known> {
        self.list.get(self.root(who).0 as usize)
    }

    /// The entry of a person; `None` if the person was never seen.
    pub fn find(&self, person: &Person) -> Option<PersonId> {
        if person.id.is_empty() {
            let mut names = [&person.login, &person.display]
                .into_iter()
                .filter(|name| !name.is_empty());
            names.find_map(|name| {
                self.by_name
                    .get(&hash(person.platform, name, true))
                    .map(|who| self.root(*who))
            })
        } else {
            self.by_id
                .get(&hash(person.platform, &person.id, false))
                .map(|who| self.root(*who))
        }
    }

    /// Adds roles in which a person was seen.
    pub fn add_roles(&mut self, who: PersonId, roles: Roles) {
        let root = self.root(who);
        self.changes += 1;
        if let Some(known) = self.list.get_mut(root.0 as usize) {
            known.roles |= roles;
        }
    }

    pub fn name(&self, who: PersonId) -> &str {
        let who = self.shown(who);
        if let Some(name) = self.edited.names.get(&who) {
            return name;
        }
        match self.known(who) {
            Some(known) if is_nameless(&known.id, &known.login, &known.display) => {
                self.word_for_anonymous()
            }
            known => known.map_or("", Known::name),
        }
    }

    fn word_for_anonymous(&self) -> &str {
        if self.anonymous.is_empty() {
            NAMELESS
        } else {
            &self.anonymous
        }
    }

    /// The entry of a person with this login or display name. Case does not matter.
    pub fn who_is(&self, platform: Platform, name: &str) -> Option<PersonId> {
        self.by_name
            .get(&hash(platform, name, true))
            .map(|who| self.root(*who))
    }

    /// Adds the accounts that earlier runs have seen with a listed name, from
    /// [`Self::listed_json`].
    pub fn recall_listed(&mut self, json: &str) {
        for (person, names) in listed::read(json) {
            let who = self.recall(&person, 0);
            if let Some(known) = self.list.get_mut(who.0 as usize) {
                for name in &names {
                    self.listed.mark(who, known, name);
                }
            }
        }
        self.listed.take_new();
    }

    /// The accounts that were seen with a listed name, as JSON for the store.
    pub fn listed_json(&self) -> String {
        listed::to_json(self.iter())
    }

    /// The Twitch accounts with this name in the config: all accounts that were seen with it, even
    /// if they were renamed since.
    pub fn listed_as(&self, name: &str) -> Vec<PersonId> {
        let is_twitch = |who: &PersonId| {
            self.known(*who)
                .is_some_and(|known| known.platform == Platform::Twitch)
        };
        let mut found: Vec<PersonId> = Vec::new();
        let holders = self
            .listed
            .holders(name)
            .map(|who| self.root(who))
            .filter(is_twitch);
        for who in holders.chain(self.who_is(Platform::Twitch, name)) {
            if !found.contains(&who) {
                found.push(who);
            }
        }
        found
    }

    /// Fills in the missing id, names and roles of a person. With a new login, the former display
    /// name is not used. A person without any name gets [`Self::anonymous`].
    pub fn complete(&self, person: &mut Person) {
        if person.is_nameless() {
            person.display = self.word_for_anonymous().into();
            person.unnamed = true;
            return;
        }
        let Some(known) = self.find(person).and_then(|who| self.known(who)) else {
            return;
        };
        let is_renamed = known.is_renamed(&person.login);
        let display = if is_renamed {
            &Box::default()
        } else {
            &known.display
        };
        for (theirs, mine) in [
            (&mut person.id, &known.id),
            (&mut person.login, &known.login),
            (&mut person.display, display),
        ] {
            if theirs.is_empty() {
                theirs.clone_from(mine);
            }
        }
        person.roles |= known.roles;
    }

    /// All people without merged entries, in the order in which they were first seen.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.entries().map(|(_, known)| known)
    }

    /// All people with their ids.
    pub fn entries(&self) -> impl Iterator<Item = (PersonId, &Known)> {
        (0_u32..)
            .map(PersonId)
            .zip(&self.list)
            .filter(|(_, known)| known.same_as.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, login: &str, display: &str) -> Person {
        Person::new(id, login, display).unwrap()
    }

    #[test]
    fn the_latest_name_wins_and_empty_names_change_nothing() {
        let mut people = People::default();
        let who = people.register(&person("1", "anna_b", ""), 1).who;
        assert_eq!(people.name(who), "anna_b");
        assert_eq!(
            people.register(&person("1", "anna_b", "Anna_B"), 2),
            Registered { who, changed: true }
        );
        assert_eq!(
            people.register(&person("1", "anna_b", ""), 3),
            Registered {
                who,
                changed: false
            }
        );
        people.register(&person("1", "anna_new", "Änna"), 4);
        assert_eq!(
            (people.name(who), &*people.known(who).unwrap().login),
            ("Änna", "anna_new")
        );
    }

    #[test]
    fn a_new_login_without_a_display_name_takes_the_old_display_name_away() {
        let mut people = People::default();
        let who = people.register(&person("1", "oldname", "OldName"), 1).who;
        let mut renamed = person("1", "newname", "");
        people.complete(&mut renamed);
        assert_eq!(&*renamed.display, "", "not before it is taken in either");
        people.register(&renamed, 2);
        assert_eq!(people.name(who), "newname");
        let yuki = people.register(&person("2", "yukihana", "雪花Yuki"), 1).who;
        for login in ["yukihana", "YukiHana", ""] {
            people.register(&person("2", login, ""), 2);
            assert_eq!(people.name(yuki), "雪花Yuki", "{login}");
        }
        let known_by_display = people.register(&person("3", "3", "Anna_B"), 1).who;
        people.register(&person("3", "anna_b", ""), 2);
        assert_eq!(
            people.name(known_by_display),
            "Anna_B",
            "it is the new login's"
        );
    }

    #[test]
    fn rows_older_than_the_stored_names_bring_no_old_name_back() {
        let mut people = People::default();
        let who = people.recall(&person("1", "newname", ""), 20);
        people.register(&person("1", "oldname", "OldName"), 20);
        assert_eq!(
            (people.name(who), &*people.known(who).unwrap().login),
            ("newname", "newname")
        );
        people.recalled();
        people.register(&person("1", "third", ""), 5);
        assert_eq!(
            people.name(who),
            "third",
            "the clock may have been set back"
        );
    }

    #[test]
    fn a_name_becomes_the_person_whose_id_shows_up() {
        let mut people = People::default();
        let by_name = people.register(&person("", "", "Anna_B"), 1).who;
        let by_id = people.register(&person("1", "anna_b", "Anna_B"), 2).who;
        assert_eq!((by_name, people.iter().count()), (by_id, 1));
        // The same test with the id first.
        assert_eq!(people.register(&person("", "ANNA_B", ""), 3).who, by_id);
    }

    #[test]
    fn a_name_that_another_id_takes_over_later_is_merged() {
        let mut people = People::default();
        let zed = people.register(&person("2", "zed", "Zed"), 1).who;
        let new_name = people.register(&person("", "zed_two", ""), 2).who;
        assert_ne!(zed, new_name);
        people.register(&person("2", "zed_two", "Zed Two"), 3);
        assert_eq!((people.root(new_name), people.iter().count()), (zed, 1));
    }

    #[test]
    fn platforms_are_worlds_of_their_own() {
        let mut people = People::default();
        people.register(&Person::on(Platform::Kofi, "", "", "Anna_B").unwrap(), 1);
        people.register(&person("1", "anna_b", "Anna_B"), 1);
        assert_eq!(people.iter().count(), 2);
    }

    #[test]
    fn completing_fills_missing_fields_of_a_message() {
        let mut people = People::default();
        people.register(&person("1", "anna_b", "Anna_B").with_roles(Roles::VIP), 1);
        let mut gifter = person("1", "anna_b", "");
        people.complete(&mut gifter);
        assert_eq!((&*gifter.display, gifter.roles), ("Anna_B", Roles::VIP));
    }
}
