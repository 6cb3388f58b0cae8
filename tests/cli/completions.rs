//! Loads the completions in each shell, and requests candidates like the shell. `scripts/test`
//! installs the shells.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::Home;

const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// Prints the candidates that bash offers for its arguments. The last argument is the word that the
/// user is typing.
const BASH: &str = r#"
source <(twitchat-bridge completions bash) || exit
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_TYPE=9
registered=$(complete -p twitchat-bridge) || exit
[[ $registered =~ -F\ ([^ ]+) ]] || exit
"${BASH_REMATCH[1]}" twitchat-bridge "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

const FISH: &str = r"
twitchat-bridge completions fish | source
or exit
complete --do-complete (string join ' ' -- $argv)
";

/// An inner shell on a pseudo-terminal, because zsh completes only interactive input. It prints
/// each candidate instead of showing a list.
const ZSH: &str = r#"
zmodload zsh/zpty || exit
zpty inner zsh -f -i
send() { zpty -w inner "$1" }
send "stty -echo; PROMPT=; PS2=; unsetopt zle_bracketed_paste"
send "autoload -Uz compinit; compinit -u -D"
send "LOAD"
send 'compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
    local -a found; builtin compadd -A found "$@"
    (( $#found )) && print -rl -- "<"${^found}">"
}'
send "finished() { print '<E''ND>'; exit }; zle -N finished"
send "comppostfuncs=(finished)"
send "bindkey '^I' complete-word; print '<REA''DY>'"
until [[ ${line-} == *'<READY>'* ]]; do zpty -r inner line || exit; done
zpty -n -w inner "${(j: :)argv}"$'\t'
while zpty -r inner line && [[ $line != *'<END>'* ]]; do
    [[ $line =~ '<(.*)>' ]] && print -r -- $match[1]
done
exit 0
"#;

/// The candidates in a home with its config.
fn complete(shell: &str, words: &str, home: &Home) -> BTreeSet<String> {
    complete_with(
        shell,
        words,
        home,
        "source <(twitchat-bridge completions zsh)",
    )
}

fn complete_with(shell: &str, words: &str, home: &Home, load_in_zsh: &str) -> BTreeSet<String> {
    let (script, option) = match shell {
        "bash" => (BASH.to_owned(), "--norc"),
        "zsh" => (ZSH.replace("LOAD", load_in_zsh), "-f"),
        _ => (FISH.to_owned(), "--no-config"),
    };
    let file = home.path("complete.sh");
    fs::write(&file, script).unwrap();
    let mut arguments = vec![option];
    arguments.push(file.to_str().unwrap());
    arguments.push("twitchat-bridge");
    arguments.extend(words.split(' '));
    let folder = Path::new(env!("CARGO_BIN_EXE_twitchat-bridge"))
        .parent()
        .unwrap();
    let path = format!("{}:{}", folder.display(), env::var("PATH").unwrap());
    let output = Command::new(shell)
        .env_clear()
        .env("HOME", home.folder())
        .env("PATH", path)
        .env("TERM", "dumb")
        .current_dir(home.folder())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{shell}: {error}; `scripts/test` installs it"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{shell}: {}", text(&output.stderr));
    text(&output.stdout)
        .lines()
        .filter_map(|line| line.split('\t').next())
        .map(|line| line.trim_end().replace('\\', "")) // zsh puts a backslash before a star.
        .filter(|line| !line.is_empty())
        .collect()
}

fn assert_offers(words: &str, candidates: &[&str], home: &Home) {
    for shell in SHELLS {
        let offered = complete(shell, words, home);
        for candidate in candidates {
            assert!(
                offered.contains(*candidate),
                "{shell} offers {candidate} for `{words}`, and not only {} others",
                offered.len()
            );
        }
    }
}

/// Checks that exactly these candidates are offered for the beginning of a word.
fn assert_completes(words: &str, candidates: &[&str], home: &Home) {
    for shell in SHELLS {
        let offered = complete(shell, words, home);
        let expected: BTreeSet<String> = candidates.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(offered, expected, "{shell}: `{words}`");
    }
}

#[test]
fn shells_complete_verbs() {
    let home = Home::new();
    assert_completes("stat", &["status"], &home);
    assert_completes("credits prev", &["previous"], &home);
}

#[test]
fn shells_complete_the_options_of_a_verb() {
    let home = Home::new();
    assert_completes("run --takeo", &["--takeover"], &home);
    assert_completes("credits test --mixed", &["--mixed-currency"], &home);
    assert_completes("credits get --format mark", &["markdown"], &home);
}

#[test]
fn shells_complete_actions() {
    let home = Home::new();
    assert_completes("send SHOW_C", &["SHOW_CLIP"], &home);
    assert_completes("actions SHOW_C", &["SHOW_CLIP"], &home);
}

#[test]
fn shells_complete_events() {
    let home = Home::new();
    assert_completes("events Twitch.RaidC", &["Twitch.RaidCancelled"], &home);
    let kinds = ["Twitch.Cheer", "Twitch.*", "ON_FOLLOW"];
    for words in [
        "watch --type ",
        "wait --for ",
        "exec --on ",
        "record --for ",
    ] {
        assert_offers(words, &kinds, &home);
    }
}

#[test]
fn shells_complete_requests() {
    assert_offers("request Get", &["GetCredits", "GetStatus"], &Home::new());
}

#[test]
fn shells_complete_themes() {
    let home = Home::new();
    let folder = home.path(".local/share/twitchat-bridge/overlay");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("custom.css"),
        "[data-theme='nebula'] { color: red }",
    )
    .unwrap();
    assert_completes("credits roll --theme ne", &["neon", "nebula"], &home);
}

#[test]
fn shells_complete_sections_rules_and_labels_of_the_config() {
    let home = Home::new();
    assert_offers("credits goto ", &["follows", "cheers"], &home);

    let folder = home.path(".config/twitchat-bridge");
    fs::create_dir_all(&folder).unwrap();
    let config = r#"
[[overlay.section]]
id = "crew"
kind = "moderators"

[[rule]]
name = "greet"
on = "Twitch.Follow"
do = [{ send = "CHAT_FEED_READ" }]

[[label]]
source = "Latest"
text = "nobody"
"#;
    fs::write(folder.join("config.toml"), config).unwrap();
    assert_completes("credits goto cr", &["crew"], &home);
    assert_completes("rules test --rule gr", &["greet"], &home);
    assert_completes("labels install --source La", &["Latest"], &home);

    fs::write(
        home.path("other.toml"),
        config.replace("greet", "greet-raids"),
    )
    .unwrap();
    let words = "--config other.toml rules test --rule gr";
    assert_completes(words, &["greet-raids"], &home);
}

#[test]
fn zsh_completes_from_a_file_in_its_path_at_the_first_tab() {
    let home = Home::new();
    fs::create_dir(home.path("functions")).unwrap();
    let load = "fpath=(~/functions $fpath); \
        twitchat-bridge completions zsh > ~/functions/_twitchat-bridge; compinit -u -D";
    let offered = complete_with("zsh", "send SHOW_C", &home, load);
    assert_eq!(offered, BTreeSet::from(["SHOW_CLIP".to_owned()]));
}

#[test]
fn a_config_that_cannot_be_read_is_no_error_while_a_shell_completes() {
    let home = Home::new();
    fs::write(home.path("broken.toml"), "[[[").unwrap();
    let words = "--config broken.toml credits goto fol";
    assert_completes(words, &["follows"], &home);
}
