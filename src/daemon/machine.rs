//! The configuration of this machine: flags, environment and file, completed by OBS's own settings.

use std::sync::Arc;

use crate::{
    config::{Config, ConfigError, Discovered, Flags, Origin, Sources, Warning},
    obs::{
        Target,
        discovery::{Discovery, Folders, discover},
    },
};

/// Loads the configuration. Also says what the user should know although it is no error; what
/// concerns rules alone, [`rule_notes`] says.
pub fn config(flags: Flags) -> Result<(Config, Vec<String>), ConfigError> {
    let discovery = discover(&Folders::of_this_machine());
    let advice = discovery.advice();
    let discovered = match discovery {
        Discovery::Found {
            path,
            port,
            password,
            options,
        }
        | Discovery::Disabled {
            path,
            port,
            password,
            options,
        } => Some(Discovered {
            path,
            port,
            password,
            options,
        }),
        _ => None,
    };
    let config = Config::load(&Sources::of_this_machine(flags, discovered)?)?;
    let mut notes: Vec<_> = config
        .warnings
        .iter()
        .filter(|warning| !is_of_rules(warning))
        .map(ToString::to_string)
        .collect();
    // Only where OBS's own settings would have been used.
    let on_its_own = matches!(config.origin("obs.port"), Origin::Default | Origin::Obs(_))
        && matches!(config.origin("obs.host"), Origin::Default);
    notes.extend(advice.filter(|_| on_its_own));
    Ok((config, notes))
}

/// The name of this computer; empty if the system does not say.
pub(super) fn computer() -> Box<str> {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default().into();
    name
}

/// What the user should know about rules, actions and labels although it is no error.
pub fn rule_notes(config: &Config) -> impl Iterator<Item = String> {
    config
        .warnings
        .iter()
        .filter(|warning| is_of_rules(warning))
        .map(ToString::to_string)
}

fn is_of_rules(warning: &Warning) -> bool {
    matches!(warning, Warning::Rule { .. })
}

/// Which OBS to connect to. What came from OBS's own settings is read again each time.
pub fn target(config: &Config) -> Arc<dyn Fn() -> Target + Send + Sync> {
    let fixed = Target {
        host: config.obs.host.clone(),
        port: config.obs.port,
        tls: config.obs.tls,
        path: config.obs.path.clone().unwrap_or_default(),
        password: config.obs.password.clone(),
    };
    let is_obs = |key| match config.origin(key) {
        Origin::Obs(_) | Origin::ObsOption(_) => true,
        // OBS may show its settings later, such as a portable one that is started after us.
        Origin::Default => config.is_obs_here(),
        _ => false,
    };
    let (port_is_obs, password_is_obs) = (is_obs("obs.port"), is_obs("obs.password"));
    Arc::new(move || {
        let mut target = fixed.clone();
        if (port_is_obs || password_is_obs)
            && let Discovery::Found { port, password, .. }
            | Discovery::Disabled { port, password, .. } = discover(&Folders::of_this_machine())
        {
            if port_is_obs {
                target.port = port;
            }
            if password_is_obs {
                target.password = password;
            }
        }
        target
    })
}
