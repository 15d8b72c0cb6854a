//! Work that we owe.
//!
//! **Words.** A *ticket* is a piece of work with a number of its own (TKT-2026-0001): its *requester* is the client whose it is,
//! its *assignee* the colleague who has it, or a *team* has it, or nobody yet. It is *open* until somebody works on it (*in
//! progress*); it is *pending* while it waits for the client and *on hold* while it waits for anything else; it is *resolved*
//! when we think that it is done, and *closed* when it is over. *Watchers* are told of it though it is not theirs. Tickets are
//! *parts* of others, or *linked*: related, a duplicate, a follow-up; and one is *merged* into another, which it then points at.
//!
//! **Invariants.** The numbers of a year have no gap and none is given twice, whatever crashes. A colleague or a team has a
//! ticket, never both, and only a colleague who sees it. It moves only as the table says ([`TicketStatus::next`]), and when it was
//! resolved and closed always agrees with where it stands. No ticket is a part of itself. Whatever is changed of one is in
//! its history, which no caller writes. Clients see and change their own, and of those nothing that colleagues keep for
//! themselves: notes, hours, who has it.
//!
//! **For what hangs on tickets.** A client's public comment first asks [`answered_by_client`] on which ticket it goes: that opens a
//! ticket again, or begins a new one. A colleague is found to have a ticket, or none, by [`Ticket::holder`] and
//! [`would_see`].
//!
//! **Comments.** A *comment* is *public*, for whoever sees the ticket, or *internal*, among colleagues; its *sender* is the side that
//! wrote it. Its author may *edit* it for some minutes, and what it said before is kept. Who is *mentioned* in one sees it, watches
//! the ticket from then on and is told. A public comment goes by mail to the clients who see it, once each, never to its author,
//! in one thread a ticket; an internal one goes to no client by any path.
//!
//! **Published events**: `ticket_comment.added`, `ticket_comment.edited`, `ticket_comment.delivered`, `ticket_comment.withheld`,
//! `ticket_comment.failed`, `ticket.files_changed`, `ticket.created`, `ticket.updated`, `ticket.assigned`, `ticket.status_changed`, `ticket.linked`,
//! `ticket.unlinked`, `ticket.merged`, `ticket.unmerged`, `ticket.neighbour_changed`, `ticket.watchers_changed`; all in the topic [`TICKETS`], each
//! concerning its ticket.
//!
//! **The help centre.** A *guide* explains how a thing is done: a text, steps recorded with Scribehow, or a film. It stands in a
//! *category*, a *draft* until it is *published*. A *help document* is a file (PDF, Word, web page, Markdown, text) for an
//! *audience*: colleagues, clients, everyone; its text is *extracted* by a job and found by its words. Whoever comes by sees what is
//! published for them in categories that are *active*, and nothing else by any way; who keeps the centre sees all. Nothing in a
//! guide can run, and a file that cannot be read says why.
//!
//! **Published events**: `guide_category.saved`, `guide.saved`, `help_document.saved`, `help_document.removed`,
//! `help_document.extracted`. That something was opened is counted and told to nobody.
//!
//! **Service levels.** A *policy* promises, for tickets of some categories, priorities and severities or of a team, a *first response
//! time*, a *next response time* and a *resolution time*; the first policy in their order that is for a ticket is its own. Each time
//! is measured by a *clock*: around the clock, or within the company's *business hours* (its opening hours without its holidays). A
//! clock *stands still* while the ticket is pending, on hold or over; it is *met* when what it waits for comes, *nearly over* at a
//! share of its time, and *breached* once that is over. When it is due is stored, and right after every change: of the ticket, of
//! policies, of the business hours. The due date of a ticket is a clock that never stands still.
//!
//! **Published events**: `service_level_policy.saved`, and of tickets `ticket.service_level_warned`, `ticket.service_level_breached` and
//! `ticket.due`.
//!
//! **The assistant** answers questions from guides and help documents; a *session* with it is one person's alone.
//!
//! **The assistant's events** say that something was asked, answered or deleted and never what: `assistant.question_sent`,
//! `assistant.answered`, `assistant.answer_failed`, `assistant.session_deleted`.

pub mod adapters;
mod domain;
pub mod held;
mod policy;
mod ports;
mod queries;
mod retention;
mod store;
mod usecases;

pub use adapters::assistant::{anthropic::Anthropic, builtin::Builtin};
pub use domain::assistant::{
    events::{ASSISTANT, AnswerFailed, QuestionAnswered, QuestionSent, SessionDeleted},
    passages::sought,
    provider::{Answered, Asked, Citation, Document, NoAnswer, Turn},
};
pub use domain::comments::{
    events::{
        TicketCommentAdded, TicketCommentDelivered, TicketCommentEdited, TicketCommentFailed, TicketCommentWithheld,
        TicketFilesChanged,
    },
    letter::CommentLetter,
    mention::Mentioned,
};
pub use domain::help::{
    documents::{FORMATS, Format},
    events::{HELP, HelpDocumentExtracted, HelpDocumentRemoved},
    excerpt::Part,
    guides::{Filling, SCRIBEHOW, VIDEO},
    thing::HelpThing,
};
pub use domain::tickets::{
    events::{TICKETS, TicketAssigned, TicketCreated, TicketStatusChanged, TicketUpdated},
    link_events::{
        TicketLinked, TicketMerged, TicketNeighbourChanged, TicketUnlinked, TicketUnmerged, TicketWatchersChanged,
    },
    status::STATUSES,
};
pub use domain::{
    TOPIC,
    projects::{
        events::{ProjectSaved, ProjectStatusChanged},
        project::{Mover, progress},
    },
    service_levels::{
        calendar::{Calendar, Open},
        clock::{Clock, ClockKind, ClockState, Rule as ClockRule},
        events::{ServiceLevelBreached, ServiceLevelWarned, TicketDue},
        policy::{ClientTier, ServiceLevelPolicy},
    },
};
pub use policy::{
    MANAGE_HELP, MANAGE_PROJECTS, MANAGE_SERVICE_LEVELS, MANAGE_TICKETS, PERMISSIONS, USE_ASSISTANT, VIEW_HELP,
    VIEW_PROJECTS, VIEW_TICKETS, asks, asks_for_themselves, client, is_client, sees_tickets, still_asks,
    visible_documents, visible_guides, visible_projects, visible_tickets, would_see,
};
pub use ports::assistant::{Library, Listeners, Out, Provider};
pub use ports::comments::{Addressee, CommentPost, Onlookers, Posted};
pub use ports::help::{Extractor, HelpShelf};
pub use ports::{
    projects::ActiveClients,
    tickets::{Company, People},
};
pub use queries::assistant::{
    messages::{Said, newest_answer, sources_of_each},
    sessions::forget_conversations,
};
pub use queries::comments::{
    comments_of::CommentsOf,
    hanging::{comment_ids, edits_of_each, mails_of_each, mentions_of_each},
};
pub use queries::help::{
    categories::{self as guide_categories, help_centre},
    documents::{self as help_documents, DocumentsOf},
    guides::{self, GuidesOf},
    search::{HelpHit, Wanted, help_search, visible_texts},
    views::views_of_each,
};
pub use queries::projects::{self, ProjectTickets, ProjectsOf, ShownProjectTickets, progress_of_each};
pub use queries::service_levels::{self, NextClock, Traced, clocks_of_each, next_clocks, trace_of_each};
pub use queries::tickets::{
    around::{Tied, links_of_each, watchers_of_each},
    course::{Course, courses_of_each, ticket_ids_after},
    history::History,
    list::{self as tickets, TicketsOf, has_open_tickets},
};
pub use retention::RETENTION;
pub use store::assistant::{
    message::{AssistantFailure, AssistantRole, AssistantState, AssistantStop, Model as AssistantMessage},
    session::Model as AssistantSession,
    source::{Model as AssistantSource, SourceKind},
};
pub use store::help::{
    category::Model as GuideCategory,
    document::{ExtractionState, HelpAudience, Model as HelpDocument},
    guide::{GuideType, Model as Guide},
    text::Model as HelpText,
};
pub use store::{
    comments::{
        comment::{CommentSender, CommentVisibility, Model as TicketComment},
        edit::Model as TicketCommentEdit,
        mail::{CommentMailStatus, Model as TicketCommentMail},
    },
    projects::project::{Model as Project, ProjectStatus, ProjectType},
    ticket::{Model as Ticket, TicketCategory, TicketPriority, TicketSeverity, TicketStatus},
    tickets::{
        change::{Model as TicketChange, TicketAction, TicketField},
        link::TicketLinkKind,
    },
};
pub use usecases::assistant::{
    answer_question::{AnswerQuestion, Desk as AssistantDesk, answer_question, end_lost_answers},
    ask_assistant::{AskAssistant, AskedAssistant, ask_assistant, count_question},
    delete_assistant_session::delete_assistant_session,
};
pub use usecases::comments::{
    add_ticket_comment::{AddTicketComment, Commented, add_ticket_comment, may_comment},
    attach_to_ticket::{AttachToTicket, RemoveTicketAttachment, attach_to_ticket, remove_ticket_attachment},
    deliver_comment::{DeliverComment, deliver_comment},
    edit_ticket_comment::{EditTicketComment, edit_ticket_comment},
    forget_words::forget_words,
};
pub use usecases::projects::{
    BudgetGiven, CreateProject, ProjectSettings, create_project, set_project_status, update_project,
};
pub use usecases::service_levels::{
    PolicySettings, RecountClocks, create_service_level_policy, recount, recount_clocks, tell_clock,
    update_service_level_policy,
};
pub use usecases::tickets::{
    answered::answered_by_client,
    assign_ticket::{AssignTicket, assign_ticket},
    create_ticket::{CreateTicket, create_ticket},
    hand_over::{hand_back, hand_back_unseen, hand_over},
    link_tickets::{Link as LinkTickets, link_tickets, unlink_tickets},
    merge_tickets::{MergeTickets, merge_tickets, unmerge_ticket},
    set_ticket_status::{SetTicketStatus, set_ticket_status},
    several_tickets::{AssignTickets, SetTicketStatuses, assign_tickets, set_ticket_statuses},
    tag_ticket::note_tags,
    update_ticket::{UpdateTicket, update_ticket},
    watch_ticket::{Watch, unwatch_ticket, watch_ticket},
};

pub use usecases::help::{
    categories::{SaveGuideCategory, create_guide_category, update_guide_category},
    documents::{SaveHelpDocument, create_help_document, remove_help_document, update_help_document},
    extract::{ExtractHelpDocument, extract_help_document},
    guides::{SaveGuide, create_guide, publish_guide, update_guide},
    views::{admit_help_view, record_help_view, sees_help},
};

/// The longest texts, in characters, as the SDL states them, and how much there may be.
pub mod limits {
    pub use crate::domain::tickets::ticket::{AROUND, HOURS, TEXT, TITLE};

    /// A comment.
    pub const COMMENT: usize = 20_000;
    /// Files of one comment.
    pub const FILES_OF_COMMENT: usize = 10;
    /// Files of a ticket itself.
    pub const FILES_OF_TICKET: usize = 100;

    /// A name.
    pub const LINE: usize = 200;
    /// The title of a guide or a help document.
    pub const HELP_TITLE: usize = 255;
    /// What something is about.
    pub const DESCRIPTION: usize = 2_000;
    /// An address.
    pub const URL: usize = 2_000;
    /// The HTML of a guide.
    pub const GUIDE: usize = 100_000;
    /// The text of a document; of more the beginning counts.
    pub const DOCUMENT_TEXT: usize = 500_000;
    /// The file of a document, in bytes.
    pub const DOCUMENT_BYTES: u64 = 20 << 20;
    /// What a search finds.
    pub const HITS: usize = 50;
}

/// The records of this context, by the words of the API: what [`kernel::record`] reads and writes.
pub mod records {
    pub use crate::store::{
        assistant::{message::Entity as AssistantMessages, session::Entity as AssistantSessions},
        comments::comment::Entity as TicketComments,
        help::{category::Entity as GuideCategories, document::Entity as HelpDocuments, guide::Entity as Guides},
        projects::project::Entity as Projects,
        service_levels::policy::Entity as ServiceLevelPolicies,
        ticket::Entity as Tickets,
        tickets::change::Entity as TicketChanges,
    };
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{
        assistant::{message as assistant_message, session as assistant_session, source as assistant_source},
        comments::{
            comment as ticket_comment, edit as ticket_comment_edit, mail as ticket_comment_mail,
            mention as ticket_mention,
        },
        help::{category, document, guide, text, view},
        projects::project,
        service_levels::{clock as ticket_clock, pause as ticket_pause, policy as service_level_policy},
        ticket,
        tickets::{
            change as ticket_change, link as ticket_link, merge as ticket_merge, number as ticket_number,
            watcher as ticket_watcher, year as ticket_year,
        },
    };
}
