//! Prepares corrections of a session that has ended. They apply to credits that were read from the
//! journal. Then the bridge appends their rows.
//!
//! Rows that edit entries belong to the session. Edits of people apply to all sessions, so they
//! also change the credits of the running session.

use serde_json::{Map, Value, json};

use super::{
    archive::Archive,
    edits::{self, MOST_ENTRIES, UNDO, about, remark, resolve, shown_person},
    io::Settings,
    journal::SessionId,
};
use crate::{
    credits::reply::lines_of,
    request::{EditRequest, RequestError, SessionEdit},
};

/// Prepared edits: the rows to append, and the reply.
#[derive(Debug)]
pub struct PlannedEdits {
    session: SessionId,
    /// The kind and the body of each row.
    rows: Vec<(&'static str, Value)>,
    reply: Map<String, Value>,
}

impl PlannedEdits {
    /// The session, the rows to append to it, and the reply.
    pub(super) fn into_parts(self) -> (SessionId, Vec<(&'static str, Value)>, Map<String, Value>) {
        (self.session, self.rows, self.reply)
    }

    /// # Errors
    /// Fails if the person or the entry is unknown, or if there is nothing to undo.
    pub fn of(
        mut archive: Archive,
        edit: SessionEdit,
        settings: &Settings,
        now_ms: i64,
    ) -> Result<Self, RequestError> {
        let mut planned = Self {
            session: archive.session().id,
            rows: Vec::new(),
            reply: Map::new(),
        };
        match edit {
            SessionEdit::Edit { edit, preview } => {
                planned.edit(&mut archive, edit, preview, settings, now_ms)?;
            }
            SessionEdit::Undo { steps } => planned.undo(&mut archive, steps)?,
        }
        let session = planned.session.0.into();
        planned.reply.insert("session".into(), session);
        Ok(planned)
    }

    fn edit(
        &mut self,
        archive: &mut Archive,
        request: EditRequest,
        preview: bool,
        settings: &Settings,
        now_ms: i64,
    ) -> Result<(), RequestError> {
        let options = &settings.credits;
        let at_ms = archive.time_ms(now_ms);
        let edit = resolve(archive.fold(), options, request, at_ms)?;
        let mut warnings: Vec<_> = remark(archive.fold(), options, &edit).into_iter().collect();
        if edit.outlives_session() {
            warnings.push("an edit of a person applies to all sessions".into());
        }
        let reply = &mut self.reply;
        reply.insert("edit".into(), about(archive.fold(), &edit));
        if let Some(who) = shown_person(&edit) {
            let lines = archive.fold_mut().try_edit(edit.clone(), |fold| {
                lines_of(fold, options, who, at_ms, MOST_ENTRIES)
            });
            reply.insert("entries".into(), lines.into());
        }
        if preview {
            reply.insert("preview".into(), true.into());
        } else {
            let body = edits::write(archive.fold(), &edit);
            self.rows.push((edits::word(&edit), body));
        }
        if !warnings.is_empty() {
            reply.insert("warnings".into(), warnings.into());
        }
        Ok(())
    }

    fn undo(&mut self, archive: &mut Archive, steps: usize) -> Result<(), RequestError> {
        let mut undone = Vec::new();
        let mut is_of_people = false;
        for _ in 0..steps {
            let fold = archive.fold();
            let Some((seq, edit)) = fold.edits().last() else {
                break;
            };
            undone.push(about(fold, edit));
            is_of_people |= edit.outlives_session();
            self.rows.push((UNDO, json!({ "edit": seq })));
            archive.fold_mut().undo(seq);
        }
        if undone.is_empty() {
            let why = format!(
                "there is nothing to undo: no edit is in effect in session {}",
                self.session.0
            );
            return Err(RequestError::Unavailable(why));
        }
        self.reply.insert("undone".into(), undone.into());
        let left = archive.fold().edits().len();
        self.reply.insert("left".into(), left.into());
        if is_of_people {
            let warning = "an edit of a person is undone in all sessions";
            self.reply.insert("warnings".into(), json!([warning]));
        }
        Ok(())
    }
}
