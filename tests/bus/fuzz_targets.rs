//! The bodies of the fuzz targets in `fuzz`: functions that must not panic for any input. The tests
//! run them with the committed corpus.

use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use twitchat_bridge::automation::{Context, Document, Expression, Scope, Template};
use twitchat_bridge::config::{Config, FileText, Flags, Sources};
use twitchat_bridge::event::{EventName, Received};
use twitchat_bridge::mapping::{decode, published};
use twitchat_bridge::request;
use twitchat_bridge::twitchat::summary::Summary;

/// The body of a target: it gets any bytes, and must not panic.
pub(crate) type Target = fn(&[u8]);

/// Each target with its name, which is also the name of its corpus.
pub(crate) const TARGETS: [(&str, Target); 5] = [
    ("envelope", envelope),
    ("events", events),
    ("requests", requests),
    ("config", config),
    ("templates", templates),
];

/// A message as a client of OBS receives it.
pub(crate) fn envelope(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let is_json = serde_json::from_str::<&RawValue>(text).is_ok();
    if Received::read(text).is_ok() {
        assert!(is_json, "{text:?} is no JSON");
    }
}

/// The content of Twitchat's messages and of published events. The first line is the type.
pub(crate) fn events(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some((kind, data)) = text.split_once('\n') else {
        return;
    };
    let raw = serde_json::from_str::<&RawValue>(data).ok();
    drop(decode::decode(kind, raw));
    drop(raw.map(Summary::read));
    if let Some((source, kind)) = kind.split_once('.')
        && let Ok(data) = serde_json::from_str::<Value>(data)
    {
        let name = EventName::new(source, kind);
        drop(published::read(&name, &data));
        drop(published::facts(&name, &data));
    }
}

/// A request, which can be repeated in its reply.
pub(crate) fn requests(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Some(request) = request::read(text) {
        let whole = serde_json::from_str::<&RawValue>(text);
        assert!(whole.is_ok(), "{text:?} is a request and no JSON");
        let id = request.asker.id.as_deref();
        let id = id.map(serde_json::from_str::<Value>);
        assert!(id.is_none_or(|id| id.is_ok()), "the id is no JSON");
    }
}

/// The settings file.
pub(crate) fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let read = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    let loaded = Config::load(&Sources {
        flags: Flags::default(),
        env: Vec::new(),
        file: Some(FileText {
            path: PathBuf::from("config.toml"),
            text: text.into(),
            readable_by_others: false,
        }),
        discovered: None,
        places: None,
        read: &read,
    });
    if let Err(error) = loaded {
        assert!(!error.to_string().is_empty(), "an error without a text");
    }
}

/// The templates of rules, their conditions, and the templates of documents.
pub(crate) fn templates(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let name = "</script>{{ 7 * 7 }}`|](javascript:x)\u{202e}\u{1b}[2J";
    let data = json!({ "name": name, "count": 3, "list": [1, 2, 3], "none": null });
    let context = Context::of_event("Twitch", "Follow", &data);
    if let Ok(template) = Template::parse(text, Scope::Event) {
        drop(template.render(&context));
    }
    if let Ok(expression) = Expression::parse(text) {
        drop(expression.test(&context));
    }
    for file in ["page.html", "page.md", "page.txt", "page.csv"] {
        if let Ok(document) = Document::parse(file, text) {
            let values = Map::from_iter([("credits".to_owned(), data.clone())]);
            drop(document.render(&values));
        }
    }
}
