//! The credits as text for people: titles with names below, without empty sections.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};
use twitchat_bridge::credits::{Section, namesakes};
use twitchat_bridge::event::Platform;
use twitchat_bridge::input;

use crate::cli::out::{self, BOLD};
use crate::cli::screen;

/// The credits, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Roll(Vec<(String, Vec<String>)>);

impl Roll {
    /// Reads a reply in `legacy` spelling. Includes the amounts if the reply has `extended` lists.
    pub(crate) fn read(reply: &Map<String, Value>) -> Self {
        let mut roll = Self::default();
        let reply = Value::from(reply.clone());
        for &section in Section::ALL {
            match section {
                Section::Groups => roll.groups(&reply),
                Section::Custom => roll.custom(&reply),
                section => roll.add(section.title(), lines(&reply, &place(section))),
            }
        }
        roll
    }

    fn add(&mut self, title: &str, lines: Vec<String>) {
        if !lines.is_empty() {
            self.0.push((out::clean(title).into_owned(), lines));
        }
    }

    /// Adds the user's groups, which are among the lists of users under names of the user's choice.
    fn groups(&mut self, reply: &Value) {
        let own = |key: &str| {
            [
                Section::Editors,
                Section::Moderator,
                Section::Subscriber,
                Section::VIPs,
                Section::Users,
            ]
            .iter()
            .any(|section| section.legacy() == key)
        };
        for (group, names) in reply
            .get("User")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(key, _)| !own(key))
        {
            self.add(
                &capitalised(group),
                names.as_array().into_iter().flatten().map(line).collect(),
            );
        }
    }

    fn custom(&mut self, reply: &Value) {
        for key in reply
            .get("Custom")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, _)| key)
        {
            self.add(key, lines(reply, &["Custom", key]));
        }
    }

    /// Whether all sections are empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text for a terminal or a file.
    pub(crate) fn text(&self) -> String {
        let width = screen::width();
        self.write(
            |title| {
                let title = screen::hanging("", title, 2, width);
                format!("{BOLD}{title}{BOLD:#}\n")
            },
            |line| format!("{}\n", screen::hanging("  ", line, 4, width)),
        )
    }

    pub(crate) fn markdown(&self) -> String {
        self.write(
            |title| format!("## {}\n\n", escaped(title)),
            |line| format!("- {}\n", escaped(line)),
        )
    }

    fn write(&self, title: impl Fn(&str) -> String, line: impl Fn(&str) -> String) -> String {
        let section = |(heading, lines): &(String, Vec<String>)| {
            title(heading) + &lines.iter().map(|text| line(text)).collect::<String>()
        };
        self.0
            .iter()
            .map(section)
            .collect::<Vec<_>>()
            .join("\n")
            .trim_end()
            .to_owned()
    }
}

/// The keys that lead to a section in a reply in `legacy` spelling.
fn place(section: Section) -> Vec<&'static str> {
    let group = match section {
        section if Section::EVENTS.contains(&section) => Some("Events"),
        Section::Editors
        | Section::Moderator
        | Section::Subscriber
        | Section::VIPs
        | Section::Users => Some("User"),
        _ => None,
    };
    group
        .into_iter()
        .chain(section.legacy().split('.'))
        .collect()
}

/// The lines of a list, with amounts if the reply has them in `extended`.
fn lines(reply: &Value, place: &[&str]) -> Vec<String> {
    let at = |root: &Value, place: &[&str]| {
        let found = place.iter().try_fold(root, |value, key| value.get(key));
        found
            .and_then(Value::as_array)
            .map(|list| named_apart(list).iter().map(line).collect::<Vec<_>>())
    };
    // `extended` has all sections on one level.
    let flat = place
        .iter()
        .position(|key| ["Events", "User"].contains(key))
        .map_or(place, |_| place.get(1..).unwrap_or_default());
    let extended = reply
        .get("extended")
        .and_then(|extended| at(extended, flat))
        .filter(|lines| !lines.is_empty());
    extended.or_else(|| at(reply, place)).unwrap_or_default()
}

/// The same list, with the platform after each name that people on several platforms have. In plain
/// lists of names the bridge has added it.
fn named_apart(list: &[Value]) -> Vec<Value> {
    let who = |one: &Value| {
        let text = |key: &str| one.get(key).and_then(Value::as_str);
        Some((text("name")?.to_owned(), Platform::parse(text("platform")?)))
            .filter(|(_, platform)| platform.has_chat())
    };
    let mut platforms: HashMap<String, BTreeSet<Platform>> = HashMap::new();
    for (name, platform) in list.iter().filter_map(who) {
        platforms
            .entry(name.to_lowercase())
            .or_default()
            .insert(platform);
    }
    let is_shared = |name: &str| {
        platforms
            .get(&name.to_lowercase())
            .is_some_and(|platforms| platforms.len() > 1)
    };
    let mut list = list.to_vec();
    for one in &mut list {
        if let Some((name, platform)) = who(one).filter(|(name, _)| is_shared(name))
            && let Some(shown) = one.get_mut("name")
        {
            *shown = namesakes::marked(&name, platform).into();
        }
    }
    list
}

/// A line for a name, or for an object with a name and amounts.
pub(super) fn line(value: &Value) -> String {
    let object = match value {
        Value::String(name) => return out::clean(name).into_owned(),
        Value::Object(object) => object,
        other => return other.to_string(),
    };
    let Some(name) = object.get("name").and_then(Value::as_str) else {
        return out::clean(&value.to_string()).into_owned();
    };
    let mut more = Vec::new();
    // Each gift counts once, so "5 times, 5 gifts" would be a repetition.
    let is_gifts = object.get("unit").and_then(Value::as_str) == Some("gifts");
    if let Some(count) = object
        .get("count")
        .and_then(Value::as_u64)
        .filter(|count| *count > 1)
        .filter(|count| !is_gifts || object.get("amount") != Some(&(*count).into()))
    {
        more.push(format!("{count} times"));
    }
    if let Some(amount) = object
        .get("amount")
        .and_then(Value::as_u64)
        .filter(|amount| *amount > 0)
    {
        let unit = object
            .get("unit")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let unit = input::unit(amount, unit);
        more.push(format!("{amount} {unit}").trim_end().to_owned());
    }
    for money in object
        .get("amounts")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let part = |key| money.get(key).and_then(Value::as_str).unwrap_or_default();
        more.push(
            format!("{} {}", part("amount"), part("currency"))
                .trim_end()
                .to_owned(),
        );
    }
    let name = out::clean(name);
    if more.is_empty() {
        name.into_owned()
    } else {
        format!("{name} ({})", out::clean(&more.join(", ")))
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Escapes Markdown: names such as `_anna_` must not become italic, and `<b>` must not become bold.
/// A name such as `1. Zed` or `---` must not begin a list or draw a line.
fn escaped(text: &str) -> String {
    let number = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    text.char_indices()
        .flat_map(|(at, c)| {
            let begins_block = match c {
                '-' | '+' | '=' => at == 0,
                '.' | ')' => at > 0 && at == number,
                _ => false,
            };
            (begins_block || "\\`*_{}[]<>#|~&".contains(c))
                .then_some('\\')
                .into_iter()
                .chain([c])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn roll(reply: &Value) -> Roll {
        Roll::read(reply.as_object().unwrap())
    }

    fn credits() -> Value {
        json!({
            "Events": { "Follows": ["Anna_B", "雪見うどん"], "Cheers": [], "GameUpdates": ["Frog \
                Café"] },
            "HypeTrainConductor": [],
            "User": { "Editors": [], "Users": ["Zed"], "regulars": ["<b>Olle"], "Moderator": [] },
            "Custom": { "Thanks": ["everybody", { "name": "Mum", "for": "dinner" }, 7] },
            "TopBits": { "All": ["Zed"], "Month": [], "Week": [] },
            "TopChannelRewards": [],
        })
    }

    #[test]
    fn a_name_that_people_of_several_platforms_have_stands_there_with_each() {
        let person =
            |platform: &str, name: &str| json!({ "name": name, "platform": platform, "count": 1 });
        let follows = [
            person("twitch", "Lea"),
            person("youtube", "lea"),
            person("kofi", "Lea"),
            person("kick", "Max"),
        ];
        let reply = json!({ "Events": { "Follows": [] }, "extended": { "Follows": follows } });
        let text = Roll::read(reply.as_object().unwrap()).text();
        let names: Vec<_> = text.lines().skip(1).map(str::trim).collect();
        assert_eq!(names, ["Lea (Twitch)", "lea (YouTube)", "Lea", "Max"]);
    }

    #[test]
    fn titles_with_names_and_no_empty_section() {
        insta::assert_snapshot!(anstream::adapter::strip_str(&roll(&credits()).text()));
    }

    #[test]
    fn markdown_takes_names_literally() {
        insta::assert_snapshot!(roll(&credits()).markdown());
    }

    #[test]
    fn names_cannot_break_out_of_their_line_of_markdown() {
        let names = [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "![x](http://example.org/x.png)",
            "`code` | cell | ~~x~~",
            "a\n\n# Title\r\n- item",
            "a\u{202e}b\u{2067}c",
            "1. Zed",
            "12) Zed",
            "---",
            "+ Zed",
            "&lt;b&gt; \\",
        ];
        let markdown = roll(&json!({ "Custom": { "# <b>": names } })).markdown();
        let lines: Vec<_> = markdown.lines().collect();
        assert_eq!(
            lines,
            [
                "## \\# \\<b\\>",
                "",
                "- \\<script\\>alert(1)\\</script\\>",
                "- \\[x\\](javascript:alert(1))",
                "- !\\[x\\](http://example.org/x.png)",
                "- \\`code\\` \\| cell \\| \\~\\~x\\~\\~",
                "- a  \\# Title  - item",
                "- abc",
                "- 1\\. Zed",
                "- 12\\) Zed",
                "- \\---",
                "- \\+ Zed",
                "- \\&lt;b\\&gt; \\\\",
            ]
        );
    }

    #[test]
    fn extended_lists_bring_amounts() {
        let reply = json!({
            "Events": { "Cheers": ["Anna_B"], "Follows": ["Zed"] },
            "extended": {
                "Cheers": [{ "name": "Anna_B", "count": 3, "amount": 300, "unit": "bits" }],
                "Follows": [{ "name": "Zed", "count": 1 }],
                "Custom": { "Tips": [{ "name": "Kasper", "count": 1,
                    "amounts": [{ "amount": "12.50", "currency": "EUR" }] }] },
            },
            "Custom": { "Tips": ["Kasper"] },
        });
        insta::assert_snapshot!(anstream::adapter::strip_str(&roll(&reply).text()));
    }

    #[test]
    fn a_number_of_gifts_stands_there_once() {
        let giver = |count: u64, amount: u64| {
            line(&json!({ "name": "Zed", "count": count, "amount": amount, "unit": "gifts" }))
        };
        assert_eq!(giver(5, 5), "Zed (5 gifts)");
        assert_eq!(giver(2, 7), "Zed (2 times, 7 gifts)");
    }

    #[test]
    fn one_of_something_is_singular() {
        let one = |unit: &str| line(&json!({ "name": "Zed", "amount": 1, "unit": unit }));
        assert_eq!(
            ["months", "viewers", "bits", "hype", ""].map(one),
            [
                "Zed (1 month)",
                "Zed (1 viewer)",
                "Zed (1 bit)",
                "Zed (1 hype)",
                "Zed (1)"
            ]
        );
    }

    #[test]
    fn nobody_is_nobody() {
        assert!(
            roll(&json!({ "Events": { "Follows": [] }, "Custom": {}, "User": { "regulars": [] } }))
                .is_empty()
        );
        assert!(roll(&json!({ "Events": 3, "User": null })).is_empty());
    }
}
