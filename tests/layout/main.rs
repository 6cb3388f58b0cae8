//! Checks the structure of `src` in its source text. This file checks the layers (`src/lib.rs`
//! shows them), [`imports`] that files do not import each other, and [`components`] that the parts
//! of the bridge keep their fields private. [`public_items`] lists the items that other programs
//! use. [`packaging`] runs the scripts of a release.
//!
//! The checks remove comments, texts and test modules first, and then read the rest word by word.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing test must show the place"
)]

mod components;
mod imports;
mod macros;
mod packaging;
mod public_items;
mod source;
mod tree;
mod wording;

use std::fs;

use source::{code, sources, without_tests, words};

/// The parts of the library, and the parts that each may use. All parts may use `event` and
/// `input`.
const PARTS: [(&str, &str); 17] = [
    ("event", ""),
    ("input", ""),
    ("files", ""),
    ("twitchat", ""),
    ("mapping", "twitchat"),
    ("credits", "mapping twitchat"),
    ("request", "credits mapping twitchat"),
    ("automation", "request credits mapping twitchat"),
    ("bridge", "automation request credits mapping twitchat"),
    // The config checks the plan of the end credits, the words in it, and the names of requests
    // that `bus.allow` may list.
    ("config", "automation request credits files"),
    (
        "obs",
        "bridge automation request credits mapping twitchat config files",
    ),
    (
        "store",
        "bridge automation request credits mapping twitchat config files",
    ),
    (
        "overlay",
        "bridge automation request credits mapping twitchat config files",
    ),
    // The stand-ins do not use the bridge's decoding, because tests compare the two.
    ("sim", ""),
    (
        "daemon",
        "obs store overlay sim bridge automation request credits mapping twitchat config files",
    ),
    ("autostart", "obs store config files"),
    // The client is for other programs, which can use only the messages that the bridge sends over
    // OBS. So it does not use the bridge.
    ("client", "obs twitchat"),
];
const COMMAND: &str = "cli";
/// The parts, and folders in them, without I/O, clock, randomness and logging.
const PURE: [&str; 9] = [
    "bridge",
    "automation",
    "request",
    "credits",
    "mapping",
    "twitchat",
    "input",
    "event",
    "obs/link",
];
/// Names that a pure part must not use.
const IMPURE: [&[&str]; 14] = [
    &["std", "net"],
    &["std", "fs"],
    &["std", "thread"],
    &["std", "process"],
    &["env", "var"],
    &["tokio"],
    &["tracing"],
    &["SystemTime"],
    &["Instant", "now"],
    &["Timestamp", "now"],
    &["Zoned", "now"],
    &["Uuid", "new_v4"],
    &["println", "!"],
    &["eprintln", "!"],
];
/// Names that are used to listen on a socket.
const LISTENING: [&[&str]; 5] = [
    &["TcpListener"],
    &["UnixListener"],
    &["bind", "("],
    &["TcpSocket"],
    &["UdpSocket"],
];

/// The violations in a file of `src`, as texts.
fn violations(path: &str, text: &str) -> Vec<String> {
    let words = words(&without_tests(&code(text)));
    let (part, depth) = place(path);
    let mut wrong = Vec::new();
    if part == COMMAND {
        // The root of the binary has no other parts.
        wrong.extend(
            used(&words, depth)
                .iter()
                .filter(|used| **used != COMMAND)
                .map(|used| format!("cli has no part {used}")),
        );
    } else {
        if words.iter().any(|word| word == "twitchat_bridge") {
            wrong.push("the library names itself: use crate::".into());
        }
        wrong.extend(not_in_the_table(&part, &used(&words, depth)));
    }
    let pure = |room: &&&str| path == format!("{room}.rs") || path.starts_with(&format!("{room}/"));
    if let Some(part) = PURE.iter().find(pure) {
        wrong.extend(
            IMPURE
                .iter()
                .filter(|bad| has(&words, bad))
                .map(|bad| format!("{part} is pure: {}", bad.join(" "))),
        );
    }
    if part != "sim" {
        wrong.extend(
            LISTENING
                .iter()
                .filter(|bad| has(&words, bad))
                .map(|bad| format!("only sim may listen: {}", bad.join(" "))),
        );
    }
    wrong
}

fn not_in_the_table(part: &str, used: &[String]) -> Vec<String> {
    if part.is_empty() {
        return Vec::new();
    }
    let Some((_, allowed)) = PARTS.iter().find(|(name, _)| *name == part) else {
        return vec![format!("there is no part {part} in the table")];
    };
    let fine = |used: &str| {
        [part, "event"].contains(&used)
            || (used == "input" && part != "event")
            || allowed.split(' ').any(|allowed| allowed == used)
    };
    used.iter()
        .filter(|used| !fine(used))
        .map(|used| format!("{part} must not use {used}"))
        .collect()
}

/// The part that a file belongs to, and the depth of its module. The roots belong to no part.
fn place(path: &str) -> (String, usize) {
    let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
    let root = ["lib", "main", "windowless"].contains(&module);
    let part = module.split('/').next().unwrap_or_default();
    (
        if root { String::new() } else { part.to_owned() },
        module.split('/').count(),
    )
}

/// The parts that the code names: after `crate::`, or after enough `super::` to reach the root.
fn used(words: &[String], depth: usize) -> Vec<String> {
    let mut used = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let follows = |at: usize| words.get(at).is_some_and(|word| word == "::");
        let mut next = at + 1;
        let at_root = match word.as_str() {
            "crate" => true,
            "super" => {
                let mut steps = 1;
                while follows(next) && words.get(next + 1).is_some_and(|word| word == "super") {
                    (steps, next) = (steps + 1, next + 2);
                }
                steps >= depth
            }
            _ => false,
        };
        if at_root && follows(next) {
            used.extend(first_names(words.get(next + 1..).unwrap_or_default()));
        }
        at = next;
    }
    used.sort();
    used.dedup();
    used
}

/// The names at the beginning of a path, which may be a group.
fn first_names(words: &[String]) -> Vec<String> {
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    if first != "{" {
        return vec![first.clone()];
    }
    let (mut names, mut depth, mut begins) = (Vec::new(), 1, true);
    for word in rest {
        match word.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => begins = true,
            name if begins && depth == 1 => {
                names.push(name.to_owned());
                begins = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// Whether the code contains these names in sequence. `std::{fs, net}` also contains `std::net`.
fn has(words: &[String], wanted: &[&str]) -> bool {
    if let ["std", module] = wanted {
        return words.windows(2).enumerate().any(|(at, two)| {
            two == ["std", "::"]
                && first_names(&words[at + 2..])
                    .iter()
                    .any(|name| name == module)
        });
    }
    let names: Vec<_> = words.iter().filter(|word| *word != "::").collect();
    names
        .windows(wanted.len())
        .any(|some| some.iter().zip(wanted).all(|(word, wanted)| word == wanted))
}

#[test]
fn every_file_keeps_to_its_part() {
    let sources = sources();
    assert!(
        sources.len() > 100,
        "only {} files were found",
        sources.len()
    );
    let wrong: Vec<_> = sources
        .iter()
        .flat_map(|(path, file)| {
            violations(path, &fs::read_to_string(file).unwrap())
                .into_iter()
                .map(move |wrong| format!("src/{path}: {wrong}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_part_of_the_table_is_seen() {
    // Every part except `overlay` must have files, otherwise the table checks nothing.
    let sources = sources();
    for part in PARTS
        .iter()
        .map(|(part, _)| *part)
        .chain([COMMAND])
        .filter(|part| *part != "overlay")
    {
        let files = sources
            .iter()
            .filter(|(path, _)| place(path).0 == part)
            .count();
        assert!(files > 0, "no file belongs to {part}");
    }
    let uses = |path: &str| {
        let (_, file) = sources.iter().find(|(below, _)| below == path).unwrap();
        used(
            &words(&without_tests(&code(&fs::read_to_string(file).unwrap()))),
            place(path).1,
        )
    };
    assert_eq!(uses("daemon/mod.rs"), ["bridge", "config", "obs", "store"]);
    assert!(uses("bridge/mod.rs").contains(&"mapping".to_owned()));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one sequence of steps")]
fn a_planted_violation_is_found() {
    let found = |path: &str, text: &str| violations(path, text).join("; ");
    for (path, text, expected) in [
        (
            "credits/fold.rs",
            "use crate::bridge::Bridge;",
            "credits must not use bridge",
        ),
        (
            "credits/fold.rs",
            "use crate::{event::Event, request::{self, Call}};",
            "credits must not use request",
        ),
        (
            "credits/fold.rs",
            "fn f() -> crate :: obs :: Cause { x }",
            "credits must not use obs",
        ),
        (
            "credits/fold.rs",
            "use super::super::store::Store;",
            "credits must not use store",
        ),
        (
            "credits/mod.rs",
            "use super::daemon;",
            "credits must not use daemon",
        ),
        (
            "store/mod.rs",
            "use crate::{\n    event::Event,\n    obs::Obs,\n};",
            "store must not use obs",
        ),
        (
            "store/mod.rs",
            "use crate::obs::link::State;",
            "store must not use obs",
        ),
        (
            "bridge/mod.rs",
            "use crate::config::Config;",
            "bridge must not use config",
        ),
        (
            "sim/twitchat/mod.rs",
            "use crate::twitchat::Summary;",
            "sim must not use twitchat",
        ),
        (
            "obs/mod.rs",
            "use twitchat_bridge::event;",
            "the library names itself: use crate::",
        ),
        (
            "cli/run.rs",
            "use crate::daemon::run;",
            "cli has no part daemon",
        ),
        (
            "manager/mod.rs",
            "",
            "there is no part manager in the table",
        ),
        (
            "bridge/mod.rs",
            "let now = std::time::Instant::now();",
            "bridge is pure: Instant now",
        ),
        (
            "bridge/mod.rs",
            "use std::{fmt, fs::File};",
            "bridge is pure: std fs",
        ),
        (
            "obs/link/mod.rs",
            "fn f() { println!(\"{}\", 1) }",
            "obs/link is pure: println !",
        ),
        (
            "event/mod.rs",
            "use tokio::sync::mpsc;",
            "event is pure: tokio",
        ),
        (
            "obs/dial.rs",
            "let x = tokio::net::TcpListener::from_std(y);",
            "only sim may listen: TcpListener",
        ),
        (
            "obs/dial.rs",
            "socket.bind(&any)?;",
            "only sim may listen: bind (",
        ),
        (
            "lib.rs",
            "use std::os::unix::net::UnixListener;",
            "only sim may listen: UnixListener",
        ),
        // After texts that look like the end of a comment, a string or a module.
        (
            "bridge/mod.rs",
            "/* a /* b */ \" */ let c = '\"'; let d = '\\''; use crate::obs;",
            "bridge must not use obs",
        ),
        (
            "bridge/mod.rs",
            "let s = r#\"a \" // \"#; let l: &'static str = \"\\\"//\"; use crate::obs;",
            "bridge must not use obs",
        ),
        (
            "bridge/mod.rs",
            "#[cfg(test)]\nmod tests { fn f() { } }\nuse crate::obs;",
            "bridge must not use obs",
        ),
        (
            "bridge/mod.rs",
            "#[cfg(all(test, unix))]\nmod tests { }\nuse crate::obs;",
            "bridge must not use obs",
        ),
        (
            "bridge/mod.rs",
            "#[cfg(test)]\nmod tests;\nuse crate::obs;",
            "bridge must not use obs",
        ),
    ] {
        assert_eq!(found(path, text), expected, "{path}: {text}");
    }
}

#[test]
fn allowed_code_gives_no_violation() {
    for (path, text) in [
        (
            "credits/fold.rs",
            "use crate::{credits::x, event::Event, mapping};\nuse super::super::event; use \
                super::people;",
        ),
        (
            "bridge/mod.rs",
            "//! See crate::obs and TcpListener.\n/// `tokio`\nlet a = \"crate::obs std::fs\"; // \
                crate::store",
        ),
        (
            "bridge/mod.rs",
            "#[cfg(test)]\nmod tests { use std::fs; use crate::obs; fn f() { println!(\"{}\", 1); \
                } }",
        ),
        (
            "bridge/mod.rs",
            "#[cfg(all(test, unix))]\nmod tests { use std::fs; fn f() { } }",
        ),
        (
            "obs/mod.rs",
            "use crate::{bridge, config}; use std::net::SocketAddr;",
        ),
        (
            "sim/obs/mod.rs",
            "let listener = TcpListener::bind(address).await?;",
        ),
        (
            "cli/run.rs",
            "use super::context; use crate::cli::out; use twitchat_bridge::daemon; println!(\"\");",
        ),
        ("lib.rs", "pub mod config;\npub mod bridge;"),
    ] {
        assert_eq!(violations(path, text), [""; 0], "{path}: {text}");
    }
}
