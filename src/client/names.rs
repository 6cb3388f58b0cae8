//! The names of the events that streams subscribe to. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::event::EventName;

/// Names of events as pairs of `Source` and `Type`. The type `*` stands for all types of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    /// Each name must be written as `Source.Type`. The error is the first name with another form.
    pub(super) fn read<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Result<Self, String> {
        let read = |name: &str| {
            let (source, kind) = name
                .split_once('.')
                .filter(|(source, kind)| !source.is_empty() && !kind.is_empty())?;
            Some((source.to_owned(), kind.to_owned()))
        };
        let names = names
            .into_iter()
            .map(|name| read(name.as_ref()).ok_or_else(|| name.as_ref().to_owned()));
        names.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn match_event(&self, name: &EventName) -> bool {
        let is = |(source, kind): &(String, String)| match &**kind {
            "*" => source.eq_ignore_ascii_case(&name.source),
            kind => name.is(source, kind),
        };
        self.0.iter().any(is)
    }

    /// The value for `events` in a `Subscribe` or `UnSubscribe`.
    pub(super) fn to_json(&self) -> Value {
        let mut events = BTreeMap::<_, Vec<_>>::new();
        for (source, kind) in &self.0 {
            events.entry(source).or_default().push(kind);
        }
        serde_json::json!(events)
    }

    pub(super) fn extend(&mut self, others: &Self) {
        for name in &others.0 {
            if !self.contains(name) {
                self.0.push(name.clone());
            }
        }
    }

    /// The names to unsubscribe from so that `wanted` stays subscribed. Unsubscribing from
    /// `Source.*` ends every type of the source. Therefore `Source.*` replaces the types of a
    /// source that does not occur in `wanted`, and `Source.*` is left out for all other sources.
    pub(super) fn without(self, wanted: &Self) -> Self {
        let mut rest = Self::default();
        for (source, kind) in self.0 {
            let source_is_wanted = wanted
                .0
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(&source));
            match (source_is_wanted, &*kind) {
                (true, "*") => {}
                (true, _) if wanted.contains(&(source.clone(), kind.clone())) => {}
                (true, _) => rest.extend(&Self(vec![(source, kind)])),
                (false, _) => rest.extend(&Self(vec![(source, "*".into())])),
            }
        }
        rest
    }

    fn contains(&self, (source, kind): &(String, String)) -> bool {
        self.0.iter().any(|(other, kind_of_other)| {
            other.eq_ignore_ascii_case(source) && kind_of_other.eq_ignore_ascii_case(kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsubscribing_leaves_what_others_want() {
        let names = |names: &[&str]| Names::read(names).unwrap();
        let all = names(&["Twitch.Follow", "Twitch.Cheer", "Kofi.Donation", "Obs.*"]);
        let wanted = names(&["twitch.cheer", "OBS.SceneChanged"]);
        assert_eq!(
            all.clone().without(&wanted),
            names(&["Twitch.Follow", "Kofi.*"])
        );
        assert_eq!(
            all.without(&Names::default()),
            names(&["Twitch.*", "Kofi.*", "Obs.*"])
        );
    }

    #[test]
    fn a_name_needs_a_source_and_a_type() {
        for wrong in ["Follow", ".Follow", "Twitch.", ""] {
            assert_eq!(Names::read(["Twitch.Follow", wrong]), Err(wrong.to_owned()));
        }
    }
}
