//! The requests that steps and labels make: `rule::ObsRequest` in obws's typed calls.

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
};
use serde_json::{Map, Value};
use time::Duration;

use super::{RequestError, Talker};
use crate::rule::ObsRequest;

impl Talker {
    /// Makes a request that answers nothing. Returns when OBS has done it, or has refused it.
    pub async fn act(&self, request: &ObsRequest) -> Result<(), RequestError> {
        self.ask(request.name(), || make(self.client(), request)).await
    }
}

async fn make(client: &Client, request: &ObsRequest) -> Result<(), ObwsError> {
    match request {
        ObsRequest::SetSceneItemEnabled { .. } | ObsRequest::SetSceneItemLocked { .. } | ObsRequest::SetSceneItemIndex { .. } => {
            scene_item(client, request).await
        }
        ObsRequest::SetInputSettings { .. }
        | ObsRequest::SetInputMute { .. }
        | ObsRequest::ToggleInputMute { .. }
        | ObsRequest::SetInputVolume { .. }
        | ObsRequest::SetInputAudioBalance { .. }
        | ObsRequest::PressInputPropertiesButton { .. }
        | ObsRequest::TriggerMediaInputAction { .. }
        | ObsRequest::SetMediaInputCursor { .. }
        | ObsRequest::OffsetMediaInputCursor { .. } => input(client, request).await,
        ObsRequest::SetSourceFilterEnabled { source, filter, enabled } => {
            client.filters().set_enabled(filters::SetEnabled { source: SourceId::Name(source), filter, enabled: *enabled }).await
        }
        ObsRequest::SetSourceFilterSettings { source, filter, settings, overlay } => {
            client
                .filters()
                .set_settings(filters::SetSettings { source: SourceId::Name(source), filter, settings, overlay: *overlay })
                .await
        }
        _ => studio(client, request).await,
    }
}

/// Outputs, scenes, transitions, hotkeys and the rest of the studio.
async fn studio(client: &Client, request: &ObsRequest) -> Result<(), ObwsError> {
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
        ObsRequest::CreateRecordChapter { name } => client.recording().create_chapter(name.as_deref()).await,
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
        ObsRequest::SetCurrentProgramScene { scene } => client.scenes().set_current_program_scene(SceneId::Name(scene)).await,
        ObsRequest::SetCurrentPreviewScene { scene } => client.scenes().set_current_preview_scene(SceneId::Name(scene)).await,
        ObsRequest::SetCurrentSceneTransition { transition } => client.transitions().set_current(transition).await,
        ObsRequest::SetCurrentSceneTransitionDuration { milliseconds } => {
            client.transitions().set_current_duration(millis(*milliseconds)).await
        }
        ObsRequest::SetCurrentSceneTransitionSettings { settings, overlay } => {
            client.transitions().set_current_settings(settings, *overlay).await
        }
        ObsRequest::TriggerStudioModeTransition => client.transitions().trigger().await,
        ObsRequest::SetStudioModeEnabled { enabled } => client.ui().set_studio_mode_enabled(*enabled).await,
        ObsRequest::TriggerHotkeyByName { hotkey, context } => client.hotkeys().trigger_by_name(hotkey, context.as_deref()).await,
        ObsRequest::TriggerHotkeyByKeySequence { key, modifiers } => {
            client.hotkeys().trigger_by_sequence(key, key_modifiers(modifiers.as_ref())).await
        }
        ObsRequest::SaveSourceScreenshot { source, format, path, width, height, quality } => {
            let settings = SaveScreenshot {
                source: SourceId::Name(source),
                format,
                width: width.map(whole),
                height: height.map(whole),
                compression_quality: quality.map(whole),
                file_path: Path::new(path),
            };
            client.sources().save_screenshot(settings).await
        }
        ObsRequest::SetCurrentProfile { profile } => client.profiles().set_current(profile).await,
        ObsRequest::SetCurrentSceneCollection { collection } => client.scene_collections().set_current(collection).await,
        ObsRequest::CallVendorRequest { vendor, request, data } => {
            let request_data = &data.clone().unwrap_or_default();
            let call = general::CallVendorRequest { vendor_name: vendor, request_type: request, request_data };
            client.general().call_vendor_request::<_, Value>(call).await.map(drop)
        }
        _ => Ok(()),
    }
}

async fn input(client: &Client, request: &ObsRequest) -> Result<(), ObwsError> {
    let (inputs, media) = (client.inputs(), client.media_inputs());
    match request {
        ObsRequest::SetInputSettings { input, settings, overlay } => {
            inputs.set_settings(inputs::SetSettings { input: InputId::Name(input), settings, overlay: *overlay }).await
        }
        ObsRequest::SetInputMute { input, muted } => inputs.set_muted(InputId::Name(input), *muted).await,
        ObsRequest::ToggleInputMute { input } => inputs.toggle_mute(InputId::Name(input)).await.map(drop),
        ObsRequest::SetInputVolume { input, decibels, factor } => {
            let volume = match (decibels, factor) {
                (Some(decibels), _) => Volume::Db(single(*decibels)),
                (None, factor) => Volume::Mul(single(factor.unwrap_or(1.0))),
            };
            inputs.set_volume(InputId::Name(input), volume).await
        }
        ObsRequest::SetInputAudioBalance { input, balance } => inputs.set_audio_balance(InputId::Name(input), single(*balance)).await,
        ObsRequest::PressInputPropertiesButton { input, property } => inputs.press_properties_button(InputId::Name(input), property).await,
        ObsRequest::TriggerMediaInputAction { input, action } => media.trigger_action(InputId::Name(input), media_action(action)).await,
        ObsRequest::SetMediaInputCursor { input, milliseconds } => media.set_cursor(InputId::Name(input), millis(*milliseconds)).await,
        ObsRequest::OffsetMediaInputCursor { input, milliseconds } => {
            media.offset_cursor(InputId::Name(input), millis(*milliseconds)).await
        }
        _ => Ok(()),
    }
}

/// An item of a scene, by its number or by the name of its source: OBS takes numbers only.
async fn scene_item(client: &Client, request: &ObsRequest) -> Result<(), ObwsError> {
    let items = client.scene_items();
    let number = async |scene: &str, item: &Option<f64>, source: &Option<String>| match (item, source) {
        (Some(item), _) => Ok(whole(*item)),
        (None, source) => {
            let source = source.as_deref().unwrap_or_default();
            items.id(scene_items::Id { scene: SceneId::Name(scene), source, search_offset: None }).await
        }
    };
    match request {
        ObsRequest::SetSceneItemEnabled { scene, item, source, enabled } => {
            let item_id = number(scene, item, source).await?;
            items.set_enabled(scene_items::SetEnabled { scene: SceneId::Name(scene), item_id, enabled: *enabled }).await
        }
        ObsRequest::SetSceneItemLocked { scene, item, source, locked } => {
            let item_id = number(scene, item, source).await?;
            items.set_locked(scene_items::SetLocked { scene: SceneId::Name(scene), item_id, locked: *locked }).await
        }
        ObsRequest::SetSceneItemIndex { scene, item, source, index } => {
            let item_id = number(scene, item, source).await?;
            items.set_index(scene_items::SetIndex { scene: SceneId::Name(scene), item_id, index: whole(*index) }).await
        }
        _ => Ok(()),
    }
}

/// The words of `rule::obs_request::MEDIA_ACTIONS`.
fn media_action(word: &str) -> MediaAction {
    match word {
        "play" => MediaAction::Play,
        "pause" => MediaAction::Pause,
        "stop" => MediaAction::Stop,
        "restart" => MediaAction::Restart,
        "next" => MediaAction::Next,
        "previous" => MediaAction::Previous,
        _ => MediaAction::None,
    }
}

fn key_modifiers(given: Option<&Map<String, Value>>) -> KeyModifiers {
    let is = |key| given.and_then(|given| given.get(key)).and_then(Value::as_bool).unwrap_or(false);
    KeyModifiers { shift: is("shift"), control: is("control"), alt: is("alt"), command: is("command") }
}

fn millis(milliseconds: f64) -> Duration {
    Duration::milliseconds(whole(milliseconds))
}

/// A number as OBS takes it; one that has no place there becomes the nearest that has.
#[expect(clippy::cast_possible_truncation, reason = "a float becomes the nearest whole number, and the ends are clamped")]
fn whole<T: TryFrom<i64> + Default>(number: f64) -> T {
    T::try_from(number.round() as i64).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, reason = "OBS has single precision")]
fn single(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::obs_request::MEDIA_ACTIONS;

    #[test]
    fn every_media_action_is_known() {
        assert!(MEDIA_ACTIONS.into_iter().all(|word| media_action(word) != MediaAction::None));
    }
}
