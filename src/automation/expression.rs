//! Conditions: minijinja expressions over an event, the credits and the bridge's state. They are
//! used in `when` of a rule and in `wait --where` of the command line.

use serde_json::Value;

use super::{
    context::{Context, Uses},
    jinja::{self, CHAINABLE, EvaluationError, ExpressionProblem, Scope},
};
use crate::input::{Content, Field, Read};

/// A condition that was parsed and whose names were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    source: Box<str>,
    uses: Uses,
}

impl Expression {
    /// Parses an expression such as `data.viewers >= 10 and not state.streaming`. Names that do not
    /// exist in any context are errors.
    pub fn parse(source: &str) -> Result<Self, ExpressionProblem> {
        Self::parse_in(source, Scope::Event)
    }

    /// Parses an expression over an event alone, such as `data.viewers >= 10`. Without a bridge
    /// there are no credits, no state and no earlier events. So names of these are errors.
    pub fn parse_of_event(source: &str) -> Result<Self, ExpressionProblem> {
        Self::parse_in(source, Scope::EventAlone)
    }

    fn parse_in(source: &str, scope: Scope) -> Result<Self, ExpressionProblem> {
        let compiled = CHAINABLE
            .compile_expression(source)
            .map_err(|error| ExpressionProblem::of(&error, source))?;
        let uses = jinja::check(compiled.undeclared_variables(true), source, scope)?;
        Ok(Self {
            source: source.into(),
            uses,
        })
    }

    /// Reads an expression from a config file or a script.
    pub(super) fn read(field: &Field<'_>) -> Read<Self> {
        let Content::Text(text) = &field.node.content else {
            return Err(field.bad("an expression in quotes"));
        };
        Self::parse(text).map_err(|find_problem| field.other(find_problem.to_string()))
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn uses(&self) -> Uses {
        self.uses
    }

    /// A missing field counts as false.
    pub fn test(&self, context: &Context) -> Result<bool, EvaluationError> {
        self.value(context).map(|value| value.is_true())
    }

    /// The value of the expression; `null` for a missing field.
    pub fn eval(&self, context: &Context) -> Result<Value, EvaluationError> {
        let value = self.value(context)?;
        serde_json::to_value(&value).map_err(|error| EvaluationError(error.to_string()))
    }

    fn value(&self, context: &Context) -> Result<minijinja::Value, EvaluationError> {
        let failed = |error| EvaluationError::of(&error, &self.source);
        // The expression is compiled each time. A compiled expression borrows its text, and
        // compiling takes only microseconds.
        let compiled = CHAINABLE.compile_expression(&self.source).map_err(failed)?;
        compiled.eval(context.root()).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn raid() -> Context {
        Context::of_event(
            "Twitch",
            "Raid",
            &json!({ "displayName": "LanternFox", "viewers": 57, "tags": ["a", "b"] }),
        )
    }

    fn test(source: &str) -> bool {
        Expression::parse(source).unwrap().test(&raid()).unwrap()
    }

    fn find_problem(source: &str) -> String {
        Expression::parse(source).unwrap_err().to_string()
    }

    #[test]
    fn a_condition_reads_the_name_and_data_of_an_event() {
        assert!(test(
            "data.viewers >= 10 and event.type == 'Raid' and event.source == 'Twitch'"
        ));
        assert!(test("event.name == 'Twitch.Raid' and 'b' in data.tags"));
        assert!(test("data.displayName | lower == 'lanternfox'"));
        assert!(!test("data.viewers > 57"));
    }

    #[test]
    fn a_missing_field_is_false_at_any_depth() {
        assert!(!test("data.user.subscribed"));
        assert!(test("not data.user.subscribed and data.user is undefined"));
        assert!(!test("data.user.name == 'x'"));
        assert_eq!(
            Expression::parse("data.nothing").unwrap().eval(&raid()),
            Ok(json!(null))
        );
        assert_eq!(
            Expression::parse("[data.viewers, data.tags]")
                .unwrap()
                .eval(&raid()),
            Ok(json!([57, ["a", "b"]]))
        );
    }

    #[test]
    fn errors_name_the_problem_and_its_place() {
        insta::assert_snapshot!(
            [
                "data.viewers >",
                "data.viewers ==== 1",
                "dat.viewers > 1",
                "data.viewers > 1 and stat.streaming",
                "weather == 'fine'",
                "data.x | upperr",
                "\n data.a and\n (b",
                "",
            ]
            .map(find_problem)
            .join("\n")
        );
    }

    #[test]
    fn no_expression_runs_for_ever() {
        let endless = "[range(90000) | map('string') | join | length, range(90000) | list | \
            length] | length > 1";
        let outcome = Expression::parse(endless).unwrap().test(&raid());
        assert!(outcome.is_ok() || outcome.unwrap_err().to_string().contains("too long"));
    }

    #[test]
    fn the_parts_that_an_expression_uses_are_known_before_it_is_evaluated() {
        let uses = Expression::parse("state.streaming and last('Follow').name == data.name")
            .unwrap()
            .uses();
        assert_eq!(uses.names().collect::<Vec<_>>(), ["data", "state", "last"]);
    }
}
