//! Templates of whole documents, such as a post or the description of a video.
//!
//! What viewers wrote never becomes markup: each value is escaped for the kind of document, which
//! the name of the template's file shows.

use std::sync::LazyLock;

use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter,
    value::Serde,
};
use serde_json::{Map, Value as Json};

use super::{
    bounded::{Bounded, LONGEST_DOCUMENT},
    jinja::{self, EvaluationError, ExpressionProblem},
};

/// The top-level names. docs/scripting.md describes their contents.
const NAMES: [&str; 4] = ["credits", "extended", "sections", "session"];

/// The fuel of one document; see the fuel of other templates. A document may list all names of a
/// large stream.
const FUEL: u64 = 5_000_000;

/// Endings of template files, which say nothing about the document.
const TEMPLATE_ENDINGS: [&str; 5] = ["j2", "jinja", "jinja2", "template", "tmpl"];

const MARKDOWN: &str = "markdown";

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = jinja::environment(UndefinedBehavior::SemiStrict, FUEL);
    environment.set_auto_escape_callback(|name| match Markup::of_file(name) {
        Markup::Text => AutoEscape::None,
        Markup::Markdown => AutoEscape::Custom(MARKDOWN.into()),
        Markup::Html => AutoEscape::Html,
        Markup::Json => AutoEscape::Json,
    });
    environment.set_formatter(format);
    environment
});

/// The kind of a document, which decides how values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// Values are unchanged.
    Text,
    /// A backslash stands before each punctuation mark, and mentions are broken.
    Markdown,
    /// HTML and XML.
    Html,
    /// Values are written as JSON, which YAML and scripts can read too.
    Json,
}

impl Markup {
    /// The kind of document that a template makes, by the name of its file: `post.md.j2` makes
    /// Markdown.
    pub fn of_file(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let mut endings = name.rsplit('.').peekable();
        endings.next_if(|ending| TEMPLATE_ENDINGS.contains(ending));
        match endings.next().unwrap_or_default() {
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" | "xhtml" | "xml" | "svg" | "rss" => Self::Html,
            "json" | "yaml" | "yml" | "js" => Self::Json,
            _ => Self::Text,
        }
    }
}

/// A parsed template.
#[derive(Debug)]
pub struct Document {
    name: String,
    source: String,
}

impl Document {
    /// Parses a template. `name` is the name of its file.
    ///
    /// # Errors
    /// If its syntax is wrong, or if it uses a name, filter or test that does not exist.
    pub fn parse(name: &str, source: &str) -> Result<Self, ExpressionProblem> {
        let compiled = ENVIRONMENT
            .template_from_named_str(name, source)
            .map_err(|error| ExpressionProblem::of(&error, source))?;
        let used = compiled.undeclared_variables(false);
        jinja::check_names(used, &NAMES, source)?;
        jinja::check_operators(source)?;
        Ok(Self {
            name: name.into(),
            source: source.into(),
        })
    }

    /// Renders the document with these top-level values.
    ///
    /// # Errors
    /// If a value that is printed is missing, or if the document becomes too long.
    pub fn render(&self, values: &Map<String, Json>) -> Result<String, ExpressionProblem> {
        let failed = |error: &Error| ExpressionProblem {
            message: EvaluationError::of(error, &self.source).0,
            ..ExpressionProblem::of(error, &self.source)
        };
        let compiled = ENVIRONMENT
            .template_from_named_str(&self.name, &self.source)
            .map_err(|error| failed(&error))?;
        let mut text = Bounded::new(LONGEST_DOCUMENT);
        let rendered = compiled.render_captured_to(Value::from(Serde(values)), &mut text);
        match rendered.map(drop) {
            Err(error) if text.is_full() => Err(ExpressionProblem {
                message: format!(
                    "the document becomes longer than {} MiB",
                    LONGEST_DOCUMENT / (1024 * 1024)
                ),
                ..failed(&error)
            }),
            Err(error) => Err(failed(&error)),
            Ok(()) => Ok(text.into_text()),
        }
    }
}

/// Writes a value, escaped for the document.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let is_markdown = matches!(state.auto_escape(), AutoEscape::Custom(name) if name == MARKDOWN);
    if !is_markdown || value.is_safe() {
        return escape_formatter(out, state, value);
    }
    Ok(out.write_str(&markdown(&value.to_string()))?)
}

/// A text that Markdown shows literally. Discord finds mentions before it reads Markdown, so an
/// invisible space stands behind each `@`.
fn markdown(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            literal.push('\\');
        }
        literal.push(letter);
        if letter == '@' {
            literal.push('\u{200b}');
        }
    }
    literal
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NAME: &str = "<b>*Anna_B*</b> @everyone \"x\" [a](https://e.org)\n# 1. {{ 7 * 7 }}";

    fn render(file: &str, source: &str) -> Result<String, String> {
        let values = json!({ "sections": [{ "names": [{ "name": NAME }] }], "session": { "id": 7 },
            "credits": {}, "extended": { "Follows": [] } });
        Document::parse(file, source)
            .and_then(|document| document.render(values.as_object().unwrap()))
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn what_viewers_write_is_text_in_each_kind_of_document() {
        let name = "{{ sections[0].names[0].name }}";
        assert_eq!(render("a.txt.j2", name).unwrap(), NAME);
        assert_eq!(
            render("a.md.j2", name).unwrap(),
            "\\<b\\>\\*Anna\\_B\\*\\<\\/b\\> \\@\u{200b}everyone \\\"x\\\" \
             \\[a\\]\\(https\\:\\/\\/e\\.org\\)\n\\# 1\\. \\{\\{ 7 \\* 7 \\}\\}"
        );
        let html = render("a.html", name).unwrap();
        assert!(!html.contains(['<', '>', '"']), "{html}");
        let json = render("a.json.jinja", name).unwrap();
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), NAME);
    }

    #[test]
    fn values_that_are_joined_or_set_before_are_escaped_too() {
        for source in [
            "{% set all = sections[0].names | map(attribute='name') | join(', ') %}{{ all }}",
            "{% macro shown(one) %}{{ one.name }}{% endmacro %}{{ shown(sections[0].names[0]) }}",
            "{% for one in sections[0].names %}{{ one.name ~ '' }}{% endfor %}",
        ] {
            let shown = render("post.md", source).unwrap();
            assert!(shown.starts_with("\\<b\\>\\*Anna"), "{source}: {shown}");
        }
    }

    #[test]
    fn errors_name_the_line_and_what_may_be_meant() {
        let error = |source: &str| render("a.md", source).unwrap_err();
        assert_eq!(
            error("\n\n{{ secions }}"),
            "in line 3 at character 4: secions does not exist; did you mean sections?"
        );
        assert_eq!(
            error("a\n{{ session.id | uper }}"),
            "in line 2 at character 17: there is no filter uper"
        );
        assert_eq!(
            error("a\n{{ session.title }}"),
            "in line 2 at character 4: session.title is not there"
        );
        assert!(error("a\n{% for x in sections %}").contains("line 2"));
        let endless =
            "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        assert!(
            error(endless).contains("takes too long"),
            "{}",
            error(endless)
        );
    }

    #[test]
    fn a_value_that_may_be_missing_can_be_asked_for() {
        assert_eq!(
            render("a", "{% if session.title %}x{% endif %}y").unwrap(),
            "y"
        );
        assert_eq!(render("a", "{{ session.title or '-' }}").unwrap(), "-");
    }
}
