//! Reads chat texts, in the pieces in which Twitchat sends them.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    event::fact::{Chat, ChatKind, Chunk},
    mapping::texts::print,
    twitchat::{
        account::Account,
        lenient::{Rows, Text},
    },
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Piece<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    value: Text<'a>,
    emote: Text<'a>,
    #[serde(rename = "emoteHD")]
    emote_hd: Text<'a>,
    username: Text<'a>,
}

/// Reads a chat text. `account` supplies colour and badges if it is IRC tags, which also hold the
/// message's id.
pub(super) fn chat(
    message: Option<&RawValue>,
    chunks: &Rows<'_>,
    channel: &str,
    account: Option<(&Account<'_>, NameSource)>,
) -> Chat {
    let text = message
        .and_then(|raw| serde_json::from_str::<Text<'_>>(raw.get()).ok())
        .unwrap_or_default();
    let (message_id, color, badges) = account.map_or_else(Default::default, |(account, names)| {
        let message_id = if names == NameSource::Tags {
            &*account.id.0
        } else {
            ""
        };
        (
            message_id.into(),
            (&*account.color.0).into(),
            account.badges(),
        )
    });
    let chunks: Vec<_> = chunks
        .0
        .iter()
        .filter_map(|raw| serde_json::from_str(raw.get()).ok())
        .map(chunk)
        .collect();
    let text: Box<str> = if text.is_empty() {
        chunks.iter().map(written).collect::<String>().into()
    } else {
        text.0.into()
    };
    Chat {
        print: print(&text),
        text,
        chunks,
        message_id,
        channel: channel.into(),
        color,
        badges,
        kind: ChatKind::Plain,
    }
}

/// The field in which an [`Account`] was found. The meaning of its `id` depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameSource {
    /// The account is in `user`.
    User,
    /// The account is in IRC `tags`.
    Tags,
}

fn chunk(piece: Piece<'_>) -> Chunk {
    let value: Box<str> = piece.value.0.into();
    let url = if piece.emote_hd.is_empty() {
        piece.emote.0
    } else {
        piece.emote_hd.0
    };
    match &*piece.kind.0 {
        "emote" => Chunk::Emote {
            name: value,
            url: url.into(),
        },
        "cheermote" => Chunk::Cheer {
            bits: bits_of(&value),
            text: value,
            url: url.into(),
        },
        "user" => {
            let login = if piece.username.is_empty() {
                value.trim_start_matches('@').to_lowercase().into()
            } else {
                piece.username.0.into()
            };
            Chunk::Mention { text: value, login }
        }
        _ => Chunk::Text(value),
    }
}

/// The number at the end of a cheermote: 100 for `Cheer100`.
fn bits_of(cheermote: &str) -> u64 {
    let name = cheermote.trim_end_matches(|letter: char| letter.is_ascii_digit());
    cheermote
        .strip_prefix(name)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_default()
}

fn written(chunk: &Chunk) -> &str {
    match chunk {
        Chunk::Text(text)
        | Chunk::Emote { name: text, .. }
        | Chunk::Cheer { text, .. }
        | Chunk::Mention { text, .. } => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_their_kind_and_make_up_for_a_missing_text() {
        let chunks = serde_json::from_str(
            r#"[{"type":"cheermote","value":"Party1000","emote":"a","emoteHD":"b"},
                {"type":"user","value":"@Anna_B"},
                {"type":"url","value":" x.example "},{"type":"emote","value":"Kappa","emote":"k"},
                7,{"type":"later"}]"#,
        )
        .unwrap();
        let chat = chat(None, &chunks, "1", None);
        assert_eq!(&*chat.text, "Party1000@Anna_B x.example Kappa");
        assert_eq!(
            chat.chunks,
            [
                Chunk::Cheer {
                    text: "Party1000".into(),
                    bits: 1000,
                    url: "b".into()
                },
                Chunk::Mention {
                    text: "@Anna_B".into(),
                    login: "anna_b".into()
                },
                Chunk::Text(" x.example ".into()),
                Chunk::Emote {
                    name: "Kappa".into(),
                    url: "k".into()
                },
                Chunk::Text("".into()),
            ]
        );
    }

    #[test]
    fn a_cheermote_without_a_number_is_worth_nothing() {
        assert_eq!(
            (
                bits_of("Cheer"),
                bits_of("100"),
                bits_of("Cheer99999999999999999999")
            ),
            (0, 100, 0)
        );
    }
}
