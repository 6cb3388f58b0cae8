//! The pages of documentation: what they tell people to type is right usage.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use crate::program::{Done, Home};

/// What ends a command in a shell.
const ENDS: [&str; 6] = [" | ", " && ", " > ", " 2> ", " &", "  #"];

/// The commands in the shell examples of a page, each without what is done with its output.
fn commands(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines = blocks.flat_map(str::lines).filter(|line| line.starts_with("twitchat-bridge "));
    lines.map(|line| ENDS.iter().fold(line, |line, end| line.split(end).next().unwrap()).to_owned()).collect()
}

/// Run where there is no OBS, each gets as far as looking for it: exit code 2 would say that the page is wrong.
#[tokio::test]
async fn every_command_of_the_scripting_page_is_right_usage() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let all = commands("docs/scripting.md");
    assert!(all.len() > 8, "{all:?}");
    for command in all {
        let home = Home::new();
        std::fs::write(home.path("tuesday.ndjson"), r#"{"origin":"twitchat","type":"ON_SUBSCRIPTION","id":"1","data":{}}"#).unwrap();
        let mut shell = Command::new("sh");
        let binary = Path::new(env!("CARGO_BIN_EXE_twitchat-bridge")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        shell.env_clear().env("PATH", path).env("HOME", home.folder()).env("OBS_HOST", "127.0.0.1").env("OBS_PORT", port.to_string());
        let done = Done::of(&shell.current_dir(home.folder()).args(["-c", &command]).output().unwrap());
        assert_ne!(done.code, Some(2), "{command}: {done:?}");
        let needs_obs =
            ["wait", "exec", "record", "replay", "send"].iter().any(|verb| command.starts_with(&format!("twitchat-bridge {verb} ")));
        assert!(!needs_obs || done.code == Some(3), "{command}: {done:?}");
    }
}
