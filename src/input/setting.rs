//! Settings. Each is declared once, with its field, type, default, reader, variable, help and
//! sample.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::{Field, Read, duration};

/// One setting of the section `T`.
#[derive(Debug)]
pub struct Setting<T> {
    /// The name with its section, such as `obs.port`.
    pub name: &'static str,
    /// The environment variable. `None` for lists, which have none.
    pub env: Option<&'static str>,
    /// A description in one or more lines.
    pub help: &'static str,
    /// The value that `config init` shows for a setting without a default.
    pub sample: Option<&'static str>,
    /// Whether a request over OBS may change it.
    pub bus: bool,
    /// Reads a value into the section.
    pub set: fn(&mut T, &Field<'_>) -> Read<()>,
    /// The value as TOML; `None` if it is not set. A secret is shown as `(hidden)`.
    pub show: fn(&T) -> Option<String>,
}

/// Declares a section: a type with a default, and `SETTINGS`, which reads and shows its fields.
///
/// ```text
/// settings! {
///     "obs",
///     /// How to reach OBS.
///     pub struct ObsSettings {
///         port: u16 = 4455, read::port, "OBS_PORT", "The port of OBS's server.";
///         title: Option<String> = None, read::text, -, "No variable, and a sample.", "\"x\"";
///         repeats as "loop": bool = false, Field::flag, "LOOP", "Called otherwise in the file.";
///         speed: f64 = 80.0, Field::number(1.0, 9.0), "SPEED", "Set over OBS too.", bus = true;
///     }
/// }
/// ```
macro_rules! settings {
    (
        $section:literal,
        $(#[$meta:meta])*
        pub struct $type:ident { $(
            $(#[$field_meta:meta])*
            $field:ident $(as $key:literal)?: $of:ty = $default:expr,
                $($reader:ident)::+ $(($($arg:expr),+))?, $env:tt, $help:literal
                $(, $sample:literal)? $(, bus = $bus:literal)?;
        )+ }
        $(and { $( $(#[$more_meta:meta])* $more:ident: $more_of:ty = $more_default:expr; )+ })?
    ) => {
        $(#[$meta])*
        pub struct $type {
            $( #[doc = concat!("```text\n", $help, "\n```")] $(#[$field_meta])* pub $field: $of, )+
            $($( $(#[$more_meta])* pub $more: $more_of, )+)?
        }

        impl Default for $type {
            fn default() -> Self {
                Self {
                    $( $field: $default, )+
                    $($( $more: $more_default, )+)?
                }
            }
        }

        impl $type {
            /// The settings of this section, in the order in which they are shown.
            pub const SETTINGS: &[$crate::input::Setting<Self>] = &[$(
                $crate::input::Setting {
                    name: concat!($section, ".", settings!(@key $field $($key)?)),
                    env: settings!(@env $env),
                    help: $help,
                    sample: settings!(@sample $($sample)?),
                    bus: settings!(@bus $($bus)?),
                    set: |section, field| {
                        section.$field = $($reader)::+(field $(, $($arg),+)?)?.into();
                        Ok(())
                    },
                    show: |section| $crate::input::Show::show(&section.$field),
                },
            )+];
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@env -) => { None };
    (@env $env:literal) => { Some($env) };
    (@bus) => { false };
    (@bus $bus:literal) => { $bus };
    (@sample) => { None };
    (@sample $sample:literal) => { Some($sample) };
}
pub(crate) use settings;

/// How the output of `config show` and `config init` writes a value.
pub trait Show {
    /// The value as TOML; `None` if it is not set.
    fn show(&self) -> Option<String>;
}

/// A text in TOML syntax.
pub fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A list in TOML syntax.
pub fn show_list(list: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let items: Vec<_> = list.into_iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

macro_rules! show {
    ($($of:ty: |$value:ident| $shown:expr;)+) => { $(
        impl Show for $of {
            fn show(&self) -> Option<String> {
                let $value = self;
                Some($shown)
            }
        }
    )+ };
}

show! {
    bool: |value| value.to_string();
    u16: |value| value.to_string();
    u32: |value| value.to_string();
    f64: |value| value.to_string();
    &str: |text| quoted(text);
    String: |text| quoted(text);
    Box<str>: |text| quoted(text);
    PathBuf: |path| quoted(&path.to_string_lossy());
    Duration: |time| quoted(&duration::show(*time));
    SecretString: |_secret| "(hidden)".into();
    Vec<String>: |list| show_list(list);
}

impl<T: Show> Show for Option<T> {
    fn show(&self) -> Option<String> {
        self.as_ref().and_then(Show::show)
    }
}

impl Show for BTreeMap<String, Vec<String>> {
    fn show(&self) -> Option<String> {
        let group = |(name, people): (&String, &Vec<String>)| {
            format!("{} = {}", quoted(name), show_list(people))
        };
        let groups: Vec<_> = self.iter().map(group).collect();
        Some(if groups.is_empty() {
            "{}".into()
        } else {
            format!("{{ {} }}", groups.join(", "))
        })
    }
}
