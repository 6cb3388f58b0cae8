//! The parts of a context that have the same shape everywhere: in the bridge, in `script`, and
//! before any event.

use std::{collections::BTreeSet, sync::LazyLock};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::credits::{
    Fold, Spelling,
    reply::{self, ReplyOptions},
};

/// The value of `state` in templates.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a condition reads each of these facts by its name"
)]
pub struct BridgeState {
    /// Whether the bridge is connected to OBS.
    pub obs: bool,
    /// The scene on air; empty if it is unknown.
    pub scene: String,
    pub streaming: bool,
    /// Also `true` while a recording is paused.
    pub recording: bool,
    /// How long OBS has been streaming, in seconds; 0 if it does not stream.
    pub stream_seconds: i64,
    pub twitchat: bool,
    /// The generation of Twitchat, 1 to 3; 0 if it is unknown.
    pub generation: u8,
}

/// The value of `session` in templates.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Session {
    pub id: u64,
    /// The time at which the session began, in ISO 8601 and UTC.
    pub started: String,
    /// The age of the session in seconds.
    pub seconds: i64,
    /// The reason for the beginning of the session: `first`, `clear`, `stream` or `closed`.
    pub cause: String,
}

/// The value of `broadcaster` in templates. A field is empty if it is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BroadcasterNames {
    pub id: String,
    pub login: String,
    /// The display name, or the login if there is no display name.
    pub name: String,
}

/// The values at these paths may have any keys.
const OPEN: [&str; 4] = [
    "credits.groups",
    "credits.custom",
    "credits.extended",
    "credits.limited",
];

/// Every path of the parts with a fixed shape, such as `state.scene` and `credits.events.follows`.
static PATHS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let wish = ReplyOptions {
        spelling: Spelling::Current,
        extended: false,
        limit: None,
    };
    let parts = json!({
        "event": { "source": "", "type": "", "name": "" },
        "state": BridgeState::default(),
        "session": Session::default(),
        "broadcaster": BroadcasterNames::default(),
        "credits": reply::credits(&Fold::default(), &reply::Options::default(), wish, 0),
    });
    let mut paths = BTreeSet::new();
    collect(&parts, "", &mut paths);
    paths.extend(OPEN.map(ToOwned::to_owned));
    paths
});

fn collect(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    for (key, inner) in value.as_object().into_iter().flatten() {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        collect(inner, &path, paths);
        paths.insert(path);
    }
}

/// The shortest beginning of the path that cannot exist, and the paths that exist instead. `None`
/// if the path can exist.
pub(super) fn missing(path: &str) -> Option<(&str, impl Iterator<Item = &'static str>)> {
    let mut ends: Vec<_> = path.match_indices('.').map(|(at, _)| at).skip(1).collect();
    ends.push(path.len());
    let mut outer = path.split_once('.')?.0;
    for end in ends {
        let here = path.get(..end)?;
        let is_open = OPEN.contains(&outer)
            || !PATHS.iter().any(|known| {
                known
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.starts_with('.'))
            });
        if is_open {
            return None;
        }
        if !PATHS.contains(here) {
            let of_outer = move |known: &&'static str| {
                known.rsplit_once('.').is_some_and(|(of, _)| of == outer)
            };
            return Some((here, PATHS.iter().map(String::as_str).filter(of_outer)));
        }
        outer = here;
    }
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_missing_only_if_its_shape_is_fixed() {
        let missing = |path: &'static str| super::missing(path).map(|(missing, _)| missing);
        for path in [
            "state.scene",
            "session.seconds",
            "event.type",
            "credits.events.follows",
            "credits.custom.Tips",
            "data.x.y",
            "args.x",
        ] {
            assert_eq!(missing(path), None, "{path}");
        }
        assert_eq!(missing("state.streming"), Some("state.streming"));
        assert_eq!(
            missing("credits.events.folows.x"),
            Some("credits.events.folows")
        );
        assert_eq!(missing("credits.evens.follows"), Some("credits.evens"));
        let (_, known) = super::missing("session.second").unwrap();
        assert_eq!(
            known.collect::<Vec<_>>(),
            [
                "session.cause",
                "session.id",
                "session.seconds",
                "session.started"
            ]
        );
    }
}
