use std::convert::Infallible;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use secrecy::SecretString;
use strum::VariantNames as _;
use twitchat_bridge::config::{Flags, LogFormat};

const HOST_HELP: &str = "The computer that runs OBS: a name, an IP address, or an address such as \
    obsws://HOST:4455/PASSWORD or wss://HOST/PATH [default: this computer]";

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Options {
    /// Read this config file instead of the default one (see `config path`)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "HOST", help = HOST_HELP)]
    host: Option<String>,
    /// The port of OBS's WebSocket server [default: from OBS's own settings, else 4455]
    #[arg(
        long,
        global = true,
        value_name = "PORT",
        allow_negative_numbers = true
    )]
    port: Option<String>,
    /// Connect with TLS. Use it for a proxy in front of OBS, because OBS itself does not support
    /// TLS
    #[arg(long, global = true)]
    tls: bool,
    /// Read OBS's password from this file
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["password",
        "password_stdin"])]
    password_file: Option<PathBuf>,
    /// Read OBS's password from standard input; on a terminal, ask for it
    #[arg(long, global = true, conflicts_with = "password")]
    password_stdin: bool,
    /// OBS's password. Other users of this computer can see it here, so prefer one of the options
    /// above, or `OBS_PASSWORD`
    #[arg(long, global = true, value_name = "PASSWORD", value_parser = secret)]
    password: Option<SecretString>,
    /// Keep the journal in this file
    #[arg(long, global = true, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Log more: -v each event, -vv each message
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    verbose: u8,
    /// Log errors only
    #[arg(short, long, global = true)]
    quiet: bool,
    /// How to write the log and everything else on standard error [default: text]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = log_format())]
    log_format: Option<LogFormat>,
}

fn log_format() -> impl clap::builder::TypedValueParser<Value = LogFormat> {
    PossibleValuesParser::new(LogFormat::VARIANTS).try_map(|word| word.parse::<LogFormat>())
}

#[expect(clippy::unnecessary_wraps, reason = "clap wants a Result")]
fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(text.into())
}

impl Options {
    /// The filter of the log comes from the flags, else from the environment, else it is `usual`.
    pub(crate) fn filter(&self, usual: &'static str) -> Filter {
        match (self.quiet, self.verbose) {
            (true, _) => Filter::Flag("error"),
            (_, 0) => Filter::Usual(usual),
            (_, 1) => Filter::Flag("debug"),
            (_, _) => Filter::Flag("trace"),
        }
    }

    /// `None` if no flag sets the form of the log.
    pub(crate) fn log_format(&self) -> Option<LogFormat> {
        self.log_format
    }

    pub(crate) fn password_stdin(&self) -> bool {
        self.password_stdin
    }

    /// Only the options that are settings.
    pub(crate) fn into_flags(self) -> Flags {
        let log_format = self.log_format.map(|format| {
            let word: &str = format.into();
            ("--log-format", "bridge.log_format", word.to_owned())
        });
        Flags {
            config: self.config,
            host: self.host,
            port: self.port,
            tls: self.tls,
            password: self.password,
            password_stdin: None,
            password_file: self.password_file,
            store: self.store,
            others: log_format.into_iter().collect(),
        }
    }
}

/// The filter of the log, with its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    /// The filter comes from `-v` or `-q`, and takes precedence over the environment.
    Flag(&'static str),
    /// The default filter, which the environment may replace.
    Usual(&'static str),
}
