//! Macros that declare actions. One declaration makes both the row of the catalogue and the typed
//! form, so the two cannot differ.

/// The names of an action or a parameter: `"old" / "new"`, `"old" to 16`, `"new" in 17`, or a
/// single name that has not changed.
macro_rules! names {
    ($name:literal) => {
        $crate::twitchat::action::Names {
            old: Some($name),
            new: Some($name),
        }
    };
    ($old:literal / $new:literal) => {
        $crate::twitchat::action::Names {
            old: Some($old),
            new: Some($new),
        }
    };
    ($old:literal to 16) => {
        $crate::twitchat::action::Names {
            old: Some($old),
            new: None,
        }
    };
    ($new:literal in 17) => {
        $crate::twitchat::action::Names {
            old: None,
            new: Some($new),
        }
    };
}

/// Converts an optional literal to an `Option`.
macro_rules! some {
    () => {
        None
    };
    ($value:literal) => {
        Some($value)
    };
}

macro_rules! param {
    ($required:literal, [$($about:literal)+], [$key:literal $($other:tt)*], $shape:expr,
        [$($default:literal)?], [$($example:literal)?]) => {
        $crate::twitchat::action::Param {
            key: $key,
            keys: names!($key $($other)*),
            about: concat!($($about),+).trim_ascii(),
            shape: $shape,
            required: $required,
            default: some!($($default)?),
            example: some!($($example)?),
        }
    };
}

/// Declares a function `new` that takes the required fields. A type without required fields also
/// gets `Default`.
macro_rules! maker {
    ($type:ident { } { $($may:ident)* }) => {
        impl Default for $type {
            fn default() -> Self {
                Self { $($may: None),* }
            }
        }
        impl $type {
            /// Creates the action with the defaults for all fields.
            pub fn new() -> Self {
                Self::default()
            }
        }
    };
    ($type:ident { $($must:ident: $of:ty),+ } { $($may:ident)* }) => {
        impl $type {
            /// Creates the action from its required fields.
            pub fn new($($must: impl Into<$of>),+) -> Self {
                Self { $($must: $must.into(),)+ $($may: None),* }
            }
        }
    };
}

/// Declares typed objects: the type, and a constant with its fields as parameters of the catalogue.
macro_rules! parts {
    ($(
        $(#[$meta:meta])+
        $type:ident: $params:ident {
            $(must { $(
                $(#[doc = $must_about:literal])+
                $must:ident: $must_type:ty as
                    [$must_key:literal $($must_other:tt)*] = $must_shape:expr
                    $(, default $must_default:literal)? $(, example $must_example:literal)?;
            )+ })?
            $(may { $(
                $(#[doc = $may_about:literal])+
                $may:ident: $may_type:ty as [$may_key:literal $($may_other:tt)*] = $may_shape:expr
                    $(, default $may_default:literal)? $(, example $may_example:literal)?;
            )+ })?
            $(more { $(#[doc = $more_about:literal])+ $more:ident })?
        }
    )+) => { $(
        $(#[$meta])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $type {
            $($( $(#[doc = $must_about])+ #[serde(rename = $must_key)] pub $must: $must_type, )+)?
            $($( $(#[doc = $may_about])+
                #[serde(rename = $may_key, default,
                    skip_serializing_if = "Option::is_none")] pub $may: Option<$may_type>, )+)?
            $( $(#[doc = $more_about])+ #[serde(flatten)] pub $more: Option<serde_json::Map<String,
                serde_json::Value>>, )?
        }

        maker!($type { $($($must: $must_type),+)? } { $($($may)+)? $($more)? });

        impl $type {
            $($( $(#[doc = $may_about])+
            #[must_use]
            pub fn $may(mut self, $may: impl Into<$may_type>) -> Self {
                self.$may = Some($may.into());
                self
            } )+)?
        }

        pub(super) const $params: &[$crate::twitchat::action::Param] = &[
            $($( param!(true, [$($must_about)+], [$must_key $($must_other)*], $must_shape,
                [$($must_default)?], [$($must_example)?]), )+)?
            $($( param!(false, [$($may_about)+], [$may_key $($may_other)*], $may_shape,
                [$($may_default)?], [$($may_example)?]), )+)?
        ];
    )+ };
}

/// Declares actions with data: their types and their rows.
macro_rules! actions {
    ($list:ident: $(
        $(#[doc = $about:literal])+
        $type:ident: $params:ident = [$name:literal $($other:tt)*] { $($body:tt)* }
            $(with { $($option:ident: $value:expr),+ $(,)? })?
    )+) => {
        $(
            parts! {
                $(#[doc = $about])+
                #[doc = concat!("\n\n`", $name, "`")]
                #[doc(alias = $name)]
                $type: $params { $($body)* }
            }
            impl $crate::twitchat::action::Order for $type {
                const NAME: &'static str = $name;
            }
        )+
        pub(super) static $list: &[$crate::twitchat::action::Action] = &[$(
            $crate::twitchat::action::Action {
                names: names!($name $($other)*),
                about: concat!($($about),+).trim_ascii(),
                params: $params,
                $($($option: $value,)+)?
                ..$crate::twitchat::action::row::PLAIN
            },
        )+];
    };
}

/// Declares actions without data, and actions without a typed form.
macro_rules! plain {
    ($list:ident: $(
        $(#[doc = $about:literal])+
        [$($names:tt)+] $(with { $($option:ident: $value:expr),+ $(,)? })?;
    )+) => {
        pub(super) static $list: &[$crate::twitchat::action::Action] = &[$(
            $crate::twitchat::action::Action {
                names: names!($($names)+),
                about: concat!($($about),+).trim_ascii(),
                $($($option: $value,)+)?
                ..$crate::twitchat::action::row::PLAIN
            },
        )+];
    };
}

/// Declares a choice of words: the type, and a constant with the words.
macro_rules! words {
    ($(
        $(#[doc = $about:literal])+
        $type:ident: $list:ident {
            $( $(#[doc = $word_about:literal])+ $variant:ident = $word:literal, )+
        }
    )+) => { $(
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $type { $( $(#[doc = $word_about])+ #[serde(rename = $word)] $variant, )+ }

        pub(super) const $list: &[&str] = &[$($word),+];
    )+ };
}
