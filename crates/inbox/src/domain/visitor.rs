//! What may happen to a visitor.

use std::mem;

use kernel::{Cx, Error, ProblemCode, Result};

use crate::store::{visitor::Model as Visitor, visitor_merge::Model as VisitorMerge};

impl Visitor {
    /// They were seen just now, and looked at so many pages.
    pub fn see(&mut self, cx: &Cx, pages: i32) {
        self.page_views = self.page_views.saturating_add(pages);
        self.last_visit_at = cx.now;
    }

    /// They are at the program that asks.
    pub fn use_program(&mut self, cx: &Cx) {
        self.address = cx.origin.address.map(|address| address.to_string());
        self.agent = cx.origin.agent.clone();
    }

    /// Takes somebody in who is the same person.
    ///
    /// # Errors
    /// [`Error::Invalid`] for themselves.
    pub fn take_in(&mut self, cx: &Cx, other: &mut Self) -> Result<VisitorMerge> {
        if self.id == other.id {
            return Err(Error::invalid("intoId", ProblemCode::NotAllowed, "must be another visitor than fromId"));
        }
        // What brought them here first, as far as that is known.
        let is_earlier = other.first_visit_at < self.first_visit_at;
        let source_taken = other.source.is_some() && (is_earlier || self.source.is_none());
        let source = if source_taken { other.source.clone() } else { self.source.clone() };
        let before = mem::replace(&mut self.source, source);
        let merge = VisitorMerge {
            visitor_id: other.id,
            into_id: self.id,
            into_first_visit_at: self.first_visit_at,
            source_taken,
            into_source: before.filter(|_| source_taken),
            merged_by: cx.staff_id(),
            merged_at: cx.now,
        };
        other.merged_into = Some(self.id);
        self.page_views = self.page_views.saturating_add(other.page_views);
        self.first_visit_at = self.first_visit_at.min(other.first_visit_at);
        self.last_visit_at = self.last_visit_at.max(other.last_visit_at);
        Ok(merge)
    }

    /// Lets somebody go who was taken in.
    pub fn let_go(&mut self, merge: &VisitorMerge, other: &mut Self) {
        other.merged_into = None;
        self.page_views = self.page_views.saturating_sub(other.page_views).max(0);
        self.first_visit_at = merge.into_first_visit_at;
        if merge.source_taken {
            self.source.clone_from(&merge.into_source);
        }
    }
}
