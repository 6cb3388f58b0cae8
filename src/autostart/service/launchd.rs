//! A launchd agent of macOS. launchd starts the bridge again only after a crash. It cannot
//! distinguish exit codes, and a bridge must not retry a refused password for ever.

use std::fs;
use std::path::{Path, PathBuf};

use super::state::{Installed, NAME, Running, State};
use crate::autostart::error::Error;
use crate::autostart::launch::{self, Launch};
use crate::autostart::mark::{self, Existing, Origin};
use crate::autostart::outcome::{Change, Outcome};
use crate::autostart::system;

/// The file of the agent, with a placeholder for the words of its command line.
const AGENT: &str = include_str!("../twitchat-bridge.plist");
const WORDS: &str = "@WORDS@";
/// The number of the line with the hash, from 0. It follows `<?xml …?>` and `<!DOCTYPE …>`,
/// because no comment may come before these.
const MARK_LINE: usize = 2;

#[derive(Debug)]
pub(super) struct Launchd {
    /// The folder `~/Library` of the user.
    library: PathBuf,
    /// Always `launchctl`, except in tests.
    program: String,
    /// The launchd domain of the user, such as `gui/501`.
    domain: String,
}

impl Launchd {
    #[cfg(target_os = "macos")]
    pub(super) fn of_this_user() -> Result<Self, Error> {
        let places = crate::config::places().ok_or(Error::NoHome)?;
        Ok(Self {
            library: places.home.join("Library"),
            program: "launchctl".into(),
            domain: format!("gui/{}", rustix::process::getuid().as_raw()),
        })
    }

    fn plist(&self) -> PathBuf {
        self.library
            .join("LaunchAgents")
            .join(format!("{NAME}.plist"))
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.library.join("Logs").join(format!("{NAME}.log"))
    }

    fn service(&self) -> String {
        format!("{}/{NAME}", self.domain)
    }

    fn is_loaded(&self) -> Result<bool, Error> {
        let asked = system::output(&self.program, &["print", &self.service()])?;
        Ok(asked.is_some_and(|output| output.status.success()))
    }

    fn run(&self, arguments: &[&str], outcome: &mut Outcome) -> Result<(), Error> {
        system::run(&self.program, arguments)?;
        let typed = system::typed(&self.program, arguments);
        outcome.changes.push(Change::Ran(typed));
        Ok(())
    }

    pub(super) fn install(&self, launch: &Launch, existing: Existing) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let text = text(launch, &launch::absolute(&self.log_file())?);
        let plist = self.plist();
        mark::write(&plist, &text, existing, &mut outcome)?;
        let mut is_loaded = self.is_loaded()?;
        if is_loaded && !outcome.changes.is_empty() {
            self.run(&["bootout", &self.service()], &mut outcome)?;
            is_loaded = false;
        }
        if !is_loaded {
            let plist = launch::absolute(&plist)?;
            self.run(&["bootstrap", &self.domain, &plist], &mut outcome)?;
        }
        Ok(outcome)
    }

    pub(super) fn uninstall(&self, existing: Existing) -> Result<Outcome, Error> {
        let mut outcome = Outcome::default();
        let path = self.plist();
        match (mark::origin(&path)?, existing) {
            (Origin::Missing, _) => return Ok(outcome),
            (Origin::Foreign, Existing::Keep) => return Err(Error::Foreign { path }),
            (Origin::Ours | Origin::Foreign, _) => {}
        }
        if self.is_loaded()? {
            self.run(&["bootout", &self.service()], &mut outcome)?;
        }
        mark::remove(&path, &mut outcome)?;
        mark::remove(&self.log_file(), &mut outcome)?;
        Ok(outcome)
    }

    pub(super) fn is_installed(&self) -> bool {
        self.plist().exists()
    }

    pub(super) fn state(&self, _journal: &Path) -> Result<State, Error> {
        let path = self.plist();
        let installed = Installed::in_file(&path, command)?;
        let shown = system::output(&self.program, &["print", &self.service()])?;
        let running = match shown {
            None => Running::Unknown("launchctl was not found".into()),
            Some(output) if !output.status.success() => Running::No { why: None },
            Some(output) => running(&String::from_utf8_lossy(&output.stdout)),
        };
        Ok(State { installed, running })
    }
}

fn text(launch: &Launch, log_file: &str) -> String {
    let words: Vec<_> = launch
        .run(Some(log_file))
        .iter()
        .map(|word| format!("\t\t<string>{}</string>", escaped(word)))
        .collect();
    mark::marked(
        &AGENT.replace(WORDS, &words.join("\n")),
        MARK_LINE,
        ("<!-- ", " -->"),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// The command line in an agent that the bridge has written. Empty for any other file.
fn command(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let inside = text
        .split_once("<array>")
        .and_then(|(_, rest)| rest.split_once("</array>"))
        .map_or("", |(inside, _)| inside);
    let words: Vec<_> = inside
        .split("<string>")
        .skip(1)
        .filter_map(|rest| Some(unescaped(rest.split_once("</string>")?.0)))
        .collect();
    Ok(words.join(" "))
}

/// Parses the output of `launchctl print`.
fn running(shown: &str) -> Running {
    let value = |name: &str| {
        shown.lines().find_map(|line| {
            let rest = line.trim().strip_prefix(name)?;
            rest.strip_prefix(" = ")
        })
    };
    if let Some(process) = value("pid") {
        return Running::Yes {
            process: process.parse().ok(),
        };
    }
    Running::No {
        why: value("last exit code").map(|code| format!("last exit code {code}")),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::config::Flags;

    fn launch(store: &str) -> Launch {
        let flags = Flags {
            store: Some(store.into()),
            ..Flags::default()
        };
        Launch::new(Path::new("/opt/R&D/twitchat-bridge"), &flags).unwrap()
    }

    #[test]
    fn the_agent_starts_this_program_at_login() {
        let text = text(&launch("/Users/ada/my <journal>.db"), "/Users/ada/x.log");
        let lines = text.lines().skip(MARK_LINE);
        let lines = lines.skip_while(|line| line.contains("SHA-256"));
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
        <plist version="1.0">
        <dict>
        	<key>Label</key>
        	<string>twitchat-bridge</string>
        	<key>ProgramArguments</key>
        	<array>
        		<string>/opt/R&amp;D/twitchat-bridge</string>
        		<string>run</string>
        		<string>--log-file=/Users/ada/x.log</string>
        		<string>--store=/Users/ada/my &lt;journal&gt;.db</string>
        	</array>
        	<key>RunAtLoad</key>
        	<true/>
        	<key>KeepAlive</key>
        	<dict>
        		<key>Crashed</key>
        		<true/>
        	</dict>
        </dict>
        </plist>
        "#);
    }

    #[test]
    fn the_output_of_launchctl_is_read() {
        let shown = "gui/501/twitchat-bridge = {\n\tstate = running\n\tpid = 77\n}\n";
        assert_eq!(running(shown), Running::Yes { process: Some(77) });
        let shown = "x = {\n\tstate = not running\n\tlast exit code = 4\n}\n";
        let why = Some("last exit code 4".into());
        assert_eq!(running(shown), Running::No { why });
    }

    /// A fake `launchctl` that remembers whether the agent is loaded, and records its calls.
    fn launchd(folder: &Path) -> Launchd {
        let program = folder.join("launchctl");
        let script = "#!/bin/sh\ncd \"$(dirname \"$0\")\"\ncase $1 in\n\
            print) [ -e loaded ] && echo 'pid = 5' ;;\n\
            bootstrap) touch loaded; echo \"$1 $2\" >>done ;;\n\
            bootout) rm loaded; echo \"$1 $2\" >>done ;;\nesac\n";
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Launchd {
            library: folder.join("Library"),
            program: program.display().to_string(),
            domain: "gui/501".into(),
        }
    }

    #[test]
    fn an_agent_is_loaded_once_and_after_a_change_and_unloaded_when_removed() {
        let folder = tempfile::tempdir().unwrap();
        let launchd = launchd(folder.path());
        let install = |store: &str| launchd.install(&launch(store), Existing::Keep).unwrap();
        assert!(!launchd.is_installed());
        assert_eq!(install("/a.db").changes.len(), 2);
        assert!(launchd.is_installed());
        assert_eq!(install("/a.db").changes, []);
        assert_eq!(install("/b.db").changes.len(), 3);
        let state = launchd.state(Path::new("/b.db")).unwrap();
        assert_eq!(state.running, Running::Yes { process: Some(5) });
        let installed = state.installed.unwrap();
        assert!(
            installed.command.ends_with("--store=/b.db"),
            "{installed:?}"
        );
        assert!(installed.command.starts_with("/opt/R&D/"), "{installed:?}");

        fs::write(launchd.plist(), "<plist/>").unwrap();
        let kept = launchd.uninstall(Existing::Keep).unwrap_err();
        assert!(matches!(kept, Error::Foreign { .. }));
        launchd.uninstall(Existing::Replace).unwrap();
        assert_eq!(
            launchd.uninstall(Existing::Keep).unwrap(),
            Outcome::default()
        );
        assert_eq!(launchd.state(Path::new("/b.db")).unwrap().installed, None);
        assert_eq!(
            fs::read_to_string(folder.path().join("done")).unwrap(),
            "bootstrap gui/501\nbootout gui/501/twitchat-bridge\nbootstrap gui/501\n\
                bootout gui/501/twitchat-bridge\n"
        );
    }
}
