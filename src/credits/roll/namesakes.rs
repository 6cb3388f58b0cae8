//! Adds the platform to names that people of several chats share in a roll, so that nobody is
//! mistaken for somebody else.

use std::collections::{BTreeSet, HashMap};

use super::section::{Body, Section};
use crate::{
    credits::{PersonId, people::People},
    event::Platform,
};

/// A person, the text with their name, and the field for the platform.
type Shown<'s> = (PersonId, &'s str, &'s mut &'static str);

/// Sets the platform of names that people of several chats share.
pub(super) fn mark(sections: &mut [Section], people: &People) {
    let chat = |who| {
        people
            .known(who)
            .map(|known| known.platform)
            .filter(|platform| platform.has_chat())
    };
    let mut platforms: HashMap<String, BTreeSet<Platform>> = HashMap::new();
    for (who, text, _) in shown(sections) {
        platforms
            .entry(text.to_lowercase())
            .or_default()
            .extend(chat(who));
    }
    platforms.retain(|_, platforms| platforms.len() > 1);
    if platforms.is_empty() {
        return;
    }
    for (who, text, platform) in shown(sections) {
        if let Some(chat) = chat(who).filter(|_| platforms.contains_key(&text.to_lowercase())) {
            *platform = chat.label();
        }
    }
}

fn shown(sections: &mut [Section]) -> impl Iterator<Item = Shown<'_>> {
    let names = sections
        .iter_mut()
        .flat_map(|section| match &mut section.body {
            Body::People { names, .. } => names.as_mut_slice(),
            _ => &mut [],
        });
    names.flat_map(|name| {
        let below = name
            .lines
            .iter_mut()
            .filter_map(|line| Some((line.who?, line.text.as_str(), &mut line.platform)));
        name.who
            .map(|who| (who, name.name.as_str(), &mut name.platform))
            .into_iter()
            .chain(below)
    })
}
