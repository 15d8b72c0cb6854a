//! Which of the things of coverage an id is of.

use super::harness::Things;

impl Things {
    /// The one of a kind, by its prefix.
    pub fn of(&self, kind: &str) -> &str {
        match kind {
            "msg" => &self.message,
            "vis" => &self.visitor,
            "rpl" => &self.reply,
            "stf" => &self.staff,
            "aud" => &self.audit,
            "cli" => &self.client,
            "rol" => &self.role,
            "dep" => &self.department,
            "tem" => &self.team,
            "key" => &self.api_key,
            "ses" => &self.session,
            "inv" => &self.invitation,
            "idp" => &self.elsewhere.provider,
            "xid" => &self.elsewhere.identity,
            "ntf" => &self.told.notification,
            "nch" => &self.told.channel,
            "ndl" => &self.told.delivery,
            "fil" => &self.file,
            "svc" => &self.bookings.service,
            "con" => &self.bookings.consultation,
            "hol" => &self.bookings.holiday,
            "aev" => &self.website.event,
            "nws" => &self.website.subscription,
            "cht" => &self.chat.id,
            "chm" => &self.line,
            "cnv" | "cvm" | "sac" => self.conversation.of(kind),
            "crp" => &self.conversation.reply,
            "prj" => &self.project,
            "slp" => &self.policy,
            "ait" => &self.ai_tasks.done,
            "tag" => &self.desk.tag,
            "srp" => &self.desk.saved_reply,
            "drf" => &self.desk.draft,
            "nte" => &self.desk.note,
            "gct" => &self.help.category,
            "gui" => &self.help.guide,
            "hlp" => &self.help.document,
            "tkt" => &self.tickets.ticket,
            "led" | "lsc" | "lim" | "srs" => self.leads.of(kind),
            "tcm" => &self.comments.comment,
            "crc" => &self.crm.connection,
            "csy" => &self.crm.sync,
            "ass" => &self.assistant.session,
            "asm" => &self.assistant.answer,
            _ => panic!("nothing of the kind {kind}"),
        }
    }
}
