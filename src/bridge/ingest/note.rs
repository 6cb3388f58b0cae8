//! Records facts for `last(…)`.

use crate::{bridge::base::Base, event::Fact, mapping::render};

/// Records a fact that is not emitted itself. It may come from a row that is read back, from an
/// entry of a summary, or from a published event, which is emitted with the publisher's own data.
pub(in crate::bridge) fn note_fact(base: &mut Base, fact: &Fact, at_ms: i64) {
    if !base.emitter.notes() {
        return;
    }
    let mut fact = fact.clone();
    fact.each_person(|person| base.model.fold().people.complete(person));
    let broadcaster = base.model.broadcaster();
    let context = render::Context {
        at_ms,
        id: "",
        broadcaster: broadcaster.as_ref(),
    };
    if let Some(event) = render::event(&fact, &context) {
        base.emitter.note(event, at_ms);
    }
}
