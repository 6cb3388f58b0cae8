//! Carries out all requests except `BroadcastCustomEvent`. This module only checks that request,
//! and the hub carries it out.
//!
//! Pure: it takes the world and the time, and returns the response and the events that follow.
//! Codes and texts come from obs-websocket.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::{Answer, Refusal, data, done};
use super::fields::{RequestFields, type_error};
use super::on_air;
use super::options::Versions;
use super::protocol::status;
use super::recording;
use super::world::{World, uuid_of};

/// The requests that `GetVersion` lists.
const AVAILABLE: [&str; 43] = [
    "BroadcastCustomEvent",
    "CallVendorRequest",
    "CreateInput",
    "CreateScene",
    "CreateSceneCollection",
    "CreateSceneItem",
    "GetCurrentPreviewScene",
    "GetCurrentProgramScene",
    "GetInputKindList",
    "GetInputList",
    "GetInputSettings",
    "GetMediaInputStatus",
    "GetRecordStatus",
    "GetSceneCollectionList",
    "GetSceneItemEnabled",
    "GetSceneItemId",
    "GetSceneItemList",
    "GetSceneList",
    "GetSourceActive",
    "GetStats",
    "GetStreamStatus",
    "GetStudioModeEnabled",
    "GetVersion",
    "GetVideoSettings",
    "PauseRecord",
    "RemoveInput",
    "RemoveScene",
    "ResumeRecord",
    "SetCurrentPreviewScene",
    "SetCurrentProgramScene",
    "SetCurrentSceneCollection",
    "SetInputName",
    "SetInputSettings",
    "SetSceneItemEnabled",
    "SetStudioModeEnabled",
    "StartRecord",
    "StartStream",
    "StopRecord",
    "StopStream",
    "ToggleRecord",
    "ToggleRecordPause",
    "TriggerMediaInputAction",
    "TriggerStudioModeTransition",
];

/// The `eventData` of a `BroadcastCustomEvent` in the form in which OBS sends it, with sorted keys.
pub(super) fn event_data(fields: RequestFields<'_>) -> Result<String, Refusal> {
    let object = fields.object("eventData")?;
    serde_json::to_string(object).map_err(|_| type_error("eventData", "an object"))
}

pub(super) fn answer(
    world: &mut World,
    versions: &Versions,
    kind: &str,
    fields: RequestFields<'_>,
    now: Instant,
) -> Answer {
    match kind {
        "GetVersion" => data(version(versions)),
        "GetStats" => data(stats()),
        "GetStreamStatus" => data(stream_status(world, now)),
        _ if recording::REQUESTS.contains(&kind) => {
            recording::answer(&mut world.recording, kind, now)
        }
        "StartStream" => match world.start_stream(now) {
            Some(happened) => done(happened),
            None => Err(Refusal::new(
                status::OUTPUT_RUNNING,
                "The stream output is already running.",
            )),
        },
        "StopStream" => match world.stop_stream() {
            Some(happened) => done(happened),
            None => Err(Refusal::new(
                status::OUTPUT_NOT_RUNNING,
                "The stream output is not running.",
            )),
        },
        "GetSceneList" => data(scenes(world)),
        "GetCurrentProgramScene" => {
            let uuid = uuid_of(&world.program);
            data(json!({
                "sceneName": world.program, "sceneUuid": uuid,
                    "currentProgramSceneName": world.program, "currentProgramSceneUuid": uuid,
            }))
        }
        "SetCurrentProgramScene" => {
            let scene = fields.text("sceneName")?;
            let happened = world.switch(scene);
            done(happened.ok_or_else(|| Refusal::not_found("source", scene))?)
        }
        _ => on_air::answer(world, kind, fields, now),
    }
}

fn version(versions: &Versions) -> Value {
    json!({
        "obsVersion": versions.studio, "obsWebSocketVersion": versions.websocket, "rpcVersion": 1,
            "availableRequests": AVAILABLE.as_slice(),
        "supportedImageFormats": ["png", "jpg"], "platform": "stand-in", "platformDescription": "A \
            stand-in for OBS, without a studio",
    })
}

fn stats() -> Value {
    json!({
        "cpuUsage": 0.5, "memoryUsage": 64.0, "availableDiskSpace": 100_000.0, "activeFps": 60.0,
            "averageFrameRenderTime": 0.1,
        "renderSkippedFrames": 0, "renderTotalFrames": 0, "outputSkippedFrames": 0,
            "outputTotalFrames": 0,
        "webSocketSessionIncomingMessages": 0, "webSocketSessionOutgoingMessages": 0,
    })
}

fn stream_status(world: &World, now: Instant) -> Value {
    let running = world.streaming_for(now);
    let millis = u64::try_from(running.unwrap_or_default().as_millis()).unwrap_or(u64::MAX);
    let seconds = millis / 1_000;
    let timecode = format!(
        "{:02}:{:02}:{:02}.{:03}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        millis % 1_000
    );
    json!({
        "outputActive": running.is_some(), "outputReconnecting": false, "outputTimecode": timecode,
            "outputDuration": millis,
        "outputCongestion": 0.0, "outputBytes": 0, "outputSkippedFrames": 0, "outputTotalFrames": 0,
    })
}

fn scenes(world: &World) -> Value {
    let list = world.scenes.iter().rev().enumerate();
    let list: Vec<_> = list
        .map(|(index, name)| {
            json!({"sceneIndex": index, "sceneName": name,
        "sceneUuid": uuid_of(name)})
        })
        .collect();
    json!({
        "currentProgramSceneName": world.program,
            "currentProgramSceneUuid": uuid_of(&world.program),
        "currentPreviewSceneName": null, "currentPreviewSceneUuid": null, "scenes": list,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(kind: &str, data: &Value) -> Answer {
        answer(
            &mut World::default(),
            &Versions::default(),
            kind,
            RequestFields(Some(data)),
            Instant::now(),
        )
    }

    fn code(answer: Result<impl Sized, Refusal>) -> u16 {
        answer.err().map_or(status::SUCCESS, |refusal| refusal.code)
    }

    #[test]
    fn broadcasts_are_checked_like_obs_checks_them() {
        let check = |data: Option<&Value>| code(event_data(RequestFields(data)));
        assert_eq!(check(None), status::MISSING_REQUEST_DATA);
        assert_eq!(check(Some(&json!({}))), status::MISSING_REQUEST_FIELD);
        assert_eq!(
            check(Some(&json!({"eventData": "text"}))),
            status::INVALID_REQUEST_FIELD_TYPE
        );
        assert_eq!(
            check(Some(&json!({"eventData": {}}))),
            status::REQUEST_FIELD_EMPTY
        );
        assert_eq!(
            event_data(RequestFields(Some(
                &json!({"eventData": {"type": 1, "data": 2}})
            )))
            .unwrap(),
            r#"{"data":2,"type":1}"#
        );
    }

    #[test]
    fn refusals_have_the_codes_of_obs() {
        assert_eq!(
            code(ask("NoSuchRequest", &json!({}))),
            status::UNKNOWN_REQUEST_TYPE
        );
        assert_eq!(
            code(ask(
                "SetCurrentProgramScene",
                &json!({"sceneName": "Nowhere"})
            )),
            status::RESOURCE_NOT_FOUND
        );
        assert_eq!(
            code(ask("SetCurrentProgramScene", &json!({"sceneName": 7}))),
            status::INVALID_REQUEST_FIELD_TYPE
        );
        assert_eq!(
            code(ask("StopStream", &json!({}))),
            status::OUTPUT_NOT_RUNNING
        );
        assert_eq!(
            code(ask(
                "CallVendorRequest",
                &json!({"vendorName": "x", "requestType": "y"})
            )),
            status::RESOURCE_NOT_FOUND
        );
        let strange = json!({"sceneName": "Game", "inputName": "x", "inputKind": "no_such_kind"});
        assert_eq!(
            code(ask("CreateInput", &strange)),
            status::INVALID_INPUT_KIND
        );
    }

    #[test]
    fn every_listed_request_is_known() {
        for kind in AVAILABLE
            .into_iter()
            .filter(|kind| *kind != "BroadcastCustomEvent")
        {
            assert_ne!(
                code(ask(kind, &json!({"sceneName": "Game"}))),
                status::UNKNOWN_REQUEST_TYPE,
                "{kind}"
            );
        }
    }

    #[test]
    fn an_input_lives_and_ends() {
        let mut world = World::default();
        let mut ask = |kind: &str, data: Value| {
            answer(
                &mut world,
                &Versions::default(),
                kind,
                RequestFields(Some(&data)),
                Instant::now(),
            )
        };
        let input = json!({"sceneName": "Game", "inputName": "Alerts",
            "inputKind": "browser_source", "inputSettings": {"url": "a"}});
        assert_eq!(code(ask("CreateInput", input.clone())), status::SUCCESS);
        assert_eq!(
            code(ask("CreateInput", input)),
            status::RESOURCE_ALREADY_EXISTS
        );
        assert_eq!(
            code(ask(
                "SetInputSettings",
                json!({"inputName": "Alerts", "inputSettings": {"width": 9}})
            )),
            status::SUCCESS
        );
        let settings = ask("GetInputSettings", json!({"inputName": "Alerts"}))
            .unwrap()
            .0
            .unwrap();
        assert_eq!(
            settings,
            json!({"inputKind": "browser_source", "inputSettings": {"url": "a", "width": 9}})
        );
        let rename = |new: &str| json!({"inputName": "Alerts", "newInputName": new});
        assert_eq!(
            code(ask("SetInputName", rename("Alerts"))),
            status::RESOURCE_ALREADY_EXISTS
        );
        assert_eq!(code(ask("SetInputName", rename("Alarms"))), status::SUCCESS);
        assert_eq!(
            code(ask("RemoveInput", json!({"inputName": "Alerts"}))),
            status::RESOURCE_NOT_FOUND
        );
        assert_eq!(
            code(ask("RemoveInput", json!({"inputName": "Alarms"}))),
            status::SUCCESS
        );
        assert_eq!(
            code(ask("GetInputSettings", json!({"inputName": "Alerts"}))),
            status::RESOURCE_NOT_FOUND
        );
    }
}
