//! Tests the credits and the roll with amounts, raids and names in many forms.
//!
//! An input is a list of messages, played one after the other on cleared credits, and a list of
//! expectations `[path, operator, value]`. A path begins with `reply` (`GetCredits` in `legacy`
//! spelling, extended), `roll` (`GetRoll`) or `refused` (the errors of requests); `list[key=value]`
//! selects an element by a field. The cases in `tests/fixtures/cases` are also such inputs.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Bridge, Bus, SOON, Site, fixture, on_both, play, wait_until};

on_both!(
    amounts_keep_their_written_value,
    placeholders_for_ids_identify_no_one,
    names_are_visible_and_stay_as_they_are,
    people_of_several_platforms_are_distinguished
);

struct Input {
    name: &'static str,
    messages: Vec<Value>,
    expected: Vec<Value>,
}

fn input(name: &'static str, messages: Vec<Value>, expected: Value) -> Input {
    let Value::Array(expected) = expected else {
        panic!("{name}: a list of expectations")
    };
    Input {
        name,
        messages,
        expected,
    }
}

/// An input from `tests/fixtures/cases`.
fn case(name: &'static str) -> Input {
    let path = format!(
        "{}/tests/fixtures/cases/{name}.expect.json",
        env!("CARGO_MANIFEST_DIR")
    );
    input(
        name,
        fixture(&format!("cases/{name}.ndjson")),
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap(),
    )
}

async fn check(site: &Site, inputs: Vec<Input>) {
    let bridge = Bridge::on(site).await;
    let mut bus = Bus::connect(site).await;
    let mut failed = Vec::new();
    for Input {
        name,
        messages,
        expected,
    } in inputs
    {
        bus.ask(json!({ "request": "ClearCredits" })).await;
        let mut refused = Vec::new();
        for message in messages {
            refused.extend(send(site, &mut bus, message).await);
        }
        failed.extend(
            problems(&mut bus, &refused, &expected)
                .await
                .map(|problems| format!("{name}:\n{problems}")),
        );
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    bridge.stop().await;
}

/// Sends a message and waits until the bridge has received it. Returns the error if the bridge
/// refuses the request.
async fn send(site: &Site, bus: &mut Bus, mut message: Value) -> Option<String> {
    if message.get("request").is_some() {
        let reply = bus.ask(message).await;
        return reply["error"].as_str().map(str::to_owned);
    }
    let kind = message["type"].as_str().unwrap().to_owned();
    message["id"] = Uuid::new_v4().to_string().into();
    play(site, [message]).await;
    bus.twitchat(&kind).await;
    None
}

/// The expectations that are not met within 5 s; `None` if all are met.
async fn problems(bus: &mut Bus, refused: &[String], expected: &[Value]) -> Option<String> {
    let mut problems = Vec::new();
    let mut held = 0;
    // An expectation must be met three times in a row.
    let holds = async || {
        let reply = bus
            .ask(json!({ "request": "GetCredits", "extended": true, "spelling": "seed" }))
            .await;
        let roll = bus.ask(json!({ "request": "GetRoll" })).await["roll"].take();
        let shown = json!({ "reply": reply, "roll": roll, "refused": refused });
        problems = expected
            .iter()
            .filter_map(|line| problem(&shown, line))
            .collect();
        held = if problems.is_empty() { held + 1 } else { 0 };
        (held > 2).then_some(())
    };
    let settled = tokio::time::timeout(
        Duration::from_secs(5),
        wait_until("the expected credits", SOON, holds),
    )
    .await;
    settled.is_err().then(|| problems.join("\n"))
}

/// The error if an expectation is not met.
fn problem(shown: &Value, line: &Value) -> Option<String> {
    let (path, operator, expected) = (
        line[0].as_str().unwrap(),
        line[1].as_str().unwrap(),
        &line[2],
    );
    let found = at(shown, path);
    let length = || found.and_then(Value::as_array).map_or(0, Vec::len) as u64;
    let has = || found.is_some_and(|found| found.to_string().contains(expected.as_str().unwrap()));
    let holds = match operator {
        "eq" => found == Some(expected),
        "absent" => found.is_none_or(Value::is_null),
        "count" => Some(length()) == expected.as_u64(),
        "has" => has(),
        "lacks" => !has(),
        other => panic!("{other}: no such operator"),
    };
    (!holds).then(|| {
        format!(
            "{path} {operator} {expected}, got {}",
            found.unwrap_or(&Value::Null)
        )
    })
}

/// `list[key=value]` is the first element with that field.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(value, |value, step| {
        let Some((list, wanted)) = step.strip_suffix(']').and_then(|step| step.split_once('['))
        else {
            return step
                .parse::<usize>()
                .map_or_else(|_| value.get(step), |place| value.get(place));
        };
        let (key, wanted) = wanted.split_once('=').unwrap();
        value
            .get(list)?
            .as_array()?
            .iter()
            .find(|one| one[key].as_str() == Some(wanted))
    })
}

fn publish(source: &str, kind: &str, data: &Value) -> Value {
    json!({ "request": "PublishEvent", "publish": { "source": source, "type": kind },
        "data": data })
}

fn tip(from: &str, amount: impl Into<Value>, currency: &str) -> Value {
    publish(
        "Kofi",
        "Donation",
        &json!({ "from": from, "amount": amount.into(), "currency": currency }),
    )
}

fn sum(name: &str, amount: &str) -> Value {
    json!([
        format!("reply/extended/Custom/Tips[name={name}]/amounts/0/amount"),
        "eq",
        amount
    ])
}

fn shown(name: &str, amount: &str) -> Value {
    json!([
        format!("roll/sections[id=tips]/names[name={name}]/amount"),
        "eq",
        amount
    ])
}

async fn amounts_keep_their_written_value(site: Site) {
    check(&site, spellings().into_iter().chain(currencies()).collect()).await;
}

fn spellings() -> Vec<Input> {
    vec![
        case("A4-amounts-below-one"),
        case("A5-one-currency-in-two-spellings"),
        input(
            "cryptocurrencies keep their places",
            vec![
                tip("Sato", "0.005", "BTC"),
                tip("Sato", "0,0025 BTC", ""),
                tip("Vita", 0.000_000_01, "BTC"),
                tip("Vita", "₿1", ""),
            ],
            json!([
                sum("Sato", "0.0075"),
                shown("Sato", "0.0075 BTC"),
                sum("Vita", "1.00000001"),
                shown("Vita", "1.00000001 BTC")
            ]),
        ),
        input(
            "exponents and lines between digits",
            vec![
                tip("Expo", "1e3", "USD"),
                tip("Line", "1_000", "USD"),
                tip("Line", "1_000.50", "USD"),
                tip("Small", "5e-1", "EUR"),
            ],
            json!([
                sum("Expo", "1000.00"),
                shown("Line", "$2,000.50"),
                sum("Small", "0.50")
            ]),
        ),
        input(
            "digits of other scripts",
            vec![
                tip("Noor", "١٢٫٥٠", "SAR"),
                tip("Haru", "￥１，５００", ""),
                tip("Reza", "۵۰٬۰۰۰", "IRR"),
                tip("Asha", "₹१,२३,४५६.५०", ""),
            ],
            json!([
                sum("Noor", "12.50"),
                sum("Haru", "1500"),
                sum("Reza", "50000.00"),
                sum("Asha", "123456.50")
            ]),
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "one sequence of steps")]
fn currencies() -> Vec<Input> {
    vec![
        input(
            "currencies without cents have whole amounts",
            vec![
                tip("Minji", "1.000", "KRW"),
                tip("Minji", "₩2,500", ""),
                tip("Sora", "500.00", "JPY"),
                tip("Linh", "100.000 ₫", ""),
                tip("Diego", 5_000, "CLP"),
            ],
            json!([
                sum("Minji", "3500"),
                shown("Minji", "3,500 KRW"),
                shown("Sora", "500 JPY"),
                sum("Linh", "100000"),
                sum("Diego", "5000")
            ]),
        ),
        input(
            "currencies with three digits",
            vec![tip("Fahd", "1.250", "KWD"), tip("Aya", 0.5, "TND")],
            json!([sum("Fahd", "1.250"), sum("Aya", "0.500")]),
        ),
        input(
            "dollars of two countries stay apart",
            vec![
                tip("Max", "$5", ""),
                tip("Max", "CA$5", ""),
                tip("Max", "5", "usd"),
                tip("Kim", "A$1", ""),
                tip("Kim", "2", "AUD"),
            ],
            json!([
                ["reply/extended/Custom/Tips[name=Max]/amounts", "count", 2],
                shown("Max", "5 CA$ + $10"),
                sum("Kim", "3.00"),
                ["reply/extended/Custom/Tips[name=Kim]/amounts", "count", 1],
            ]),
        ),
        input(
            "groups as in Germany, France, Switzerland and the United States",
            vec![
                tip("Uwe", "1.234,56 €", ""),
                tip("Ines", "1\u{202f}234,56", "EUR"),
                tip("Reto", "CHF 1'234.50", ""),
                tip("Bob", "$1,234", ""),
                tip("Urs", "5.-", "CHF"),
            ],
            json!([
                sum("Uwe", "1234.56"),
                sum("Ines", "1234.56"),
                sum("Reto", "1234.50"),
                sum("Bob", "1234.00"),
                sum("Urs", "5.00")
            ]),
        ),
        input(
            "cents are not lost on the way through a double",
            vec![
                tip("Ada", 0.1, "EUR"),
                tip("Ada", 0.2, "EUR"),
                tip("Ada", 19.99, "EUR"),
                tip("Eve", 9_007_199_254_740.93, "USD"),
            ],
            json!([sum("Ada", "20.29"), sum("Eve", "9007199254740.93")]),
        ),
        input(
            "what has two readings or none is refused with its text",
            vec![
                tip("Dora", "1.234", "EUR"),
                tip("Emil", "5k", "USD"),
                tip("Finn", "1.2.3", ""),
                tip("Gil", "-5", "USD"),
                tip("Hal", "€5", "USD"),
                tip("Ida", "5", "USD"),
            ],
            json!([
                ["refused", "count", 5],
                ["refused/0", "has", "1.234"],
                ["refused/1", "has", "5k"],
                ["refused/2", "has", "1.2.3"],
                ["refused/3", "has", "negative"],
                ["refused/4", "has", "is not in USD"],
                ["reply/extended/Custom/Tips", "count", 1],
            ]),
        ),
        input(
            "counts in any digits",
            vec![
                publish(
                    "Twitch",
                    "Cheer",
                    &json!({ "userId": "71001", "userName": "cherry", "displayName": "Cherry",
                        "bits": "1e3" }),
                ),
                publish(
                    "Twitch",
                    "Cheer",
                    &json!({ "userId": "71002", "userName": "berry", "displayName": "Berry",
                        "bits": "1_000" }),
                ),
                publish(
                    "Twitch",
                    "Cheer",
                    &json!({ "userId": "71003", "userName": "fig", "displayName": "Fig",
                        "bits": "٢٥٠" }),
                ),
                publish(
                    "Twitch",
                    "Raid",
                    &json!({ "userId": "71004", "userName": "plum", "displayName": "Plum",
                        "viewers": "1,234" }),
                ),
            ],
            json!([
                ["reply/extended/Cheers[name=Cherry]/amount", "eq", 1_000],
                ["reply/extended/Cheers[name=Berry]/amount", "eq", 1_000],
                ["reply/extended/Cheers[name=Fig]/amount", "eq", 250],
                ["reply/extended/Raided[name=Plum]/amount", "eq", 1_234],
            ]),
        ),
    ]
}

async fn placeholders_for_ids_identify_no_one(site: Site) {
    let inputs = [
        "0",
        "-1",
        "null",
        "undefined",
        "anonymous",
        "00000000-0000-0000-0000-000000000000",
        "",
    ]
    .map(|id| {
        let tip = |from: &str| {
            publish(
                "Kofi",
                "Donation",
                &json!({ "userId": id, "from": from, "amount": "5", "currency": "USD" }),
            )
        };
        input(
            "a placeholder for an id",
            vec![tip("Lea"), tip("Mia"), tip("Lea")],
            json!([
                ["reply/extended/Custom/Tips", "count", 2],
                [
                    "reply/extended/Custom/Tips[name=Lea]/amounts/0/amount",
                    "eq",
                    "10.00"
                ],
                [
                    "reply/extended/Custom/Tips[name=Mia]/amounts/0/amount",
                    "eq",
                    "5.00"
                ],
            ]),
        )
    });
    let of_twitch = |id: &str, name: &str| {
        json!({ "origin": "twitchat", "type": "FOLLOW",
        "data": { "user": { "id": id, "login": name.to_lowercase(), "displayName": name } } })
    };
    let twitch = input(
        "a placeholder from Twitchat",
        vec![
            of_twitch("0", "Nora"),
            of_twitch("0", "Otto"),
            of_twitch("undefined", "Pia"),
        ],
        json!([["reply/Events/Follows", "count", 3]]),
    );
    check(&site, inputs.into_iter().chain([twitch]).collect()).await;
}

fn follow(id: &str, login: &str, name: &str) -> Value {
    json!({ "origin": "twitchat", "type": "FOLLOW", "data": { "user": { "id": id, "login": login,
        "displayName": name } } })
}

fn follows(names: &[&str]) -> Value {
    json!(["reply/Events/Follows", "eq", names])
}

async fn names_are_visible_and_stay_as_they_are(site: Site) {
    let inputs = vec![
        case("A6-stacked-marks"),
        input(
            "a name without a visible character is the login",
            vec![
                follow("81001", "hangul_filler", "\u{3164}\u{3164}"),
                follow("81002", "zero_width", "\u{200b}\u{200d}\u{feff}"),
                follow("81003", "braille_blank", "\u{2800}"),
                follow("81004", "only_marks", "\u{301}\u{302}\u{303}"),
                follow("81005", "tags", "\u{e0041}\u{e007f}"),
            ],
            json!([
                follows(&[
                    "hangul_filler",
                    "zero_width",
                    "braille_blank",
                    "only_marks",
                    "tags"
                ]),
                [
                    "roll/sections[id=follows]/names/0/name",
                    "eq",
                    "hangul_filler"
                ],
                [
                    "reply/extended/Follows[id=81003]/name",
                    "eq",
                    "braille_blank"
                ],
            ]),
        ),
        input(
            "without a login it is the id",
            vec![
                follow("UC0000000000000000blank0", "\u{3164}", "\u{ad}"),
                follow("81011", "", "\u{202e}\u{2066}"),
            ],
            json!([
                follows(&["UC0000000000000000blank0", "81011"]),
                ["roll/sections[id=follows]/names/1/name", "eq", "81011"]
            ]),
        ),
        input(
            "without an id either it is anonymous",
            vec![tip("\u{3164}", "5", "EUR")],
            json!([sum("Anonymous", "5.00"), shown("Anonymous", "€5")]),
        ),
        input(
            "who was visible and is not any more",
            vec![
                follow("81021", "anna_b", "Anna_B"),
                publish(
                    "Twitch",
                    "Cheer",
                    &json!({ "userId": "81021", "userName": "anna_b",
                        "displayName": "\u{fe0f}\u{200b}", "bits": 5 }),
                ),
            ],
            json!([
                follows(&["anna_b"]),
                ["reply/Events/Cheers", "eq", ["anna_b"]]
            ]),
        ),
        input(
            "joiners and selectors between visible characters stay",
            vec![
                follow("81031", "mi", "می\u{200c}خواهم"),
                follow("81032", "astro", "👩\u{200d}🚀"),
                follow("81033", "heart", "I❤\u{fe0f}U"),
                follow("81034", "deva", "क\u{94d}\u{200d}ष"),
                follow("81035", "wide", "\u{200b}Wide\u{200b}"),
            ],
            json!([follows(&[
                "می\u{200c}خواهم",
                "👩\u{200d}🚀",
                "I❤\u{fe0f}U",
                "क\u{94d}\u{200d}ष",
                "\u{200b}Wide\u{200b}"
            ])]),
        ),
    ];
    check(&site, inputs).await;
}

async fn people_of_several_platforms_are_distinguished(site: Site) {
    let kick = |id: &str, name: &str| {
        publish(
            "Kick",
            "Follow",
            &json!({ "userId": id, "userName": name.to_lowercase(), "displayName": name }),
        )
    };
    let of_follows = |platform: &str| format!("reply/extended/Follows[platform={platform}]/id");
    let inputs = vec![
        input(
            "the same name on three platforms",
            vec![
                follow("82001", "lea", "Lea"),
                follow("UCq3fXh0cJm1vZr8yXb2kQeg", "Lea", "Lea"),
                kick("82001", "Lea"),
                follow("82002", "max", "Max"),
            ],
            json!([
                follows(&["Lea (Twitch)", "Lea (YouTube)", "Lea (Kick)", "Max"]),
                ["reply/extended/Follows", "count", 4],
                [of_follows("kick"), "eq", "82001"],
                [
                    "roll/sections[id=follows]/names[platform=YouTube]/name",
                    "eq",
                    "Lea"
                ],
                [
                    "roll/sections[id=follows]/names[name=Max]/platform",
                    "absent"
                ],
            ]),
        ),
        input(
            "a follow from TikTok is none from Twitch",
            vec![
                follow("7123456789012345678", "lea.t", "Lea"),
                json!({ "origin": "twitchat", "type": "MESSAGE_FIRST", "data": { "channel": "1",
                    "message": "hi",
                    "user": { "id": "7123456789012345678", "login": "lea.t",
                        "displayName": "Lea" } } }),
                follow("6800000000000000001", "kim", "Kim"),
            ],
            json!([
                follows(&["Lea", "Kim"]),
                [of_follows("tiktok"), "eq", "7123456789012345678"],
                [of_follows("twitch"), "absent"],
                ["reply/User/Users", "eq", ["Lea"]],
                [
                    "reply/extended/Users[id=7123456789012345678]/platform",
                    "eq",
                    "tiktok"
                ],
            ]),
        ),
        input(
            "who tips with a service under the own name is nobody else",
            vec![follow("82021", "noor", "Noor"), tip("Noor", "5", "EUR")],
            json!([
                [
                    "roll/sections[id=follows]/names[name=Noor]/platform",
                    "absent"
                ],
                ["roll/sections[id=tips]/names[name=Noor]/platform", "absent"]
            ]),
        ),
        input(
            "in different sections of a roll too",
            vec![
                follow("82031", "sam", "Sam"),
                publish(
                    "YouTube",
                    "SuperChat",
                    &json!({ "userId": "UCsam000000000000000000a", "displayName": "sam",
                        "amount": "5", "currency": "EUR" }),
                ),
            ],
            json!([
                follows(&["Sam"]),
                [
                    "roll/sections[id=follows]/names[name=Sam]/platform",
                    "eq",
                    "Twitch"
                ]
            ]),
        ),
    ];
    check(&site, inputs).await;
}
