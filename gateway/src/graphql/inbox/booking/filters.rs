//! The filters and orders of services, holidays and consultations.

use inbox::{
    EntityType, consultations,
    entities::consultation,
    holidays,
    records::{Consultations, Holidays, Services},
    services, visitors,
};
use kernel::id::ServiceId;

use super::{
    super::{
        filters::people,
        tags::{TagsComparator, tagged},
    },
    types::ConsultationStatus,
};
use crate::{
    comparator, filter,
    graphql::filters::{DateTimeComparator, IdComparator, OrderDirection},
    order,
};

comparator!(
    /// Comparisons with a consultation's status.
    ConsultationStatusComparator of ConsultationStatus as inbox::ConsultationStatus
);

filter! {
    /// Which consultations. All parts given must hold; at most 4 levels and 40 comparisons.
    ConsultationFilter of Consultations {
        /// Where they stand.
        status: ConsultationStatusComparator,
        /// What was booked.
        service_id: IdComparator,
        /// Who has them: a staff member's id, `"me"` for the viewer, `"none"` for nobody.
        assignee_id: IdComparator,
        /// Who booked them.
        visitor_id: IdComparator,
        /// Which tags they have.
        tags: TagsComparator,
        /// When they begin.
        starts_at: DateTimeComparator,
        /// When they were booked.
        created_at: DateTimeComparator,
        /// Words in service, name, address, company, telephone number and notes, all of them, in any spelling; the last may be the
        /// beginning of one, unless a blank or a quotation mark follows it. At most 200 characters, of which the first 16 words
        /// count; a text without a word leaves nothing out.
        text: String,
    }
    |level, leaves| {
        leaves.value::<inbox::ConsultationStatus>(consultations::BY_STATUS, level.status)?;
        leaves.id::<ServiceId>(consultations::BY_SERVICE, level.service_id)?;
        let me = leaves.scope.cx().staff_id();
        let assignee = level.assignee_id.map(|by| by.of_with("assigneeId", people(me))).transpose()?;
        leaves.id_of(consultations::BY_ASSIGNEE, assignee)?;
        let theirs = |ids: &[_]| visitors::of_visitors(consultation::Column::VisitorId, ids);
        leaves.id_among(consultations::BY_VISITOR, level.visitor_id, theirs)?;
        leaves.also(tagged(EntityType::Consultation, consultation::Column::Id, level.tags)?);
        leaves.time(consultations::BY_STARTS_AT, level.starts_at)?;
        leaves.time(consultations::BY_CREATED_AT, level.created_at)?;
        leaves.words(level.text)?;
    }
}

order! {
    "consultations": ConsultationOrder, ConsultationOrderField of Consultations, descending {
        /// By when they begin.
        StartsAt,
        /// By when they were booked.
        CreatedAt,
    }
}

filter! {
    /// Which services. All parts given must hold.
    ServiceFilter of Services {
        /// Whether they can be booked.
        is_active: bool,
        /// Part of their name or description, in any spelling; at most 200 characters.
        #[graphql(validator(chars_max_length = 200))]
        text: String,
    }
    |level, leaves| {
        leaves.is(services::BY_IS_ACTIVE, level.is_active);
        leaves.text(services::BY_TEXT, level.text);
    }
}

order! {
    "services": ServiceOrder, ServiceOrderField of Services, ascending {
        /// By name.
        Name,
        /// By when they were made.
        CreatedAt,
    }
}

filter! {
    /// Which holidays. All parts given must hold.
    HolidayFilter of Holidays {
        /// Whether they are kept.
        is_active: bool,
    }
    |level, leaves| {
        leaves.is(holidays::BY_IS_ACTIVE, level.is_active);
    }
}

order! {
    "holidays": HolidayOrder, HolidayOrderField of Holidays, ascending {
        /// By the day.
        Date,
    }
}
