//! Tests with the events that the services document. `tests/fixtures/services` holds a body of each
//! documented event and the expected result. The table in docs/published-events.md is made from
//! these files.

use std::path::Path;

use serde_json::json;

use super::super::{feeds::feed, *};
use crate::{event::Roles, mapping::render};

/// A file of `tests/fixtures/services`.
struct Fixture {
    file: String,
    name: EventName,
    content: Value,
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/services");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let content: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let name = EventName::new(
            content["service"].as_str().unwrap(),
            content["type"].as_str().unwrap(),
        );
        Fixture {
            file: path.file_stem().unwrap().to_string_lossy().into(),
            name,
            content,
        }
    };
    files.iter().map(read).collect()
}

impl Fixture {
    fn text(&self, key: &str) -> &str {
        self.content[key].as_str().unwrap()
    }

    /// The single reading of its body.
    fn reading(&self) -> Reading {
        let mut readings = read(&self.name, &self.content["body"])
            .unwrap_or_else(|wrong| panic!("{}: {wrong}", self.file));
        assert_eq!(readings.len(), 1, "{}", self.file);
        readings.remove(0)
    }

    /// The expected result, as one cell of the table.
    fn becomes(&self) -> String {
        let expected = &self.content["expected"];
        let Some(section) = expected["feeds"].as_str() else {
            return match expected["why"].as_str().unwrap() {
                "unpaid" => "not counted: it was not paid",
                "pending" => "not counted: it is not yet paid",
                "test" => "not counted: it is a test",
                "guest" => "not counted: another channel received it",
                "withdrawn" => "removed, if it was counted",
                "uncounted" if feed(&self.name).is_none() => "passed on without private data",
                _ => "not counted",
            }
            .into();
        };
        let mut parts = vec![section.to_owned()];
        parts.extend(expected["who"].as_str().map(ToOwned::to_owned));
        parts.extend(expected["amount"].as_str().map(|amount| {
            let currency = expected["currency"].as_str().unwrap_or_default();
            format!("{amount} {currency}").trim_end().to_owned()
        }));
        for unit in ["bits", "points", "gifts", "months", "viewers", "level"] {
            parts.extend(
                expected[unit]
                    .as_u64()
                    .map(|number| format!("{unit}: {number}")),
            );
        }
        parts.extend(
            expected["what"]
                .as_str()
                .map(|what| format!("\u{201c}{what}\u{201d}")),
        );
        parts.join(", ")
    }
}

fn name_of(person: &Person) -> Value {
    let shown = if person.display.is_empty() {
        &person.login
    } else {
        &person.display
    };
    shown.to_string().into()
}

fn names(people: &[Person]) -> Value {
    people.iter().map(name_of).collect()
}

fn roles(person: &Person) -> Value {
    [
        (Roles::BROADCASTER, "broadcaster"),
        (Roles::MODERATOR, "moderator"),
        (Roles::VIP, "vip"),
        (Roles::SUBSCRIBER, "subscriber"),
    ]
    .into_iter()
    .filter(|(role, _)| person.roles.contains(*role))
    .map(|(_, word)| Value::from(word))
    .collect()
}

/// The counted facts of a reading, in the format of a fixture's `expected`.
fn described(name: &EventName, reading: &Reading) -> Value {
    let facts = reading.facts(name);
    let section = feed(name).map_or("", Feed::section);
    let mut all = match &facts[..] {
        [Fact::Plain { .. }] => {
            return json!({ "feeds": null, "why": format!("{:?}",
                reading.standing).to_lowercase() });
        }
        [Fact::Withdrawn { .. }] => return json!({ "feeds": null, "why": "withdrawn" }),
        [Fact::Follow { who } | Fact::Ban { who, .. }] => json!({ "who": name_of(who) }),
        [Fact::Cheer { who, bits, .. }] => json!({ "who": name_of(who), "bits": bits }),
        [Fact::Subscription(sub)] => {
            json!({ "who": name_of(&sub.who), "months": sub.cumulative_months,
                "tier": format!("{:?}", sub.tier) })
        }
        [Fact::Gift(gift)] => {
            json!({ "who": name_of(&gift.gifter), "gifts": gift.count,
                "to": names(&gift.recipients) })
        }
        [Fact::Raid { who, viewers, .. }] => json!({ "who": name_of(who), "viewers": viewers }),
        [Fact::Redemption(one)] => {
            json!({ "who": name_of(&one.who), "points": one.cost, "what": one.title })
        }
        [Fact::Stream { category, .. }] => json!({ "what": category }),
        [Fact::HypeTrain(train)] => {
            let all: Vec<Person> = train
                .contributors
                .iter()
                .map(|one| one.who.clone())
                .collect();
            json!({ "level": train.level, "to": names(&all) })
        }
        [Fact::Presence(presence)] => {
            json!({ "who": name_of(&presence.who), "roles": roles(&presence.who) })
        }
        [Fact::Support(support)] => {
            let mut all = json!({ "who": name_of(&support.who) });
            if let Some(money) = &support.money {
                all["amount"] = money.text().into();
                all["currency"] = money.currency.to_string().into();
            }
            if !support.what.is_empty() {
                all["what"] = support.what.to_string().into();
            }
            all
        }
        other => panic!("{name}: {other:?}"),
    };
    let is_given = matches!(
        feed(name).unwrap().read,
        EventReader::Sub | EventReader::ReSub
    ) && matches!(&facts[..], [Fact::Presence(_)]);
    all["feeds"] = if is_given {
        "only User.Subscriber".into()
    } else {
        section.into()
    };
    all
}

#[test]
fn each_services_body_becomes_its_documented_result() {
    let differences: Vec<String> = fixtures()
        .iter()
        .filter_map(|fixture| {
            let (found, expected) = (
                described(&fixture.name, &fixture.reading()),
                &fixture.content["expected"],
            );
            (found != *expected).then(|| format!("{}: {found}\n  and not {expected}", fixture.file))
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn private_data_is_neither_kept_nor_passed_on() {
    let mut searched = 0;
    for fixture in fixtures() {
        let reading = fixture.reading();
        let context = render::Context {
            at_ms: 0,
            id: "x",
            broadcaster: None,
        };
        let event = event(&fixture.name, &reading, &reading.fact, &context);
        let kept = format!(
            "{} {:?} {:?}",
            reading.data,
            reading.facts(&fixture.name),
            reading.id
        );
        for private in fixture.content["private"]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
        {
            searched += 1;
            assert!(
                fixture.content["body"].to_string().contains(private),
                "{}: {private} is not in the body",
                fixture.file
            );
            // The event must not contain a message that is not public. `kept` may contain it,
            // because the journal's texts are removed elsewhere.
            assert!(
                !event.data.to_string().contains(private),
                "{}: {private} is passed on: {}",
                fixture.file,
                event.data
            );
            if fixture.file != "Kofi-Donation-private" || private.contains('@') {
                assert!(
                    !kept.contains(private),
                    "{}: {private} is kept: {kept}",
                    fixture.file
                );
            }
        }
    }
    assert!(searched > 60, "{searched}");
}

/// Each fixture names the documentation that was read, or states that there is none.
#[test]
fn every_service_has_a_fixture() {
    let with: std::collections::BTreeSet<String> = fixtures()
        .iter()
        .map(|fixture| fixture.name.to_string())
        .collect();
    let without: Vec<String> = FEEDS
        .iter()
        .filter(|feed| !matches!(feed.source, "Twitch" | "Misc"))
        .map(|feed| format!("{}.{}", feed.source, feed.kind))
        .filter(|name| !with.contains(name))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

/// The rows of the table of services.
pub(super) fn table() -> String {
    let row = |fixture: &Fixture| {
        let sources: Vec<String> = fixture
            .text("source")
            .split(", ")
            .map(|source| source.replacen("https://", "", 1))
            .collect();
        let cells = [
            fixture.name.to_string(),
            fixture.text("shape").to_owned(),
            fixture.becomes(),
            sources.join(", "),
        ];
        format!("| {} |\n", cells.join(" | "))
    };
    fixtures().iter().map(row).collect()
}
