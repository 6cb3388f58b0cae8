//! The recording of the stand-in, which writes no file.
//!
//! Pure, like `requests`. Measured on OBS 30.2.3: the path is in the events STARTED and STOPPED and
//! in the reply to `StopRecord`; while a recording starts, stops or is paused, OBS reports it as
//! inactive.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::{Answer, Refusal, data};
use super::protocol::{status, subscription};
use super::state::Happened;

/// The path of every recording.
const PATH: &str = "/recordings/stand-in.mkv";

pub(super) const REQUESTS: [&str; 7] = [
    "GetRecordStatus",
    "PauseRecord",
    "ResumeRecord",
    "StartRecord",
    "StopRecord",
    "ToggleRecord",
    "ToggleRecordPause",
];

/// A recording that is running or paused.
#[derive(Debug)]
pub(super) struct Recording {
    since: Instant,
    paused: bool,
}

fn state(state: &str) -> Happened {
    let path = matches!(state, "STARTED" | "STOPPED").then_some(PATH);
    Happened {
        kind: "RecordStateChanged",
        intent: subscription::OUTPUTS,
        data: json!({
            "outputActive": matches!(state, "STARTED" | "RESUMED"), "outputPath": path,
            "outputState": format!("OBS_WEBSOCKET_OUTPUT_{state}"),
        }),
    }
}

/// The state in the reply to `GetRecordStatus`.
fn status_of(recording: Option<&Recording>, now: Instant) -> Value {
    let lasted = recording.map_or(Duration::ZERO, |recording| {
        now.saturating_duration_since(recording.since)
    });
    let seconds = lasted.as_secs();
    let timecode = format!(
        "{:02}:{:02}:{:02}.{:03}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        lasted.subsec_millis()
    );
    json!({
        "outputActive": recording.is_some(),
        "outputPaused": recording.is_some_and(|recording| recording.paused),
        "outputTimecode": timecode,
        "outputDuration": u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX),
        "outputBytes": 0,
    })
}

pub(super) fn answer(recording: &mut Option<Recording>, kind: &str, now: Instant) -> Answer {
    let refused = |code| Err(Refusal::new(code, ""));
    let starts = |is_toggle: bool| {
        let data = is_toggle.then(|| json!({"outputActive": true}));
        Ok((data, ["STARTING", "STARTED"].map(state).into()))
    };
    let (is_on, is_paused) = (
        recording.is_some(),
        recording.as_ref().is_some_and(|recording| recording.paused),
    );
    match kind {
        "GetRecordStatus" => data(status_of(recording.as_ref(), now)),
        "StartRecord" if is_on => refused(status::OUTPUT_RUNNING),
        "StartRecord" | "ToggleRecord" if !is_on => {
            *recording = Some(Recording {
                since: now,
                paused: false,
            });
            starts(kind == "ToggleRecord")
        }
        _ if !is_on => refused(status::OUTPUT_NOT_RUNNING),
        "StopRecord" | "ToggleRecord" => {
            *recording = None;
            let data = if kind == "StopRecord" {
                json!({"outputPath": PATH})
            } else {
                json!({"outputActive": false})
            };
            Ok((Some(data), ["STOPPING", "STOPPED"].map(state).into()))
        }
        "PauseRecord" if is_paused => refused(status::OUTPUT_PAUSED),
        "ResumeRecord" if !is_paused => refused(status::OUTPUT_NOT_PAUSED),
        _ => {
            let paused = !is_paused;
            if let Some(recording) = recording {
                recording.paused = paused;
            }
            let data = (kind == "ToggleRecordPause").then(|| json!({"outputPaused": paused}));
            let change = if paused { "PAUSED" } else { "RESUMED" };
            Ok((data, vec![state(change)]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The status code of the reply, and the states of the events.
    fn ask(recording: &mut Option<Recording>, kind: &str) -> (u16, Vec<String>) {
        match answer(recording, kind, Instant::now()) {
            Ok((_, happened)) => {
                let state = |event: &Happened| event.data["outputState"].as_str().map(short);
                let states = happened.iter().filter_map(state).collect();
                (status::SUCCESS, states)
            }
            Err(refusal) => (refusal.code, Vec::new()),
        }
    }

    fn short(state: &str) -> String {
        state.trim_start_matches("OBS_WEBSOCKET_OUTPUT_").to_owned()
    }

    #[test]
    fn a_recording_starts_pauses_goes_on_and_stops() {
        let mut recording = None;
        let expected = [
            ("StopRecord", status::OUTPUT_NOT_RUNNING, &[][..]),
            ("PauseRecord", status::OUTPUT_NOT_RUNNING, &[]),
            ("StartRecord", status::SUCCESS, &["STARTING", "STARTED"]),
            ("StartRecord", status::OUTPUT_RUNNING, &[]),
            ("ResumeRecord", status::OUTPUT_NOT_PAUSED, &[]),
            ("PauseRecord", status::SUCCESS, &["PAUSED"]),
            ("PauseRecord", status::OUTPUT_PAUSED, &[]),
            ("ToggleRecordPause", status::SUCCESS, &["RESUMED"]),
            ("StopRecord", status::SUCCESS, &["STOPPING", "STOPPED"]),
            ("ToggleRecord", status::SUCCESS, &["STARTING", "STARTED"]),
            ("ToggleRecord", status::SUCCESS, &["STOPPING", "STOPPED"]),
        ];
        for (kind, code, states) in expected {
            let states = states.iter().map(|state| (*state).to_owned()).collect();
            assert_eq!(ask(&mut recording, kind), (code, states), "{kind}");
        }
    }

    #[test]
    fn the_path_comes_with_the_start_and_the_end() {
        let mut recording = None;
        let paths = |answer: Answer| -> Vec<Value> {
            let (_, happened) = answer.unwrap();
            happened
                .iter()
                .map(|event| event.data["outputPath"].clone())
                .collect()
        };
        let now = Instant::now();
        let start = paths(answer(&mut recording, "StartRecord", now));
        assert_eq!(start, [Value::Null, PATH.into()]);
        assert_eq!(
            paths(answer(&mut recording, "StopRecord", now)),
            [Value::Null, PATH.into()]
        );
    }
}
