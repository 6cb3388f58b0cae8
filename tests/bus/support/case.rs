//! The cases in `tests/fixtures/cases`: messages of Twitchat or requests, and the expected credits
//! after them.

use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::{Bus, SOON, Site, fixture, play, wait_until};

/// Plays the messages of a case one after the other, each with a fresh id. `@T` in an id stands for
/// this run. The bridge must reply with `ok` to requests.
async fn play_case(site: &Site, name: &str) {
    let mut bus = Bus::connect(site).await;
    let run = Uuid::new_v4().to_string();
    for message in fixture(&format!("cases/{name}.ndjson")) {
        let mut message: Value =
            serde_json::from_str(&message.to_string().replace("@T", &run)).unwrap();
        if message.get("request").is_some() {
            let reply = bus.ask(message).await;
            assert_eq!(reply["status"], "ok", "{name}: {reply}");
            continue;
        }
        if let Some(pause_ms) = message["__sleep"].as_u64() {
            sleep(std::time::Duration::from_millis(pause_ms)).await;
            continue;
        }
        message["id"] = Uuid::new_v4().to_string().into();
        let kind = message["type"].as_str().unwrap().to_owned();
        play(site, [message]).await;
        bus.twitchat(&kind).await;
    }
}

/// Plays a case and waits until the credits and the roll are as expected. Panics with the
/// differences if they do not become so in time.
pub(crate) async fn check_case(site: &Site, name: &str) {
    let path = format!(
        "{}/tests/fixtures/cases/{name}.expect.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let expected: Vec<Vec<Value>> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    play_case(site, name).await;
    let mut bus = Bus::connect(site).await;
    let mut wrong = Vec::new();
    let mut settled = 0;
    // The expectations must be met several times in a row.
    let look = async || {
        let reply = bus
            .ask(json!({ "request": "GetCredits", "spelling": "seed", "extended": true }))
            .await;
        let roll = bus.ask(json!({ "request": "GetRoll" })).await["roll"].clone();
        let root = json!({ "reply": reply, "roll": roll });
        wrong = expected
            .iter()
            .filter_map(|one| differs(&root, one))
            .collect();
        settled = if wrong.is_empty() { settled + 1 } else { 0 };
        (settled > 3).then_some(())
    };
    let looked = tokio::time::timeout(SOON / 3, wait_until(name, SOON, look)).await;
    assert!(looked.is_ok(), "{name}:\n{}", wrong.join("\n"));
}

/// The error if an expectation is not met. An expectation has a path, one of `eq`, `ne`, `absent`,
/// `count`, `has` or `lacks` (which search the JSON text), and a value.
fn differs(root: &Value, expected: &[Value]) -> Option<String> {
    let (path, op) = (expected[0].as_str().unwrap(), expected[1].as_str().unwrap());
    let path = path.trim_start_matches("text:");
    let (found, value) = (at(root, path), expected.get(2));
    let has = || {
        found
            .unwrap()
            .to_string()
            .contains(value.and_then(Value::as_str).unwrap())
    };
    if matches!(op, "has" | "lacks") {
        return (has() != (op == "has")).then(|| format!("{path}: {op} {value:?} does not hold"));
    }
    let is_right = match op {
        "eq" => found == value,
        "ne" => found != value,
        "absent" => found.is_none_or(Value::is_null),
        "count" => {
            found.and_then(Value::as_array).map_or(0, Vec::len) as u64
                == value.and_then(Value::as_u64).unwrap()
        }
        other => panic!("{other} is no comparison"),
    };
    (!is_right).then(|| format!("{path}: {found:?} is not {op} {value:?}"))
}

/// The value at `a/b[name=X]/c`.
fn at<'v>(root: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('/')
        .try_fold(root, |value, step| match step.split_once('[') {
            None => step
                .parse::<usize>()
                .map_or_else(|_| value.get(step), |place| value.get(place)),
            Some((list, pick)) => {
                let (key, wanted) = pick.trim_end_matches(']').split_once('=').unwrap();
                value
                    .get(list)?
                    .as_array()?
                    .iter()
                    .find(|item| item[key] == wanted)
            }
        })
}
