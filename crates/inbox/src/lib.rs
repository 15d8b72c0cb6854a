//! People who write to us.
//!
//! **Words.** A *visitor* is a person on the website, known again by a first-party token together with their address, or
//! by the address alone. A
//! *message* is what a visitor wrote through the contact form. It is *new* until somebody takes it or replies
//! (*in progress*), and ends *converted* or *archived*; its *assignee* is the staff member who has it. A *reply*
//! goes to the visitor by mail. Visitors who are one person are *merged*: what belongs to the one belongs to the other then, who
//! is found by the ids, tokens and addresses of both, and the merge can be taken back. A *subscription* to the newsletter is
//! *pending* until whoever reads the address's mail confirms it. A *chat* is a conversation that a visitor begins and both sides
//! see at once: it *waits* in the *queue* of a department until a colleague *claims* it, is *active* while they have it, and
//! *ends* by either side or after a silence. What is said in it are *lines*, of the visitor, of staff, or of the system, which
//! tells each step.
//!
//! **Invariants.** Anybody may write; only staff who may see messages can find them. A reply to a new message moves it
//! to in progress. A mail is queued in the transaction that stores the reply, and every try to deliver it carries the
//! same Message-ID, so a mail system that gets it twice can tell. An archived message takes no reply until it is
//! reopened. A message is converted by saying what it became. Nobody gets the newsletter without having confirmed it, and whoever
//! has it ends it with one click. A chat's token opens that chat and nothing else. One colleague has a chat at a time; an ended
//! chat takes no more lines and is not reopened. What is counted of a chat stays with it when its lines go after a year.
//!
//! **Conversations.** What somebody on a social platform (the *participant*) and the company write each other is a
//! *conversation*; its *messages* are *inbound* or *outbound*. It is *active* until somebody closes it, and again from the
//! participant's next message on. A platform tells of each message at least once, in whatever order; it is stored once, known by
//! the platform's own name of it.
//!
//! **Bookings.** A *service* is what can be booked; staff *hold* it, or nobody yet. A *consultation* is what a visitor booked:
//! *scheduled* until it was *completed*, *cancelled* or a *no-show*, and nothing comes back from there. *Opening hours* are the
//! company's, by the clock on its wall, or somebody's own; on a *holiday* nothing begins. A *slot* is a time at which somebody
//! is free. Nobody ever has two consultations at a time: each takes its five minutes, and the database gives them once.
//! A consultation keeps the local date and time that were booked beside the instants. The visitor changes their own by
//! a signed token, the same in each of its mails; calendar programs know it by one id whose number rises.
//!
//! On a message, a chat or a consultation (other contexts [register](kinds) kinds of their own) hang *tags*, by which
//! lists are filtered; *internal notes*, which colleagues write for each other; and each colleague's own *draft* of an answer.
//! Whoever does not see the thing sees none of these. A *saved reply* is a ready answer with variables, that all colleagues
//! see or one of them alone; nobody sees two in use with one *shortcut*. A draft goes when its answer is sent, or 30 days
//! after it was last written at. Two tags that mean the same are merged; no tag is deleted.
//!
//! **Published events**: `message.received`, `message.assigned`, `message.status_changed`, `message.converted`,
//! `message.replied`, `reply.delivered`, `reply.failed`; `visitor.merged`, `visitor.unmerged`; `newsletter.requested`,
//! `newsletter.subscribed`, `newsletter.unsubscribed`; `chat.started`, `chat.claimed`, `chat.transferred`,
//! `chat.message_sent`, `chat.read`, `chat.ended`, `chat.rated`, `chat.transcript_requested`; `service.saved`,
//! `opening_hours.saved`, `holiday.saved`, `consultation.booked`, `consultation.rescheduled`, `consultation.assigned`,
//! `consultation.cancelled`, `consultation.completed`, `consultation.no_show`; `tag.saved`, `tag.merged`,
//! `entity.tags_changed`, `saved_reply.saved`, `saved_reply.used`, `draft.changed`, `internal_note.changed`;
//! `conversation.started`, `conversation.message_added`, `conversation.message_edited`, `conversation.message_deleted`,
//! `conversation.assigned`, `conversation.status_changed`, `conversation.messages_archived`.

mod adapters;
mod domain;
pub mod held;
pub mod kinds;
mod policy;
mod ports;
mod queries;
mod retention;
mod store;
mod usecases;

pub use adapters::{
    mail::{FileMail, SmtpMail},
    rehearsal::{Said, rehearse},
    server::{Authorities, Encryption, MailServer},
    social::{
        apps::{SocialApp, SocialApps},
        networks::Networks,
    },
};
pub use domain::{
    booking::{
        calendar::Method as CalendarMethod,
        events::{
            ConsultationAssigned, ConsultationBooked, ConsultationCancelled, ConsultationCompleted, ConsultationMissed,
            ConsultationRescheduled,
        },
        letter::{Company, ConsultationLetter, Occasion},
        link::token as booking_token,
        plan::{Holder, Offer},
        slots::{Hours, Slot, local},
    },
    chats::events::{
        CHATS, ChatClaimed, ChatEnded, ChatMessageSent, ChatRated, ChatRead, ChatStarted, ChatTranscriptRequested,
        ChatTransferred,
    },
    conversation_replies::{
        automatic::{AutomaticReplies, is_open},
        events::{ConversationReplyAdded, ConversationReplyChanged},
    },
    conversations::{
        events::{
            CONVERSATIONS, ConversationAssigned, ConversationMessageAdded, ConversationMessageDeleted,
            ConversationMessageEdited, ConversationStarted, ConversationStatusChanged,
        },
        heard::{Heard, Told, What, Wrote, hear},
        taking::Change,
    },
    conversion::Target,
    entity::{Entity, EntityId, EntityType},
    events::{
        MessageAssigned, MessageConverted, MessageReceived, MessageReplied, MessageStatusChanged, ReplyDelivered,
        ReplyFailed, TOPIC,
    },
    mail::{Address, Attachment, Mail},
    newsletter::CONFIRMED_WITHIN,
    newsletter_events::{NewsletterRequested, NewsletterSubscribed, NewsletterUnsubscribed},
    notes::InternalNoteChanged,
    saved_replies::VARIABLES,
    social::{events::SocialAccountRefused, platform::PlatformConfig},
    tags::{TAGS, TagsChanged},
    visitor_events::{VisitorMerged, VisitorUnmerged},
};
pub use policy::{
    MANAGE_CHATS, MANAGE_CONSULTATIONS, MANAGE_CONVERSATIONS, MANAGE_MESSAGES, MANAGE_NEWSLETTER, MANAGE_SAVED_REPLIES,
    MANAGE_SERVICES, MANAGE_SOCIAL_ACCOUNTS, MANAGE_TAGS, MANAGE_VISITORS, PERMISSIONS, VIEW_CHATS, VIEW_CONSULTATIONS,
    VIEW_CONVERSATIONS, VIEW_MESSAGES, VIEW_VISITOR_ADDRESSES, VIEW_VISITORS, holder_of_chat,
};
pub use ports::social::{Automation, SocialError, SocialNetworks, SocialSender};
pub use ports::{
    Colleagues, Letters, MailError, Mailer, Names, NewsletterMail, Onlookers, ReplyMail, Takers, Targets, Worded,
    Wording,
};
pub use queries::{
    booking::{
        consultations::{self, ConsultationsOf, own_consultation},
        holidays,
        plans::company_calendar,
        services::{self, bookable_services, opening_hours, staff_of_each},
    },
    chats::{
        lines::{Lines, LinesForVisitor, chat_lines},
        sessions::{self as chats, ChatsOf, chat_ids_after},
        visitor::{opened_chat, queue_position},
    },
    conversation_replies::{self, RepliesIn},
    conversations::{
        accounts::{OnAccount, account_told_of, accounts_of_conversations, companies_told_of},
        archives::{self as conversation_archives, Archived, archived_messages, archives_of_each},
        held::archived_of,
        list as conversations,
        messages::MessagesIn,
    },
    drafts::drafts_of_each,
    messages::{self, MessagesOf, Wide},
    newsletter,
    notes::{NotesOf, note_ids},
    replies::{Replies, reply_ids},
    saved_replies,
    social::accounts::{self as social_accounts, platforms, purge_connecting},
    tags::{self, Tagged, tags_of_each},
    timeline,
    visitors::{self, Merged, acquaintances_of_each, merged_of_each, survivors},
    whole::{Whole, With, message_with},
};
pub use retention::{CONVERSATION_MESSAGES, RETENTION};
pub use store::{
    booking::{
        consultation::{ConsultationStatus, Model as Consultation},
        holiday::Model as Holiday,
        hours::{Model as OpeningHours, Weekday},
        service::Model as Service,
    },
    chats::{
        line::Model as ChatMessage,
        session::{ChatSide, ChatStatus, Model as Chat},
    },
    conversation_reply::{ConversationReplyStatus, Model as ConversationReply, ReplySource},
    conversations::{
        conversation::{ConversationStatus, Model as Conversation},
        message::{Direction, Model as ConversationMessage},
        partitions::keep_months,
    },
    draft::Model as Draft,
    internal_note::Model as InternalNote,
    message::{MessageStatus, Model as Message},
    newsletter::purge_newsletter,
    newsletter_subscription::{Model as NewsletterSubscription, NewsletterStatus},
    reply::{EmailStatus, Model as MessageReply},
    saved_reply::Model as SavedReply,
    social::{
        account::{Model as SocialAccount, SocialAccountStatus},
        platform::{Model as PlatformSettings, Platform},
    },
    tag::Model as Tag,
    visitor::Model as Visitor,
};
pub use usecases::{
    assign_message::{AssignMessage, assign_message},
    booking::{
        assign_consultation::{AssignConsultation, assign_consultation},
        available_slots::{AvailableSlots, available_slots},
        book_consultation::{BookConsultation, Booked, Phone, admit_booking, book_consultation},
        cancel_consultation::{cancel_consultation, cancel_own_consultation},
        conclude_consultation::{complete_consultation, mark_no_show},
        hand_over::hand_over_consultations,
        remind::{RemindOfConsultation, remind_of_consultation},
        reschedule_consultation::{
            RescheduleConsultation, admit_change, reschedule_consultation, reschedule_own_consultation,
        },
        save_holiday::{CreateHoliday, UpdateHoliday, create_holiday, update_holiday},
        save_service::{ServiceSettings, create_service, update_service},
        set_opening_hours::{SetOpeningHours, set_opening_hours},
    },
    chats::{
        claim_chat::{ClaimChat, claim_chat},
        end_chat::{EndChat, end_chat},
        end_silent_chat::{EndSilentChat, end_silent_chat},
        enter::count_visitor,
        mark_chat_read::{MarkChatRead, mark_chat_read},
        rate_chat::{RateChat, rate_chat},
        request_transcript::{RequestTranscript, Transcript, count_transcript, request_transcript},
        send_chat_message::{SendChatMessage, send_chat_message},
        start_chat::{ChatReceipt, StartChat, admit, start_chat},
        transfer_chat::{TransferChat, transfer_chat},
    },
    conversation_replies::{
        decide::{ApproveConversationReply, approve_conversation_reply, reject_conversation_reply},
        reply_to_conversation::{ReplyToConversation, reply_to_conversation},
        retry::retry_conversation_reply,
        send::{SendConversationReply, send_conversation_reply},
        suggest_reply::{SuggestReply, suggest_reply},
    },
    conversations::{
        archive_messages::{ConversationMessagesArchived, archive_messages},
        assign_conversation::{AssignConversation, assign_conversation},
        change_message::{ChangeMessage, Changed, change_message},
        erase_archived::erase_archived,
        set_conversation_status::{SetConversationStatus, set_conversation_status},
        several_conversations::{
            AssignConversations, SetConversationStatuses, assign_conversations, set_conversation_statuses,
        },
        take_message::{TakeMessage, Taken, take_message},
        take_told::{TakeTold, take_told},
    },
    convert_message::{ConvertMessage, convert_message},
    deliver_reply::{DeliverReply, MailSettings, deliver_reply},
    drafts::{DiscardDraft, SaveDraft, discard_draft, forget_draft, save_draft},
    hand_over::hand_over,
    index_messages::{IndexMessages, IndexVisitors, index_messages, index_visitors},
    merge_visitors::{MergeVisitors, merge_visitors, unmerge_visitor},
    newsletter::{
        confirm::confirm_newsletter_subscription,
        count_newsletter_try,
        end::unsubscribe_from_newsletter,
        subscribe::{AskSubscriber, SubscribeToNewsletter, ask_owner, ask_subscriber, subscribe_to_newsletter},
    },
    notes::{AddInternalNote, UpdateInternalNote, add_internal_note, remove_internal_note, update_internal_note},
    recognise::see,
    reply_to_message::{Replied, ReplyToMessage, reply_to_message},
    saved_replies::{
        CreateSavedReply, RenderSavedReply, Rendered, UpdateSavedReply, create_saved_reply, render_saved_reply,
        update_saved_reply,
    },
    set_message_status::{SetMessageStatus, set_message_status},
    several_messages::{AssignMessages, SetMessageStatuses, assign_messages, set_message_statuses},
    social::{
        choose_social_accounts::{ChooseSocialAccounts, choose_social_accounts},
        complete_social_account::{Choice, CompleteSocialAccount, Completed, complete_social_account},
        connect_social_account::{ConnectSocialAccount, Sent, connect_social_account},
        disconnect_social_account::disconnect_social_account,
        renew_social_account::renew_social_account,
        reseal::{reseal_social_tokens, sealed_social_tokens},
        tokens::RenewSocialAccount,
        update_platform::{UpdatePlatform, update_platform},
        verify_social_account::verify_social_account,
    },
    submit_message::{Receipt, SubmitMessage, submit_message},
    tags::{CreateTag, MergeTags, TagEntity, UpdateTag, add_tags, create_tag, merge_tags, remove_tags, update_tag},
};

/// The longest texts, in characters, as the SDL states them.
pub mod limits {
    /// A person's or company's name, a service.
    pub const LINE: usize = 200;
    /// What a visitor wants to talk about, what a service is.
    pub const NOTES: usize = 2_000;
    /// The text of a message or reply.
    pub const CONTENT: usize = 20_000;
    /// A line of a chat, and what a visitor says of one.
    pub const CHAT_LINE: usize = 5_000;
    /// The address of a page.
    pub const URL: usize = 2_000;
    /// Other visitors who are noted with one.
    pub const ACQUAINTANCES: u64 = 20;
    /// What a platform calls a conversation, a message or a person.
    pub const PLATFORM_NAME: usize = 255;
    /// What is kept of a list that a platform tells besides a message.
    pub const TOLD_BESIDES: usize = 50;
    /// Subscriptions in one file.
    pub const EXPORTED: u64 = 20_000;
}

/// The records of this context, by the words of the API: what [`kernel::record`] reads and writes.
pub mod records {
    pub use crate::store::{
        booking::{consultation::Entity as Consultations, holiday::Entity as Holidays, service::Entity as Services},
        chats::{line::Entity as ChatMessages, session::Entity as Chats},
        conversation_reply::Entity as ConversationReplies,
        conversations::{conversation::Entity as Conversations, message::Entity as ConversationMessages},
        draft::Entity as Drafts,
        internal_note::Entity as InternalNotes,
        message::Entity as Messages,
        newsletter_subscription::Entity as NewsletterSubscriptions,
        reply::Entity as MessageReplies,
        saved_reply::Entity as SavedReplies,
        social::account::Entity as SocialAccounts,
        tag::Entity as Tags,
        visitor::Entity as Visitors,
    };
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::booking::{consultation, holiday, hours, service, slot, staff};
    pub use crate::store::{
        acquaintance,
        chats::{line as chat_message, session as chat_session},
        conversation_reply,
        conversations::{
            archive as conversation_archive, archive_part as conversation_archive_part, conversation,
            message as conversation_message, message_key as conversation_message_key,
        },
        draft, entity_tag, internal_note, message, newsletter_subscription, reply, saved_reply, saved_reply_shortcut,
        social::{
            account as social_account, connecting as social_connecting, platform as social_platform,
            route as social_account_route,
        },
        tag, visitor, visitor_merge, visitor_move, visitor_words,
    };
}
