//! The events of OBS that a step's request causes directly.

use serde_json::Value;

use crate::{automation::obs_request::ObsRequest, event::EventName};

/// The requests, the events that each of them causes, and the field that identifies the same thing
/// in both. All names come from obs-websocket. Indirect effects are not listed: a hotkey may do
/// anything, and a scene may start a media source.
const CAUSED: &[(&[&str], &[&str], Option<&str>)] = &[
    (
        &["StartStream", "StopStream", "ToggleStream"],
        &["StreamStateChanged"],
        None,
    ),
    (
        &[
            "StartRecord",
            "StopRecord",
            "ToggleRecord",
            "PauseRecord",
            "ResumeRecord",
            "ToggleRecordPause",
        ],
        &["RecordStateChanged"],
        None,
    ),
    (&["SplitRecordFile"], &["RecordFileChanged"], None),
    (
        &[
            "StartReplayBuffer",
            "StopReplayBuffer",
            "ToggleReplayBuffer",
        ],
        &["ReplayBufferStateChanged"],
        None,
    ),
    (&["SaveReplayBuffer"], &["ReplayBufferSaved"], None),
    (
        &["StartVirtualCam", "StopVirtualCam", "ToggleVirtualCam"],
        &["VirtualcamStateChanged"],
        None,
    ),
    (
        &["StartOutput", "StopOutput", "ToggleOutput"],
        &[
            "StreamStateChanged",
            "RecordStateChanged",
            "ReplayBufferStateChanged",
            "VirtualcamStateChanged",
        ],
        None,
    ),
    (
        &["SetCurrentProgramScene", "TriggerStudioModeTransition"],
        &[
            "CurrentProgramSceneChanged",
            "CurrentPreviewSceneChanged",
            "SceneTransitionStarted",
            "SceneTransitionEnded",
            "SceneTransitionVideoEnded",
        ],
        None,
    ),
    (
        &["SetCurrentPreviewScene"],
        &["CurrentPreviewSceneChanged"],
        Some("sceneName"),
    ),
    (
        &["SetStudioModeEnabled"],
        &[
            "StudioModeStateChanged",
            "CurrentPreviewSceneChanged",
            "CurrentProgramSceneChanged",
        ],
        None,
    ),
    (
        &["SetSceneItemEnabled"],
        &["SceneItemEnableStateChanged"],
        Some("sceneName"),
    ),
    (
        &["SetSceneItemLocked"],
        &["SceneItemLockStateChanged"],
        Some("sceneName"),
    ),
    (
        &["SetSceneItemIndex"],
        &["SceneItemListReindexed"],
        Some("sceneName"),
    ),
    (
        &["SetInputSettings", "PressInputPropertiesButton"],
        &["InputSettingsChanged"],
        Some("inputName"),
    ),
    (
        &["SetInputMute", "ToggleInputMute"],
        &["InputMuteStateChanged"],
        Some("inputName"),
    ),
    (
        &["SetInputVolume"],
        &["InputVolumeChanged"],
        Some("inputName"),
    ),
    (
        &["SetInputAudioBalance"],
        &["InputAudioBalanceChanged"],
        Some("inputName"),
    ),
    (
        &["TriggerMediaInputAction"],
        &["MediaInputActionTriggered", "MediaInputPlaybackStarted"],
        Some("inputName"),
    ),
    (
        &["SetSourceFilterEnabled"],
        &["SourceFilterEnableStateChanged"],
        Some("sourceName"),
    ),
    (
        &["SetSourceFilterSettings"],
        &["SourceFilterSettingsChanged"],
        Some("sourceName"),
    ),
    (
        &[
            "SetCurrentSceneTransition",
            "SetCurrentSceneTransitionDuration",
        ],
        &[
            "CurrentSceneTransitionChanged",
            "CurrentSceneTransitionDurationChanged",
        ],
        None,
    ),
    (
        &["SetCurrentProfile"],
        &["CurrentProfileChanging", "CurrentProfileChanged"],
        None,
    ),
    (
        &["SetCurrentSceneCollection"],
        &[
            "CurrentSceneCollectionChanging",
            "CurrentSceneCollectionChanged",
            "CurrentProgramSceneChanged",
        ],
        None,
    ),
    (&["CallVendorRequest"], &["VendorEvent"], Some("vendorName")),
];

/// The events that a request causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ObsEffects {
    kinds: &'static [&'static str],
    /// The field that identifies the scene, input or other object of the request, and the field's
    /// value.
    thing: Option<(&'static str, Box<str>)>,
}

impl ObsEffects {
    /// `None` if the request causes no event.
    pub(super) fn of(request: &ObsRequest) -> Option<Self> {
        let (_, kinds, field) = CAUSED
            .iter()
            .find(|(requests, ..)| requests.contains(&request.name()))?;
        let data = request.data();
        let thing = |field: &&'static str| Some((*field, data.get(*field)?.as_str()?.into()));
        Some(Self {
            kinds,
            thing: field.as_ref().and_then(thing),
        })
    }

    /// The name under which the bridge emits these events.
    pub(super) fn name(&self) -> EventName {
        let kind = if self.kinds.contains(&"VendorEvent") {
            "VendorEvent"
        } else {
            "Event"
        };
        EventName::new("Obs", kind)
    }

    /// Whether this event, which has the right name, is an effect of the request.
    pub(super) fn contain(&self, data: &Value) -> bool {
        let text = |place: &str| data.pointer(place).and_then(Value::as_str);
        if let Some(vendor) = text("/obsVendorEvent/vendor") {
            return self
                .thing
                .as_ref()
                .is_none_or(|(_, name)| **name == *vendor);
        }
        let Some(event) = text("/obsEvent/event") else {
            return false;
        };
        let is_it = |(field, name): &(&str, Box<str>)| {
            text(&format!("/obsEvent/{field}")).is_none_or(|found| found == &**name)
        };
        self.kinds.contains(&event) && self.thing.as_ref().is_none_or(is_it)
    }
}

#[cfg(test)]
mod tests {
    use obws::events::Event;
    use serde_json::json;

    use super::*;
    use crate::automation::obs_request::REQUESTS;

    fn effects(name: &str, data: &Value) -> ObsEffects {
        let request = ObsRequest::read(name, data.as_object().cloned().unwrap()).unwrap();
        ObsEffects::of(&request).unwrap()
    }

    #[test]
    fn only_an_event_about_the_same_object_is_an_effect() {
        let mute = effects("ToggleInputMute", &json!({ "inputName": "Mic" }));
        let event =
            |event: &str, name: &str| json!({ "obsEvent": { "event": event, "inputName": name } });
        assert!(mute.contain(&event("InputMuteStateChanged", "Mic")));
        assert!(!mute.contain(&event("InputMuteStateChanged", "Music")));
        assert!(!mute.contain(&event("InputVolumeChanged", "Mic")));
        let vendor = effects(
            "CallVendorRequest",
            &json!({ "vendorName": "move", "requestType": "x" }),
        );
        let of_vendor = |vendor: &str| json!({ "obsVendorEvent": { "vendor": vendor } });
        assert!(vendor.contain(&of_vendor("move")) && !vendor.contain(&of_vendor("other")));
        assert_eq!(
            (mute.name().to_string(), vendor.name().to_string()),
            ("Obs.Event".into(), "Obs.VendorEvent".into())
        );
    }

    #[test]
    fn every_request_and_every_field_of_the_table_exists() {
        for (requests, kinds, field) in CAUSED {
            for name in *requests {
                let (_, fields) = REQUESTS.iter().find(|(known, _)| known == name).unwrap();
                let has = |field: &&str| fields.iter().any(|known| known.name == *field);
                assert!(field.as_ref().is_none_or(has), "{name}: {field:?}");
            }
            for kind in *kinds {
                let unknown = json!({ "eventType": kind, "eventData": {} });
                let read = serde_json::from_value::<Event>(unknown);
                assert!(!matches!(read, Ok(Event::Unknown)), "{kind}");
            }
        }
    }
}
