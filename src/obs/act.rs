//! Makes the requests of steps and labels: translates `automation::ObsRequest` to obws's typed
//! calls.

use std::path::Path;

use obws::{
    client::Client,
    common::MediaAction,
    error::Error as ObwsError,
    requests::{
        filters, general,
        hotkeys::KeyModifiers,
        inputs::{self, InputId, Volume},
        scene_items,
        scenes::SceneId,
        sources::{SaveScreenshot, SourceId},
    },
    responses::StatusCode,
};
use serde_json::{Map, Value};
use time::Duration;

use super::{RequestConnection, RequestError};
use crate::automation::{ObsRequest, obs_request::MediaAction as Action};

impl RequestConnection {
    /// Returns when OBS has carried out or refused the request. The reply has no data.
    pub async fn act(&self, request: &ObsRequest) -> Result<(), RequestError> {
        self.ask(request.name(), || make(self.client(), request))
            .await
    }
}

/// Translates a request to obws's call. The match has one arm for each request, so the compiler
/// reports a missing one.
#[expect(clippy::too_many_lines, reason = "one arm for each request")]
async fn make(client: &Client, request: &ObsRequest) -> Result<(), ObwsError> {
    let (scenes, items, inputs) = (client.scenes(), client.scene_items(), client.inputs());
    let (media, filters) = (client.media_inputs(), client.filters());
    match request {
        ObsRequest::StartStream => client.streaming().start().await,
        ObsRequest::StopStream => client.streaming().stop().await,
        ObsRequest::ToggleStream => client.streaming().toggle().await.map(drop),
        ObsRequest::SendStreamCaption { text } => client.streaming().send_caption(text).await,
        ObsRequest::StartRecord => client.recording().start().await,
        ObsRequest::StopRecord => client.recording().stop().await.map(drop),
        ObsRequest::ToggleRecord => client.recording().toggle().await.map(drop),
        ObsRequest::PauseRecord => client.recording().pause().await,
        ObsRequest::ResumeRecord => client.recording().resume().await,
        ObsRequest::ToggleRecordPause => client.recording().toggle_pause().await.map(drop),
        ObsRequest::SplitRecordFile => client.recording().split_file().await,
        ObsRequest::CreateRecordChapter { name } => {
            client.recording().create_chapter(name.as_deref()).await
        }
        ObsRequest::StartReplayBuffer => client.replay_buffer().start().await,
        ObsRequest::StopReplayBuffer => client.replay_buffer().stop().await,
        ObsRequest::ToggleReplayBuffer => client.replay_buffer().toggle().await.map(drop),
        ObsRequest::SaveReplayBuffer => client.replay_buffer().save().await,
        ObsRequest::StartVirtualCam => client.virtual_cam().start().await,
        ObsRequest::StopVirtualCam => client.virtual_cam().stop().await,
        ObsRequest::ToggleVirtualCam => client.virtual_cam().toggle().await.map(drop),
        ObsRequest::StartOutput { output } => client.outputs().start(output).await,
        ObsRequest::StopOutput { output } => client.outputs().stop(output).await,
        ObsRequest::ToggleOutput { output } => client.outputs().toggle(output).await.map(drop),
        ObsRequest::SetCurrentProgramScene { scene } => {
            scenes.set_current_program_scene(SceneId::Name(scene)).await
        }
        ObsRequest::SetCurrentPreviewScene { scene } => {
            scenes.set_current_preview_scene(SceneId::Name(scene)).await
        }
        ObsRequest::SetSceneItemEnabled {
            scene,
            item,
            source,
            enabled,
        } => {
            let (scene, item_id) = scene_item(client, scene, *item, source.as_deref()).await?;
            let enabled = *enabled;
            let request = scene_items::SetEnabled {
                scene,
                item_id,
                enabled,
            };
            items.set_enabled(request).await
        }
        ObsRequest::SetSceneItemLocked {
            scene,
            item,
            source,
            locked,
        } => {
            let (scene, item_id) = scene_item(client, scene, *item, source.as_deref()).await?;
            let locked = *locked;
            let request = scene_items::SetLocked {
                scene,
                item_id,
                locked,
            };
            items.set_locked(request).await
        }
        ObsRequest::SetSceneItemIndex {
            scene,
            item,
            source,
            index,
        } => {
            let (scene, item_id) = scene_item(client, scene, *item, source.as_deref()).await?;
            let index = unsigned(*index);
            let request = scene_items::SetIndex {
                scene,
                item_id,
                index,
            };
            items.set_index(request).await
        }
        ObsRequest::SetInputSettings {
            input,
            settings,
            overlay,
        } => {
            let request = inputs::SetSettings {
                input: InputId::Name(input),
                settings,
                overlay: *overlay,
            };
            inputs.set_settings(request).await
        }
        ObsRequest::SetInputMute { input, muted } => {
            inputs.set_muted(InputId::Name(input), *muted).await
        }
        ObsRequest::ToggleInputMute { input } => {
            inputs.toggle_mute(InputId::Name(input)).await.map(drop)
        }
        ObsRequest::SetInputVolume {
            input,
            decibels,
            factor,
        } => {
            let volume = volume(*decibels, *factor)?;
            inputs.set_volume(InputId::Name(input), volume).await
        }
        ObsRequest::SetInputAudioBalance { input, balance } => {
            inputs
                .set_audio_balance(InputId::Name(input), single(*balance))
                .await
        }
        ObsRequest::PressInputPropertiesButton { input, property } => {
            inputs
                .press_properties_button(InputId::Name(input), property)
                .await
        }
        ObsRequest::TriggerMediaInputAction { input, action } => {
            media
                .trigger_action(InputId::Name(input), media_action(*action))
                .await
        }
        ObsRequest::SetMediaInputCursor {
            input,
            milliseconds,
        } => {
            media
                .set_cursor(InputId::Name(input), millis(*milliseconds))
                .await
        }
        ObsRequest::OffsetMediaInputCursor {
            input,
            milliseconds,
        } => {
            media
                .offset_cursor(InputId::Name(input), millis(*milliseconds))
                .await
        }
        ObsRequest::SetSourceFilterEnabled {
            source,
            filter,
            enabled,
        } => {
            let request = filters::SetEnabled {
                source: SourceId::Name(source),
                filter,
                enabled: *enabled,
            };
            filters.set_enabled(request).await
        }
        ObsRequest::SetSourceFilterSettings {
            source,
            filter,
            settings,
            overlay,
        } => {
            let request = filters::SetSettings {
                source: SourceId::Name(source),
                filter,
                settings,
                overlay: *overlay,
            };
            filters.set_settings(request).await
        }
        ObsRequest::SetCurrentSceneTransition { transition } => {
            client.transitions().set_current(transition).await
        }
        ObsRequest::SetCurrentSceneTransitionDuration { milliseconds } => {
            client
                .transitions()
                .set_current_duration(millis(*milliseconds))
                .await
        }
        ObsRequest::SetCurrentSceneTransitionSettings { settings, overlay } => {
            client
                .transitions()
                .set_current_settings(settings, *overlay)
                .await
        }
        ObsRequest::TriggerStudioModeTransition => client.transitions().trigger().await,
        ObsRequest::SetStudioModeEnabled { enabled } => {
            client.ui().set_studio_mode_enabled(*enabled).await
        }
        ObsRequest::TriggerHotkeyByName { hotkey, context } => {
            client
                .hotkeys()
                .trigger_by_name(hotkey, context.as_deref())
                .await
        }
        ObsRequest::TriggerHotkeyByKeySequence { key, modifiers } => {
            client
                .hotkeys()
                .trigger_by_sequence(key, key_modifiers(modifiers.as_ref()))
                .await
        }
        ObsRequest::SaveSourceScreenshot {
            source,
            format,
            path,
            width,
            height,
            quality,
        } => {
            let settings = SaveScreenshot {
                source: SourceId::Name(source),
                format,
                width: width.map(unsigned),
                height: height.map(unsigned),
                compression_quality: quality.map(signed),
                file_path: Path::new(path),
            };
            client.sources().save_screenshot(settings).await
        }
        ObsRequest::SetCurrentProfile { profile } => client.profiles().set_current(profile).await,
        ObsRequest::SetCurrentSceneCollection { collection } => {
            client.scene_collections().set_current(collection).await
        }
        ObsRequest::CallVendorRequest {
            vendor,
            request,
            data,
        } => {
            let request_data = &data.clone().unwrap_or_default();
            let call = general::CallVendorRequest {
                vendor_name: vendor,
                request_type: request,
                request_data,
            };
            client
                .general()
                .call_vendor_request::<_, Value>(call)
                .await
                .map(drop)
        }
    }
}

/// Finds an item of a scene by its number or by the name of its source. OBS itself accepts numbers
/// only.
async fn scene_item<'a>(
    client: &Client,
    scene: &'a str,
    item: Option<f64>,
    source: Option<&str>,
) -> Result<(SceneId<'a>, i64), ObwsError> {
    let scene = SceneId::Name(scene);
    let number = match (item, source) {
        (Some(item), _) => whole(item),
        (None, Some(source)) => {
            client
                .scene_items()
                .id(scene_items::Id {
                    scene,
                    source,
                    search_offset: None,
                })
                .await?
        }
        (None, None) => return Err(missing("sceneItemId or sourceName")),
    };
    Ok((scene, number))
}

fn volume(decibels: Option<f64>, factor: Option<f64>) -> Result<Volume, ObwsError> {
    match (decibels, factor) {
        (Some(decibels), _) => Ok(Volume::Db(single(decibels))),
        (None, Some(factor)) => Ok(Volume::Mul(single(factor))),
        (None, None) => Err(missing("inputVolumeDb or inputVolumeMul")),
    }
}

/// The error that OBS would return for a request without these fields. It is made here for requests
/// that obws cannot send without them.
fn missing(fields: &str) -> ObwsError {
    ObwsError::Api {
        code: StatusCode::MissingRequestField,
        message: Some(format!("{fields} is needed")),
    }
}

fn media_action(action: Action) -> MediaAction {
    match action {
        Action::Play => MediaAction::Play,
        Action::Pause => MediaAction::Pause,
        Action::Stop => MediaAction::Stop,
        Action::Restart => MediaAction::Restart,
        Action::Next => MediaAction::Next,
        Action::Previous => MediaAction::Previous,
    }
}

fn key_modifiers(given: Option<&Map<String, Value>>) -> KeyModifiers {
    let is = |key| {
        given
            .and_then(|given| given.get(key))
            .and_then(Value::as_bool)
            .unwrap_or(false)
    };
    KeyModifiers {
        shift: is("shift"),
        control: is("control"),
        alt: is("alt"),
        command: is("command"),
    }
}

fn millis(milliseconds: f64) -> Duration {
    Duration::milliseconds(whole(milliseconds))
}

// A number outside the range of OBS's type becomes the nearest number of that type. OBS refuses
// that number, because it is outside OBS's own ranges.

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast from a float gives the nearest number of the type"
)]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast from a float gives the nearest number of the type"
)]
fn signed(number: f64) -> i32 {
    number.round() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float gives the nearest number of the type"
)]
fn unsigned(number: f64) -> u32 {
    number.round() as u32
}

#[expect(clippy::cast_possible_truncation, reason = "OBS has single precision")]
fn single(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_beyond_its_type_never_becomes_another_that_obs_takes() {
        assert_eq!([5e9, 1e300].map(unsigned), [u32::MAX; 2]);
        assert_eq!([-1e10, -1.0, 1e10].map(signed), [i32::MIN, -1, i32::MAX]);
        assert_eq!([-1e300, 1e300].map(whole), [i64::MIN, i64::MAX]);
        assert_eq!([0.4, 2.5, 7.0].map(unsigned), [0, 3, 7]);
    }

    #[test]
    fn without_a_volume_none_is_set() {
        assert!(matches!(volume(Some(-6.0), None), Ok(Volume::Db(_))));
        assert!(matches!(volume(None, Some(0.0)), Ok(Volume::Mul(_))));
        assert!(matches!(
            volume(None, None),
            Err(ObwsError::Api {
                code: StatusCode::MissingRequestField,
                ..
            })
        ));
    }
}
