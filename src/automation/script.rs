//! Reads scripts, which are files that contain only steps.

use super::step::{Step, Steps, read_steps};
use crate::{
    event::unique,
    input::{Content, Field, Node, Problem, Read, Spot, parse_toml},
};

/// Reads the steps of a script: TOML with `[[step]]`s, or one JSON object per line. A text that
/// begins with `{` is JSON.
pub fn read_script(text: &str) -> Read<Steps> {
    if text.trim_start().starts_with('{') {
        of_lines(text)
    } else {
        of_toml(text)
    }
}

fn of_toml(text: &str) -> Read<Steps> {
    let root =
        parse_toml(text).map_err(|error| Problem::other(error.spot, "script", error.message))?;
    let mut steps = None;
    for (key, value) in root.get_ref() {
        let node = Node::of_toml(value, text);
        if key.get_ref() != "step" {
            let spot = Spot::of(text, key.span().start);
            let what = format!(
                "{} does not exist; a script has only [[step]]s",
                key.get_ref()
            );
            return Err(Problem::other(spot, "script", what));
        }
        if !matches!(node.content, Content::List(_)) {
            let what = "must be [[step]] with two brackets: there may be more than one";
            return Err(Problem::other(node.spot, "step", what));
        }
        steps = Some(read_steps(&Field::new(&node, "step"))?);
    }
    steps.ok_or_else(|| {
        let spot = Spot { line: 1, column: 1 };
        Problem::other(spot, "script", "there is no [[step]] in the script")
    })
}

fn of_lines(text: &str) -> Read<Steps> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let step = |(at, line): (usize, &str)| -> Read<Step> {
        let spot = Spot {
            line: at + 1,
            column: 1,
        };
        let value = unique::from_str(line).map_err(|error| {
            let spot = Spot {
                line: at + 1,
                column: error.column().max(1),
            };
            Problem::other(spot, "script", format!("this line is not JSON: {error}"))
        })?;
        let node = Node::of_json(value, spot);
        Step::read(&Field::new(&node, format!("line {}", at + 1)))
    };
    lines.map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summaries(text: &str) -> Vec<String> {
        read_script(text)
            .unwrap()
            .iter()
            .map(Step::summary)
            .collect()
    }

    fn error(text: &str) -> String {
        let problem = read_script(text).unwrap_err();
        format!("{}:{} {problem}", problem.spot.line, problem.spot.column)
    }

    #[test]
    fn both_forms_give_the_same_steps() {
        let toml = "[[step]]\nsend = \"CHAT_FEED_READ\"\ndata = { count = 5 }\n\n[[step]]\nwait = \
            \"2s\"\n";
        let lines = "{\"send\":\"CHAT_FEED_READ\",\"data\":{\"count\":5}}\n\n  {\"wait\":2}\n";
        assert_eq!(summaries(toml), ["send CHAT_FEED_READ", "wait 2s"]);
        assert_eq!(summaries(lines), ["send CHAT_FEED_READ", "wait 2s"]);
    }

    #[test]
    fn a_problem_is_reported_with_its_place() {
        assert_eq!(
            error("[[step]]\nobs = \"StopStraem\""),
            "2:7 step[0].obs: there is no OBS request StopStraem that a step can make; did you \
                mean StopStream?"
        );
        assert_eq!(
            error("[[steps]]\nwait = 1"),
            "1:3 script: steps does not exist; a script has only [[step]]s"
        );
        assert_eq!(
            error("{\"wait\":1}\n{\"wait\":"),
            "2:8 script: this line is not JSON: EOF while parsing a value at line 1 column 8"
        );
        assert_eq!(
            error("{\"wait\":1}\n{\"wait\":\"soon\"}")
                .split(": must")
                .next()
                .unwrap(),
            "2:1 line 2.wait"
        );
        assert!(error("{\"wait\":1,\"wait\":2}").contains("\"wait\" is given twice: give it once"));
        assert_eq!(error(""), "1:1 script: there is no [[step]] in the script");
    }
}
