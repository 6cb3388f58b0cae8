//! The file that `config init` writes: every setting with its default, commented out.

use super::Config;
use super::keys;

const HEAD: &str = "\
# Settings of twitchat-bridge. To change one, remove the # in front of it. The value there is \
the default, or an example.
# Flags and environment variables override this file. `twitchat-bridge config show` prints the \
current values and their sources.
";

/// Examples for the sections that are lists. Lists have no defaults.
const LISTS: &str = r#"
# Automatic actions: docs/rules.md explains them, and `twitchat-bridge rules test` tests them.

#[[rule]]
#name = "thank raiders"
#on = "Twitch.Raid"
#when = "data.viewers >= 5"
#once_per = "person"
#do = [{ send = "SEND_MESSAGE", data = { message = "Welcome {{ data.displayName }}!" } }]

#[[action]]
#name = "Be right back"
#do = [{ obs = "SetCurrentProgramScene", data = { sceneName = "Break" } }]

#[[label]]
#source = "Latest follower"
#text = "Latest follower: {{ last('Follow').name }}"
"#;

pub fn template() -> String {
    let defaults = Config::default();
    let mut lines = vec![HEAD.to_owned()];
    let mut section = "";
    for key in keys::all() {
        let (in_section, name) = key.parts();
        if in_section != section {
            section = in_section;
            lines.push(format!("\n[{section}]\n"));
        }
        lines.extend(key.help.lines().map(|line| format!("# {line}\n")));
        let value = key
            .sample
            .map(str::to_owned)
            .or_else(|| (key.show)(&defaults))
            .unwrap_or_default();
        lines.push(format!("#{name} = {value}\n"));
    }
    lines.push(LISTS.to_owned());
    lines.concat()
}
