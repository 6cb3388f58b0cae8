//! Texts that contain `{{ … }}`, and JSON with such texts.

use serde_json::{Map, Value};

use super::{
    bounded::{Bounded, LONGEST},
    context::{Context, Uses},
    jinja::{self, EvaluationError, ExpressionProblem, STRICT, Scope},
};
use crate::input::{Content, Field, Read};

/// A text with expressions that are evaluated when the text is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    source: Box<str>,
    uses: Uses,
}

impl Template {
    /// Names that this scope does not have are errors.
    pub fn parse(source: &str, scope: Scope) -> Result<Self, ExpressionProblem> {
        let compiled = STRICT
            .template_from_str(source)
            .map_err(|error| ExpressionProblem::of(&error, source))?;
        let uses = jinja::check(compiled.undeclared_variables(true), source, scope)?;
        Ok(Self {
            source: source.into(),
            uses,
        })
    }

    /// Reads a template from a config file or a script.
    pub(super) fn read(field: &Field<'_>, scope: Scope) -> Read<Self> {
        let Content::Text(text) = &field.node.content else {
            return Err(field.bad("a text in quotes"));
        };
        Self::parse(text, scope).map_err(|find_problem| field.other(find_problem.to_string()))
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn uses(&self) -> Uses {
        self.uses
    }

    pub fn is_fixed(&self) -> bool {
        !["{{", "{%", "{#"]
            .iter()
            .any(|opening| self.source.contains(opening))
    }

    /// Printing a missing value is an error.
    pub fn render(&self, context: &Context) -> Result<String, EvaluationError> {
        if self.is_fixed() {
            return Ok(self.source.to_string());
        }
        let failed = |error| EvaluationError::of(&error, &self.source);
        let compiled = STRICT.template_from_str(&self.source).map_err(failed)?;
        let mut text = Bounded::new(LONGEST);
        match compiled
            .render_captured_to(context.root(), &mut text)
            .map(drop)
        {
            Err(_) if text.is_full() => Err(EvaluationError(format!(
                "the text becomes longer than {} KiB",
                LONGEST / 1024
            ))),
            Err(error) => Err(failed(error)),
            Ok(()) => Ok(text.into_text()),
        }
    }

    /// Like [`Self::render`], but a template that consists of one `{{ … }}` yields the value
    /// itself. So a number stays a number.
    pub fn value(&self, context: &Context) -> Result<Value, EvaluationError> {
        if let Some(expression) = self.whole_expression()
            && let Ok(compiled) = STRICT.compile_expression(expression)
        {
            let value = compiled
                .eval(context.root())
                .map_err(|error| EvaluationError::of(&error, expression))?;
            // A missing value also evaluates to `none` here. Unlike `none`, rendering it fails.
            if !value.is_none() && !value.is_undefined() {
                return serde_json::to_value(&value)
                    .map_err(|error| EvaluationError(error.to_string()));
            }
            return self.render(context).map(|_| Value::Null);
        }
        self.render(context).map(Value::String)
    }

    fn whole_expression(&self) -> Option<&str> {
        let inner = self.source.trim().strip_prefix("{{")?.strip_suffix("}}")?;
        let inner = inner.strip_prefix('-').unwrap_or(inner);
        let inner = inner.strip_suffix('-').unwrap_or(inner);
        (!["{{", "}}", "{%", "{#"]
            .iter()
            .any(|sign| inner.contains(sign)))
        .then_some(inner)
    }
}

/// JSON whose texts are templates.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Fixed(Value),
    Text(Template),
    List(Vec<Shape>),
    Table(Vec<(Box<str>, Shape)>),
}

impl Shape {
    /// Reads a value from a config file or a script.
    pub(super) fn read(field: &Field<'_>, scope: Scope) -> Read<Self> {
        let node = field.node;
        let is_fixed = |shape: &Self| matches!(shape, Self::Fixed(_));
        Ok(match &node.content {
            Content::Text(text) | Content::Loose(text) => {
                let template = Template::parse(text, scope)
                    .map_err(|find_problem| field.other(find_problem.to_string()))?;
                if template.is_fixed() {
                    Self::Fixed(Value::String(text.clone()))
                } else {
                    Self::Text(template)
                }
            }
            Content::List(items) => {
                let item = |(place, item)| {
                    let path = format!("{}[{place}]", field.path);
                    Self::read(&Field::new(item, path), scope)
                };
                let shapes = items
                    .iter()
                    .enumerate()
                    .map(item)
                    .collect::<Read<Vec<_>>>()?;
                if shapes.iter().all(is_fixed) {
                    Self::Fixed(node.to_json())
                } else {
                    Self::List(shapes)
                }
            }
            Content::Table(table) => {
                let entry = |(key, _, value): (&str, _, _)| {
                    let path = format!("{}.{key}", field.path);
                    Ok((key.into(), Self::read(&Field::new(value, path), scope)?))
                };
                let shapes = table
                    .iter()
                    .map(entry)
                    .collect::<Read<Vec<(Box<str>, _)>>>()?;
                if shapes.iter().all(|(_, shape)| is_fixed(shape)) {
                    Self::Fixed(node.to_json())
                } else {
                    Self::Table(shapes)
                }
            }
            Content::Null | Content::Bool(_) | Content::Whole(_) | Content::Fraction(_) => {
                Self::Fixed(node.to_json())
            }
            Content::Path(_) | Content::Other(_) => {
                return Err(field.bad("a value that JSON can hold"));
            }
        })
    }

    pub(super) fn read_table(field: &Field<'_>, scope: Scope) -> Read<Self> {
        match field.node.content {
            Content::Table(_) => Self::read(field, scope),
            _ => Err(field.bad("a table")),
        }
    }

    pub fn render(&self, context: &Context) -> Result<Value, EvaluationError> {
        match self {
            Self::Fixed(value) => Ok(value.clone()),
            Self::Text(template) => template.value(context),
            Self::List(items) => items
                .iter()
                .map(|item| item.render(context))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array),
            Self::Table(fields) => fields
                .iter()
                .map(|(key, shape)| {
                    let value = shape
                        .render(context)
                        .map_err(|failed| EvaluationError(format!("{key}: {failed}")))?;
                    Ok((key.to_string(), value))
                })
                .collect::<Result<Map<_, _>, _>>()
                .map(Value::Object),
        }
    }

    pub fn uses(&self) -> Uses {
        match self {
            Self::Fixed(_) => Uses::default(),
            Self::Text(template) => template.uses(),
            Self::List(items) => items
                .iter()
                .map(Self::uses)
                .fold(Uses::default(), Uses::union),
            Self::Table(fields) => fields
                .iter()
                .map(|(_, shape)| shape.uses())
                .fold(Uses::default(), Uses::union),
        }
    }

    pub(super) fn sources(&self) -> Vec<&str> {
        match self {
            Self::Fixed(_) => Vec::new(),
            Self::Text(template) => vec![template.source()],
            Self::List(items) => items.iter().flat_map(Self::sources).collect(),
            Self::Table(fields) => fields
                .iter()
                .flat_map(|(_, shape)| shape.sources())
                .collect(),
        }
    }

    /// The fields of a table with their values. `None` for a value with templates, which is known
    /// only after rendering.
    pub(super) fn fields(&self) -> Vec<(&str, Option<&Value>)> {
        match self {
            Self::Fixed(Value::Object(map)) => map
                .iter()
                .map(|(key, value)| (key.as_str(), Some(value)))
                .collect(),
            Self::Table(fields) => fields
                .iter()
                .map(|(key, shape)| {
                    (
                        &**key,
                        if let Self::Fixed(value) = shape {
                            Some(value)
                        } else {
                            None
                        },
                    )
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::input::{Node, Spot};

    fn raid() -> Context {
        Context::of_event(
            "Twitch",
            "Raid",
            &json!({ "displayName": "<Fox> & \"Co\"", "viewers": 57, "user": { "id": "7" },
                "none": null }),
        )
    }

    fn shape(json: Value) -> Shape {
        let node = Node::of_json(json, Spot { line: 1, column: 1 });
        Shape::read(&Field::new(&node, "data"), Scope::Event).unwrap()
    }

    fn rendered(source: &str) -> Result<String, String> {
        Template::parse(source, Scope::Event)
            .unwrap()
            .render(&raid())
            .map_err(|failed| failed.to_string())
    }

    #[test]
    fn texts_are_filled_in_unchanged() {
        assert_eq!(
            rendered("{{ data.displayName }} brings {{ data.viewers }}!").unwrap(),
            "<Fox> & \"Co\" brings 57!"
        );
        assert_eq!(
            rendered("no template at all, not even } } or {").unwrap(),
            "no template at all, not even } } or {"
        );
        assert_eq!(
            rendered("{% if data.viewers > 50 %}many{% else %}few{% endif %}").unwrap(),
            "many"
        );
    }

    #[test]
    fn a_missing_value_is_an_error_that_names_it() {
        assert_eq!(
            rendered("Hi {{ data.nmae }}!"),
            Err("data.nmae is not there".into())
        );
        assert_eq!(
            rendered("Hi {{ data.nmae.first }}!").unwrap_err(),
            "data.nmae.first is not there"
        );
        assert_eq!(
            rendered("Hi {{ data.nmae | default('you') }}!").unwrap(),
            "Hi you!"
        );
    }

    #[test]
    fn a_single_expression_keeps_its_type() {
        let shape = shape(
            json!({ "n": "{{ data.viewers }}", "text": "{{ data.viewers }} of them", "user": " {{ \
                data.user }} ",
            "nothing": "{{ data.none }}", "list": ["{{ data.viewers + 1 }}", 2],
                "fixed": { "a": [true, null] } }),
        );
        assert_eq!(
            shape.render(&raid()).unwrap(),
            json!({ "n": 57, "text": "57 of them", "user": { "id": "7" }, "nothing": null,
                "list": [58, 2], "fixed": { "a": [true, null] } })
        );
        assert_eq!(shape.uses().names().collect::<Vec<_>>(), ["data"]);
    }

    #[test]
    fn an_error_names_the_field() {
        let error = shape(json!({ "user": { "name": "{{ data.gone }}" } }))
            .render(&raid())
            .unwrap_err();
        assert_eq!(error.to_string(), "user: name: data.gone is not there");
    }

    #[test]
    fn no_template_grows_or_runs_without_end() {
        let grows = rendered(
            "{% for a in range(1000) %}{% for b in range(40) %}0123456789{% endfor %}{% endfor %}",
        )
        .unwrap_err();
        assert!(
            grows.contains("longer than 256 KiB") || grows.contains("too long"),
            "{grows}"
        );
        let endless =
            "{% for a in range(9000) %}{% for b in range(9000) %}{% endfor %}{% endfor %}";
        assert!(rendered(endless).unwrap_err().contains("too long"));
    }

    #[test]
    fn a_large_text_may_be_sorted_joined_and_written_as_json() {
        let names: Vec<_> = (0..10_000)
            .map(|number| format!("viewer_{:05}", number * 7 % 10_000))
            .collect();
        let context = Context::of_event(
            "Custom",
            "Names",
            &json!({ "names": names, "text": "x".repeat(250_000) }),
        );
        let length = |source: &str| {
            Template::parse(source, Scope::Event)
                .unwrap()
                .render(&context)
                .map(|text| text.len())
        };
        assert_eq!(length("{{ data.text | tojson }}"), Ok(250_002));
        assert_eq!(
            length("{{ data.names | sort | join(' ') }}"),
            Ok(10_000 * 13 - 1)
        );
        assert_eq!(length("{{ data.names | unique | list | length }}"), Ok(5));
    }

    #[test]
    fn no_template_uses_all_memory() {
        for hungry in [
            "{% set text = 'a' * 1000000000 %}",
            "{% for n in range(9000) %}{{ ('a' * 100000) | length }}{% endfor %}",
        ] {
            assert!(
                rendered(hungry).unwrap_err().contains("too long"),
                "{hungry}"
            );
        }
    }

    #[test]
    fn a_label_has_no_event() {
        let find_problem = Template::parse("{{ data.name }}", Scope::Always).unwrap_err();
        assert_eq!(
            find_problem.to_string(),
            "at character 4: data does not exist; there is no event here"
        );
        assert!(Template::parse("{{ last('Follow').name }}", Scope::Always).is_ok());
    }
}
