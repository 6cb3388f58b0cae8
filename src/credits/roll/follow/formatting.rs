//! The texts of Twitchat's text sections. Twitchat fills its placeholders before it sends a text,
//! so any part of it may be what a viewer wrote. Only tags that format letters stay tags.

/// Tags that stay. They can neither load nor cover anything.
const FORMATTING: [&str; 28] = [
    "b", "big", "br", "center", "code", "del", "div", "em", "font", "h1", "h2", "h3", "h4", "h5",
    "h6", "i", "ins", "li", "mark", "ol", "p", "s", "small", "span", "strong", "sub", "sup", "u",
];

/// The text of a text section, as the page's own texts are written. Stars and backslashes stay as
/// they are, because Twitchat has no stars for emphasis. Of a tag's attributes only a colour stays;
/// all other tags are shown as text.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some((tag, after)) = formatting_tag(rest) {
            literal.push_str(&tag);
            rest = after;
            continue;
        }
        match letter {
            '<' => literal.push_str("&lt;"),
            '*' | '\\' => literal.extend(['\\', letter]),
            _ => literal.push(letter),
        }
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    literal
}

/// The tag with which the text begins, written anew, and the text after it; `None` if it begins
/// with no tag that stays.
fn formatting_tag(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('<')?;
    let (inside, after) = inside.split_at(inside.find(['<', '>'])?);
    let after = after.strip_prefix('>')?;
    let (slash, inside) = match inside.strip_prefix('/') {
        Some(inside) => ("/", inside),
        None => ("", inside),
    };
    let end = inside.find(|letter: char| !letter.is_ascii_alphanumeric());
    let (name, attributes) = inside.split_at(end.unwrap_or(inside.len()));
    let name = name.to_ascii_lowercase();
    if !FORMATTING.contains(&&*name) {
        return None;
    }
    let style = color(attributes)
        .filter(|_| slash.is_empty())
        .map(|color| format!(" style=\"color:{color}\""))
        .unwrap_or_default();
    Some((format!("<{slash}{name}{style}>"), after))
}

/// The colour in the attributes of a tag: `color="red"`, or `style="color: #f00"`.
fn color(attributes: &str) -> Option<&str> {
    let (before, value) = attributes.split_once("color")?;
    if before.ends_with('-') {
        return None;
    }
    let value = value.trim_start().strip_prefix([':', '='])?;
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|letter: char| letter != '#' && !letter.is_ascii_alphanumeric());
    let value = value.split_at(end.unwrap_or(value.len())).0;
    (!value.is_empty()).then_some(value)
}
