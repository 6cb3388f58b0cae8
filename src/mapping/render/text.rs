//! Splits a chat text in the same way as Streamer.bot: `emotes`, `cheerEmotes` and `parts`.
//!
//! `startIndex` and `endIndex` (inclusive) count UTF-16 units. Overlays cut the text with
//! JavaScript's `substring`, and Streamer.bot counts in .NET strings, which are UTF-16 too.
//! Twitch's own indices count code points, but Twitchat does not pass them on.

use serde_json::{Value, json};

use crate::event::fact::{Chat, Chunk};

/// A text in the three forms that events carry.
pub(super) struct Pieces {
    pub(super) emotes: Vec<Value>,
    pub(super) cheer_emotes: Vec<Value>,
    pub(super) parts: Vec<Value>,
}

/// Splits a text along its chunks. Without chunks the text is one part.
pub(super) fn pieces(chat: &Chat) -> Pieces {
    let mut pieces = Pieces {
        emotes: Vec::new(),
        cheer_emotes: Vec::new(),
        parts: Vec::new(),
    };
    if chat.chunks.is_empty() && !chat.text.is_empty() {
        pieces
            .parts
            .push(json!({"type": "text", "text": chat.text}));
    }
    let mut cursor = Cursor {
        rest: &chat.text,
        units: 0,
    };
    for chunk in &chat.chunks {
        match chunk {
            Chunk::Text(text) => {
                cursor.pass(text);
                pieces.parts.push(json!({"type": "text", "text": text}));
            }
            Chunk::Mention { text, login } => {
                cursor.pass(text);
                pieces.parts.push(json!({
                    "type": "mention", "text": text, "userId": "", "userLogin": login,
                        "userName": text.trim_start_matches('@'),
                }));
            }
            Chunk::Emote { name, url } => {
                let (id, kind) = emote_id(url);
                if let Some((start, end)) = cursor.pass(name) {
                    pieces.emotes.push(json!({
                        "id": id, "type": kind, "name": name, "startIndex": start, "endIndex": end,
                            "imageUrl": url,
                    }));
                }
                pieces
                    .parts
                    .push(json!({"type": "emote", "text": name, "source": kind,
                    "imageUrl": url, "zeroWidth": false}));
            }
            Chunk::Cheer { text, bits, url } => {
                let prefix = text.trim_end_matches(|c: char| c.is_ascii_digit());
                if let Some((start, end)) = cursor.pass(text) {
                    pieces.cheer_emotes.push(json!({
                        "bits": bits, "color": cheer_color(*bits), "type": "CheerEmote",
                            "name": prefix,
                        "startIndex": start, "endIndex": end, "imageUrl": url,
                    }));
                }
                pieces
                    .parts
                    .push(json!({"type": "cheer", "text": prefix, "bits": bits, "imageUrl": url}));
            }
        }
    }
    pieces
}

/// Finds the chunks in the text, one after the other. Chunks may leave out spaces, so each is
/// searched for.
struct Cursor<'a> {
    rest: &'a str,
    units: usize,
}

impl Cursor<'_> {
    /// Moves past a chunk and returns its first and last UTF-16 unit. `None`, without moving, if
    /// the text does not contain the chunk.
    fn pass(&mut self, chunk: &str) -> Option<(usize, usize)> {
        let length = units(chunk);
        let (before, after) = self.rest.split_once(chunk).filter(|_| length > 0)?;
        let start = self.units + units(before);
        self.units = start + length;
        self.rest = after;
        Some((start, self.units - 1))
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Id and type of an emote, read from its picture's address. The address does not show whether the
/// emote is the channel's or a global one.
fn emote_id(url: &str) -> (&str, &'static str) {
    let after = |mark: &str| {
        url.split_once(mark)
            .and_then(|(_, rest)| rest.split('/').next())
            .unwrap_or_default()
    };
    if url.contains("jtvnw.net/emoticons/") {
        (after("/v2/"), "Twitch")
    } else if url.contains("betterttv.net/") {
        (after("/emote/"), "BTTVChannel")
    } else if url.contains("7tv.app/") {
        (after("/emote/"), "7TVChannel")
    } else if url.contains("frankerfacez.com/") {
        (after("/emote/"), "FFZChannel")
    } else {
        ("", "")
    }
}

/// The colour that Twitch gives a cheermote.
fn cheer_color(bits: u64) -> &'static str {
    match bits {
        0..100 => "#979797",
        100..1_000 => "#9c3ee8",
        1_000..5_000 => "#1db2a5",
        5_000..10_000 => "#0099fe",
        _ => "#f43021",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emote(name: &str, url: &str) -> Chunk {
        Chunk::Emote {
            name: name.into(),
            url: url.into(),
        }
    }

    #[test]
    fn indices_count_as_javascript_does() {
        let chat = Chat {
            text: "👋 Kappa Kappa".into(),
            chunks: vec![
                Chunk::Text("👋 ".into()),
                emote("Kappa", ""),
                Chunk::Text(" ".into()),
                emote("Kappa", ""),
            ],
            ..Chat::default()
        };
        let found: Vec<_> = pieces(&chat)
            .emotes
            .iter()
            .map(|emote| (emote["startIndex"].clone(), emote["endIndex"].clone()))
            .collect();
        assert_eq!(found, [(json!(3), json!(7)), (json!(9), json!(13))]);
    }

    #[test]
    fn an_emote_that_the_text_does_not_have_is_a_part_only() {
        let chat = Chat {
            text: "hi".into(),
            chunks: vec![emote("Kappa", ""), Chunk::Text("hi".into())],
            ..Chat::default()
        };
        let pieces = pieces(&chat);
        assert_eq!((pieces.emotes.len(), pieces.parts.len()), (0, 2));
    }

    #[test]
    fn pictures_show_the_source_of_an_emote() {
        assert_eq!(
            emote_id("https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/3.0"),
            ("25", "Twitch")
        );
        assert_eq!(
            emote_id("https://cdn.betterttv.net/emote/54fa8f/3x"),
            ("54fa8f", "BTTVChannel")
        );
        assert_eq!(
            emote_id("https://cdn.7tv.app/emote/01F6/4x.webp"),
            ("01F6", "7TVChannel")
        );
        assert_eq!(
            emote_id("https://cdn.frankerfacez.com/emote/9/4"),
            ("9", "FFZChannel")
        );
        assert_eq!(
            emote_id("https://static-cdn.jtvnw.net/emoticons/"),
            ("", "Twitch")
        );
    }
}
