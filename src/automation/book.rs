//! Reads and checks all rules, named actions and labels of a config file.

use std::{collections::HashSet, sync::Arc, time::Duration};

use super::{
    context::Uses,
    expression::Expression,
    jinja::{self, Scope},
    latest,
    pattern::Pattern,
    step::{Step, Steps, read_steps, time},
    template::Template,
};
use crate::{
    event::EventName,
    input::{Content, Field, Fields, Node, Problem, Read, nearest, parse_toml},
};

/// The default of a rule's `at_once`.
const AT_ONCE: usize = 8;
/// The greatest value that `at_once` may have.
const MOST_AT_ONCE: u32 = 64;

/// The kinds of sections of a config file that a rulebook reads.
pub const SECTIONS: [&str; 3] = ["rule", "action", "label"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// One run per person in a session.
    Person,
    Session,
}

/// A rule runs its steps when certain events occur.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are its switches in the config"
)]
pub struct Rule {
    /// The name of the rule, or `rule` and its number if it has none.
    pub name: Box<str>,
    /// The events that the rule reacts to.
    pub on: Vec<Pattern>,
    /// The rule runs only if this condition is true. With `None` it runs on every such event.
    pub when: Option<Expression>,
    /// The steps that a run carries out.
    pub steps: Steps,
    /// The shortest time between the starts of two runs.
    pub cooldown: Duration,
    /// Limits the rule to one run per person or session; `None` for no limit.
    pub once_per: Option<Once>,
    pub enabled: bool,
    /// Whether the rule reacts to events that rules and actions cause.
    pub on_own: bool,
    /// Whether the rule reacts to events that are played back with `replay`.
    pub on_replay: bool,
    /// Whether the steps after a failed one still run.
    pub continue_on_error: bool,
    /// The number of runs that may be active at the same time.
    pub at_once: usize,
}

impl Rule {
    /// Whether the rule reacts to events of this name.
    pub fn is_for(&self, event: &EventName) -> bool {
        self.on.iter().any(|pattern| pattern.matches(event))
    }
}

/// `DoAction` and `action` steps run them.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedAction {
    pub name: Box<str>,
    /// The group under which `GetActions` lists the action.
    pub group: Box<str>,
    pub enabled: bool,
    /// The steps that a run carries out.
    pub steps: Steps,
    /// Whether the steps after a failed one still run.
    pub continue_on_error: bool,
    /// The number of runs that may be active at the same time.
    pub at_once: usize,
}

/// A text source of OBS whose text the bridge keeps up to date.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    pub source: Box<str>,
    /// The text that the source shows.
    pub text: Template,
    pub enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rulebook {
    /// The rules in the order of the file.
    pub rules: Vec<Rule>,
    pub actions: Vec<NamedAction>,
    pub labels: Vec<Label>,
    /// Problems that are not errors, such as a rule for an event that the bridge never emits by
    /// itself.
    pub warnings: Vec<Problem>,
}

impl Rulebook {
    /// Reads the given [`SECTIONS`], each with its name. The sections may be in any order. The
    /// error lists the problems of all rules, actions and labels.
    pub fn read<'a>(
        sections: impl IntoIterator<Item = (&'a str, Node)>,
    ) -> Result<Self, Vec<Problem>> {
        let mut book = Self::default();
        let (mut places, mut problems) = (Vec::new(), Vec::new());
        for (section, node) in sections {
            let Content::List(items) = &node.content else {
                let allowed =
                    format!("[[{section}]] with two brackets: there may be more than one");
                problems.push(Field::new(&node, section).bad(allowed));
                continue;
            };
            for (place, item) in items.iter().enumerate() {
                let read = match section {
                    "rule" => read_rule(item, place + 1).map(|rule| book.rules.push(rule)),
                    "action" => {
                        read_action(item, place + 1).map(|action| book.actions.push(action))
                    }
                    _ => read_label(item, place + 1).map(|label| book.labels.push(label)),
                };
                problems.extend(read.err());
                places.push((section, item.clone()));
            }
        }
        if problems.is_empty() {
            // These checks compare entries with each other, so all entries must have been read.
            problems.extend(
                book.names_are_unique(&places)
                    .and_then(|()| book.actions_exist_and_end())
                    .err(),
            );
        }
        book.warnings = book.doubts(&places);
        if problems.is_empty() {
            Ok(book)
        } else {
            Err(problems)
        }
    }

    /// Whether any rule that is switched on reacts to events of this name.
    pub fn listens(&self, name: &EventName) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.enabled && rule.is_for(name))
    }

    /// Whether any rule that is switched on reacts to events of this name, or whether any template
    /// or condition reads the last such event.
    pub fn needs(&self, name: &EventName) -> bool {
        self.listens(name)
            || self
                .sources()
                .flat_map(jinja::last_names)
                .any(|(_, last)| latest::is_named(last.trim(), name))
    }

    fn sources(&self) -> impl Iterator<Item = &str> {
        let conditions = self.rules.iter().filter_map(|rule| rule.when.as_ref());
        let labels = self.labels.iter().map(|label| label.text.source());
        conditions
            .map(Expression::source)
            .chain(self.steps().flat_map(Step::sources))
            .chain(labels)
    }

    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.rules
            .iter()
            .map(|rule| &rule.steps)
            .chain(self.actions.iter().map(|action| &action.steps))
            .flat_map(|steps| steps.iter())
    }

    /// Whether any rule that is switched on reacts to Twitchat's own messages.
    pub fn listens_to_twitchat(&self) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.enabled && rule.on.iter().any(Pattern::names_twitchat))
    }

    /// The case of `name` does not matter.
    pub fn action(&self, name: &str) -> Option<&NamedAction> {
        self.actions
            .iter()
            .find(|action| action.name.eq_ignore_ascii_case(name))
    }

    /// The parts of the context that at least one template or condition needs.
    pub fn uses(&self) -> Uses {
        let conditions = self
            .rules
            .iter()
            .filter_map(|rule| rule.when.as_ref())
            .map(super::Expression::uses);
        let steps = self.steps().map(Step::uses);
        let labels = self.labels.iter().map(|label| label.text.uses());
        conditions
            .chain(steps)
            .chain(labels)
            .fold(Uses::default(), Uses::union)
    }

    /// Whether any `last(…)` may name one of Twitchat's own messages, as in
    /// `last("Twitchat.CURRENT_TRACK")`.
    pub fn names_twitchat(&self) -> bool {
        self.uses().contains(Uses::LAST_OF_TWITCHAT)
    }

    /// Checks steps from outside a config file, such as the steps of a script. The actions that
    /// they run must be in this book.
    pub fn check_steps(&self, steps: &[Step]) -> Read<()> {
        steps
            .iter()
            .try_for_each(|step| self.action_exists(step, ""))
    }

    /// The number of rules that have a step with this action.
    pub fn triggers_of(&self, action: &NamedAction) -> usize {
        let runs = |rule: &&Rule| {
            rule.steps.iter().any(|step| {
                step.runs_action()
                    .is_some_and(|name| name.eq_ignore_ascii_case(&action.name))
            })
        };
        self.rules.iter().filter(runs).count()
    }

    /// Warnings about events that rules, actions and labels use, although neither the bridge by
    /// itself nor a `publish` step emits them.
    fn doubts(&self, places: &[(&str, Node)]) -> Vec<Problem> {
        let published: Vec<&EventName> = self.steps().filter_map(Step::publishes).collect();
        let on = |pattern: &Pattern| {
            pattern
                .doubt()
                .filter(|_| !published.iter().any(|name| pattern.matches(name)))
        };
        let last = |source: &str| -> Vec<String> {
            let names = jinja::last_names(source)
                .into_iter()
                .map(|(_, name)| name.trim());
            names
                .filter_map(|name| latest::doubt(name, &published))
                .collect()
        };
        let in_steps = |steps: &Steps| {
            steps
                .iter()
                .flat_map(|step| step.sources())
                .flat_map(last)
                .collect::<Vec<_>>()
        };
        let of = |section: &'static str| {
            places
                .iter()
                .filter(move |(of, _)| *of == section)
                .map(|(_, node)| node.spot)
        };
        let rules = of("rule").zip(&self.rules).map(|(spot, rule)| {
            let when = rule
                .when
                .as_ref()
                .map(|when| last(when.source()))
                .unwrap_or_default();
            let doubts = rule
                .on
                .iter()
                .filter_map(on)
                .chain(when)
                .chain(in_steps(&rule.steps))
                .collect();
            (spot, format!("rule {:?}", rule.name), doubts)
        });
        let actions = of("action")
            .zip(&self.actions)
            .map(|(spot, one)| (spot, format!("action {:?}", one.name), in_steps(&one.steps)));
        let labels = of("label").zip(&self.labels).map(|(spot, one)| {
            (
                spot,
                format!("label {:?}", one.source),
                last(one.text.source()),
            )
        });
        let all = rules
            .chain(actions)
            .chain(labels)
            .collect::<Vec<(_, _, Vec<String>)>>();
        let mut problems = Vec::new();
        for (spot, path, mut doubts) in all {
            doubts.sort();
            doubts.dedup();
            problems.extend(
                doubts
                    .into_iter()
                    .map(|doubt| Problem::other(spot, path.clone(), doubt)),
            );
        }
        problems
    }

    fn names_are_unique(&self, places: &[(&str, Node)]) -> Read<()> {
        let names = self.rules.iter().map(|rule| ("rule", &rule.name));
        let names = names.chain(self.actions.iter().map(|action| ("action", &action.name)));
        let names = names.chain(self.labels.iter().map(|label| ("label", &label.source)));
        let mut known = HashSet::new();
        let mut counts = [0; 3];
        for (section, name) in names {
            let Some(count) = SECTIONS
                .iter()
                .position(|known| *known == section)
                .and_then(|place| counts.get_mut(place))
            else {
                continue;
            };
            *count += 1;
            if !known.insert((section, name.to_lowercase())) {
                let node = places
                    .iter()
                    .filter(|(of, _)| *of == section)
                    .map(|(_, node)| node)
                    .nth(*count - 1);
                let spot = node.map_or_else(Default::default, |node| node.spot);
                let what = if section == "label" {
                    "another label already writes to this source"
                } else {
                    "another entry has the same name"
                };
                return Err(Problem::other(spot, format!("{section} {name:?}"), what));
            }
        }
        Ok(())
    }

    fn actions_exist_and_end(&self) -> Read<()> {
        for rule in &self.rules {
            rule.steps
                .iter()
                .try_for_each(|step| self.action_exists(step, &format!("rule {:?}", rule.name)))?;
        }
        for action in &self.actions {
            let path = format!("action {:?}", action.name);
            action
                .steps
                .iter()
                .try_for_each(|step| self.action_exists(step, &path))?;
            let mut met = HashSet::new();
            let mut left: Vec<&NamedAction> = vec![action];
            while let Some(one) = left.pop() {
                for step in &*one.steps {
                    let Some(next) = step.runs_action().and_then(|name| self.action(name)) else {
                        continue;
                    };
                    if next.name == action.name {
                        let what = "the action would run itself endlessly";
                        return Err(Problem::other(step.spot, path, what));
                    }
                    if met.insert(&next.name) {
                        left.push(next);
                    }
                }
            }
        }
        Ok(())
    }

    fn action_exists(&self, step: &Step, path: &str) -> Read<()> {
        let Some(name) = step
            .runs_action()
            .filter(|name| self.action(name).is_none())
        else {
            return Ok(());
        };
        let hint = match nearest(name, self.actions.iter().map(|action| &*action.name)) {
            Some(nearest) => format!("did you mean {nearest:?}?"),
            None => "[[action]] makes one".into(),
        };
        let what = format!("there is no action {name:?}; {hint}");
        Err(Problem::other(step.spot, path, what))
    }
}

fn read_rule(node: &Node, number: usize) -> Read<Rule> {
    const KEYS: [&str; 11] = [
        "name",
        "on",
        "when",
        "do",
        "cooldown",
        "once_per",
        "enabled",
        "on_own",
        "on_replay",
        "continue_on_error",
        "at_once",
    ];
    let mut fields = Fields::of(node, format!("rule {number}"), &KEYS)?;
    let name: Box<str> = fields
        .word("name")?
        .map_or_else(|| format!("rule {number}"), ToOwned::to_owned)
        .into();
    if fields.get("name").is_some() {
        fields.call(format!("rule {name:?}"));
    }
    let on = fields.needed(
        "on",
        r#"the events that the rule reacts to, such as "Twitch.Raid""#,
    )?;
    let on = on
        .words()?
        .into_iter()
        .map(|(word, field)| Pattern::parse(word).map_err(|what| field.other(what)))
        .collect::<Read<_>>()?;
    let once_per = fields.read("once_per", |field| {
        Ok(match field.word_of(&["person", "session"])? {
            "person" => Once::Person,
            _ => Once::Session,
        })
    })?;
    Ok(Rule {
        name,
        on,
        when: fields.read("when", Expression::read)?,
        steps: steps(&fields)?,
        cooldown: fields.read("cooldown", time)?.unwrap_or_default(),
        once_per,
        enabled: fields.flag("enabled", true)?,
        on_own: fields.flag("on_own", false)?,
        on_replay: fields.flag("on_replay", false)?,
        continue_on_error: fields.flag("continue_on_error", false)?,
        at_once: at_once(&fields)?,
    })
}

fn read_action(node: &Node, number: usize) -> Read<NamedAction> {
    let mut fields = Fields::of(
        node,
        format!("action {number}"),
        &[
            "name",
            "group",
            "do",
            "enabled",
            "continue_on_error",
            "at_once",
        ],
    )?;
    let name: Box<str> = fields
        .needed("name", "the name by which it is called")?
        .word()?
        .into();
    fields.call(format!("action {name:?}"));
    Ok(NamedAction {
        name,
        group: fields.word("group")?.unwrap_or("Actions").into(),
        enabled: fields.flag("enabled", true)?,
        steps: steps(&fields)?,
        continue_on_error: fields.flag("continue_on_error", false)?,
        at_once: at_once(&fields)?,
    })
}

fn read_label(node: &Node, number: usize) -> Read<Label> {
    let mut fields = Fields::of(
        node,
        format!("label {number}"),
        &["source", "text", "enabled"],
    )?;
    let source = fields.needed("source", "the name of a text source in OBS")?;
    let source: Box<str> = source.word()?.into();
    fields.call(format!("label {source:?}"));
    let expected = r#"the text to show, such as "Latest follower: {{ last('Follow').name }}""#;
    let text = Template::read(&fields.needed("text", expected)?, Scope::Always)?;
    Ok(Label {
        source,
        text,
        enabled: fields.flag("enabled", true)?,
    })
}

fn at_once(fields: &Fields<'_>) -> Read<usize> {
    let count = fields.read("at_once", |field| field.whole(1, MOST_AT_ONCE))?;
    Ok(count.map_or(AT_ONCE, |count| count as usize))
}

fn steps(fields: &Fields<'_>) -> Read<Steps> {
    read_steps(&fields.needed("do", r#"a list of steps, such as [{ obs = "StopStream" }]"#)?)
}

impl Rulebook {
    /// Reads the rules, actions and labels of a whole TOML text, for tests and for the examples in
    /// the documentation.
    pub fn of_toml(text: &str) -> Result<Self, Vec<Problem>> {
        let root = parse_toml(text)
            .map_err(|error| vec![Problem::other(error.spot, "", error.message)])?;
        let sections = root.get_ref().iter().filter_map(|(section, value)| {
            let known = SECTIONS
                .into_iter()
                .find(|known| *known == section.get_ref().as_ref())?;
            Some((known, Node::of_toml(value, text)))
        });
        Self::read(sections.collect::<Vec<_>>())
    }

    pub fn shared(self) -> Arc<Self> {
        Arc::new(self)
    }
}
