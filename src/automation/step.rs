//! The steps of a rule, a named action or a script, which run in order.

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value};

use super::{
    broadcast,
    context::{Context, Uses},
    jinja::{EvaluationError, Scope},
    obs_request::{self, ObsRequest},
    template::{Shape, Template},
};
use crate::{
    event::EventName,
    input::{
        BACKSLASH_HINT, Cause, Content, Field, Fields, Problem, Read, Spot, duration, nearest,
    },
    request,
    twitchat::{
        Generation,
        action::{self, Prepared, Problem as Wrongly},
    },
};

/// The longest duration in a step: one day.
const LONGEST_TIME: Duration = Duration::from_secs(24 * 60 * 60);
/// Describes the spelling of a duration in error messages.
const TIME: &str =
    r#"a time such as "500ms", "5s" or "1m 30s", or a number of seconds, at most a day"#;
/// The default time limit of a program.
const PROGRAM_WITHIN: Duration = Duration::from_secs(60);
/// Each step has exactly one of these keys, which determines the kind of step.
const VERBS: [&str; 8] = [
    "send",
    "publish",
    "broadcast",
    "request",
    "obs",
    "wait",
    "run",
    "action",
];

/// Prefixes, in lower case, of requests that a step cannot make. These requests change nothing, or
/// concern only the client that makes them.
const ONLY_ASKS: [&str; 7] = [
    "get",
    "subscribe",
    "unsubscribe",
    "authenticate",
    "testcredits",
    "list",
    "overlayreport",
];

/// A list of steps, which all of its runs share.
pub type Steps = Arc<[Step]>;

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub spot: Spot,
    pub(super) does: Does,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Does {
    Send {
        kind: Box<str>,
        data: Shape,
        check: bool,
        yes: bool,
    },
    Publish {
        name: EventName,
        data: Shape,
        id: Option<Template>,
    },
    Broadcast(Shape),
    Request {
        name: Box<str>,
        data: Shape,
    },
    Obs {
        name: &'static str,
        data: Shape,
    },
    Wait(Pause),
    Run {
        program: Box<str>,
        args: Vec<Template>,
        within: Duration,
        background: bool,
    },
    Action {
        name: Box<str>,
        args: Shape,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pause {
    Fixed(Duration),
    Text(Template),
}

/// A step to carry out now, with its templates filled in.
#[derive(Debug, Clone, PartialEq)]
pub enum StepEffect {
    /// Send an action to Twitchat.
    Send {
        /// The name of the action in any version of Twitchat.
        kind: Box<str>,
        data: Map<String, Value>,
        /// Whether to check and translate the action. If not, it is sent unchanged.
        check: bool,
        /// Whether an action that cannot be undone is allowed.
        yes: bool,
    },
    Publish {
        name: EventName,
        data: Map<String, Value>,
        /// An id by which repeated events are recognized.
        id: Option<Box<str>>,
    },
    /// Send this message to all clients of OBS.
    Broadcast(Map<String, Value>),
    /// Make a request to the bridge, as a client on OBS does.
    Request {
        name: Box<str>,
        data: Map<String, Value>,
    },
    Obs(ObsRequest),
    Wait(Duration),
    Run(Program),
}

/// A program with its arguments and its input.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The path of the program, or its name on the search path.
    pub program: Box<str>,
    pub args: Vec<String>,
    /// The event as JSON, for the standard input of the program.
    pub input: Box<str>,
    /// The time limit of the program. Then it is stopped.
    pub within: Duration,
    /// Whether the next step starts without waiting for the program's end.
    pub background: bool,
}

/// Reads a list of steps, which must not be empty.
pub(super) fn read_steps(field: &Field<'_>) -> Read<Steps> {
    let allowed = r#"a list of steps, such as [{ wait = "5s" }, { obs = "StopStream" }]"#;
    let Content::List(items) = &field.node.content else {
        return Err(field.bad(allowed));
    };
    if items.is_empty() {
        let cause = Cause::Value {
            allowed: allowed.into(),
            found: "an empty list".into(),
        };
        return Err(Problem::new(field.node.spot, &*field.path, cause));
    }
    items
        .iter()
        .enumerate()
        .map(|(place, item)| Step::read(&Field::new(item, format!("{}[{place}]", field.path))))
        .collect()
}

/// Reads a duration of at most a day.
pub(super) fn time(field: &Field<'_>) -> Read<Duration> {
    field.time(LONGEST_TIME, TIME)
}

impl Step {
    pub fn read(field: &Field<'_>) -> Read<Self> {
        let (node, path) = (field.node, &*field.path);
        let Content::Table(table) = &node.content else {
            return Err(field.bad(r#"a table such as { wait = "5s" }"#));
        };
        let mut verbs = table.iter().filter(|(key, ..)| VERBS.contains(key));
        let wrong = |spot, what: String| Err(Problem::other(spot, path, what));
        let Some((verb, spot, _)) = verbs.next() else {
            let near = table
                .iter()
                .find_map(|(key, spot, _)| nearest(key, VERBS).map(|near| (key, spot, near)));
            return match near {
                Some((key, spot, near)) => wrong(
                    spot,
                    format!("there is no step {key}; did you mean {near}?"),
                ),
                None => wrong(
                    node.spot,
                    format!("a step begins with one of {}", VERBS.join(", ")),
                ),
            };
        };
        if let Some((other, spot, _)) = verbs.next() {
            return wrong(
                spot,
                format!("{verb} and {other} are two steps: write each in a table of its own"),
            );
        }
        let does = match verb {
            "send" => read_send(&Fields::of(node, path, &["send", "data", "check", "yes"])?),
            "publish" => read_publish(&Fields::of(node, path, &["publish", "data", "id"])?),
            "broadcast" => read_broadcast(&Fields::of(node, path, &["broadcast"])?),
            "request" => read_request(&Fields::of(node, path, &["request", "data"])?),
            "obs" => read_obs(&Fields::of(node, path, &["obs", "data"])?),
            "wait" => read_wait(&Fields::of(node, path, &["wait"])?),
            "run" => read_run(&Fields::of(node, path, &["run", "timeout", "background"])?),
            "action" => read_action(&Fields::of(node, path, &["action", "args"])?),
            _ => return Err(Problem::new(spot, path, Cause::unknown_key(verb, &VERBS))),
        }?;
        Ok(Self {
            spot: node.spot,
            does,
        })
    }

    pub fn uses(&self) -> Uses {
        match &self.does {
            Does::Send { data, .. } | Does::Request { data, .. } | Does::Obs { data, .. } => {
                data.uses()
            }
            Does::Publish { data, id, .. } => {
                id.iter().map(Template::uses).fold(data.uses(), Uses::union)
            }
            Does::Wait(Pause::Text(template)) => template.uses(),
            Does::Wait(Pause::Fixed(_)) => Uses::default(),
            // The program receives the event on its standard input.
            Does::Run { args, .. } => args
                .iter()
                .map(Template::uses)
                .fold(Uses::EVENT | Uses::DATA | Uses::ARGS, Uses::union),
            Does::Broadcast(message) => message.uses(),
            Does::Action { args, .. } => args.uses(),
        }
    }

    pub(super) fn sources(&self) -> Vec<&str> {
        match &self.does {
            Does::Send { data, .. } | Does::Request { data, .. } | Does::Obs { data, .. } => {
                data.sources()
            }
            Does::Publish { data, id, .. } => data
                .sources()
                .into_iter()
                .chain(id.iter().map(Template::source))
                .collect(),
            Does::Wait(Pause::Text(template)) => vec![template.source()],
            Does::Wait(Pause::Fixed(_)) => Vec::new(),
            Does::Run { args, .. } => args.iter().map(Template::source).collect(),
            Does::Broadcast(message) => message.sources(),
            Does::Action { args, .. } => args.sources(),
        }
    }

    /// The event that a `publish` step publishes; `None` for other steps.
    pub(super) fn publishes(&self) -> Option<&EventName> {
        if let Does::Publish { name, .. } = &self.does {
            Some(name)
        } else {
            None
        }
    }

    /// The action that an `action` step runs; `None` for other steps.
    pub(super) fn runs_action(&self) -> Option<&str> {
        if let Does::Action { name, .. } = &self.does {
            Some(name)
        } else {
            None
        }
    }

    /// A short description without data, such as `send SEND_MESSAGE`.
    pub fn summary(&self) -> String {
        match &self.does {
            Does::Send { kind, .. } => format!("send {kind}"),
            Does::Publish { name, .. } => format!("publish {name}"),
            Does::Broadcast(_) => "broadcast".into(),
            Does::Request { name, .. } => format!("request {name}"),
            Does::Obs { name, .. } => format!("obs {name}"),
            Does::Wait(Pause::Fixed(time)) => format!("wait {}", duration::show(*time)),
            Does::Wait(Pause::Text(_)) => "wait".into(),
            Does::Run { program, .. } => format!("run {program}"),
            Does::Action { name, .. } => format!("action {name}"),
        }
    }
}

impl Does {
    /// Fills in the templates. Fails for an `action` step, because the caller must look up its
    /// action.
    pub(super) fn render(&self, context: &Context) -> Result<StepEffect, EvaluationError> {
        let object = |shape: &Shape| match shape.render(context)? {
            Value::Object(map) => Ok(map),
            _ => Ok(Map::new()),
        };
        Ok(match self {
            Self::Send {
                kind,
                data,
                check,
                yes,
            } => StepEffect::Send {
                kind: kind.clone(),
                data: object(data)?,
                check: *check,
                yes: *yes,
            },
            Self::Publish { name, data, id } => {
                let id = id
                    .as_ref()
                    .map(|id| id.render(context))
                    .transpose()?
                    .map(Into::into);
                StepEffect::Publish {
                    name: name.clone(),
                    data: object(data)?,
                    id,
                }
            }
            Self::Broadcast(message) => StepEffect::Broadcast(object(message)?),
            Self::Request { name, data } => StepEffect::Request {
                name: name.clone(),
                data: object(data)?,
            },
            Self::Obs { name, data } => StepEffect::Obs(
                ObsRequest::read(name, object(data)?)
                    .map_err(|wrong| EvaluationError(wrong.to_string()))?,
            ),
            Self::Wait(Pause::Fixed(time)) => StepEffect::Wait(*time),
            Self::Wait(Pause::Text(template)) => {
                let text = template.render(context)?;
                let time = duration::parse(&text).filter(|time| *time <= LONGEST_TIME);
                StepEffect::Wait(time.ok_or_else(|| {
                    EvaluationError(format!("{text:?} is no time: it must be {TIME}"))
                })?)
            }
            Self::Run {
                program,
                args,
                within,
                background,
            } => StepEffect::Run(Program {
                program: program.clone(),
                args: args
                    .iter()
                    .map(|arg| arg.render(context))
                    .collect::<Result<_, _>>()?,
                input: context.to_json().into(),
                within: *within,
                background: *background,
            }),
            Self::Action { name, .. } => {
                return Err(EvaluationError(format!("there is no action {name}")));
            }
        })
    }
}

fn data(fields: &Fields<'_>, key: &str) -> Read<(Shape, Spot)> {
    Ok(match fields.get(key) {
        Some(field) => (Shape::read_table(&field, Scope::Event)?, field.node.spot),
        None => (Shape::Fixed(Value::Object(Map::new())), fields.spot()),
    })
}

fn word(fields: &Fields<'_>, key: &str) -> Read<Box<str>> {
    Ok(fields.word(key)?.unwrap_or_default().into())
}

fn read_send(fields: &Fields<'_>) -> Read<Does> {
    let kind = word(fields, "send")?;
    let check = fields.flag("check", true)?;
    let yes = fields.flag("yes", false)?;
    let (data, spot) = data(fields, "data")?;
    match &data {
        Shape::Fixed(Value::Object(map)) => {
            let at = if matches!(
                prepared(&kind, Map::new(), check, None),
                Err(Refused::Action(
                    Wrongly::Unknown { .. } | Wrongly::Forbidden(_)
                ))
            ) {
                fields.get("send").map_or(spot, |field| field.node.spot)
            } else {
                spot
            };
            let prepared = prepared(&kind, map.clone(), check, None);
            let allowed = prepared.and_then(|prepared| unless_destructive(prepared, yes));
            allowed.map_err(|refused| Problem::other(at, fields.path(), refused.to_string()))?;
        }
        // Until the templates are filled in, only the name can be checked.
        _ => {
            if let Err(refused @ Refused::Action(Wrongly::Unknown { .. } | Wrongly::Forbidden(_))) =
                prepared(&kind, Map::new(), check, None)
            {
                return Err(fields.other("send", refused.to_string()));
            }
        }
    }
    Ok(Does::Send {
        kind,
        data,
        check,
        yes,
    })
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    #[error(transparent)]
    Action(#[from] Wrongly),
    /// The action cannot be undone, and the step does not have `yes = true`.
    #[error("{kind} {does}, which cannot be undone: yes = true in the step allows it")]
    Destructive {
        kind: String,
        /// The effect of the action, such as a permanent ban.
        does: &'static str,
    },
}

/// Checks an action of a step, and translates it for a generation of Twitchat.
pub fn prepare(
    kind: &str,
    data: Map<String, Value>,
    check: bool,
    yes: bool,
    generation: Option<Generation>,
) -> Result<Prepared, Refused> {
    unless_destructive(prepared(kind, data, check, generation)?, yes)
}

fn prepared(
    kind: &str,
    data: Map<String, Value>,
    check: bool,
    generation: Option<Generation>,
) -> Result<Prepared, Refused> {
    Ok(if check {
        action::prepare(kind, data, generation)?
    } else {
        Prepared::raw(kind, data)?
    })
}

fn unless_destructive(prepared: Prepared, yes: bool) -> Result<Prepared, Refused> {
    match prepared.destructive {
        Some(does) if !yes => Err(Refused::Destructive {
            kind: prepared.kind,
            does,
        }),
        _ => Ok(prepared),
    }
}

fn read_publish(fields: &Fields<'_>) -> Read<Does> {
    let word = fields.word("publish")?.unwrap_or_default();
    let name = EventName::parse(word).filter(|name| {
        !name
            .source
            .eq_ignore_ascii_case(crate::event::name::TWITCHAT)
    });
    let name = name.ok_or_else(|| {
        fields.other(
            "publish",
            format!(
                "{word:?} is not a name of events: write a source and a type such as Custom.Party"
            ),
        )
    })?;
    let (data, _) = data(fields, "data")?;
    Ok(Does::Publish {
        name,
        data,
        id: fields.read("id", |id| Template::read(id, Scope::Event))?,
    })
}

fn read_broadcast(fields: &Fields<'_>) -> Read<Does> {
    let allowed =
        r#"a table, which is the message, such as { origin = "my-rules", kind = "party" }"#;
    let message = fields.needed("broadcast", allowed)?;
    let Content::Table(_) = message.node.content else {
        return Err(message.bad(allowed));
    };
    let message = Shape::read_table(&message, Scope::Event)?;
    broadcast::check_shape(&message)
        .map_err(|problem| fields.other("broadcast", problem.to_string()))?;
    Ok(Does::Broadcast(message))
}

fn read_request(fields: &Fields<'_>) -> Read<Does> {
    let name = word(fields, "request")?;
    if ONLY_ASKS
        .iter()
        .any(|asks| name.to_ascii_lowercase().starts_with(asks))
    {
        return Err(fields.other("request", format!("a step cannot use the answer to {name}")));
    }
    let (data, spot) = data(fields, "data")?;
    let given = data
        .fields()
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.cloned().unwrap_or_default()))
        .collect();
    if let Some(unknown) = request::unknown(&name, &given).warnings().next() {
        return Err(Problem::other(spot, fields.path(), unknown));
    }
    let check = |data: &Map<String, Value>| request::of(&name, data.clone()).map(drop);
    match &data {
        Shape::Fixed(Value::Object(map)) => {
            check(map).map_err(|error| Problem::other(spot, fields.path(), error.to_string()))?;
        }
        _ => {
            if let Err(error @ request::RequestError::Unknown { .. }) = check(&Map::new()) {
                return Err(fields.other("request", error.to_string()));
            }
        }
    }
    Ok(Does::Request { name, data })
}

fn read_obs(fields: &Fields<'_>) -> Read<Does> {
    let word = fields.word("obs")?.unwrap_or_default();
    let (name, _) =
        obs_request::find(word).map_err(|wrong| fields.other("obs", wrong.to_string()))?;
    let (data, spot) = data(fields, "data")?;
    obs_request::check_shape(name, &data, spot, &fields.at("data"))?;
    Ok(Does::Obs { name, data })
}

fn read_wait(fields: &Fields<'_>) -> Read<Does> {
    let field = fields.needed("wait", TIME)?;
    if matches!(field.node.content, Content::Text(_)) {
        let template = Template::read(&field, Scope::Event)?;
        if !template.is_fixed() {
            return Ok(Does::Wait(Pause::Text(template)));
        }
    }
    Ok(Does::Wait(Pause::Fixed(time(&field)?)))
}

fn read_run(fields: &Fields<'_>) -> Read<Does> {
    let field = fields.needed("run", "a program and its arguments")?;
    let allowed = concat!(
        "a program and its arguments, such as ",
        r#"["notify-send", "{{ data.displayName }}"]; no shell reads them"#
    );
    let Content::List(items) = &field.node.content else {
        return Err(field.bad(allowed));
    };
    let Some((first, rest)) = items.split_first() else {
        return Err(field.bad(allowed));
    };
    let first = Field::new(first, &*field.path);
    let program = match &first.node.content {
        // In double quotes, `\t` and `\b` are control characters and not parts of a path.
        Content::Text(text) if text.contains(char::is_control) => {
            return Err(first.bad(format!("the path of a program: {BACKSLASH_HINT}")));
        }
        Content::Text(text) if !text.is_empty() => text,
        _ => return Err(first.bad(allowed)),
    };
    if ["{{", "{%", "{#"]
        .iter()
        .any(|opening| program.contains(opening))
    {
        return Err(first.other(
            "the program's name cannot be a template: what somebody writes in chat must not \
                choose a program",
        ));
    }
    let arg = |(place, arg)| {
        let path = format!("{}[{}]", field.path, place + 1);
        Template::read(&Field::new(arg, path), Scope::Event)
    };
    Ok(Does::Run {
        program: program.as_str().into(),
        args: rest.iter().enumerate().map(arg).collect::<Read<_>>()?,
        within: fields.read("timeout", time)?.unwrap_or(PROGRAM_WITHIN),
        background: fields.flag("background", false)?,
    })
}

fn read_action(fields: &Fields<'_>) -> Read<Does> {
    let name = word(fields, "action")?;
    let (args, _) = data(fields, "args")?;
    Ok(Does::Action { name, args })
}
