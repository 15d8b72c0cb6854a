//! The exported schema keeps its promises.

use std::collections::BTreeSet;

use async_graphql::parser::types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind};

use super::sdl::{self, Sdl, named};
use crate::support::secrets;
use crate::support::server::frontdesk;

/// What outside clients rely on.
const CONTRACT: &str = include_str!("contract.graphql");

/// `frontdesk sdl` prints what is checked in.
#[test]
fn the_checked_in_schema_is_the_programs() {
    let printed = frontdesk(["sdl"]).output().expect("the program runs");
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let printed = String::from_utf8(printed.stdout).expect("text");
    assert!(printed.trim_end() == sdl::TEXT.trim_end(), "schema.graphql is behind: `make sdl` writes it");
}

/// Whether a value of the type `is` can be taken where `promised` was: lists as lists, and null only where it was promised.
fn gives(is: &Type, promised: &Type) -> bool {
    (promised.nullable || !is.nullable)
        && match (&is.base, &promised.base) {
            (BaseType::Named(is), BaseType::Named(promised)) => is == promised,
            (BaseType::List(is), BaseType::List(promised)) => gives(is, promised),
            _ => false,
        }
}

fn arguments(field: &FieldDefinition) -> Vec<&InputValueDefinition> {
    field.arguments.iter().map(|argument| &argument.node).collect()
}

/// The arguments or input fields `are`, where clients send `promised`.
fn takes(place: &str, are: &[&InputValueDefinition], promised: &[&InputValueDefinition], broken: &mut Vec<String>) {
    for old in promised {
        let name = &old.name.node;
        let Some(new) = are.iter().find(|new| new.name.node == *name) else {
            broken.push(format!("{place}.{name} is gone"));
            continue;
        };
        // What was accepted must still be: the other way round than for what is given.
        if !gives(&old.ty.node, &new.ty.node) {
            broken.push(format!("{place}.{name} took {} and takes {}", old.ty.node, new.ty.node));
        }
        let default = |value: &InputValueDefinition| value.default_value.as_ref().map(|value| value.node.to_string());
        if default(old).is_some() && default(old) != default(new) {
            broken.push(format!("{place}.{name} had the default {:?}", default(old)));
        }
    }
    for new in are.iter().filter(|new| !promised.iter().any(|old| old.name.node == new.name.node)) {
        if !new.ty.node.nullable && new.default_value.is_none() {
            broken.push(format!("{place}.{} is new and required", new.name.node));
        }
    }
}

fn kind(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Scalar => "scalar",
        TypeKind::Object(_) => "type",
        TypeKind::Interface(_) => "interface",
        TypeKind::Union(_) => "union",
        TypeKind::Enum(_) => "enum",
        TypeKind::InputObject(_) => "input",
    }
}

/// Everything by which `schema` breaks what `contract` promises.
fn broken(schema: &Sdl, contract: &Sdl) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, promised) in &contract.0 {
        let Some(ty) = schema.0.get(name) else {
            broken.push(format!("{name} is gone"));
            continue;
        };
        // "an interface or a plain type", says the contract of this one.
        if kind(&ty.kind) != kind(&promised.kind) && name != "UserError" {
            broken.push(format!("{name} was a {} and is a {}", kind(&promised.kind), kind(&ty.kind)));
        }
        let fields = schema.fields(name);
        for old in contract.fields(name) {
            let place = format!("{name}.{}", old.name.node);
            let Some(new) = fields.iter().find(|new| new.name.node == old.name.node) else {
                broken.push(format!("{place} is gone"));
                continue;
            };
            if !gives(&new.ty.node, &old.ty.node) {
                broken.push(format!("{place} gave {} and gives {}", old.ty.node, new.ty.node));
            }
            takes(&place, &arguments(new), &arguments(old), &mut broken);
        }
        if matches!(promised.kind, TypeKind::InputObject(_)) {
            takes(name, &schema.input_fields(name), &contract.input_fields(name), &mut broken);
        }
        for value in contract.values(name) {
            if !schema.values(name).contains(&value) {
                broken.push(format!("{name}.{value} is gone"));
            }
        }
        if let (TypeKind::Object(old), TypeKind::Object(new)) = (&promised.kind, &ty.kind) {
            for interface in &old.implements {
                if !new.implements.iter().any(|found| found.node == interface.node) {
                    broken.push(format!("{name} does not implement {}", interface.node));
                }
            }
        }
        // Types that the contract names and leaves to its introduction: connections and enums of fields.
        for ty in contract.fields(name).iter().map(|field| named(&field.ty.node).to_owned()) {
            if let Some(node) = ty.strip_suffix("Connection") {
                broken.extend(not_a_connection(schema, &ty, node));
            }
        }
    }
    broken
}

fn not_a_connection(schema: &Sdl, ty: &str, node: &str) -> Vec<String> {
    let edge = format!("{node}Edge");
    let wanted = [
        (ty, "edges", format!("[{edge}!]!")),
        (ty, "nodes", format!("[{node}!]!")),
        (ty, "pageInfo", "PageInfo!".to_owned()),
        (ty, "totalCount", "Int!".to_owned()),
        (&edge, "cursor", "String!".to_owned()),
        (&edge, "node", format!("{node}!")),
    ];
    let missing = wanted.into_iter().filter(|(ty, field, wanted)| {
        !schema.fields(ty).iter().any(|found| found.name.node == *field && found.ty.node.to_string() == *wanted)
    });
    missing.map(|(ty, field, wanted)| format!("{ty}.{field} is no {wanted}")).collect()
}

/// Everything that outside clients rely on is in the schema, as promised or better.
#[test]
fn the_contract_is_kept() {
    let broken = broken(&Sdl::exported(), &Sdl::parse(CONTRACT));
    assert!(broken.is_empty(), "{broken:#?}");
    for value in ["CREATED_AT", "UPDATED_AT"] {
        assert!(Sdl::exported().values("MessageOrderField").iter().any(|found| found == value), "{value}");
    }
}

/// The comparison sees what is taken away, made stricter to call, or made looser to read.
#[test]
fn breaking_the_contract_is_noticed() {
    let contract = Sdl::parse(CONTRACT);
    for (from, to) in [
        ("name: String! email: EmailAddress! role", "name: String email: EmailAddress! role"),
        ("company: String service: String content: String!", "company: String content: String!"),
        ("pageUrl: String visitorToken", "pageUrl: String! visitorToken"),
        ("NEW IN_PROGRESS CONVERTED", "NEW IN_PROGRESS"),
        ("node(id: ID!): Node", "node(id: ID!, kind: String!): Node"),
        ("nodes(ids: [ID!]!): [Node]!", "nodes(ids: [ID!]!): [Node]"),
        ("sendEmail: Boolean = true", "sendEmail: Boolean = false"),
        ("type Staff implements Node & User", "type Staff implements Node"),
        ("assigneeId: ID }", "assigneeId: ID! }"),
    ] {
        let changed = CONTRACT.replacen(from, to, 1);
        assert_ne!(changed, CONTRACT, "{from}");
        let broken: Vec<_> = broken(&Sdl::parse(&changed), &contract);
        let seen: Vec<_> =
            broken.iter().filter(|line| !line.contains("Connection") && !line.contains("Edge")).collect();
        assert!(!seen.is_empty(), "{to}");
    }
}

/// Every type, field, argument, enum value and input field is described.
#[test]
fn everything_is_described() {
    let sdl = Sdl::exported();
    let mut silent = Vec::new();
    let mut say = |place: String, description: Option<&str>| {
        if description.is_none_or(|text| text.trim().is_empty()) {
            silent.push(place);
        }
    };
    for (name, ty) in &sdl.0 {
        say(name.clone(), ty.description.as_ref().map(|text| text.node.as_str()));
        for field in sdl.fields(name) {
            say(format!("{name}.{}", field.name.node), field.description.as_ref().map(|text| text.node.as_str()));
            for argument in &field.arguments {
                let text = argument.node.description.as_ref().map(|text| text.node.as_str());
                say(format!("{name}.{}({})", field.name.node, argument.node.name.node), text);
            }
        }
        for field in sdl.input_fields(name) {
            say(format!("{name}.{}", field.name.node), field.description.as_ref().map(|text| text.node.as_str()));
        }
        if let TypeKind::Enum(values) = &ty.kind {
            for value in &values.values {
                let text = value.node.description.as_ref().map(|text| text.node.as_str());
                say(format!("{name}.{}", value.node.value.node), text);
            }
        }
    }
    assert!(silent.is_empty(), "without a description: {silent:#?}");
}

/// The API's permissions are the contexts' permissions, in the same words, and the roles name no others.
#[test]
fn permissions_are_the_catalogs() {
    let sdl = Sdl::exported();
    let catalog = gateway::wiring::app::catalog();
    let names: BTreeSet<_> = catalog.iter().map(|permission| permission.name.to_owned()).collect();
    assert_eq!(names.len(), catalog.len(), "each name once");
    assert_eq!(sdl.values("Permission").into_iter().collect::<BTreeSet<_>>(), names);
    let Some(TypeKind::Enum(values)) = sdl.0.get("Permission").map(|ty| &ty.kind) else { panic!("an enum") };
    for value in &values.values {
        let described = value.node.description.as_ref().map(|text| text.node.trim().to_owned());
        let known = catalog.iter().find(|permission| permission.name == value.node.value.node.as_str());
        assert_eq!(described.as_deref(), known.map(|permission| permission.description));
    }
    for (role, permissions) in identity::ROLES {
        for name in permissions.iter().filter(|name| **name != "*") {
            assert!(names.contains(name.trim_start_matches('-')), "the role {role} names {name}");
        }
    }
}

/// Roles and permissions are given by those who may, and none that they do not hold: `stories::roles` shows it.
const GIVEN: &[&str] = &[
    "CreateStaffInput.roleId",
    "UpdateStaffInput.roleId",
    "InviteStaffInput.roleId",
    "UpdateRoleInput.roleId",
    "CreateRoleInput.permissions",
    "UpdateRoleInput.permissions",
    "PersonPermissionInput.permission",
    "AddTeamMemberInput.role",
    "SetTeamMemberRoleInput.role",
    "CreateApiKeyInput.permissions",
];

/// What a caller may not write is no input: no tenant, no role, no times, no versions.
#[test]
fn inputs_hold_nothing_that_is_the_servers() {
    let sdl = Sdl::exported();
    for (name, ty) in &sdl.0 {
        let writes = matches!(ty.kind, TypeKind::InputObject(_)) && name.ends_with("Input");
        for field in sdl.input_fields(name).iter().filter(|_| writes) {
            let field = field.name.node.as_str();
            let owned = ["tenant", "createdAt", "updatedAt", "role", "permission", "version", "actor", "author"];
            let given = GIVEN.contains(&format!("{name}.{field}").as_str());
            assert!(given || !owned.iter().any(|word| field.contains(word)), "{name}.{field}");
        }
    }
}

/// What sounds like a secret is one, and then the tests look for it afterwards, or is named here.
#[test]
fn what_sounds_secret_is_searched_for() {
    const HARMLESS: &[&str] = &[
        "accessTokenExpiresAt",
        "apiKey",
        "apiKeyId",
        "apiKeys",
        "authorizationUrl",
        "avatarUrl",
        "b2chatCode",
        "budgetTokens",
        "cancelConsultationByToken",
        "changePassword",
        "connectCrmWithKey",
        "consultationByToken",
        "createApiKey",
        "dailyTokens",
        "failureCode",
        "fileUrl",
        "hasClientSecret",
        "hasPassword",
        "hasWebhookSecret",
        "imageUrl",
        "inputTokens",
        "isCodeDerived",
        "keyId",
        "keyField",
        "logoUrl",
        "mustChangePassword",
        "outputTokens",
        "pageUrl",
        "previousWebhookSecretUntil",
        "refreshTokenExpiresAt",
        "regenerateRecoveryCodes",
        "requestPasswordReset",
        "rescheduleConsultationByToken",
        "reservedTokens",
        "resetPassword",
        "revokeApiKey",
        "scribehowUrl",
        "spentTokens",
        "tokenExpiresAt",
        "tokens",
        "videoUrl",
        "viewerUrl",
    ];
    let name = |line: &str| {
        let name = line.trim_start().split(['(', ':']).next().unwrap_or_default().to_owned();
        let field = line.contains(':') || line.ends_with('(');
        (field && name.chars().all(char::is_alphanumeric)).then_some(name)
    };
    let sounds = |name: &String| {
        let name = name.to_lowercase();
        ["password", "secret", "token", "code", "key", "url"].iter().any(|word| name.contains(word))
    };
    let names: BTreeSet<_> = sdl::TEXT.lines().filter_map(name).filter(sounds).collect();
    let known = |name: &&String| secrets::SECRET.contains(&name.as_str()) || HARMLESS.contains(&name.as_str());
    let unknown: Vec<_> = names.iter().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "secret or harmless? {unknown:?}");
}

/// Fields that hold personal data wherever they stand.
const PERSONAL_FIELDS: &[&str] = &["actorEmail", "address", "content", "email", "phone", "userAgent"];
/// Types with such a field that hold nobody's personal data, and why.
const NOT_PERSONAL: &[(&str, &str)] = &[
    ("AssistantMessage", "shown to nobody but who asked"),
    ("CsvFile", "told as data.export, before it is handed out"),
    ("Guide", "a text for everybody"),
    ("NotificationPreference", "whether to tell by mail"),
    ("PlatformSession", "one's own, of the platform"),
    ("SavedReply", "a text for everybody, with places for names"),
];

/// What shows personal data leaves a row in the trail when it is read: no type with such a field is forgotten.
#[test]
fn every_type_with_personal_data_is_known_to_be() {
    let sdl = Sdl::exported();
    let types = sdl.types();
    for ty in &types {
        let fields = sdl.fields(ty);
        let holds = fields.iter().any(|field| PERSONAL_FIELDS.contains(&field.name.node.as_str()));
        let exempt = ty.ends_with("Payload") || NOT_PERSONAL.iter().any(|(name, _)| name == ty);
        assert!(!holds || exempt || gateway::graphql::personal::PERSONAL.contains(&ty.as_str()), "{ty}");
    }
    for name in gateway::graphql::personal::PERSONAL {
        assert!(types.iter().any(|ty| ty == name), "there is no type {name}");
    }
}
