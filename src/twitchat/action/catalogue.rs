use std::{collections::HashMap, sync::LazyLock};

use super::{Action, Answer, chat, clip, commands, feed, highlight, overlays, panels, questions};

/// The lists that the modules of `action` declare.
static LISTS: [&[Action]; 10] = [
    feed::FEED,
    panels::PANELS,
    commands::COMMANDS,
    chat::CHAT_MESSAGES,
    clip::CLIPS,
    highlight::HIGHLIGHTS,
    overlays::OVERLAYS,
    overlays::PLAYED,
    questions::QUESTIONS,
    questions::PLAIN_QUESTIONS,
];

static INDEX: LazyLock<HashMap<&'static str, &'static Action>> = LazyLock::new(|| {
    actions()
        .flat_map(|action| action.names.all().map(move |name| (name, action)))
        .collect()
});

/// All actions and questions of Twitchat.
pub fn actions() -> impl Iterator<Item = &'static Action> {
    LISTS.iter().flat_map(|list| list.iter())
}

/// The name in Twitchat's spelling: capitals with `_`.
pub(super) fn spelled(name: &str) -> String {
    name.trim().to_uppercase().replace('-', "_")
}

/// The action with this name. Case does not matter, and `-` may replace `_`.
pub fn find(name: &str) -> Option<&'static Action> {
    INDEX.get(spelled(name).as_str()).copied()
}

/// The messages that answer the action of this name or follow from it.
pub fn answer_of(name: &str) -> &'static [Answer] {
    find(name).map_or(&[], |action| action.answers)
}
