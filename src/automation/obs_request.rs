//! The requests to OBS that a step can make. These are all requests of the client library that
//! change something, with the names and fields of obs-websocket.
//!
//! `obs::act` makes the requests. Requests that only return data are left out, because a step
//! cannot use an answer.

use serde_json::{Map, Value};

use super::template::Shape;
use crate::input::{self, Cause, Content, Fields, Node, Problem, Read, Spot, hint};

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A non-empty string.
    Text,
    /// `true` or `false`.
    Flag,
    Number,
    Object,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Text => "a text that is not empty",
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Object => "a table",
        }
    }
}

/// A step writes these actions for a media source in lower case.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, strum::EnumString, strum::VariantNames,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[expect(missing_docs, reason = "the meanings are obs-websocket's")]
pub enum MediaAction {
    Play,
    Pause,
    Stop,
    Restart,
    Next,
    Previous,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub needed: bool,
}

/// Conversion between a field and its JSON value.
trait Part: Sized {
    const KIND: Kind;
    const NEEDED: bool = true;
    fn read(value: Option<Value>) -> Option<Self>;
}

impl Part for String {
    const KIND: Kind = Kind::Text;
    fn read(value: Option<Value>) -> Option<Self> {
        match value {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }
}

impl Part for MediaAction {
    const KIND: Kind = Kind::Text;
    fn read(value: Option<Value>) -> Option<Self> {
        value?.as_str()?.parse().ok()
    }
}

impl Part for bool {
    const KIND: Kind = Kind::Flag;
    fn read(value: Option<Value>) -> Option<Self> {
        value?.as_bool()
    }
}

impl Part for f64 {
    const KIND: Kind = Kind::Number;
    fn read(value: Option<Value>) -> Option<Self> {
        value?.as_f64()
    }
}

impl Part for Map<String, Value> {
    const KIND: Kind = Kind::Object;
    fn read(value: Option<Value>) -> Option<Self> {
        match value {
            Some(Value::Object(map)) => Some(map),
            _ => None,
        }
    }
}

impl<T: Part> Part for Option<T> {
    const KIND: Kind = T::KIND;
    const NEEDED: bool = false;
    fn read(value: Option<Value>) -> Option<Self> {
        Some(value.and_then(|value| T::read(Some(value))))
    }
}

/// The only list of requests. It generates the enum, the function that reads a request, and the
/// description of the fields.
macro_rules! requests {
    ($($name:ident $({ $($field:ident: $kind:ty = $wire:literal),+ })?),+ $(,)?) => {
        #[derive(Debug, Clone, PartialEq)]
        #[expect(missing_docs, reason = "the names and meanings are obs-websocket's")]
        pub enum ObsRequest {
            $($name $({ $($field: $kind),+ })?,)+
        }

        pub const REQUESTS: &[(&str, &[Field])] = &[
            $((stringify!($name), &[$($(Field { name: $wire, kind: <$kind as Part>::KIND,
                needed: <$kind as Part>::NEEDED }),+)?]),)+
        ];

        impl ObsRequest {
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name $({ $($field: _),+ })? => stringify!($name),)+
                }
            }

            /// The fields in JSON, under the names of obs-websocket.
            pub fn data(&self) -> Map<String, Value> {
                let mut data = Map::new();
                match self {
                    $(Self::$name $({ $($field),+ })? => {
                        $($(data.insert($wire.to_owned(), serde_json::json!($field));)+)?
                    })+
                }
                data.retain(|_, value| !value.is_null());
                data
            }

            fn build(name: &str, mut data: Map<String, Value>) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name $({
                        $($field: <$kind as Part>::read(data.remove($wire))?),+
                    })?),)+
                    _ => None,
                }
            }
        }
    };
}

requests! {
    StartStream,
    StopStream,
    ToggleStream,
    SendStreamCaption { text: String = "captionText" },
    StartRecord,
    StopRecord,
    ToggleRecord,
    PauseRecord,
    ResumeRecord,
    ToggleRecordPause,
    SplitRecordFile,
    CreateRecordChapter { name: Option<String> = "chapterName" },
    StartReplayBuffer,
    StopReplayBuffer,
    ToggleReplayBuffer,
    SaveReplayBuffer,
    StartVirtualCam,
    StopVirtualCam,
    ToggleVirtualCam,
    StartOutput { output: String = "outputName" },
    StopOutput { output: String = "outputName" },
    ToggleOutput { output: String = "outputName" },
    SetCurrentProgramScene { scene: String = "sceneName" },
    SetCurrentPreviewScene { scene: String = "sceneName" },
    SetSceneItemEnabled { scene: String = "sceneName", item: Option<f64> = "sceneItemId",
        source: Option<String> = "sourceName", enabled: bool = "sceneItemEnabled" },
    SetSceneItemLocked { scene: String = "sceneName", item: Option<f64> = "sceneItemId",
        source: Option<String> = "sourceName", locked: bool = "sceneItemLocked" },
    SetSceneItemIndex { scene: String = "sceneName", item: Option<f64> = "sceneItemId",
        source: Option<String> = "sourceName", index: f64 = "sceneItemIndex" },
    SetInputSettings { input: String = "inputName", settings: Map<String, Value> = "inputSettings",
        overlay: Option<bool> = "overlay" },
    SetInputMute { input: String = "inputName", muted: bool = "inputMuted" },
    ToggleInputMute { input: String = "inputName" },
    SetInputVolume { input: String = "inputName", decibels: Option<f64> = "inputVolumeDb",
        factor: Option<f64> = "inputVolumeMul" },
    SetInputAudioBalance { input: String = "inputName", balance: f64 = "inputAudioBalance" },
    PressInputPropertiesButton { input: String = "inputName", property: String = "propertyName" },
    TriggerMediaInputAction { input: String = "inputName", action: MediaAction = "mediaAction" },
    SetMediaInputCursor { input: String = "inputName", milliseconds: f64 = "mediaCursor" },
    OffsetMediaInputCursor { input: String = "inputName", milliseconds: f64 = "mediaCursorOffset" },
    SetSourceFilterEnabled { source: String = "sourceName", filter: String = "filterName",
        enabled: bool = "filterEnabled" },
    SetSourceFilterSettings { source: String = "sourceName", filter: String = "filterName",
        settings: Map<String, Value> = "filterSettings", overlay: Option<bool> = "overlay" },
    SetCurrentSceneTransition { transition: String = "transitionName" },
    SetCurrentSceneTransitionDuration { milliseconds: f64 = "transitionDuration" },
    SetCurrentSceneTransitionSettings { settings: Map<String, Value> = "transitionSettings",
        overlay: Option<bool> = "overlay" },
    TriggerStudioModeTransition,
    SetStudioModeEnabled { enabled: bool = "studioModeEnabled" },
    TriggerHotkeyByName { hotkey: String = "hotkeyName", context: Option<String> = "contextName" },
    TriggerHotkeyByKeySequence { key: String = "keyId", modifiers: Option<Map<String,
        Value>> = "keyModifiers" },
    SaveSourceScreenshot { source: String = "sourceName", format: String = "imageFormat",
        path: String = "imageFilePath", width: Option<f64> = "imageWidth",
            height: Option<f64> = "imageHeight", quality: Option<f64> = "imageCompressionQuality" },
    SetCurrentProfile { profile: String = "profileName" },
    SetCurrentSceneCollection { collection: String = "sceneCollectionName" },
    CallVendorRequest { vendor: String = "vendorName", request: String = "requestType",
        data: Option<Map<String, Value>> = "requestData" },
}

/// Pairs of fields of which exactly one is required. They identify an item by its number or by the
/// name of its source, or give a volume in dB or as a factor.
const ONE_OF: [(&str, [&str; 2]); 4] = [
    ("SetSceneItemEnabled", ["sceneItemId", "sourceName"]),
    ("SetSceneItemLocked", ["sceneItemId", "sourceName"]),
    ("SetSceneItemIndex", ["sceneItemId", "sourceName"]),
    ("SetInputVolume", ["inputVolumeDb", "inputVolumeMul"]),
];

pub const KEY_MODIFIERS: [&str; 4] = ["shift", "control", "alt", "command"];

/// Returns the canonical name too, because `name` may be in any case.
pub(super) fn find(name: &str) -> Result<(&'static str, &'static [Field]), Cause> {
    let found = REQUESTS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| {
        let hint = hint(name, REQUESTS.iter().map(|(known, _)| *known));
        Cause::Other(format!(
            "there is no OBS request {name} that a step can make; {hint}"
        ))
    })
}

impl ObsRequest {
    /// Reads a request with its templates filled in.
    pub fn read(name: &str, data: Map<String, Value>) -> Result<Self, Cause> {
        let (name, fields) = find(name)?;
        check(
            name,
            fields,
            data.iter().map(|(key, value)| (key.as_str(), Some(value))),
        )?;
        Self::build(name, data).ok_or_else(|| Cause::Other(format!("{name} cannot be read")))
    }
}

/// Checks the data of a request as far as it does not depend on templates.
pub(super) fn check_shape(name: &str, data: &Shape, spot: Spot, path: &str) -> Read<()> {
    let (name, fields) = find(name).map_err(|cause| Problem::new(spot, path, cause))?;
    check(name, fields, data.fields()).map_err(|cause| Problem::new(spot, path, cause))
}

fn check<'a>(
    name: &str,
    fields: &[Field],
    data: impl IntoIterator<Item = (&'a str, Option<&'a Value>)>,
) -> Result<(), Cause> {
    let data: Vec<_> = data.into_iter().collect();
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    if let Some((key, _)) = data.iter().find(|(key, _)| !names.contains(key)) {
        return Err(if names.is_empty() {
            Cause::Other(format!("{name} takes no data"))
        } else {
            Cause::unknown_key(key, &names)
        });
    }
    for field in fields {
        match data.iter().find(|(key, _)| *key == field.name) {
            None if field.needed => {
                return Err(Cause::Missing {
                    key: field.name.into(),
                    expected: format!("{name} needs {}", field.kind.words()),
                });
            }
            Some((_, Some(value))) => {
                check_value(field, value).map_err(|problem| Cause::Other(problem.to_string()))?;
            }
            _ => {}
        }
    }
    match ONE_OF.iter().find(|(known, _)| *known == name) {
        Some((_, [one, other])) if !data.iter().any(|(key, _)| key == one || key == other) => {
            Err(Cause::Missing {
                key: format!("{one} or {other}"),
                expected: format!("{name} needs one of them"),
            })
        }
        _ => Ok(()),
    }
}

fn check_value(known: &Field, value: &Value) -> Read<()> {
    let node = Node::of_json(value.clone(), Spot::default());
    let field = input::Field::new(&node, known.name);
    let fits = match (known.name, known.kind) {
        ("mediaAction", _) => return field.one_of::<MediaAction>().map(drop),
        ("keyModifiers", _) => {
            let keys = Fields::of(&node, known.name, &KEY_MODIFIERS)?;
            return KEY_MODIFIERS
                .iter()
                .try_for_each(|key| keys.flag(key, false).map(drop));
        }
        (
            "sceneItemId" | "sceneItemIndex" | "mediaCursor" | "transitionDuration" | "imageWidth"
            | "imageHeight",
            _,
        ) => return field.whole(0, u32::MAX).map(drop),
        (_, Kind::Flag) => return field.flag().map(drop),
        (_, Kind::Text) => field.given().text().is_some_and(|text| !text.is_empty()),
        (_, Kind::Number) => field.given().number().is_some(),
        (_, Kind::Object) => matches!(node.content, Content::Table(_)),
    };
    fits.then_some(())
        .ok_or_else(|| field.bad(known.kind.words()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strum::VariantNames;

    use super::*;

    fn read(name: &str, data: Value) -> Result<ObsRequest, String> {
        let Value::Object(data) = data else {
            panic!("an object")
        };
        ObsRequest::read(name, data).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn every_request_is_read_from_its_listed_fields() {
        for (name, fields) in REQUESTS {
            let sample = |field: &Field| match (field.name, field.kind) {
                ("mediaAction", _) => json!("play"),
                ("keyModifiers", _) => json!({ "shift": true }),
                (_, Kind::Text) => json!("x"),
                (_, Kind::Flag) => json!(true),
                (_, Kind::Number) => json!(3),
                (_, Kind::Object) => json!({ "a": 1 }),
            };
            let all: Map<_, _> = fields
                .iter()
                .map(|field| (field.name.to_owned(), sample(field)))
                .collect();
            let request = read(&name.to_lowercase(), Value::Object(all.clone())).unwrap();
            assert_eq!(request.name(), *name);
            assert_eq!(
                read(name, Value::Object(request.data())),
                Ok(request),
                "{name}: there and back"
            );
            for field in fields.iter().filter(|field| field.needed) {
                let mut less = all.clone();
                less.remove(field.name);
                assert!(
                    read(name, Value::Object(less))
                        .unwrap_err()
                        .contains(field.name),
                    "{name} without {}",
                    field.name
                );
            }
            for field in *fields {
                let mut wrong = all.clone();
                wrong.insert(field.name.into(), json!([]));
                assert!(
                    read(name, Value::Object(wrong))
                        .unwrap_err()
                        .contains(field.name),
                    "{name} with a list as {}",
                    field.name
                );
            }
        }
    }

    #[test]
    fn every_media_action_is_written_as_it_is_read() {
        for &word in MediaAction::VARIANTS {
            let action = word.parse().unwrap();
            let request = read(
                "TriggerMediaInputAction",
                json!({ "inputName": "Song", "mediaAction": word }),
            )
            .unwrap();
            assert_eq!(
                request,
                ObsRequest::TriggerMediaInputAction {
                    input: "Song".into(),
                    action
                }
            );
            assert_eq!(request.data()["mediaAction"], word);
        }
    }

    #[test]
    fn errors_name_the_allowed_values() {
        insta::assert_snapshot!(
            [
                read("StopStraem", json!({})),
                read("Dance", json!({})),
                read("StopStream", json!({ "now": true })),
                read("SetCurrentProgramScene", json!({ "scene": "Game" })),
                read("SetCurrentProgramScene", json!({})),
                read(
                    "SetInputMute",
                    json!({ "inputName": "Mic", "inputMuted": "yes" })
                ),
                read("SetInputVolume", json!({ "inputName": "Mic" })),
                read(
                    "SetSceneItemEnabled",
                    json!({ "sceneName": "Game", "sceneItemId": 1.5, "sceneItemEnabled": true })
                ),
                read(
                    "TriggerMediaInputAction",
                    json!({ "inputName": "Song", "mediaAction": "dance" })
                ),
                read(
                    "TriggerHotkeyByKeySequence",
                    json!({ "keyId": "OBS_KEY_A", "keyModifiers": { "ctrl": true } })
                ),
            ]
            .map(|error| error.unwrap_err().chars().take(160).collect::<String>())
            .join("\n")
        );
    }
}
