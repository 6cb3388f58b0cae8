//! `EditCredits` and `Undo`: edits the running session, or a session that has ended.

use serde_json::{Map, Value, json};

use super::{
    base::Base,
    edits::{self, LASTING, MOST_ENTRIES, UNDO, about, remark, resolve, shown_person, word, write},
    edits_of_session::PlannedEdits,
    io::Now,
    journal::{RowOrigin, Source, Write},
    model::new_row,
    parts::Parts,
};
use crate::{
    credits::reply::lines_of,
    request::{Call, EditRequest, RequestError},
};

/// Carries out `EditCredits`, or shows its effect if `preview` is set.
pub(super) fn edit(
    parts: &mut Parts,
    request: EditRequest,
    preview: bool,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let base = &mut parts.base;
    let options = &base.settings.credits;
    let edit = resolve(base.model.fold(), options, request, now.wall_ms)?;
    let about = about(base.model.fold(), &edit);
    let remark = remark(base.model.fold(), options, &edit);
    let subject = shown_person(&edit);
    let mut reply = Map::new();
    if preview {
        let fold = base.model.fold_mut();
        if let Some(who) = subject {
            let found = fold.try_edit(edit.clone(), |fold| {
                lines_of(fold, options, who, now.wall_ms, MOST_ENTRIES)
            });
            reply.insert("entries".into(), found.into());
        }
        reply.insert("preview".into(), true.into());
    } else {
        let body = write(base.model.fold(), &edit);
        let seq = append(base, word(&edit), &body, now);
        base.model.fold_mut().edit(seq, edit.clone());
        if let Some(who) = subject {
            let fold = base.model.fold();
            let options = &base.settings.credits;
            let found = lines_of(fold, options, who, now.wall_ms, MOST_ENTRIES);
            reply.insert("entries".into(), found.into());
        }
        edited(parts, now);
    }
    reply.insert("edit".into(), about);
    if let Some(remark) = remark {
        reply.insert("warnings".into(), json!([remark]));
    }
    Ok(reply)
}

pub(super) fn undo(
    parts: &mut Parts,
    steps: usize,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let base = &mut parts.base;
    let mut undone = Vec::new();
    for _ in 0..steps {
        let fold = base.model.fold();
        let Some((seq, edit)) = fold.edits().last() else {
            break;
        };
        undone.push(about(fold, edit));
        append(base, UNDO, &json!({ "edit": seq }), now);
        base.model.fold_mut().undo(seq);
    }
    if undone.is_empty() {
        let why = "there is nothing to undo: no edit of the credits is in effect";
        return Err(RequestError::Unavailable(why.into()));
    }
    let left = base.model.fold().edits().len();
    edited(parts, now);
    Ok(Map::from_iter([
        ("undone".to_owned(), undone.into()),
        ("left".to_owned(), left.into()),
    ]))
}

/// Carries out `EditCredits` or `Undo` in another session. `call` is the request. If its session is
/// running, the request is carried out there.
pub(super) fn edit_earlier(
    parts: &mut Parts,
    planned: PlannedEdits,
    call: Call,
    now: Now,
) -> Result<Map<String, Value>, RequestError> {
    let (session, rows, reply) = planned.into_parts();
    if session == parts.base.model.session().id
        && let Call::OfSession { call, .. } = call
    {
        return match *call {
            Call::EditCredits {
                edit: request,
                preview,
            } => edit(parts, request, preview, now),
            Call::Undo { steps } => undo(parts, steps, now),
            _ => Ok(reply),
        };
    }
    let base = &mut parts.base;
    for (kind, body) in rows {
        let source = Source {
            origin: RowOrigin::Edited,
            kind,
            id: None,
        };
        let body = body.to_string().into();
        let row = new_row(session, source, now.wall_ms, body, &mut base.out);
        base.out.write(Write::Append(row.clone()));
        if LASTING.contains(&(RowOrigin::Edited, kind)) {
            edits::read_back(&row, base.model.fold_mut());
        }
    }
    parts.readings.clear();
    edited(parts, now);
    Ok(reply)
}

/// Called after an edit. Updates the labels and the running roll.
fn edited(parts: &mut Parts, now: Now) {
    parts.labels.touch();
    parts.roll.follow_edits(&parts.base, now);
}

fn append(base: &mut Base, kind: &str, body: &Value, now: Now) -> u64 {
    let source = Source {
        origin: RowOrigin::Edited,
        kind,
        id: None,
    };
    let body = body.to_string().into();
    base.model
        .append(source, now.wall_ms, body, &mut base.out)
        .0
}
