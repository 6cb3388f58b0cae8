//! `completions`: prints the script that a shell needs to complete our arguments, and returns the
//! candidates when the shell completes a word.
//!
//! The script runs this program for each word, with [`VARIABLE`] set. So the candidates fit the
//! installed version and the current config.

use std::env;
use std::process::ExitCode;

use clap::ValueEnum;
use clap_complete::CompleteEnv;
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};

use super::{name::NAME, out};

const AFTER_HELP: &str = "Examples:
  twitchat-bridge completions bash > ~/.local/share/bash-completion/completions/twitchat-bridge
  echo 'source <(twitchat-bridge completions zsh)' >> ~/.zshrc      (below compinit)
  twitchat-bridge completions fish > ~/.config/fish/completions/twitchat-bridge.fish

Open a new shell afterwards. Values are completed too: actions, events, themes, and sections and
rules of your config.";

/// A shell sets this environment variable when it asks for candidates.
const VARIABLE: &str = "TWITCHAT_BRIDGE_COMPLETE";

/// At the first Tab, zsh runs a file of `$fpath` as the completing function. The library's script
/// only registers that function, so the first Tab would show nothing. This addition calls the
/// function at once.
const ZSH_AUTOLOADED: &str = "
if [[ ${funcstack[1]} == _twitchat-bridge ]]; then
    _clap_dynamic_completer_twitchat_bridge \"$@\"
fi
";

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The shell to print completions for
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Shell {
    fn completer(self) -> &'static dyn EnvCompleter {
        match self {
            Self::Bash => &Bash,
            Self::Elvish => &Elvish,
            Self::Fish => &Fish,
            Self::Powershell => &Powershell,
            Self::Zsh => &Zsh,
        }
    }
}

impl Args {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut script = Vec::new();
        let program = own_program(self.shell)?;
        self.shell
            .completer()
            .write_registration(VARIABLE, NAME, NAME, &program, &mut script)?;
        if matches!(self.shell, Shell::Zsh) {
            script.extend_from_slice(ZSH_AUTOLOADED.as_bytes());
        }
        out::bytes(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The program's name if the user started it by a name in `PATH`; otherwise its path. For bash it
/// is always the name if the path has characters that the library's script cannot quote.
fn own_program(shell: Shell) -> anyhow::Result<String> {
    if env::args_os().next().is_some_and(|first| first == NAME) {
        return Ok(NAME.to_owned());
    }
    let path = env::current_exe()?.to_string_lossy().into_owned();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if matches!(shell, Shell::Bash) && !path.chars().all(is_plain) {
        return Ok(NAME.to_owned());
    }
    Ok(path)
}

/// Prints the candidates if a shell asks for them. Returns whether a shell asked.
pub(crate) fn answer(command: impl Fn() -> clap::Command) -> clap::error::Result<bool> {
    CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .try_complete(env::args_os(), env::current_dir().ok().as_deref())
}
