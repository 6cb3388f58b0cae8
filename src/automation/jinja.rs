//! Configures minijinja: the names that exist, the limit on the work of a template, and the texts
//! of errors.

use std::{collections::BTreeSet, sync::LazyLock};

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::{
    context::{NAMES, Uses},
    parts,
};
use crate::{
    event::{
        EventName,
        name::{TWITCHAT, catalogue},
    },
    input::{hint, nearest},
    mapping::emitted,
};

/// The fuel of one evaluation. Each instruction costs one unit, and so do each 64 bytes of output;
/// sorting and JSON cost more. This is enough for the longest text that a template may output as
/// JSON, or for 10000 sorted names. It limits the memory to about 13 MB.
const FUEL: u64 = 200_000;
/// The greatest nesting depth of an expression.
const DEPTH: usize = 100;

/// The environment of templates: printing a missing value is an error, not an empty text.
pub(super) static STRICT: LazyLock<Environment<'static>> =
    LazyLock::new(|| environment(UndefinedBehavior::Strict, FUEL));
/// The environment of conditions: a missing field is false, and so are fields within it.
pub(super) static CHAINABLE: LazyLock<Environment<'static>> =
    LazyLock::new(|| environment(UndefinedBehavior::Chainable, FUEL));

/// An environment that escapes nothing. `fuel` limits the work of one evaluation.
pub(super) fn environment(undefined: UndefinedBehavior, fuel: u64) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(undefined);
    environment.set_fuel(Some(fuel));
    environment.set_recursion_limit(DEPTH);
    // With this, errors contain their position in the text.
    environment.set_debug(true);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment
}

/// Which names a template may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All names, for steps and conditions.
    Event,
    /// Only the names of an event, for conditions that are evaluated without a bridge.
    EventAlone,
    /// All names except the names of an event, for labels.
    Always,
}

impl Scope {
    fn has(self, name: &str) -> bool {
        NAMES.contains(&name)
            && match self {
                Self::Event => true,
                Self::EventAlone => ["event", "data"].contains(&name),
                Self::Always => !["event", "data", "args"].contains(&name),
            }
    }

    /// The reason why this scope lacks a name that other scopes have.
    fn lacks(self) -> &'static str {
        match self {
            Self::Event | Self::Always => "there is no event here",
            Self::EventAlone => "only a running bridge has this value; event and data exist here",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(*.line, *.column))]
pub struct ExpressionProblem {
    /// A description without the position.
    pub message: String,
    /// Line within the text, from 1.
    pub line: usize,
    /// Character within the line, from 1; 0 for the whole line.
    pub column: usize,
}

fn place(line: usize, column: usize) -> String {
    match (line, column) {
        (1, 0) => String::new(),
        (1, column) => format!("at character {column}: "),
        (line, 0) => format!("in line {line}: "),
        (line, column) => format!("in line {line} at character {column}: "),
    }
}

impl ExpressionProblem {
    pub(super) fn of(error: &Error, source: &str) -> Self {
        let (line, column) = match error.range() {
            Some(range) => spot(source, range.start),
            None => (error.line().unwrap_or(1), 0),
        };
        Self {
            message: words(error),
            line,
            column,
        }
    }
}

/// Line and character of a byte offset, both from 1.
fn spot(source: &str, byte: usize) -> (usize, usize) {
    let before = source.get(..byte).unwrap_or(source);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// A template or expression could not be evaluated. The text is the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EvaluationError(pub String);

impl EvaluationError {
    pub(super) fn of(error: &Error, source: &str) -> Self {
        let what = match error.kind() {
            ErrorKind::OutOfFuel => "the evaluation takes too long: check its loops".to_owned(),
            ErrorKind::UndefinedError => match error
                .range()
                .and_then(|range| source.get(path_start(source, range.start)..range.end))
            {
                Some(part) if !part.trim().is_empty() => format!("{} is not there", part.trim()),
                _ => "a value in it does not exist".to_owned(),
            },
            _ => words(error),
        };
        Self(what)
    }
}

/// Byte offset of the path whose last part begins at `part`.
fn path_start(source: &str, part: usize) -> usize {
    let before = source.get(..part).unwrap_or_default();
    before
        .trim_end_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
        .len()
}

/// The detail of a minijinja error, without its kind and position if there is a detail.
fn words(error: &Error) -> String {
    error
        .detail()
        .map_or_else(|| error.kind().to_string(), ToOwned::to_owned)
}

/// Checks the names in a text, and returns the parts of the context that it uses. Each of the
/// `paths`, such as `state.scene`, must begin with a name of the scope. It must also exist if the
/// shape is fixed. The events in `last(…)`, the filters and the tests must exist.
pub(super) fn check(
    paths: impl IntoIterator<Item = String>,
    source: &str,
    scope: Scope,
) -> Result<Uses, ExpressionProblem> {
    let globals: BTreeSet<&str> = STRICT.globals().map(|(name, _)| name).collect();
    let mut uses = Uses::default();
    let mut paths: Vec<_> = paths
        .into_iter()
        .filter(|path| !globals.contains(root(path)))
        .collect();
    paths.sort();
    for path in &paths {
        let name = root(path).to_owned();
        match NAMES.into_iter().find(|known| *known == name) {
            Some(known) if scope.has(known) => uses |= Uses::named(known),
            Some(_) => return Err(unknown(&name, source, scope.lacks())),
            None => {
                let known = NAMES
                    .into_iter()
                    .filter(|known| scope.has(known))
                    .chain(globals.iter().copied());
                let hint = match nearest(&name, known) {
                    Some(nearest) => format!("did you mean {nearest}?"),
                    None => format!(
                        "known are {}",
                        NAMES
                            .into_iter()
                            .filter(|known| scope.has(known))
                            .collect::<Vec<_>>()
                            .join(", ")
                    ),
                };
                return Err(unknown(&name, source, &hint));
            }
        }
    }
    paths.iter().try_for_each(|path| check_path(path, source))?;
    if uses.contains(Uses::LAST) {
        last_names(source)
            .into_iter()
            .try_for_each(|(at, name)| check_last(at, name, source))?;
        if may_name_twitchat(source) {
            uses |= Uses::LAST_OF_TWITCHAT;
        }
    }
    check_operators(source)?;
    Ok(uses)
}

/// Checks that the names which a text uses are known or minijinja's own.
pub(super) fn check_names(
    used: impl IntoIterator<Item = String>,
    known: &[&str],
    source: &str,
) -> Result<(), ExpressionProblem> {
    let globals: BTreeSet<&str> = STRICT.globals().map(|(name, _)| name).collect();
    let mut unknown_names: Vec<_> = used
        .into_iter()
        .filter(|name| !globals.contains(&**name) && !known.contains(&&**name))
        .collect();
    unknown_names.sort();
    match unknown_names.first() {
        Some(name) => Err(unknown(name, source, &hint(name, known.iter().copied()))),
        None => Ok(()),
    }
}

/// Checks that filters and tests exist.
pub(super) fn check_operators(source: &str) -> Result<(), ExpressionProblem> {
    for (kind, place, name) in operators(source) {
        if !kind.exists(name) {
            let (line, column) = spot(source, place);
            return Err(ExpressionProblem {
                message: format!("there is no {kind} {name}"),
                line,
                column,
            });
        }
    }
    Ok(())
}

fn root(path: &str) -> &str {
    path.split_once('.').map_or(path, |(root, _)| root)
}

/// Rejects paths that cannot exist. In a condition they would always be false, without any error.
fn check_path(path: &str, source: &str) -> Result<(), ExpressionProblem> {
    let Some((missing, known)) = parts::missing(path) else {
        return Ok(());
    };
    let hint = hint(missing, known);
    let (line, column) = source
        .find(missing)
        .or_else(|| word(source, root(path)))
        .map_or((1, 0), |byte| spot(source, byte));
    Err(ExpressionProblem {
        message: format!("{missing} does not exist; {hint}"),
        line,
        column,
    })
}

/// The names that `last(…)` is called with in this text, each with its byte offset.
pub(super) fn last_names(source: &str) -> Vec<(usize, &str)> {
    let tokens = tokens(source);
    let named = tokens
        .windows(4)
        .enumerate()
        .filter_map(|(place, window)| match window {
            [
                Token::Word(_, "last"),
                Token::Sign('('),
                Token::Text(at, name),
                Token::Sign(')'),
            ] => {
                let before = place.checked_sub(1).and_then(|before| tokens.get(before));
                (!matches!(before, Some(Token::Sign('.' | '|')))).then_some((*at, *name))
            }
            _ => None,
        });
    named.collect()
}

/// Rejects unknown event names in `last(…)`, which would be empty for ever. Names of unknown
/// sources are allowed, because other programs may publish them.
fn check_last(at: usize, name: &str, source: &str) -> Result<(), ExpressionProblem> {
    let name = name.trim();
    let (line, column) = spot(source, at);
    let find_problem = |hint: Option<&str>, otherwise: String| {
        let hint = hint.map_or(otherwise, |near| format!("did you mean last(\"{near}\")?"));
        Err(ExpressionProblem {
            message: format!("there is no event {name:?}; {hint}"),
            line,
            column,
        })
    };
    let Some((of, kind)) = name.split_once('.') else {
        let kinds: BTreeSet<&str> = catalogue()
            .iter()
            .flat_map(|(_, kinds)| kinds)
            .map(|kind| &**kind)
            .chain(emitted::by_itself().map(|(_, kind)| kind))
            .collect();
        if kinds.iter().any(|kind| kind.eq_ignore_ascii_case(name)) {
            return Ok(());
        }
        // Another program may publish an event of this type. The rulebook warns about that.
        return nearest(name, kinds).map_or(Ok(()), |near| find_problem(Some(near), String::new()));
    };
    let known: Vec<_> = emitted::types_of(of)
        .map(|known| known.to_string())
        .collect();
    let is_own =
        of.eq_ignore_ascii_case(TWITCHAT) || of.eq_ignore_ascii_case("Custom") || known.is_empty();
    if is_own
        || emitted::is_emitted(&EventName::new(of, kind))
        || known.iter().any(|known| known.eq_ignore_ascii_case(name))
    {
        return Ok(());
    }
    find_problem(
        nearest(name, known.iter().map(String::as_str)),
        format!("`twitchat-bridge events --all` lists the events of {of}"),
    )
}

/// The names after `|` and after `is`. minijinja checks them only when it evaluates them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
enum Operator {
    Filter,
    Test,
}

impl Operator {
    fn exists(self, name: &str) -> bool {
        let (probe, unknown) = match self {
            Self::Filter => (format!("1|{name}"), ErrorKind::UnknownFilter),
            Self::Test => (format!("1 is {name}"), ErrorKind::UnknownTest),
        };
        let outcome = CHAINABLE
            .compile_expression(&probe)
            .and_then(|compiled| compiled.eval(()));
        outcome.err().is_none_or(|error| error.kind() != unknown)
    }
}

/// A token of an expression, or of the code between a template's tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// A name, a filter or a keyword, with its byte offset.
    Word(usize, &'a str),
    /// The contents of a quoted text, with the byte offset of the contents.
    Text(usize, &'a str),
    Sign(char),
}

/// Splits a text into tokens, without spaces. For a template, only the code within tags is read.
/// Text outside tags is ignored, even if it looks like code.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let is_template = ["{{", "{%"].iter().any(|tag| source.contains(tag));
    let (mut found, mut quote, mut tag) = (Vec::new(), None, !is_template);
    let mut rest = source.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        match (quote, c) {
            (Some(_), '\\') => drop(rest.next()),
            (Some((open, begin)), c) if open == c => {
                found.push(Token::Text(
                    begin,
                    source.get(begin..at).unwrap_or_default(),
                ));
                quote = None;
            }
            (None, '{') if matches!(next, Some('{' | '%')) => tag = true,
            (None, '}' | '%') if is_template && next == Some('}') => tag = false,
            (None, '"' | '\'') if tag => quote = Some((c, at + c.len_utf8())),
            (None, c) if tag && (c.is_alphabetic() || c == '_') => {
                let mut end = at + c.len_utf8();
                while let Some((place, c)) = rest.next_if(|(_, c)| c.is_alphanumeric() || *c == '_')
                {
                    end = place + c.len_utf8();
                }
                found.push(Token::Word(at, source.get(at..end).unwrap_or_default()));
            }
            (None, c) if tag && !c.is_whitespace() => found.push(Token::Sign(c)),
            (Some(_) | None, _) => {}
        }
    }
    found
}

/// The filters and tests in a text, with their byte offsets.
fn operators(source: &str) -> Vec<(Operator, usize, &str)> {
    let (mut found, mut before) = (Vec::new(), "");
    for token in tokens(source) {
        before = match (before, token) {
            (_, Token::Sign('|')) => "|",
            ("is", Token::Word(_, "not")) => "is",
            ("|", Token::Word(at, word)) => {
                found.push((Operator::Filter, at, word));
                ""
            }
            ("is", Token::Word(at, word)) => {
                found.push((Operator::Test, at, word));
                ""
            }
            (_, Token::Word(_, "is")) => "is",
            _ => "",
        };
    }
    found
}

/// Whether `last` may be called with one of Twitchat's own messages. A name that is computed during
/// evaluation may be one.
fn may_name_twitchat(source: &str) -> bool {
    let tokens = tokens(source);
    let is_last = |place: usize| {
        let of_something =
            place.checked_sub(1).and_then(|before| tokens.get(before)) == Some(&Token::Sign('.'));
        matches!(tokens.get(place), Some(Token::Word(_, "last"))) && !of_something
    };
    (0..tokens.len())
        .filter(|place| is_last(*place))
        .any(|place| match tokens.get(place + 1..place + 4) {
            Some([Token::Sign('('), Token::Text(_, name), Token::Sign(')')]) => name
                .split_once('.')
                .is_some_and(|(source, _)| source.trim().eq_ignore_ascii_case(TWITCHAT)),
            // After `|`, `last` is the filter that returns the last item of a list.
            _ => {
                place.checked_sub(1).and_then(|before| tokens.get(before))
                    != Some(&Token::Sign('|'))
            }
        })
}

fn unknown(name: &str, source: &str, hint: &str) -> ExpressionProblem {
    let (line, column) = word(source, name).map_or((1, 0), |byte| spot(source, byte));
    ExpressionProblem {
        message: format!("{name} does not exist; {hint}"),
        line,
        column,
    }
}

/// Byte offset of the first occurrence of a name as a separate word.
fn word(source: &str, name: &str) -> Option<usize> {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
    source.match_indices(name).map(|(at, _)| at).find(|at| {
        let (before, after) = (
            source.get(..*at).unwrap_or_default(),
            source.get(at + name.len()..).unwrap_or_default(),
        );
        !is_part(before.chars().next_back()) && !is_part(after.chars().next().filter(|c| *c != '.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_and_tests_are_found_only_within_tags() {
        let names = |source| {
            operators(source)
                .into_iter()
                .map(|(kind, at, name)| (<&str>::from(kind), at, name))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names("a | lower in ['x | no'] and b is not defined"),
            [("filter", 4, "lower"), ("test", 37, "defined")]
        );
        assert_eq!(
            names("1 | 2 {{ x|upper }} is so {% if y is odd %}"),
            [("filter", 11, "upper"), ("test", 37, "odd")]
        );
        assert_eq!(names(r#"{{ "a\"| b" | trim }}"#), [("filter", 14, "trim")]);
    }

    fn find_problem(source: &str) -> Option<String> {
        crate::automation::Template::parse(source, Scope::Event)
            .err()
            .map(|find_problem| find_problem.to_string())
    }

    #[test]
    fn last_of_an_unknown_event_is_an_error_with_the_nearest_name() {
        for fine in [
            "{{ last('Follow').name }}",
            "{{ last('twitch.raid').name }}",
            "{{ last('Acme.Boom') }}",
            "{{ last('Twitchat.NEW') }}",
        ] {
            assert_eq!(find_problem(fine), None, "{fine}");
        }
        assert_eq!(
            find_problem("Hi {{ last('Folow').name }}").unwrap(),
            "at character 13: there is no event \"Folow\"; did you mean last(\"Follow\")?"
        );
        assert_eq!(
            find_problem("{{ last('Twitch.Riad').name }}").unwrap(),
            "at character 10: there is no event \"Twitch.Riad\"; did you mean \
                last(\"Twitch.Raid\")?"
        );
        assert_eq!(
            find_problem("{{ last('Qqqqqqqq') }}"),
            None,
            "it may be somebody's own: a warning says so"
        );
        assert_eq!(
            find_problem("last('Typo') {{ data.list | last }} {{ data.last('Typo') }}"),
            None
        );
    }

    #[test]
    fn an_unknown_name_is_an_error_with_the_nearest_name() {
        let condition = |source: &str| {
            crate::automation::Expression::parse(source)
                .err()
                .map(|find_problem| find_problem.to_string())
        };
        assert_eq!(
            condition(
                "state.streaming and session.seconds > 5 and credits.events.follows and \
                    data.any.thing"
            ),
            None
        );
        assert_eq!(
            condition("data.x and state.streming").unwrap(),
            "at character 12: state.streming does not exist; did you mean state.streaming?"
        );
        assert!(
            find_problem("{{ credits.events.folows | length }}")
                .unwrap()
                .contains("did you mean credits.events.follows?")
        );
        assert!(
            find_problem("{{ event.nmae }}")
                .unwrap()
                .contains("did you mean event.name?")
        );
    }

    #[test]
    fn only_last_names_a_message_of_twitchat() {
        for source in [
            "{{ last('Twitchat.CURRENT_TRACK').data }}",
            "{{ last(\"twitchat.x\") }}",
            "last(event.name)",
            "{% set l = last %}",
        ] {
            assert!(may_name_twitchat(source), "{source}");
        }
        let others = [
            "see twitchat.fr {{ last('Follow').name }}",
            "last('Twitch.Raid').name == 'twitchat.'",
            "{{ data.list | last }} {{ data.last }}",
        ];
        for source in others {
            assert!(!may_name_twitchat(source), "{source}");
        }
    }
}
