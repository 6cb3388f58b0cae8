//! Tests of the configuration that results from given sources.

mod documented;
mod edit;
mod errors;
mod following;
mod over_bus;
mod overlay;
mod passwords;
mod rules;
mod sources;
mod values;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Weekday;
use secrecy::ExposeSecret;

use super::*;
use crate::credits::{Section, Spelling};

const FILE: &str = "/etc/bridge/config.toml";

#[derive(Default)]
struct Case<'a> {
    flags: Flags,
    env: &'a [(&'a str, &'a str)],
    file: Option<&'a str>,
    discovered: Option<Discovered>,
}

impl Case<'_> {
    fn load(self) -> Result<Config, ConfigError> {
        self.load_reading(&|path| match path.to_str() {
            Some("/etc/bridge/secret" | "/home/ada/secret" | "secret") => {
                Ok(format!("from {}\r\n", path.display()))
            }
            _ => Err(io::ErrorKind::NotFound.into()),
        })
    }

    /// Loads the configuration with these contents of password files.
    fn load_reading(
        self,
        read: &dyn Fn(&Path) -> io::Result<String>,
    ) -> Result<Config, ConfigError> {
        Config::load(&Sources {
            flags: self.flags,
            env: self
                .env
                .iter()
                .map(|(name, value)| (OsString::from(name), OsString::from(value)))
                .collect(),
            file: self.file.map(|text| FileText {
                path: FILE.into(),
                text: text.into(),
                readable_by_others: false,
            }),
            discovered: self.discovered,
            places: Some(Places {
                home: "/home/ada".into(),
                config: "/home/ada/.config".into(),
                data: "/home/ada/data".into(),
            }),
            read,
        })
    }
}

fn of_file(text: &str) -> Result<Config, ConfigError> {
    Case {
        file: Some(text),
        ..Case::default()
    }
    .load()
}

fn refused(text: &str) -> String {
    of_file(text).unwrap_err().to_string()
}

fn discovered() -> Discovered {
    Discovered {
        path: "/obs/config.json".into(),
        port: 4477,
        password: Some("obs's own".into()),
        options: ObsOptions::default(),
    }
}

fn password(config: &Config) -> Option<&str> {
    config
        .obs
        .password
        .as_ref()
        .map(ExposeSecret::expose_secret)
}

fn at(line: usize, column: usize) -> Origin {
    Origin::File {
        path: FILE.into(),
        line,
        column,
    }
}
