//! `credits get --template`: the examples, with names that could do harm in each kind of document.

use std::path::Path;

use serde_json::json;

use crate::program::{Home, obs, sessions};

/// A name that could do harm in Markdown, in Discord, in HTML, as a template, and as a line.
const NAME: &str = "# *Anna_B* @everyone <b>\n0:00 {{ 7 * 7 }}";

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/templates")
        .join(name)
        .display()
        .to_string()
}

async fn publish(home: &Home, kind: &str, data: &serde_json::Value) {
    let kind = format!("publish.type={kind}");
    let data = format!("data:={data}");
    let source = "publish.source=Twitch";
    home.run(&["request", "PublishEvent", source, &kind, &data])
        .await
        .succeeds();
}

/// Credits with a follower of this name, raids, cheers and a title. The session that has them has
/// ended.
async fn fill(home: &Home) {
    publish(
        home,
        "StreamUpdate",
        &json!({ "status": "Late <night> frogs", "gameName": "Frog Café" }),
    )
    .await;
    let user = |name: &str| json!({ "id": name, "login": "anna_b", "name": name });
    publish(home, "Follow", &json!({ "user": user(NAME) })).await;
    for number in 0..22 {
        let name = format!("Frog{number:02}");
        publish(home, "Follow", &json!({ "user": user(&name) })).await;
    }
    let fox = json!({ "userId": "5", "userName": "fox", "displayName": "Fox", "viewers": 57 });
    publish(home, "Raid", &fox).await;
    publish(
        home,
        "Cheer",
        &json!({ "user": user("Zed"), "bits": 500, "messageId": "1" }),
    )
    .await;
    home.run(&["credits", "clear", "--yes"]).await.succeeds();
}

async fn filled() -> (Home, String, String) {
    let obs = obs().await;
    let home = Home::at(obs.port());
    let bridge = home.spawn(&["run"]);
    sessions(&obs, 2).await;
    fill(&home).await;
    let mut documents = Vec::new();
    for name in ["discord.md.j2", "vod.txt.j2"] {
        let file = example(name);
        let args = ["credits", "get", "--session", "last", "--template", &file];
        documents.push(home.run(&args).await.succeeds().out);
    }
    bridge.signal("TERM");
    bridge.end().await.succeeds();
    let [discord, vod] = <[String; 2]>::try_from(documents).unwrap();
    (home, discord, vod)
}

#[tokio::test]
async fn the_examples_make_a_post_and_a_description_and_need_no_bridge() {
    let (home, discord, vod) = filled().await;
    let name = "\\# \\*Anna\\_B\\* \\@\u{200b}everyone \\<b\\> 0\\:00 \\{\\{ 7 \\* 7 \\}\\}";
    let lines: Vec<&str> = discord.lines().collect();
    assert_eq!(
        lines.first(),
        Some(&"# The stream – thank you!"),
        "{discord}"
    );
    assert_eq!(lines.get(1), Some(&"Late \\<night\\> frogs"), "{discord}");
    for part in [
        ", Frog Café\n",
        "\n**Raids**\nFox (57 viewers)\n",
        &format!("\n**New followers**\n{name}, Frog00, "),
        "Frog18 and 3 more\n",
        "\n**Cheers**\nZed (500 bits)\n",
    ] {
        assert!(discord.contains(part), "{part}: {discord}");
    }
    assert!(
        discord.chars().count() < 2_000 && !discord.contains("\n\n\n"),
        "{discord}"
    );

    assert!(vod.starts_with("Late ‹night› frogs\nStreamed on "), "{vod}");
    for part in [
        "\nGames: Frog Café\n",
        "\nRaids:\nFox with 57 viewers\n",
        "\nNew followers: # *Anna_B* @everyone ‹b› 0:00 {{ 7 * 7 }}, Frog00, ",
        "\nCheered: Zed\n",
    ] {
        assert!(vod.contains(part), "{part}: {vod}");
    }
    assert!(
        !vod.contains(['<', '>']) && !vod.contains("\n\n\n"),
        "{vod}"
    );

    for (name, expected) in [("discord.md.j2", discord), ("vod.txt.j2", vod)] {
        let file = example(name);
        let args = ["credits", "get", "--session", "1", "--template", &file];
        assert_eq!(home.run(&args).await.succeeds().out, expected);
    }
}

#[tokio::test]
async fn a_template_that_is_wrong_is_named_with_its_line() {
    let home = Home::new();
    let fails = async |name: &str, text: &str, parts: &[&str]| {
        std::fs::write(home.path(name), text).unwrap();
        let args = ["credits", "get", "--template", name];
        home.run(&args).await.fails(1, parts);
    };
    fails(
        "a.md",
        "\n{{ sesion.id }}",
        &["a.md", "in line 2 at character 4", "did you mean session?"],
    )
    .await;
    fails("a.txt", "{% if %}", &["a.txt", "not valid"]).await;
    fails("a.csv.j2", "x", &["use --format csv"]).await;
    home.run(&["credits", "get", "--template", "missing.md"])
        .await
        .fails(1, &["cannot read the template missing.md"]);
    home.run(&["credits", "get", "--template", "a.md", "--format", "csv"])
        .await
        .fails(2, &["cannot be used with"]);
}
