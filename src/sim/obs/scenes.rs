//! Carries out requests about scenes, inputs and scene items. `overlay install` and the end credits
//! send these requests.
//!
//! Pure, like `requests`. A stand-in has the kinds of inputs that every OBS has. It also has
//! browser sources, unless it was started without them.

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, data, done};
use super::fields::RequestFields;
use super::protocol::status;
use super::state::Item;
use super::world::{World, uuid_of};

/// The kinds of inputs with their versions. The kind of a browser source has none.
const KINDS: [&str; 4] = [
    "image_source",
    "color_source_v3",
    "ffmpeg_source",
    "text_ft2_source_v2",
];
const BROWSER_SOURCE: &str = "browser_source";
const BROWSER_VENDOR: &str = "obs-browser";
/// The size of the canvas in pixels.
const CANVAS: (u32, u32) = (1_920, 1_080);

/// A kind of input without its version.
fn unversioned(kind: &str) -> &str {
    match kind.rsplit_once("_v") {
        Some((name, version)) if version.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => kind,
    }
}

pub(super) fn scene<'a>(world: &World, fields: RequestFields<'a>) -> Result<&'a str, Refusal> {
    let scene = fields.text("sceneName")?;
    if world.scenes.iter().any(|known| known == scene) {
        Ok(scene)
    } else {
        Err(Refusal::not_found("source", scene))
    }
}

/// Carries out requests about scenes and inputs.
pub(super) fn answer(world: &mut World, kind: &str, fields: RequestFields<'_>) -> Answer {
    match kind {
        "GetVideoSettings" => {
            let (width, height) = CANVAS;
            data(json!({
                "fpsNumerator": 60, "fpsDenominator": 1, "baseWidth": width, "baseHeight": height,
                    "outputWidth": width, "outputHeight": height,
            }))
        }
        "CreateScene" => {
            let name = fields.text("sceneName")?;
            match world.create_scene(name) {
                Some(happened) => Ok((Some(json!({"sceneUuid": uuid_of(name)})), happened)),
                None => Err(Refusal::new(
                    status::RESOURCE_ALREADY_EXISTS,
                    "A source already exists by that scene name.",
                )),
            }
        }
        "RemoveScene" => {
            let name = scene(world, fields)?;
            done(world.remove_scene(name))
        }
        "CallVendorRequest" => vendor(world, fields),
        "GetInputKindList" => {
            let plain = fields.flag("unversioned", false);
            let kinds = KINDS
                .into_iter()
                .chain(world.browser_sources.then_some(BROWSER_SOURCE));
            data(json!({"inputKinds": kinds
                    .map(|kind| if plain { unversioned(kind) } else { kind })
                    .collect::<Vec<_>>()}))
        }
        _ => items(world, kind, fields),
    }
}

fn vendor(world: &mut World, fields: RequestFields<'_>) -> Answer {
    let (vendor, request) = (fields.text("vendorName")?, fields.text("requestType")?);
    if vendor != BROWSER_VENDOR || !world.browser_sources {
        return Err(Refusal::not_found("vendor", vendor));
    }
    if request != "emit_event" {
        return Err(Refusal::not_found("vendor request", request));
    }
    world
        .emitted
        .extend(fields.map()?.get("requestData").cloned());
    data(json!({"vendorName": vendor, "requestType": request, "responseData": {}}))
}

fn items(world: &mut World, kind: &str, fields: RequestFields<'_>) -> Answer {
    match kind {
        "GetSceneItemList" => {
            let scene = scene(world, fields)?;
            let of_scene = world.items.iter().filter(|item| item.scene == scene);
            let items = of_scene.enumerate().map(|(index, item)| {
                let input = world.inputs.get(&item.source);
                json!({
                    "sceneItemId": item.id, "sceneItemIndex": index,
                        "sceneItemEnabled": item.enabled, "sceneItemLocked": false,
                    "sourceName": item.source, "sourceUuid": uuid_of(&item.source),
                        "inputKind": input.map(|input| &input.kind),
                    "sourceType": if input.is_some() {
                        "OBS_SOURCE_TYPE_INPUT"
                    } else {
                        "OBS_SOURCE_TYPE_SCENE"
                    },
                    "isGroup": if input.is_some() { Value::Null } else { false.into() },
                })
            });
            data(json!({"sceneItems": items.collect::<Vec<_>>()}))
        }
        "GetSceneItemId" => {
            let (scene, name) = (scene(world, fields)?, fields.text("sourceName")?);
            let item = world
                .items
                .iter()
                .find(|item| item.scene == scene && item.source == name);
            let missing = || {
                Refusal::new(
                    status::RESOURCE_NOT_FOUND,
                    "No scene items were found in the specified scene by that name or offset.",
                )
            };
            data(json!({"sceneItemId": item.ok_or_else(missing)?.id}))
        }
        "CreateSceneItem" => {
            let (scene, source) = (scene(world, fields)?, fields.text("sourceName")?);
            if !world.inputs.contains_key(source)
                && !world.scenes.iter().any(|known| known == source)
            {
                return Err(Refusal::not_found("source", source));
            }
            let id = world.add_item(scene, source, fields.flag("sceneItemEnabled", true));
            data(json!({"sceneItemId": id}))
        }
        "GetSceneItemEnabled" | "SetSceneItemEnabled" => {
            let scene = scene(world, fields)?;
            let id = fields.any("sceneItemId")?.as_u64();
            let item = world
                .items
                .iter_mut()
                .find(|item| item.scene == scene && Some(item.id) == id);
            let missing = || {
                Refusal::new(
                    status::RESOURCE_NOT_FOUND,
                    "No scene items were found in the specified scene by that ID.",
                )
            };
            let item = item.ok_or_else(missing)?;
            if kind == "GetSceneItemEnabled" {
                return data(json!({"sceneItemEnabled": item.enabled}));
            }
            item.enabled = fields.flag("sceneItemEnabled", item.enabled);
            done(Vec::new())
        }
        _ => inputs(world, kind, fields),
    }
}

fn inputs(world: &mut World, kind: &str, fields: RequestFields<'_>) -> Answer {
    match kind {
        "GetInputList" => {
            let inputs = world.inputs.iter().map(|(name, input)| {
                json!({"inputName": name, "inputUuid": uuid_of(name), "inputKind": input.kind,
                    "unversionedInputKind": unversioned(&input.kind)})
            });
            data(json!({"inputs": inputs.collect::<Vec<_>>()}))
        }
        "CreateInput" => {
            let (scene, name, kind) = (
                scene(world, fields)?,
                fields.text("inputName")?,
                fields.text("inputKind")?,
            );
            if world.inputs.contains_key(name) {
                return Err(Refusal::new(
                    status::RESOURCE_ALREADY_EXISTS,
                    "A source already exists by that input name.",
                ));
            }
            let is_known =
                KINDS.contains(&kind) || (world.browser_sources && kind == BROWSER_SOURCE);
            if !is_known {
                let why = "Your specified input kind is not supported by OBS. Check that your \
                    input kind is properly formatted.";
                return Err(Refusal::new(status::INVALID_INPUT_KIND, why));
            }
            let settings = fields
                .map()?
                .get("inputSettings")
                .cloned()
                .unwrap_or_else(|| json!({}));
            let (item, happened) = world.add_input(name, kind, scene, settings);
            Ok((
                Some(json!({"inputUuid": uuid_of(name), "sceneItemId": item})),
                happened,
            ))
        }
        "GetInputSettings" => {
            let name = fields.text("inputName")?;
            let input = world
                .inputs
                .get(name)
                .ok_or_else(|| Refusal::not_found("source", name))?;
            data(json!({"inputSettings": input.settings, "inputKind": input.kind}))
        }
        "SetInputSettings" => {
            let name = fields.text("inputName")?;
            let settings = fields.object_or_empty("inputSettings")?;
            let overlay = fields.flag("overlay", true);
            let input = world
                .inputs
                .get_mut(name)
                .ok_or_else(|| Refusal::not_found("source", name))?;
            match input.settings.as_object_mut().filter(|_| overlay) {
                Some(old) => old.extend(settings.clone()),
                None => input.settings = Value::Object(settings.clone()),
            }
            done(Vec::new())
        }
        "SetInputName" => {
            let (name, new) = (fields.text("inputName")?, fields.text("newInputName")?);
            if !world.inputs.contains_key(name) {
                return Err(Refusal::not_found("source", name));
            }
            if world.has_source(new) {
                return Err(Refusal::new(
                    status::RESOURCE_ALREADY_EXISTS,
                    "A source already exists by that new input name.",
                ));
            }
            done(world.rename_input(name, new))
        }
        "RemoveInput" => {
            let name = fields.text("inputName")?;
            let removed = world.remove_input(name);
            done(removed.ok_or_else(|| Refusal::not_found("source", name))?)
        }
        "GetSourceActive" => {
            let name = fields.text("sourceName")?;
            if !world.has_source(name) {
                return Err(Refusal::not_found("source", name));
            }
            let is_on_air =
                |item: &Item| item.scene == world.program && item.source == name && item.enabled;
            let active = world.items.iter().any(is_on_air);
            data(json!({"videoActive": active, "videoShowing": active}))
        }
        _ => media(world, kind, fields),
    }
}

/// The requests about the playback of a media source.
fn media(world: &mut World, kind: &str, fields: RequestFields<'_>) -> Answer {
    match kind {
        "GetMediaInputStatus" => {
            let name = fields.text("inputName")?;
            let input = world
                .inputs
                .get(name)
                .ok_or_else(|| Refusal::not_found("source", name))?;
            let state = if input.media_ms.is_some() {
                "OBS_MEDIA_STATE_PLAYING"
            } else {
                "OBS_MEDIA_STATE_NONE"
            };
            data(json!({"mediaState": state, "mediaDuration": input.media_ms,
                    "mediaCursor": input.media_ms.map(|_| 0)}))
        }
        "TriggerMediaInputAction" => {
            let name = fields.text("inputName")?;
            let action = fields.text("mediaAction")?;
            let input = world
                .inputs
                .get_mut(name)
                .ok_or_else(|| Refusal::not_found("source", name))?;
            match action.rsplit('_').next() {
                Some("PAUSE" | "PLAY" | "RESTART") => input.media_ms = input.file_ms,
                Some("STOP") => input.media_ms = None,
                _ => {}
            }
            done(Vec::new())
        }
        _ => Err(Refusal::new(
            status::UNKNOWN_REQUEST_TYPE,
            "Your request type is not valid.",
        )),
    }
}
