//! `TestRule`: shows how the rules would react to an event in the current state of the bridge. No
//! step is carried out, and no rule counts as having run.

use serde_json::{Map, Value, json};

use super::{
    automation::{Automation, View},
    io::Now,
    parts::Parts,
};
use crate::{
    automation::{Cause, Decision, Occurrence, Rulebook, Trial},
    mapping::{emitted, samples},
    request::{RequestError, RuleTest},
};

pub(super) fn test(
    parts: &mut Parts,
    wanted: RuleTest,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let Parts {
        base,
        presence,
        stream,
        automation,
        ..
    } = parts;
    let view = View {
        base,
        presence,
        stream,
    };
    let book = automation.book().clone();
    let only = wanted.rule.as_deref();
    let wanted_place = only.map(|name| place_of(&book, name)).transpose()?;
    let (data, is_sample) = match wanted.data {
        Some(data) => (data.into(), false),
        None => (
            samples::data_of(&wanted.name).cloned().ok_or(NO_SAMPLE)?,
            true,
        ),
    };
    let occurrence = Occurrence {
        name: wanted.name,
        data,
        cause: Cause::Outside,
    };
    let session = view.base.model.session().id.0;
    let context = |automation: &mut Automation, uses| {
        automation
            .context(uses, Some(&occurrence), view, now)
            .suppose(&wanted.suppose)
    };
    let (mut trials, mut others) = (Vec::new(), 0);
    let uses = automation.uses(&occurrence.name);
    let condition = context(automation, uses);
    for (place, rule) in book.rules.iter().enumerate() {
        if wanted_place.is_some_and(|wanted| wanted != place) {
            continue;
        }
        let decision = automation.preview(place, &occurrence, &condition, session, now);
        if decision == Decision::OtherEvent && wanted_place.is_none() {
            others += 1;
            continue;
        }
        let generation = presence.generation();
        let trial = Trial::new(&book, rule, decision, generation, |uses| {
            context(automation, uses)
        });
        trials.push(trial);
    }
    let mut warnings: Vec<String> = emitted::doubt(&occurrence.name).into_iter().collect();
    if !presence.is_present() && trials.iter().any(sends) {
        warnings.push("Twitchat is not connected: the `send` steps would fail now".into());
    }
    let rules: Vec<_> = trials.iter().map(Trial::to_json).collect();
    let mut reply = Map::from_iter([
        ("name".to_owned(), occurrence.name.to_string().into()),
        ("data".to_owned(), occurrence.data),
        ("sample".to_owned(), is_sample.into()),
        ("rules".to_owned(), rules.into()),
        ("otherRules".to_owned(), others.into()),
    ]);
    if !warnings.is_empty() {
        reply.insert("warnings".into(), json!(warnings));
    }
    Ok(reply)
}

const NO_SAMPLE: RequestError = RequestError::Missing {
    field: "data",
    expected: "an object, because the bridge has no example of this event",
};

fn sends(trial: &Trial) -> bool {
    trial
        .steps
        .iter()
        .filter_map(|step| step.effect.as_ref().ok())
        .any(|effect| effect.get("send").is_some())
}

fn place_of(book: &Rulebook, name: &str) -> Result<usize, RequestError> {
    let is_it = |rule: &crate::automation::Rule| *rule.name == *name;
    book.rules.iter().position(is_it).ok_or_else(|| {
        let names: Vec<_> = book
            .rules
            .iter()
            .map(|rule| format!("{:?}", rule.name))
            .collect();
        let expected = if names.is_empty() {
            "left out, because the config file has no rules".to_owned()
        } else {
            format!("the name of a rule: {}", names.join(", "))
        };
        RequestError::Wrong {
            field: "rule",
            found: format!("{name:?}"),
            expected: expected.into(),
        }
    })
}
