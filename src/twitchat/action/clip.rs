//! Clips for the overlay. Users give Twitch's own JSON, a link or an id. The overlay needs the
//! address of the player with a query, and the number of seconds to show it.

use serde_json::{Map, Value, json};

use super::{
    Answer, Shape,
    check::{DataError, What},
    highlight::{PLACE, Place},
};
use crate::input::Given;

/// Twitch's player for clips. The overlay appends to the query.
const PLAYER: &str = "https://clips.twitch.tv/embed?clip=";
/// The length that Twitch gives a clip by default.
const USUAL_SECONDS: f64 = 30.0;
pub(super) const OVERLAY: &str = "the overlay for messages and clips";

parts! {
    /// A clip, as the overlay and Twitch's API have it.
    Clip: CLIP {
        must {
            /// The address of the player, with a query.
            url: String as ["url"] = Shape::Words,
                example "\"https://clips.twitch.tv/embed?clip=AwkwardHelplessSalamander\"";
            /// The length in seconds.
            duration: f64 as ["duration"] = Shape::Number { least: 0.0, most: f64::MAX },
                example "28.5";
        }
        may {
            /// The address of the video itself, if it is known.
            mp4: String as ["mp4"] = Shape::Words;
            /// Twitch's id.
            id: String as ["id"] = Shape::Id;
            /// Twitch's address of the player.
            embed_url: String as ["embed_url"] = Shape::Words;
            /// Twitch's title.
            title: String as ["title"] = Shape::Text;
            /// The id of the channel.
            broadcaster_id: String as ["broadcaster_id"] = Shape::Text;
            /// The name of the channel.
            broadcaster_name: String as ["broadcaster_name"] = Shape::Text;
            /// The id of the person who made the clip.
            creator_id: String as ["creator_id"] = Shape::Text;
            /// The name of the person who made the clip.
            creator_name: String as ["creator_name"] = Shape::Text;
            /// The time at which the clip was made.
            created_at: String as ["created_at"] = Shape::Text;
            /// The id of the category.
            game_id: String as ["game_id"] = Shape::Text;
            /// The language of the stream.
            language: String as ["language"] = Shape::Text;
            /// The address of a preview picture.
            thumbnail_url: String as ["thumbnail_url"] = Shape::Text;
            /// The id of the video that the clip is from.
            video_id: String as ["video_id"] = Shape::Text;
            /// The number of views.
            view_count: u64 as ["view_count"] = Shape::TIME;
            /// The second of the video at which the clip begins; Twitch sends null if it is
            /// unknown.
            vod_offset: Value as ["vod_offset"] = Shape::Any;
            /// Whether Twitch features the clip.
            is_featured: bool as ["is_featured"] = Shape::Flag;
        }
    }
}

actions! { CLIPS:
    /// Shows a clip on the overlay. Accepts Twitch's own JSON of a clip too, or only its `url` or
    /// `id`.
    ShowClip: SHOW_CLIP = ["SHOW_CLIP" / "SET_CHAT_HIGHLIGHT_OVERLAY_CLIP"] {
        must {
            /// The clip.
            clip: Clip as ["clip"] = Shape::Object(CLIP);
            /// The place on the screen.
            params: Place as ["params"] = Shape::Object(PLACE);
        }
        may {
            /// An id for the message; made from the clip if absent.
            message_id: String as ["message_id"] = Shape::Text;
            /// The time of the message, in Unix milliseconds.
            date: i64 as ["date"] = Shape::TIME;
            /// The text that shows the time, with {MIN} for the minutes.
            date_label: String as ["dateLabel"] = Shape::Text;
            /// The look of the overlay.
            skin: String as ["skin"] = Shape::Text;
        }
    } with {
        needs: OVERLAY, before: Some(complete),
        answers: &[Answer::of("CHAT_HIGHLIGHT_OVERLAY_CONFIRM"),
            Answer::of("CHAT_HIGHLIGHT_OVERLAY_CLOSE")],
    }
}

/// Converts the given data to the form that the overlay needs.
fn complete(data: &mut Map<String, Value>) -> Result<(), DataError> {
    if !data.contains_key("clip") {
        gather(data);
    }
    let mut slug = None;
    if let Some(Value::Object(clip)) = data.get_mut("clip") {
        slug = address(clip)?;
        clip.entry("duration")
            .or_insert_with(|| json!(USUAL_SECONDS));
    }
    if let Some(slug) = slug {
        data.entry("message_id").or_insert_with(|| slug.into());
        data.entry("dateLabel").or_insert_with(|| "".into());
    }
    Ok(())
}

/// Moves the clip's fields from the top level into `clip`. They may be Twitch's whole answer, one
/// clip of it, or only a link or an id. The clip is shown in the middle unless the data has a
/// place.
fn gather(data: &mut Map<String, Value>) {
    const OURS: [&str; 5] = ["params", "message_id", "date", "dateLabel", "skin"];
    let mut answer = match data.get_mut("data") {
        Some(Value::Array(clips)) if clips.first().is_some_and(Value::is_object) => {
            Some(clips.swap_remove(0))
        }
        _ => None,
    };
    let found = match &mut answer {
        Some(Value::Object(clip)) => {
            data.retain(|key, _| OURS.contains(&key.as_str()));
            std::mem::take(clip)
        }
        _ if ["url", "id", "embed_url"]
            .iter()
            .any(|key| data.contains_key(*key)) =>
        {
            let (ours, clip): (Map<_, _>, Map<_, _>) = std::mem::take(data)
                .into_iter()
                .partition(|(key, _)| OURS.contains(&key.as_str()));
            *data = ours;
            clip
        }
        _ => return,
    };
    data.insert("clip".into(), found.into());
    data.entry("params")
        .or_insert_with(|| json!({ "position": "m" }));
}

/// Sets the player's address, and returns the clip's id if it is known. Addresses of other sites
/// are refused, because the overlay shows any address that it gets.
fn address(clip: &mut Map<String, Value>) -> Result<Option<String>, DataError> {
    if let Some(Value::String(video)) = clip.get("mp4")
        && !is_video_of_twitch(video)
    {
        return Err(DataError {
            path: "clip.mp4".into(),
            allowed: "the https address of a video on Twitch".into(),
            what: What::WrongType("the address of another site"),
        });
    }
    let mut found = None;
    for key in ["embed_url", "url", "id"] {
        let given = match clip.get(key) {
            None => continue,
            Some(Value::String(given)) => given.trim(),
            Some(other) => {
                let what = What::WrongType(Given::from(other).kind());
                return Err(DataError {
                    path: format!("clip.{key}"),
                    allowed: "a text".into(),
                    what,
                });
            }
        };
        found = if key == "id" {
            is_slug(given).then(|| given.to_owned())
        } else {
            slug_of(given)
        };
        if found.is_some() {
            break;
        }
    }
    if let Some(slug) = &found {
        let has_query = |url: &str| url.starts_with(PLAYER);
        if !clip
            .get("url")
            .and_then(Value::as_str)
            .is_some_and(has_query)
        {
            clip.insert("url".into(), format!("{PLAYER}{slug}").into());
        }
        return Ok(found);
    }
    let is_link = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    match clip.get("url").and_then(Value::as_str) {
        Some(url) if !is_link(url) => Err(no_clip("not a link to a clip")),
        Some(_) => Err(no_clip("not a link to a clip on Twitch")),
        None => Ok(None),
    }
}

/// Whether a video is on one of the hosts where Twitch stores clips.
fn is_video_of_twitch(url: &str) -> bool {
    const HOSTS: [&str; 2] = [".twitch.tv", ".twitchcdn.net"];
    let host = url
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    host.chars().all(is_plain) && HOSTS.iter().any(|known| host.ends_with(known))
}

fn no_clip(what: &'static str) -> DataError {
    let allowed = "the link to a clip on Twitch, such as \
        https://clips.twitch.tv/AwkwardHelplessSalamander or \
                   https://www.twitch.tv/somebody/clip/AwkwardHelplessSalamander"
        .to_owned();
    DataError {
        path: "clip.url".into(),
        allowed,
        what: What::WrongType(what),
    }
}

/// The clip's id in any form of Twitch's links to clips. `None` for other links.
fn slug_of(url: &str) -> Option<String> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .unwrap_or(url);
    let (host, path) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    let path = path.split('#').next().unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let steps: Vec<_> = path.split('/').filter(|step| !step.is_empty()).collect();
    let slug = match (&*host, steps.as_slice()) {
        ("clips.twitch.tv", ["embed"]) => query
            .split('&')
            .find_map(|field| field.strip_prefix("clip="))?,
        ("clips.twitch.tv", [slug])
        | ("www.twitch.tv" | "m.twitch.tv" | "twitch.tv", ["clip", slug] | [_, "clip", slug]) => {
            slug
        }
        _ => return None,
    };
    is_slug(slug).then(|| slug.to_owned())
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_to_a_clip_is_known() {
        for url in [
            "https://clips.twitch.tv/Awkward-x_1",
            "http://clips.twitch.tv/Awkward-x_1?tt_medium=x",
            "https://www.twitch.tv/anna/clip/Awkward-x_1?filter=clips",
            "https://www.twitch.tv/clip/Awkward-x_1",
            "m.twitch.tv/clip/Awkward-x_1",
            "https://clips.twitch.tv/embed?parent=localhost&clip=Awkward-x_1",
            "https://m.twitch.tv/anna/clip/Awkward-x_1",
            "https://Clips.Twitch.TV/Awkward-x_1#comments",
        ] {
            assert_eq!(slug_of(url).as_deref(), Some("Awkward-x_1"), "{url}");
        }
        for url in [
            "https://example.com/clip/x",
            "Awkward",
            "https://clips.twitch.tv/embed?clip=",
            "https://www.twitch.tv/anna",
        ] {
            assert_eq!(slug_of(url), None, "{url}");
        }
    }

    #[test]
    fn twitchs_json_a_link_and_an_id_all_become_the_player() {
        let completed = |mut given: Value| {
            complete(given.as_object_mut().unwrap()).unwrap();
            given
        };
        let clip = json!({ "id": "Slug-1", "url": "https://clips.twitch.tv/Slug-1",
            "embed_url": "https://clips.twitch.tv/embed?clip=Slug-1",
            "title": "Wow", "duration": 12.9, "vod_offset": null });
        let mut wanted = json!({ "clip": clip, "params": { "position": "m" },
            "message_id": "Slug-1", "dateLabel": "" });
        wanted["clip"]["url"] = "https://clips.twitch.tv/embed?clip=Slug-1".into();
        assert_eq!(completed(clip.clone()), wanted);
        assert_eq!(
            completed(json!({ "data": [clip], "pagination": {} })),
            wanted
        );
        wanted["params"]["position"] = "bl".into();
        assert_eq!(
            completed(json!({ "clip": clip, "params": { "position": "bl" } })),
            wanted
        );

        let short = json!({ "clip": { "url": "https://clips.twitch.tv/embed?clip=Slug-1",
            "duration": 30.0 }, "params": { "position": "m" },
            "message_id": "Slug-1", "dateLabel": "" });
        assert_eq!(
            completed(json!({ "url": "https://www.twitch.tv/anna/clip/Slug-1" })),
            short
        );
        let by_id = completed(json!({ "id": "Slug-1" }));
        assert_eq!(
            (&by_id["clip"]["url"], &by_id["clip"]["id"]),
            (&short["clip"]["url"], &json!("Slug-1"))
        );
    }

    #[test]
    fn a_link_that_is_not_twitchs_is_refused() {
        for url in [
            "https://example.com/player?x=1",
            "https://clips.twitch.tv.example.com/Slug-1",
            "https://www.twitch.tv/anna",
            "https://www.twitch.tv/videos/123",
            "https://clips.twitch.tv/",
            "clip",
        ] {
            for mut given in [
                json!({ "url": url }),
                json!({ "clip": { "url": url, "duration": 5 }, "params": { "position": "t" } }),
            ] {
                let error = complete(given.as_object_mut().unwrap()).unwrap_err();
                assert_eq!(error.path, "clip.url", "{url}");
                assert!(
                    error.allowed.starts_with(
                        "the link to a clip on Twitch, such as https://clips.twitch.tv/"
                    ),
                    "{url}"
                );
            }
        }
    }

    #[test]
    fn a_video_of_another_site_is_refused() {
        let fault = |url: &str, mp4: &str| {
            let mut given = json!({ "clip": { "url": url, "mp4": mp4 },
                "params": { "position": "t" } });
            complete(given.as_object_mut().unwrap())
                .err()
                .map(|fault| fault.path)
        };
        let ours = "https://clips.twitch.tv/embed?clip=Slug-1";
        let other = "https://example.com/player?x=1";
        let videos = "https://production.assets.clips.twitchcdn.net/v2/media/Slug-1/video-1080.mp4";
        assert_eq!(fault(ours, videos), None);
        assert_eq!(fault(other, videos).as_deref(), Some("clip.url"));
        for mp4 in [
            "https://example.com/x.mp4",
            "https://example.com/.twitch.tv",
            "https://twitchcdn.net.example.com/x.mp4",
            "https://example.com?a.twitch.tv",
            "https://a@example.com:1.twitch.tv/x.mp4",
            "http://clips-media-assets2.twitch.tv/x.mp4",
            "file:///etc/passwd",
        ] {
            assert_eq!(fault(ours, mp4).as_deref(), Some("clip.mp4"), "{mp4}");
        }
    }
}
