//! `sessions`, `credits --session` and `credits explain`, with and without a running bridge.

use serde_json::{Value, json};

use crate::program::{Home, obs, sessions};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

async fn raid(home: &Home, name: &str) {
    let login = name.to_lowercase();
    let done = home
        .run(&[
            "request",
            "PublishEvent",
            "publish.source=Twitch",
            "publish.type=Raid",
            "data.viewers:=12",
            &format!("data.userId={}", name.len()),
            &format!("data.userName={login}"),
            &format!("data.displayName={name}"),
        ])
        .await;
    done.succeeds();
}

/// Everything that the verbs show about the session before the running one.
async fn shown(home: &Home) -> Vec<String> {
    let mut shown = Vec::new();
    for verb in [
        &["sessions", "show", "1", "--json"][..],
        &["credits", "--session", "last"],
        &["credits", "get", "--session", "1", "--extended"],
        &["credits", "get", "--session", "1", "--format", "json"],
        &["credits", "get", "--session", "1", "--format", "markdown"],
        &["credits", "get", "--session", "1", "--format", "csv"],
        &["credits", "explain", "lantern", "--session", "1"],
    ] {
        let done = home.run(verb).await.succeeds();
        assert!(!done.out.is_empty(), "{verb:?}: {done:?}");
        shown.push(done.out);
    }
    let page = ["credits", "get", "--session", "last", "--format", "html"];
    let page = home.run(&page).await.succeeds().out;
    let (_, rest) = page.split_once("id=\"roll\">").unwrap();
    let roll = json_of(rest.split_once("</script>").unwrap().0);
    shown.push(roll["sections"].to_string());
    shown
}

#[tokio::test]
async fn the_session_before_is_listed_shown_exported_and_rolled_with_and_without_a_bridge() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    home.run(&["sessions", "list", "--timeout", "0.2"])
        .await
        .fails(5, &["no bridge answered"]);
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    raid(&home, "Lantern").await;
    let cleared = home.run(&["credits", "clear", "--yes"]).await.succeeds();
    assert!(cleared.err.contains("--session last"), "{cleared:?}");
    raid(&home, "Otter_Pond").await;
    home.run(&["credits", "rename", "lantern", "Lantern_Fox"])
        .await
        .succeeds();

    let list = home.run(&["sessions", "list"]).await.succeeds().out;
    let lines: Vec<_> = list.lines().collect();
    assert!(
        lines.len() == 2 && lines[0].contains("running") && lines[1].contains("1 row "),
        "{list}"
    );
    let with = shown(&home).await;
    assert_eq!(with[1], "Raids\n  Lantern_Fox (12 viewers)\n");
    assert!(
        with[6].starts_with("Raided: Lantern_Fox (12 viewers)  raided-")
            && with[6].contains("Twitch.Raid from a published event: Raided"),
        "{}",
        with[6]
    );
    let rolled = home
        .run(&["credits", "roll", "--session", "last"])
        .await
        .succeeds();
    let status = json_of(&home.run(&["status", "--json"]).await.succeeds().out);
    assert_eq!(
        (
            &status["overlay"]["roll"]["id"],
            &status["overlay"]["roll"]["names"]
        ),
        (&json!(rolled.out.trim()), &json!(1))
    );
    home.run(&["sessions", "show", "9"])
        .await
        .fails(1, &["there is no session 9", "2 ("]);
    home.run(&["sessions", "show", "someday"])
        .await
        .fails(2, &["yesterday"]);
    bridge.signal("INT");
    bridge.end().await.succeeds();

    let without = home.run(&["sessions", "list", "--timeout", "0.2"]).await;
    let without = without.succeeds();
    assert!(
        without.err.contains("no bridge replies: read from"),
        "{without:?}"
    );
    assert_eq!(without.out.lines().count(), 2);
    drop(obs);
    assert_eq!(shown(&home).await, with, "and without OBS");
    home.run(&["credits", "roll", "--session", "last"])
        .await
        .fails(3, &[]);
    home.run(&["sessions", "show", "9"])
        .await
        .fails(1, &["there is no session 9"]);
}

/// The number and rows of each session, and its raiders.
async fn raids(home: &Home, timeout: &str) -> Vec<(u64, u64, String)> {
    let list = home
        .run(&["sessions", "list", "--json", "--timeout", timeout])
        .await;
    let list = json_of(&list.succeeds().out);
    let mut sessions = Vec::new();
    for session in list["sessions"].as_array().unwrap() {
        let number = |key: &str| session[key].as_u64().unwrap();
        let id = number("id").to_string();
        let credits = ["credits", "--session", &id, "--timeout", timeout];
        let credits = home.run(&credits).await.succeeds().out;
        let raids = credits.trim_start_matches("Raids").trim().to_owned();
        sessions.push((number("id"), number("rows"), raids));
    }
    sessions
}

/// Changes sessions in every way. Session 1 has Fox. Session 2 has Otter, and is running.
async fn change(home: &Home, timeout: &str) {
    let run = async |verb: &str| {
        let words: Vec<_> = verb.split(' ').chain(["--timeout", timeout]).collect();
        home.run(&words).await
    };
    let [fox, otter] = ["Fox (12 viewers)", "Otter (12 viewers)"];
    let reopened = run("sessions reopen last").await.succeeds();
    assert!(
        reopened.out.starts_with("1 ") && reopened.out.trim_end().ends_with("running"),
        "{reopened:?}"
    );
    assert!(
        reopened
            .err
            .contains("session 2 ended. `sessions join 1 2`"),
        "{reopened:?}"
    );
    let again = run("sessions reopen 1").await;
    again.fails(1, &["session 1 is already running"]);
    let joined = run("sessions join 2 1").await.succeeds();
    assert!(
        joined.out.starts_with("1 ") && joined.out.contains("2 rows"),
        "{joined:?}"
    );
    assert_eq!(
        raids(home, timeout).await,
        [(1, 2, format!("{fox}\n  {otter}"))]
    );
    let words = run("sessions split 1 at noon").await;
    words.fails(2, &["TIME must be a time such as \"21:30\"", "\"noon\""]);
    let none = run("sessions split 1").await;
    none.fails(2, &["needs the time"]);
    let early = run("sessions split 1 --at 2020-01-01T00:00:00Z").await;
    early.fails(1, &["`at` must be within session 1, after "]);
    let list = run("sessions show 1 --json").await.succeeds().out;
    let began = json_of(&list)["session"]["started"].clone();
    let began: jiff::Timestamp = began.as_str().unwrap().parse().unwrap();
    let at = began.as_millisecond() + 1;
    let at = jiff::Timestamp::from_millisecond(at).unwrap();
    let split = run(&format!("sessions split 1 at {at}")).await.succeeds();
    assert_eq!(split.out.lines().count(), 2, "{split:?}");
    assert!(split.out.contains("split"), "{split:?}");
    let all = raids(home, timeout).await;
    assert_eq!(
        (all.len(), all[0].0, all[1].0, &*all[1].2),
        (2, 3, 1, ""),
        "{all:?}"
    );
    let running = run("sessions delete running --yes").await;
    running.fails(1, &[]);
}

#[tokio::test]
async fn sessions_are_changed_with_a_running_bridge_and_without_one() {
    let obs = obs().await;
    for with_bridge in [true, false] {
        let home = Home::at(obs.port());
        let bridge = home.spawn(&["run"]);
        sessions(&obs, 2).await;
        raid(&home, "Fox").await;
        home.run(&["credits", "clear", "--yes"]).await.succeeds();
        raid(&home, "Otter").await;
        if with_bridge {
            change(&home, "5").await;
            let refused = ["sessions", "delete", "last", "--yes"];
            home.run(&refused)
                .await
                .fails(1, &["bus.allow", "delete-session", "while no bridge runs"]);
        }
        bridge.signal("INT");
        bridge.end().await.succeeds();
        if !with_bridge {
            change(&home, "0.3").await;
        }
        let unasked = ["sessions", "delete", "last", "--timeout", "0.3"];
        let unasked = home.run(&unasked).await;
        unasked.fails(2, &["no terminal", "--yes"]);
        let preview = [
            "sessions",
            "delete",
            "last",
            "--preview",
            "--timeout",
            "0.3",
        ];
        let preview = home.run(&preview).await.succeeds();
        assert!(preview.out.starts_with("1 "), "{preview:?}");
        let delete = ["sessions", "delete", "last", "--yes", "--timeout", "0.3"];
        let deleted = home.run(&delete).await.succeeds();
        assert!(
            deleted.out.starts_with("deleted: 1 ") && deleted.err.contains("changed in"),
            "{deleted:?}"
        );
        let bridge = home.spawn(&["run"]);
        sessions(&obs, 2).await;
        let left = raids(&home, "5").await;
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(
            (left[0].0, left[0].1, &*left[0].2),
            (3, 2, "Fox (12 viewers)\n  Otter (12 viewers)")
        );
        bridge.signal("INT");
        bridge.end().await.succeeds();
    }
}

#[tokio::test]
async fn a_bridge_that_cannot_answer_keeps_its_journal_to_itself() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    home.run(&["credits", "clear", "--yes"]).await.succeeds();
    obs.kill().await;
    let refused = home
        .run(&["sessions", "reopen", "last", "--timeout", "0.5"])
        .await;
    refused.fails(1, &["a bridge uses", "did not answer over OBS"]);
    bridge.signal("INT");
    bridge.end().await.succeeds();
}

#[tokio::test]
async fn an_earlier_session_is_corrected() {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    raid(&home, "Fox").await;
    raid(&home, "Lantern").await;
    home.run(&["credits", "clear", "--yes"]).await.succeeds();
    let explained = home
        .run(&["credits", "explain", "fox", "--session", "last"])
        .await
        .succeeds()
        .out;
    let entry = explained.lines().next().unwrap();
    let entry = entry.split_whitespace().last().unwrap().to_owned();
    home.run(&["credits", "remove", &entry])
        .await
        .fails(1, &["no entry of the credits"]);
    let removed = ["credits", "remove", &entry, "--session", "last"];
    home.run(&removed).await.succeeds();
    let hidden = ["credits", "hide", "lantern", "--session", "last"];
    let hidden = home.run(&hidden).await.succeeds();
    assert!(hidden.err.contains("applies to all sessions"), "{hidden:?}");
    let empty = home.run(&["credits", "--session", "last"]).await.succeeds();
    assert!(!empty.out.contains("viewers"), "{empty:?}");
    let undone = ["credits", "undo", "--steps", "2", "--session", "1"];
    let undone = home.run(&undone).await.succeeds();
    assert_eq!(undone.out.lines().count(), 2, "{undone:?}");
    let both = home.run(&["credits", "--session", "last"]).await.succeeds();
    assert_eq!(both.out.matches("viewers").count(), 2, "{both:?}");
    bridge.signal("INT");
    bridge.end().await.succeeds();
}
