//! The schema that clients read, as something to walk through.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

/// The exported schema.
pub const TEXT: &str = include_str!("../../schema.graphql");

/// The types of a schema by name.
pub struct Sdl(pub BTreeMap<String, TypeDefinition>);

/// A field of `Query`, `Mutation` or `Subscription`.
#[derive(Debug, Clone)]
pub struct Root {
    /// `query`, `mutation` or `subscription`.
    pub operation: &'static str,
    /// Its name.
    pub name: String,
    /// The permission that `@requires` names.
    pub requires: Option<String>,
    /// Its arguments.
    pub arguments: Vec<InputValueDefinition>,
    /// Its type.
    pub ty: Type,
}

/// The innermost name of a type: `Message` of `[Message!]!`.
pub fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

fn nodes<T: Clone>(positioned: &[Positioned<T>]) -> Vec<T> {
    positioned.iter().map(|item| item.node.clone()).collect()
}

impl Sdl {
    /// The exported schema.
    pub fn exported() -> Self {
        Self::parse(TEXT)
    }

    /// Reads a schema.
    pub fn parse(text: &str) -> Self {
        let document = parse_schema(text).unwrap_or_else(|error| panic!("the schema does not parse: {error}"));
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node)),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        });
        Self(types.collect())
    }

    /// The names of all types.
    pub fn types(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// The fields of an object or interface; none of anything else.
    pub fn fields(&self, ty: &str) -> Vec<&FieldDefinition> {
        let fields = match self.0.get(ty).map(|ty| &ty.kind) {
            Some(TypeKind::Object(object)) => &object.fields,
            Some(TypeKind::Interface(interface)) => &interface.fields,
            _ => return Vec::new(),
        };
        fields.iter().map(|field| &field.node).collect()
    }

    /// The fields of an input; none of anything else.
    pub fn input_fields(&self, ty: &str) -> Vec<&InputValueDefinition> {
        let Some(TypeKind::InputObject(input)) = self.0.get(ty).map(|ty| &ty.kind) else { return Vec::new() };
        input.fields.iter().map(|field| &field.node).collect()
    }

    /// The values of an enum; none of anything else.
    pub fn values(&self, ty: &str) -> Vec<String> {
        match self.0.get(ty).map(|ty| &ty.kind) {
            Some(TypeKind::Enum(all)) => all.values.iter().map(|value| value.node.value.to_string()).collect(),
            _ => Vec::new(),
        }
    }

    /// The object types that implement an interface.
    pub fn implementors(&self, interface: &str) -> Vec<String> {
        let implements = |ty: &&TypeDefinition| match &ty.kind {
            TypeKind::Object(object) => object.implements.iter().any(|name| name.node == interface),
            _ => false,
        };
        self.0.values().filter(implements).map(|ty| ty.name.node.to_string()).collect()
    }

    /// Every root field that belongs to a tenant.
    pub fn roots(&self) -> Vec<Root> {
        self.all_roots(false)
    }

    /// Every root field of the platform, which belongs to no tenant.
    pub fn platform_roots(&self) -> Vec<Root> {
        self.all_roots(true)
    }

    fn all_roots(&self, platform: bool) -> Vec<Root> {
        let mut roots = Vec::new();
        for (operation, ty) in [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")] {
            for field in self.fields(ty) {
                if platform != field.directives.iter().any(|directive| directive.node.name.node == "platform") {
                    continue;
                }
                let requires = field.directives.iter().find(|directive| directive.node.name.node == "requires");
                let requires = requires.map(|directive| match &directive.node.arguments[..] {
                    [(_, value)] => value.node.to_string(),
                    other => panic!("@requires has one argument, not {other:?}"),
                });
                roots.push(Root {
                    operation,
                    name: field.name.node.to_string(),
                    requires,
                    arguments: nodes(&field.arguments),
                    ty: field.ty.node.clone(),
                });
            }
        }
        assert!(roots.len() > 5, "the schema has root fields");
        roots
    }

    /// Where a value of the scalar `wanted` goes into a root field's arguments: dotted paths such as `input.messageId`.
    /// Inputs that hold themselves (`and`, `or`, `not`) are entered once.
    pub fn places_for(&self, root: &Root, wanted: &[&str]) -> Vec<String> {
        let mut places = Vec::new();
        for argument in &root.arguments {
            self.descend(&argument.ty.node, argument.name.node.to_string(), &mut Vec::new(), wanted, &mut places);
        }
        places
    }

    fn descend(&self, ty: &Type, path: String, above: &mut Vec<String>, wanted: &[&str], places: &mut Vec<String>) {
        let name = named(ty).to_owned();
        if wanted.contains(&name.as_str()) {
            places.push(path);
        } else if !above.contains(&name) {
            above.push(name.clone());
            for field in self.input_fields(&name) {
                self.descend(&field.ty.node, format!("{path}.{}", field.name.node), above, wanted, places);
            }
            above.pop();
        }
    }

    /// Whether a list stands at this place of a root field's arguments.
    pub fn is_list(&self, root: &Root, path: &str) -> bool {
        let mut steps = path.split('.');
        let first = steps.next().unwrap_or_default();
        let argument = root.arguments.iter().find(|argument| argument.name.node == first);
        let mut ty = argument.unwrap_or_else(|| panic!("{} has no {path}", root.name)).ty.node.clone();
        for step in steps {
            let fields = self.input_fields(named(&ty));
            let field = fields.into_iter().find(|field| field.name.node == step);
            ty = field.unwrap_or_else(|| panic!("{} has no {path}", root.name)).ty.node.clone();
        }
        matches!(ty.base, BaseType::List(_))
    }

    /// A document that asks a root field for everything down to `depth` objects, with all its arguments as variables.
    /// Connections are asked for `first` rows where the caller does not give the number.
    /// Of things of every kind only a part of what they link to fits into one.
    pub fn document(&self, operation_name: &str, root: &Root, depth: usize, first: u32) -> String {
        self.document_part(operation_name, root, depth, first, (0, Self::parts(root)))
    }

    /// In how many documents a root field is asked for everything.
    pub fn parts(root: &Root) -> usize {
        if named(&root.ty) == "Node" { 16 } else { 1 }
    }

    /// The same, of a list with only every so many of what its rows link to: where all of it costs more than one operation may.
    pub fn document_part(
        &self,
        operation_name: &str,
        root: &Root,
        depth: usize,
        first: u32,
        part: (usize, usize),
    ) -> String {
        let above = &mut Vec::new();
        let selection = self.selection_part(named(&root.ty), depth, first, &Beside::default(), above, part);
        Self::operation(operation_name, root, &selection)
    }

    /// A document that asks a root field whose things may be of every kind for all that these kinds show and link to.
    pub fn document_of(&self, operation_name: &str, root: &Root, types: &[&str]) -> String {
        Self::operation(operation_name, root, &format!("{{ __typename {} }}", self.beside_one_another(types)))
    }

    /// A document that asks a root field for this, with all its arguments as variables.
    fn operation(operation_name: &str, root: &Root, selection: &str) -> String {
        let mut variables = String::new();
        let mut arguments = String::new();
        for argument in &root.arguments {
            let name = &argument.name.node;
            let _ = write!(variables, "${name}: {} ", argument.ty.node);
            let _ = write!(arguments, "{name}: ${name} ");
        }
        if !variables.is_empty() {
            variables = format!("({variables})");
            arguments = format!("({arguments})");
        }
        format!("{} {operation_name}{variables} {{ {}{arguments} {selection} }}", root.operation, root.name)
    }

    /// All that objects of these types show and link to, in a place where any of them may stand.
    pub fn beside_one_another(&self, types: &[&str]) -> String {
        let beside = self.beside(types);
        let all = |ty: &str| self.selection_part(ty, 1, 1, &beside, &mut vec!["Node".to_owned()], (0, 1));
        let of = |ty: &&str| format!("... on {ty} {}", all(ty));
        types.iter().map(of).collect()
    }

    /// The selection set of a type, where objects of the types `beside` may stand, too; empty for a scalar.
    fn selection_part(
        &self,
        ty: &str,
        depth: usize,
        first: u32,
        beside: &Beside,
        above: &mut Vec<String>,
        (part, parts): (usize, usize),
    ) -> String {
        let Some(definition) = self.0.get(ty) else { return String::new() };
        let fields = self.fields(ty);
        if fields.is_empty() {
            return String::new();
        }
        let mut set = String::from("{ __typename ");
        above.push(ty.to_owned());
        let connection = ty.ends_with("Connection");
        let rows = above.len() == 2 && (above[0].ends_with("Connection") || above[0] == "Node");
        // Where eighths cost too much still, what is divided, too, is what those link to that the rows link to.
        let is_list = |level: usize| above[level].ends_with("Connection");
        let below_rows = match above.len() {
            3 => is_list(0) && !is_list(2),
            4 => is_list(0) && is_list(2),
            _ => false,
        };
        let (of, share) = if rows { (parts.min(8), part % 8) } else { (parts.div_ceil(8), part / 8) };
        let mut links = 0;
        for field in &fields {
            let (name, inner) = (field.name.node.as_str(), named(&field.ty.node));
            // The same rows stand in `nodes`.
            if connection && name == "edges" {
                continue;
            }
            let composite = !self.fields(inner).is_empty();
            let below = if connection { depth } else { depth.saturating_sub(1) };
            if composite && inner != "PageInfo" && (depth == 0 || above.iter().filter(|ty| *ty == inner).count() > 1) {
                continue;
            }
            if (rows || below_rows) && composite {
                links += 1;
                if links % of != share {
                    continue;
                }
            }
            let paged = field.arguments.iter().any(|argument| argument.node.name.node == "first");
            let limited = field.arguments.iter().any(|argument| argument.node.name.node == "limit");
            let arguments = match (paged, limited) {
                (true, _) => format!("(first: {first})"),
                (_, true) => "(limit: 1000)".to_owned(),
                _ => String::new(),
            };
            let clashes = beside.usual.get(name).is_some_and(|usual| *usual != field.ty.node.to_string());
            // Beside all kinds that there are, links would take more aliases than a document may have; each kind's own list has them.
            // What needs an alias and links to nothing is divided among the parts.
            let elsewhere = (ty.len() + name.len()) % parts != part % parts;
            if clashes && beside.objects > 20 && (composite || elsewhere) {
                continue;
            }
            let alias = if clashes { format!("{ty}_{name}: ") } else { String::new() };
            let _ = write!(
                set,
                "{alias}{name}{arguments} {}",
                self.selection_part(inner, below, first, &Beside::default(), above, (part, parts))
            );
        }
        // Whatever has an id is asked for everything at the root; below it, each of its kinds would cost as much again.
        let anything = ty == "Node" && above.len() > 1;
        if matches!(definition.kind, TypeKind::Interface(_)) && !anything {
            // So many kinds do not go into one document: they are divided first, then what they link to.
            let groups = (parts / 8).max(1);
            let mine = self.implementors(ty).into_iter().enumerate().filter(|(at, _)| at % groups == part / 8 % groups);
            let objects: Vec<_> = mine.map(|(_, object)| object).collect();
            let beside = self.beside(&objects);
            let (part, parts) = if groups > 1 { (part % 8, 8) } else { (part, parts) };
            for object in &objects {
                let of_object = self.selection_part(object, depth, first, &beside, above, (part, parts));
                let _ = write!(set, "... on {object} {of_object}");
            }
        }
        above.pop();
        set + "} "
    }

    /// These objects, where any of them may stand.
    fn beside(&self, objects: &[impl AsRef<str>]) -> Beside {
        let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for field in objects.iter().flat_map(|object| self.fields(object.as_ref())) {
            *counts.entry(field.name.node.to_string()).or_default().entry(field.ty.node.to_string()).or_default() += 1;
        }
        let usual = counts.into_iter().filter_map(|(field, types)| {
            let (ty, _) = types.into_iter().max_by_key(|(_, count)| *count)?;
            Some((field, ty))
        });
        Beside { objects: objects.len(), usual: usual.collect() }
    }
}

/// Objects any of which may stand in a place, so that a field that has another type than most of them have needs another name.
#[derive(Default)]
struct Beside {
    /// How many there are.
    objects: usize,
    /// The type that most of them have, by field.
    usual: BTreeMap<String, String>,
}
