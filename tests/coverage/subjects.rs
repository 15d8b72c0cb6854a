//! What the files of single subjects know of their root fields.

use serde_json::Value;

use super::harness::Things;
use super::sdl::Root;

/// Valid arguments with one's own things.
pub fn arguments(root: &Root, own: &Things) -> Option<Value> {
    super::crm::valid(root, own)
        .or_else(|| super::sync::valid(root, own))
        .or_else(|| super::projects::valid(root, own))
        .or_else(|| super::service_levels::valid(root, own))
        .or_else(|| super::ai_tasks::valid(root, own))
        .or_else(|| super::b2chat::valid(root, own))
        .or_else(|| super::exports::valid(root, own))
        .or_else(|| super::retention::valid(root, own))
        .or_else(|| super::errors::valid(root, own))
        .or_else(|| super::erasures::valid(root, own))
        .or_else(|| super::person_exports::valid(root, own))
        .or_else(|| super::effectiveness::valid(root, own))
        .or_else(|| super::conversations::valid(root, own))
        .or_else(|| super::social::valid(root, own))
        .or_else(|| super::tickets::arguments(root, own))
        .or_else(|| super::comments::arguments(root, own))
        .or_else(|| super::leads::arguments(root, own))
}

/// The prefixes of the ids that an argument takes.
pub fn kinds(root: &Root, place: &str) -> Option<&'static [&'static str]> {
    super::crm::kinds(&root.name, place)
        .or_else(|| super::sync::kinds(&root.name, place))
        .or_else(|| super::projects::kinds(&root.name, place))
        .or_else(|| super::service_levels::kinds(&root.name, place))
        .or_else(|| super::ai_tasks::kinds(&root.name, place))
        .or_else(|| super::b2chat::kinds(&root.name, place))
        .or_else(|| super::exports::kinds(&root.name, place))
        .or_else(|| super::retention::kinds(&root.name, place))
        .or_else(|| super::errors::kinds(&root.name, place))
        .or_else(|| super::erasures::kinds(&root.name, place))
        .or_else(|| super::person_exports::kinds(&root.name, place))
        .or_else(|| super::effectiveness::kinds(&root.name, place))
        .or_else(|| super::conversations::kinds(&root.name, place))
        .or_else(|| super::social::kinds(&root.name, place))
        .or_else(|| super::leads::kinds(root, place))
        .or_else(|| super::tickets::kinds(root, place))
        .or_else(|| super::comments::kinds(root, place))
}

/// Arguments with which a mutation of a signed-in person is refused.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    super::crm::refused(root, own)
        .or_else(|| super::sync::refused(root, own))
        .or_else(|| super::bookings::refused(root, own))
        .or_else(|| super::desk::refused(root, own))
        .or_else(|| super::assistant::refused(root, own))
        .or_else(|| super::help::refused(root, own))
        .or_else(|| super::tickets::refused(root, own))
        .or_else(|| super::leads::refused(root, own))
        .or_else(|| super::comments::refused(root, own))
        .or_else(|| super::projects::refused(root, own))
        .or_else(|| super::conversations::refused(root, own))
        .or_else(|| super::social::refused(root, own))
        .or_else(|| super::service_levels::refused(root, own))
        .or_else(|| super::ai_tasks::refused(root, own))
        .or_else(|| super::b2chat::refused(root, own))
        .or_else(|| super::exports::refused(root, own))
        .or_else(|| super::retention::refused(root, own))
        .or_else(|| super::errors::refused(root, own))
        .or_else(|| super::erasures::refused(root, own))
        .or_else(|| super::person_exports::refused(root, own))
        .or_else(|| super::effectiveness::refused(root, own))
}
