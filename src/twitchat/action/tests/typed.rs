//! Checks the typed forms with captured actions: reading one and writing it again must not change
//! it.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{captured, object};
use crate::twitchat::{Generation, action::*};

/// Checks a type with all captured lines that it can read, and returns their number.
fn lines_of<T: Order + DeserializeOwned>() -> usize {
    let mut count = 0;
    for (generation, name, data) in captured() {
        // Lines with the other naming are translated to the naming of the type's name.
        let own = if find(T::NAME).is_some_and(|action| action.names.old == Some(T::NAME)) {
            Generation::Second
        } else {
            Generation::Third
        };
        let data = if name == T::NAME {
            data
        } else {
            match prepare(&name, data, Some(own)) {
                Ok(there) if there.kind == T::NAME && generation != own => there.data,
                _ => continue,
            }
        };
        let typed: T = serde_json::from_value(Value::Object(data.clone()))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(numbers(typed.data().into()), numbers(data.into()), "{name}");
        count += 1;
    }
    count
}

/// Turns all numbers into floats, because `serde_json` distinguishes them from integers and JSON
/// does not.
fn numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(list) => list.into_iter().map(numbers).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (key, numbers(value)))
            .collect(),
        other => other,
    }
}

macro_rules! each_goes_through {
    ($($type:ident),+ $(,)?) => { $( assert!(lines_of::<$type>() > 0, "no line of {}",
        stringify!($type)); )+ };
}

#[test]
fn every_captured_line_goes_through_its_type_unchanged() {
    each_goes_through!(
        GreetFeedRead,
        ChatFeedRead,
        ChatFeedReadAll,
        ChatFeedPause,
        ChatFeedUnpause,
        SetChatFeedPauseState,
        ChatFeedScrollUp,
        ChatFeedScrollDown,
        ChatFeedScroll,
        SetChatFeedScroll,
        ChatFeedScrollBottom,
        ChatFeedSelect,
        ChatFeedSelectChoosingAction,
        ChatFeedSelectActionCancel,
        ChatFeedSelectActionDelete,
        ChatFeedSelectActionBan,
        ChatFeedSelectActionPin,
        ChatFeedSelectActionHighlight,
        ChatFeedSelectActionShoutout,
        CounterAdd,
        TimerAdd,
        CountdownAdd,
        ExecuteTrigger,
        ToggleTrigger,
        SetTriggerState,
        SendMessage,
        QnaHighlight,
        QnaSkip,
        PlaySfxr,
        EndingCreditsControl,
        SetEmergencyMode,
        SetVoiceControlState,
        SetChatPollStart,
        CustomChatMessage,
        ShowClip,
        SetChatHighlightOverlayMessage,
        WheelOverlayStart,
        AnimatedTextSet,
        AnimatedTextClose,
        SetBingoGridVisibility,
        BingoGridOverlayPresence,
        GetSummaryData,
        GetCurrentTimers,
        CounterGet,
        GetLabelOverlayParams,
        GetBingoGridParameters,
        GetDistortOverlayParameters,
        GetDonationGoalsOverlayParams,
        GetAnimatedTextConfigs,
        GetCustomTrainState,
    );
}

#[test]
fn a_typed_action_is_translated_to_any_generation() {
    let sent = |order: Result<Prepared, Problem>| {
        order.map(|prepared| (prepared.kind, Value::from(prepared.data)))
    };
    let third = Some(Generation::Third);
    assert_eq!(
        [
            sent(ChatFeedRead::new().count(5).prepare(None)),
            sent(ChatFeedRead::new().count(5).prepare(third)),
            sent(
                ShowClip::new(
                    Clip::new("https://clips.twitch.tv/Slug", 12.5),
                    Place::new(Position::TopLeft)
                )
                .prepare(third)
            ),
            sent(TimerAdd::new(30).prepare(third)),
            sent(
                SetEmergencyMode::new()
                    .enabled(true)
                    .prompt(true)
                    .prepare(Some(Generation::Second))
            ),
        ]
        .map(Result::unwrap),
        [
            ("CHAT_FEED_READ".into(), json!({ "count": 5 })),
            (
                "SET_CHAT_FEED_READ".into(),
                json!({ "count": 5, "colIndex": 0 })
            ),
            (
                "SET_CHAT_HIGHLIGHT_OVERLAY_CLIP".into(),
                json!({ "clip": { "url": "https://clips.twitch.tv/embed?clip=Slug",
                    "duration": 12.5 }, "params": { "position": "tl" },
                    "message_id": "Slug", "dateLabel": "" })
            ),
            ("SET_TIMER_ADD".into(), json!({ "value": "30" })),
            ("START_EMERGENCY".into(), json!({})),
        ]
    );
}

#[test]
fn irreversible_actions_are_marked() {
    let marked = |order: Result<Prepared, Problem>| order.unwrap().destructive.is_some();
    assert!(marked(
        ChatFeedSelectActionBan::new().prepare(Some(Generation::Third))
    ));
    assert!(!marked(
        ChatFeedSelectActionBan::new()
            .duration(600_u32)
            .prepare(Some(Generation::Third))
    ));
    assert!(
        marked(prepare("STOP_PREDICTION", object(json!({})), None))
            && marked(prepare("set-stop-prediction", object(json!({})), None))
    );
    assert!(
        marked(SendMessage::new(" /ban somebody").prepare(None))
            && !marked(SendMessage::new("hello / bye").prepare(None))
    );
}

#[test]
fn answers_are_distinguished_from_answers_to_others() {
    let asked = CounterGet::new("c1")
        .prepare(Some(Generation::Third))
        .unwrap();
    let is = |kind: &str, data: Value| {
        asked
            .answers
            .iter()
            .any(|expected| expected.is(kind, &data))
    };
    assert!(is(
        "ON_COUNTER_UPDATE",
        json!({ "counter": { "id": "c1" } })
    ));
    assert!(
        !is("ON_COUNTER_UPDATE", json!({ "counter": { "id": "c2" } }))
            && !is("COUNTER_UPDATE", json!({ "counter": { "id": "c1" } }))
    );
    let kinds = |name: &str, generation| -> Vec<&'static str> {
        prepare(name, object(json!({})), generation)
            .unwrap()
            .answers
            .iter()
            .flat_map(|expected| expected.kinds.clone())
            .collect()
    };
    assert_eq!(
        kinds("GET_CURRENT_TRACK", None),
        ["CURRENT_TRACK", "ON_CURRENT_TRACK"]
    );
    assert_eq!(
        kinds("GET_CURRENT_TRACK", Some(Generation::Third)),
        ["ON_CURRENT_TRACK"]
    );
    assert_eq!(
        kinds("GET_CREDITS_OVERLAY_PRESENCE", Some(Generation::Third)),
        ["SET_ENDING_CREDITS_PRESENCE"]
    );
    assert_eq!(
        kinds("GET_TIMER", None),
        [
            "TIMER_START",
            "ON_TIMER_START",
            "COUNTDOWN_START",
            "ON_COUNTDOWN_START"
        ]
    );
}
