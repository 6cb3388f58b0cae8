//! Adds the platform to names that several people of different platforms share, and only to these.
//!
//! A person who tips with a service such as Ko-fi mostly chats somewhere under the same name. So
//! services do not count as platforms here.

use std::collections::HashMap;

use serde_json::Value;

use super::{known::PersonId, people::People};
use crate::event::Platform;

/// A name with its platform, for a list of plain texts.
pub fn marked(name: &str, platform: Platform) -> String {
    format!("{name} ({})", platform.label())
}

/// At most `most` names of people, in the order of `who`. Names that differ only in case are listed
/// once, except that a name of people in several chats is listed once for each chat, with the
/// platform.
pub(super) fn names(
    who: impl Iterator<Item = PersonId>,
    people: &People,
    most: usize,
) -> Vec<Value> {
    let mut shown: Vec<(&str, Platform)> = Vec::new();
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    let named = who.filter_map(|who| Some((people.name(who), people.known(who)?)));
    for (name, known) in named.filter(|(name, _)| !name.is_empty()) {
        if shown.len() >= most {
            break;
        }
        let same = places.entry(name.to_lowercase()).or_default();
        let platforms = || {
            same.iter()
                .filter_map(|place| shown.get(*place))
                .map(|(_, platform)| *platform)
        };
        let is_other = known.platform.has_chat()
            && platforms().all(|platform| platform.has_chat() && platform != known.platform);
        if same.is_empty() || is_other {
            same.push(shown.len());
            shown.push((name, known.platform));
        } else if let [place] = same.as_slice()
            && let Some((_, platform)) = shown
                .get_mut(*place)
                .filter(|(_, platform)| !platform.has_chat())
        {
            *platform = known.platform;
        }
    }
    let is_shared = |name: &str| {
        places
            .get(&name.to_lowercase())
            .is_some_and(|same| same.len() > 1)
    };
    shown
        .iter()
        .map(|(name, platform)| {
            if is_shared(name) {
                marked(name, *platform).into()
            } else {
                Value::from(*name)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Person;

    fn listed(list: &[(Platform, &str, &str)], most: usize) -> Vec<Value> {
        let mut people = People::default();
        let who: Vec<_> = list
            .iter()
            .map(|(on, id, name)| {
                people
                    .register(&Person::on(*on, id, "", name).unwrap(), 1)
                    .who
            })
            .collect();
        names(who.into_iter(), &people, most)
    }

    #[test]
    fn a_name_that_several_chats_have_stands_there_with_each_platform() {
        let three = [
            (Platform::Twitch, "1", "Lea"),
            (Platform::YouTube, "UC1", "Lea"),
            (Platform::Twitch, "2", "Max"),
            (Platform::Kick, "1", "LEA"),
            (Platform::Kick, "1", "LEA"),
        ];
        assert_eq!(
            listed(&three, 9),
            ["Lea (Twitch)", "Lea (YouTube)", "Max", "LEA (Kick)"]
        );
        assert_eq!(listed(&three, 2), ["Lea (Twitch)", "Lea (YouTube)"]);
    }

    #[test]
    fn a_service_is_no_other_chat() {
        assert_eq!(
            listed(
                &[(Platform::Twitch, "1", "Lea"), (Platform::Kofi, "", "Lea")],
                9
            ),
            ["Lea"]
        );
        let first = [
            (Platform::Kofi, "", "Lea"),
            (Platform::Twitch, "1", "Lea"),
            (Platform::TikTok, "3", "Lea"),
        ];
        assert_eq!(listed(&first, 9), ["Lea (Twitch)", "Lea (TikTok)"]);
    }
}
