//! The credits as lines of a spreadsheet.

use serde_json::{Map, Value};

const HEAD: &str = "section,name,platform,id,login,count,amount,unit,tier,first,last";

/// The CSV of a reply with `extended` lists: one line per name, as RFC 4180 defines it.
pub(super) fn csv(reply: &Map<String, Value>) -> String {
    let mut lines = vec![HEAD.to_owned()];
    for (section, list) in reply
        .get("extended")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        match list {
            Value::Array(rows) => lines.extend(rows.iter().map(|row| line(section, row))),
            // `Custom` and `TopBits` contain lists by name.
            Value::Object(lists) => {
                for (name, rows) in lists {
                    lines.extend(
                        rows.as_array()
                            .into_iter()
                            .flatten()
                            .map(|row| line(&format!("{section}.{name}"), row)),
                    );
                }
            }
            _ => {}
        }
    }
    lines.join("\r\n")
}

fn line(section: &str, row: &Value) -> String {
    let text = |key: &str| match row.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let money = |money: &Value| {
        let part = |key| money.get(key).and_then(Value::as_str).unwrap_or_default();
        format!("{} {}", part("amount"), part("currency"))
            .trim()
            .to_owned()
    };
    let amounts = row
        .get("amounts")
        .and_then(Value::as_array)
        .map(|list| list.iter().map(money).collect::<Vec<_>>().join("; "));
    let name = match row {
        Value::Object(_) => text("name"),
        Value::String(name) => name.clone(),
        other => other.to_string(),
    };
    let cells = [
        section.to_owned(),
        name,
        text("platform"),
        text("id"),
        text("login"),
        text("count"),
        amounts.unwrap_or_else(|| text("amount")),
        text("unit"),
        text("tier"),
        text("first"),
        text("last"),
    ];
    cells.map(|cell| quoted(&cell)).join(",")
}

/// Characters that a spreadsheet reads as the beginning of a formula, with their wide forms on
/// Japanese keyboards.
const FORMULA: [char; 10] = [
    '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// A cell that no spreadsheet reads as a formula, because an apostrophe before it marks it as a
/// text. Control characters except line ends become spaces. Quoted also for spreadsheets that split
/// cells at semicolons or tabs.
fn quoted(cell: &str) -> String {
    let guard = if cell.trim_start_matches(' ').starts_with(FORMULA) {
        "'"
    } else {
        ""
    };
    let printable = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    let cell: String = guard.chars().chain(cell.chars().map(printable)).collect();
    if cell.contains(['"', ',', ';', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_cell_begins_like_a_formula() {
        let names = [
            "=HYPERLINK(\"http://example.invalid\",\"x\")",
            "@SUM(1+1)",
            "+1-2",
            "-2",
            " =1",
            "\t=1",
            "\r=1",
            "\u{ff1d}1",
            "x;=1",
        ];
        let rows: Vec<_> = names.iter().map(|name| json!({ "name": name })).collect();
        let reply = json!({ "extended": { "Custom": { "=1+1": rows } } });
        let table = csv(reply.as_object().unwrap());
        let cells: Vec<_> = table
            .split("\r\n")
            .skip(1)
            .filter_map(|line| line.strip_prefix("Custom.=1+1,")?.strip_suffix(",,,,,,,,,"))
            .collect();
        let expected = [
            "\"'=HYPERLINK(\"\"http://example.invalid\"\",\"\"x\"\")\"",
            "'@SUM(1+1)",
            "'+1-2",
            "'-2",
            "' =1",
            "' =1",
            "' =1",
            "'\u{ff1d}1",
            "\"x;=1\"",
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn each_name_has_its_line_and_its_quotes() {
        let reply = json!({ "extended": {
            "Cheers": [{ "name": "Anna \"A\", B", "platform": "twitch", "id": "7", "login": "anna",
                "count": 2, "amount": 300, "unit": "bits",
                "first": "2026-11-21T20:00:00Z", "last": "2026-11-21T21:00:00Z" }],
            "Custom": { "Tips": [{ "name": "Kasper", "count": 1, "amounts": [{ "amount": "12.50",
                "currency": "EUR" }, { "amount": "3.00", "currency": "USD" }] }],
                "Thanks": [{ "name": "line\nbreak" }] },
            "Follows": [],
        }});
        assert_eq!(
            csv(reply.as_object().unwrap()),
            "section,name,platform,id,login,count,amount,unit,tier,first,last\r\n\
             Cheers,\"Anna \"\"A\"\", \
             B\",twitch,7,anna,2,300,bits,,2026-11-21T20:00:00Z,2026-11-21T21:00:00Z\r\n\
             Custom.Thanks,\"line\nbreak\",,,,,,,,,\r\n\
             Custom.Tips,Kasper,,,,1,\"12.50 EUR; 3.00 USD\",,,,"
        );
        assert_eq!(csv(&Map::new()), HEAD);
    }
}
