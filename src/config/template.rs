//! The commented file that `config init` writes: every setting, commented out, with its default.

use super::Config;
use super::keys;

const HEAD: &str = "\
# Settings of twitchat-bridge. To change one, remove the # in front of it: what stands there is the default, or an example.
# Flags and environment variables go before this file; `twitchat-bridge config show` tells what holds, and why.
";

/// The file's text.
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
        let value = key.sample.map(str::to_owned).or_else(|| (key.show)(&defaults)).unwrap_or_default();
        lines.push(format!("#{name} = {value}\n"));
    }
    lines.concat()
}
