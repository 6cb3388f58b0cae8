//! The config of this machine: flags, environment and file, completed by OBS's own settings.

use std::sync::Arc;

use crate::{
    config::{
        self, ChangedSetting, ChangedSettings, Config, ConfigError, Discovered, EditError, Flags,
        Origin, SettingChange, Sources, Warning, Writing,
    },
    credits::roll::doubt_of_theme,
    obs::{
        Target,
        discovery::{Discovery, Folders, discover},
    },
    overlay,
};

/// Also returns notes for the user, which are not errors. [`rule_notes`] returns further notes.
pub fn config(flags: Flags) -> Result<(Config, Vec<String>), ConfigError> {
    let discovery = discover(&Folders::of_this_machine());
    let advice = discovery.advice();
    let discovered = discovered(discovery);
    let config = Config::load(&Sources::of_this_machine(flags, discovered)?)?;
    let mut notes: Vec<_> = config
        .warnings
        .iter()
        .filter(|warning| !is_of_rules(warning))
        .map(ToString::to_string)
        .collect();
    // The advice helps only if the bridge would have used OBS's own settings.
    let on_its_own = matches!(config.origin("obs.port"), Origin::Default | Origin::Obs(_))
        && matches!(config.origin("obs.host"), Origin::Default);
    notes.extend(advice.filter(|_| on_its_own));
    Ok((config, notes))
}

/// Changes a setting in the config file of these flags.
///
/// # Errors
/// The errors of [`config::change_setting`].
pub fn change_setting(flags: &Flags, change: &SettingChange) -> Result<ChangedSetting, EditError> {
    let discovered = discovered(discover(&Folders::of_this_machine()));
    config::change_setting(flags, discovered.as_ref(), change)
}

/// Changes several settings in the config file of these flags in one step.
///
/// # Errors
/// Those of [`config::change_settings`].
pub fn change_settings(
    flags: &Flags,
    changes: &[SettingChange],
    writing: Writing,
) -> Result<ChangedSettings, EditError> {
    let discovered = discovered(discover(&Folders::of_this_machine()));
    config::change_settings(flags, discovered.as_ref(), changes, writing)
}

/// `None` if they were not found.
fn discovered(discovery: Discovery) -> Option<Discovered> {
    match discovery {
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
    }
}

/// The name of this computer; empty if the system does not report it.
pub(super) fn computer() -> Box<str> {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default().into();
    name
}

/// Notes for the user about rules, actions, labels and the theme. They are not errors.
pub fn rule_notes(config: &Config) -> impl Iterator<Item = String> {
    config
        .warnings
        .iter()
        .filter(|warning| is_of_rules(warning))
        .map(ToString::to_string)
        .chain(theme_note(config, || {
            overlay::custom_css(overlay::usual_folder().as_deref())
        }))
}

/// The note for a theme that neither the page nor the user's style sheet defines.
fn theme_note(config: &Config, custom_css: impl FnOnce() -> String) -> Option<String> {
    let theme = &*config.overlay.script.look.theme;
    let doubt = doubt_of_theme(theme)?;
    let defined = custom_css();
    let is_defined = ["'", "\"", ""]
        .iter()
        .any(|quote| defined.contains(&format!("[data-theme={quote}{theme}{quote}]")));
    let origin = config.origin("overlay.theme");
    (!is_defined).then(|| format!("{origin}: overlay.theme: {doubt}"))
}

fn is_of_rules(warning: &Warning) -> bool {
    matches!(warning, Warning::Rule { .. })
}

/// Returns a function that returns the address and password of OBS. At each call the function reads
/// OBS's own settings again.
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
        // OBS's settings may appear later, for example if a portable OBS is started after the
        // bridge.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn note(theme: &str, custom_css: &str) -> Option<String> {
        let mut config = Config::default();
        config.overlay.script.look.theme = theme.into();
        theme_note(&config, || custom_css.to_owned())
    }

    #[test]
    fn a_theme_with_a_typo_is_reported() {
        let shown = note("neno", "").unwrap();
        assert!(
            shown.contains("overlay.theme: the page has no theme \"neno\""),
            "{shown}"
        );
        assert!(shown.ends_with("did you mean neon?"), "{shown}");
        assert_eq!(note("neon", ""), None);
    }

    #[test]
    fn a_theme_of_the_users_own_style_sheet_is_not_reported() {
        for quote in ["'", "\"", ""] {
            let css = format!("[data-theme={quote}mine{quote}] {{ --title-color: hotpink }}");
            assert_eq!(note("mine", &css), None, "{css}");
        }
        assert!(note("mine", "[data-theme='other'] {}").is_some());
    }
}
