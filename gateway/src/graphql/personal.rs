//! What an operation reads of other people's personal data, told by its document and by what came of it.
//!
//! One rule: a field at the root whose selection holds an object of a personal type, with more of it than its id, reads personal
//! data, and so do the few that are a text; what belongs to the viewer alone is left out. Nothing is asked of resolvers, so none can forget it.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{
    Name, Positioned, Response, Value, Variables,
    parser::{
        parse_schema,
        types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet, TypeKind},
    },
};
use kernel::{Error, Result};
use serde_json::{Value as Json, json};

/// The types that hold personal data.
pub const PERSONAL: &[&str] = &[
    "AnalyticsEvent",
    "AuditLog",
    "B2ChatAgent",
    "B2ChatChat",
    "B2ChatContact",
    "B2ChatMessage",
    "Chat",
    "ChatMessage",
    "Client",
    "Consultation",
    "Conversation",
    "ConversationMessage",
    "ConversationReply",
    "Draft",
    "EffectivenessAnalysis",
    "ExternalIdentity",
    "InternalNote",
    "Invitation",
    "Lead",
    "Message",
    "MergedVisitor",
    "MessageReply",
    "NewsletterSubscription",
    "PersonRecord",
    "Session",
    "Staff",
    "Ticket",
    "TicketComment",
    "TicketCommentEdit",
    "User",
    "Visitor",
];

/// Fields at the root that are a text which holds personal data, and of what.
const TEXTS: &[(&str, &str)] = &[("apiResponseBody", "ApiResponseLog")];

/// Fields at the root that show what is the viewer's own.
const OWN: &[&str] = &[
    "drafts",
    "notifications",
    "notificationEvents",
    "notificationPreferences",
    "ownTeamsChannel",
    "viewer",
    "visitorChat",
];
/// Fields at the root that show what is the viewer's own where this argument is given.
const OWN_WITH: &[(&str, &str)] = &[("chatEvents", "chatToken")];
/// Fields at the root that show what is the viewer's own unless this argument names somebody else.
const OWN_WITHOUT: &[(&str, &str)] = &[("sessions", "userId")];
/// Inputs in which words are looked for.
const SEARCHED: &[&str] = &["text", "search"];
/// How many ids are kept of one field.
const IDS: usize = 100;

/// The links between the types of the schema.
pub struct Shape {
    numbers: HashMap<String, usize>,
    fields: Vec<HashMap<String, usize>>,
    personal: Vec<Option<&'static str>>,
}

/// A field at the root that reads personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its place in the answer.
    key: Name,
    /// Its name.
    field: String,
    /// The kind of thing that it shows.
    kind: &'static str,
    /// The kinds of things shown with it.
    with: BTreeSet<&'static str>,
    /// Whether it shows a list.
    is_list: bool,
    /// Whether it looks for words.
    is_search: bool,
    /// The ids that were asked for.
    ids: Vec<String>,
}

/// What was read, or refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Whether words were looked for.
    pub is_search: bool,
    /// Whether nothing but lists was read.
    pub is_list: bool,
    /// The one thing that was read, where it is one: its kind and its id as it is shown.
    pub one: Option<(&'static str, String)>,
    /// The fields, each with its kind and its ids or their number.
    pub fields: Json,
}

impl Shape {
    /// Reads the schema.
    ///
    /// # Errors
    /// [`Error::Internal`] for a text that is no schema.
    pub fn new(sdl: &str) -> Result<Self> {
        let document = parse_schema(sdl).map_err(Error::internal)?;
        let mut shape = Self { numbers: HashMap::new(), fields: Vec::new(), personal: Vec::new() };
        for definition in &document.definitions {
            let async_graphql::parser::types::TypeSystemDefinition::Type(ty) = definition else { continue };
            let fields = match &ty.node.kind {
                TypeKind::Object(object) => &object.fields,
                TypeKind::Interface(interface) => &interface.fields,
                TypeKind::Union(_) => &Vec::new(),
                _ => continue,
            };
            let number = shape.number(ty.node.name.node.as_str());
            for field in fields {
                let to = shape.number(named(&field.node.ty.node));
                shape.fields[number].insert(field.node.name.node.to_string(), to);
            }
        }
        Ok(shape)
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.numbers.insert(name.to_owned(), self.fields.len());
        self.fields.push(HashMap::new());
        self.personal.push(PERSONAL.iter().find(|known| **known == name).copied());
        self.fields.len() - 1
    }

    /// The fields of an operation that read personal data.
    pub fn asked(&self, document: &ExecutableDocument, name: Option<&str>, variables: &Variables) -> Vec<Asked> {
        let found = document.operations.iter().find(|(own, _)| name.is_none() || own.map(Name::as_str) == name);
        let Some((_, operation)) = found else { return Vec::new() };
        let mut asked = Vec::new();
        let root = match operation.node.ty {
            OperationType::Query => "Query",
            OperationType::Subscription => "Subscription",
            OperationType::Mutation => return asked,
        };
        let Some(root) = self.numbers.get(root) else { return asked };
        each_field(document, &operation.node.selection_set.node, &mut |_, field| {
            let Some(ty) = self.fields[*root].get(field.node.name.node.as_str()) else { return };
            asked.extend(self.field(document, &operation.node, field, *ty, variables));
        });
        asked
    }

    fn field(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        field: &Positioned<Field>,
        ty: usize,
        variables: &Variables,
    ) -> Option<Asked> {
        let name = field.node.name.node.as_str();
        let given = |argument: &str| {
            let value = field.node.get_argument(argument)?.node.clone();
            value.into_const_with(|name| variable(&name, operation, variables).ok_or(())).ok()
        };
        let own = OWN.contains(&name)
            || OWN_WITH.iter().any(|(own, with)| *own == name && !matches!(given(with), None | Some(Value::Null)))
            || OWN_WITHOUT
                .iter()
                .any(|(own, unless)| *own == name && matches!(given(unless), None | Some(Value::Null)));
        if own {
            return None;
        }
        let mut kinds: Vec<_> = TEXTS.iter().filter(|(field, _)| *field == name).map(|(_, kind)| *kind).collect();
        self.kinds(document, &field.node.selection_set.node, ty, &mut kinds);
        let kind = *kinds.first()?;
        let is_list = self.fields[ty].contains_key("pageInfo") || name == "nodes";
        let is_search = given("filter").is_some_and(|filter| searches(&filter));
        let ids = ["id", "ids"].into_iter().filter_map(given).flat_map(|value| texts(&value));
        Some(Asked {
            key: field.node.response_key().node.clone(),
            field: name.to_owned(),
            kind,
            with: kinds.iter().copied().filter(|with| *with != kind).collect(),
            is_list,
            is_search,
            ids: ids.take(IDS).collect(),
        })
    }

    /// The personal types of which more than the id is selected, the outermost first.
    fn kinds(&self, document: &ExecutableDocument, set: &SelectionSet, ty: usize, kinds: &mut Vec<&'static str>) {
        each_field(document, set, &mut |condition, field| {
            let name = field.node.name.node.as_str();
            let ty = condition.and_then(|name| self.numbers.get(name)).copied().unwrap_or(ty);
            if let Some(kind) = self.personal[ty]
                && !matches!(name, "id" | "__typename")
                && !kinds.contains(&kind)
            {
                kinds.push(kind);
            }
            if let Some(inner) = self.fields[ty].get(name)
                && !field.node.selection_set.node.items.is_empty()
            {
                self.kinds(document, &field.node.selection_set.node, *inner, kinds);
            }
        });
    }
}

/// What was read by these fields, as the answer tells; `None` where nothing was but what is the viewer's own.
pub fn seen(asked: &[Asked], response: &Response, viewer: Option<&str>) -> Option<Seen> {
    let Value::Object(data) = &response.data else { return None };
    let mut found = Vec::new();
    for asked in asked {
        let Some(answer) = data.get(&asked.key).filter(|answer| **answer != Value::Null) else { continue };
        let (count, mut ids) = rows(answer);
        if ids.is_empty() {
            ids = asked.ids.clone();
        }
        let own = !ids.is_empty() && ids.iter().all(|id| Some(id.as_str()) == viewer);
        if count > 0 && !own {
            found.push((asked, count, ids));
        }
    }
    let (first, _, ids) = found.first()?;
    let one = (found.len() == 1 && !first.is_list && ids.len() == 1).then(|| (first.kind, ids[0].clone()));
    let shown = |(asked, count, ids): &(&Asked, usize, Vec<String>)| {
        let mut shown = json!({ "field": asked.field, "kind": asked.kind, "count": count });
        if !ids.is_empty() {
            shown["ids"] = json!(ids);
        }
        if !asked.with.is_empty() {
            shown["with"] = json!(asked.with);
        }
        shown
    };
    Some(Seen {
        is_search: found.iter().any(|(asked, ..)| asked.is_search),
        is_list: found.iter().all(|(asked, ..)| asked.is_list),
        one,
        fields: found.iter().map(shown).collect(),
    })
}

/// How many things an answer shows, and their ids where it shows those.
fn rows(answer: &Value) -> (usize, Vec<String>) {
    let id = |thing: &Value| match thing {
        Value::Object(fields) => match fields.get("id") {
            Some(Value::String(id)) => Some(id.clone()),
            _ => None,
        },
        _ => None,
    };
    let list = |things: &[Value]| {
        let there = things.iter().filter(|thing| **thing != Value::Null);
        (there.clone().count(), there.filter_map(id).take(IDS).collect::<Vec<_>>())
    };
    match answer {
        Value::List(things) => list(things),
        Value::Object(fields) => match (fields.get("nodes"), fields.get("edges")) {
            (Some(Value::List(things)), _) => list(things),
            (None, Some(Value::List(edges))) => {
                let nodes = edges.iter().filter_map(|edge| match edge {
                    Value::Object(edge) => edge.get("node"),
                    _ => None,
                });
                (edges.len(), nodes.filter_map(id).take(IDS).collect())
            }
            _ => (1, id(answer).into_iter().collect()),
        },
        _ => (1, Vec::new()),
    }
}

/// Each field of a selection, with the type that a fragment around it names. Fragments do not go round in circles: the gate
/// has seen to that.
fn each_field<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    look: &mut dyn FnMut(Option<&str>, &'a Positioned<Field>),
) {
    within(document, set, None, look);
}

fn within<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    condition: Option<&str>,
    look: &mut dyn FnMut(Option<&str>, &'a Positioned<Field>),
) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => look(condition, field),
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                within(document, &fragment.node.selection_set.node, on.or(condition), look);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    let on = fragment.node.type_condition.node.on.node.as_str();
                    within(document, &fragment.node.selection_set.node, Some(on), look);
                }
            }
        }
    }
}

/// The value of a variable; one that was not given is null where it has no default.
fn variable(name: &Name, operation: &OperationDefinition, variables: &Variables) -> Option<Value> {
    let default = || {
        let definition = operation.variable_definitions.iter().find(|definition| definition.node.name.node == *name)?;
        definition.node.default_value.as_ref().map(|value| value.node.clone())
    };
    Some(variables.get(name).cloned().or_else(default).unwrap_or_default())
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::List(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Whether words are looked for anywhere in a filter.
fn searches(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields
            .iter()
            .any(|(name, inner)| (SEARCHED.contains(&name.as_str()) && *inner != Value::Null) || searches(inner)),
        Value::List(items) => items.iter().any(searches),
        _ => false,
    }
}

/// The name of a type without what is around it.
fn named(ty: &async_graphql::parser::types::Type) -> &str {
    match &ty.base {
        async_graphql::parser::types::BaseType::Named(name) => name.as_str(),
        async_graphql::parser::types::BaseType::List(inner) => named(inner),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::parse_query, value};

    use super::*;

    const SDL: &str = "type Query { messages(filter: F): MessageConnection message(id: ID!): Message viewer: Viewer \
        nodes(ids: [ID!]!): [Node]! apiResponseBody(id: ID!): String! departments: DepartmentConnection } \
        type MessageConnection { nodes: [Message!]! edges: [MessageEdge!]! pageInfo: PageInfo totalCount: Int } \
        type MessageEdge { node: Message } type PageInfo { hasNextPage: Boolean } \
        type Message { id: ID! content: String visitor: Visitor } type Visitor { id: ID! name: String } \
        type Viewer { user: Staff } type Staff { id: ID! name: String } interface Node { id: ID! } \
        type DepartmentConnection { nodes: [Department!]! pageInfo: PageInfo } type Department { id: ID! name: String } \
        input F { text: String and: [F!] }";

    fn seen_of(document: &str, variables: Value, answer: Value) -> Option<Seen> {
        let shape = Shape::new(SDL).unwrap();
        let asked = shape.asked(&parse_query(document).unwrap(), None, &Variables::from_value(variables));
        seen(&asked, &Response::new(answer), Some("stf_me"))
    }

    #[test]
    fn what_holds_more_than_ids_of_personal_things_is_seen() {
        let list =
            value!({ "messages": { "nodes": [{ "id": "msg_1", "content": "x" }, { "id": "msg_2", "content": "y" }] } });
        let found =
            seen_of("{ messages { nodes { id content visitor { name } } } }", value!({}), list.clone()).unwrap();
        assert_eq!(
            found.fields,
            json!([{ "field": "messages", "kind": "Message", "count": 2, "ids": ["msg_1", "msg_2"], "with": ["Visitor"] }])
        );
        assert!(found.is_list && !found.is_search && found.one.is_none());
        let filter = value!({ "f": { "and": [{ "text": "ada" }] } });
        let searched = "query($f: F) { m: messages(filter: $f) { edges { node { ...All } } } } fragment All on Message { content }";
        let answer = value!({ "m": { "edges": [{ "node": { "content": "x" } }] } });
        let found = seen_of(searched, filter, answer).unwrap();
        assert!(found.is_search);
        assert_eq!(found.fields, json!([{ "field": "messages", "kind": "Message", "count": 1 }]));
        let one = "query($id: ID!) { message(id: $id) { content } }";
        let found = seen_of(one, value!({ "id": "msg_1" }), value!({ "message": { "content": "x" } })).unwrap();
        assert_eq!(found.one, Some(("Message", "msg_1".to_owned())));
        let text =
            seen_of("{ apiResponseBody(id: \"arl_1\") }", value!({}), value!({ "apiResponseBody": "{}" })).unwrap();
        assert_eq!(text.one, Some(("ApiResponseLog", "arl_1".to_owned())));
        let nodes =
            "query { nodes(ids: [\"msg_1\", \"stf_2\"]) { id ... on Message { content } ... on Staff { name } } }";
        let found = seen_of(nodes, value!({}), value!({ "nodes": [{ "id": "msg_1", "content": "x" }, null] })).unwrap();
        assert_eq!(found.fields[0]["with"], json!(["Staff"]));
    }

    #[test]
    fn what_is_ones_own_or_nobodys_is_not() {
        for (document, answer) in [
            (
                "{ messages { totalCount nodes { id } } }",
                value!({ "messages": { "totalCount": 1, "nodes": [{ "id": "msg_1" }] } }),
            ),
            ("{ viewer { user { name } } }", value!({ "viewer": { "user": { "name": "Me" } } })),
            ("{ departments { nodes { name } } }", value!({ "departments": { "nodes": [{ "name": "Sales" }] } })),
            ("{ message(id: \"msg_9\") { content } }", value!({ "message": null })),
            ("{ messages { nodes { content } } }", value!({ "messages": { "nodes": [] } })),
            ("{ nodes(ids: [\"stf_me\"]) { ... on Staff { name } } }", value!({ "nodes": [{ "name": "Me" }] })),
        ] {
            assert_eq!(seen_of(document, value!({}), answer), None, "{document}");
        }
    }
}
