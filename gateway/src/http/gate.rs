//! The document gate: everything a document may cost is bounded before it is validated or executed.
//!
//! The validators walk fragments without remembering where they have been, so a document of 800 bytes can keep a core
//! busy for ever. The gate's own work is linear in the document: text first ([`super::scan`]), then each fragment is
//! weighed once ([`super::weigh`]), then the cost in values is counted ([`super::cost`]).

use async_graphql::{
    Name, ServerError,
    parser::{
        parse_query,
        types::{ExecutableDocument, OperationType, Selection, SelectionSet},
    },
};

use super::{cost, errors, limits::Limits, passed::Passed, scan, weigh};

/// A document that has passed, with what every request needs to know of it.
#[derive(Debug)]
pub(super) struct Document {
    /// The text it was parsed from.
    pub text: Box<str>,
    /// The syntax tree.
    pub ast: ExecutableDocument,
    /// Whether it asks what the API is like.
    pub introspects: bool,
    /// Its operations, in no particular order; never empty.
    pub operations: Vec<Facts>,
}

/// What is known of an operation without its variables.
#[derive(Debug)]
pub(super) struct Facts {
    /// `None` for the one anonymous operation.
    pub name: Option<Name>,
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// Variables that must be given, with the text of their types.
    pub required: Vec<(Name, String)>,
    /// The cost, where no variable has a say in it.
    pub cost: Option<u64>,
    /// How it has passed validation.
    pub passed: Passed,
}

/// Parses a document and holds it against the limits.
///
/// # Errors
/// `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED` (unknown or cyclic fragments) or `QUERY_TOO_COMPLEX`, in the
/// error's extensions.
pub(super) fn admit(text: &str, limits: &Limits) -> Result<Document, ServerError> {
    scan::check(text, limits)?;
    let ast = parse_query(text).map_err(parse_failed)?;
    weigh::check(&ast, limits)?;
    let mut operations = Vec::with_capacity(ast.operations.iter().len());
    for (name, operation) in ast.operations.iter() {
        let definition = &operation.node;
        let estimate = cost::estimate(&ast, definition, None);
        if !estimate.variable {
            cost::check(estimate.values, limits)?;
        }
        operations.push(Facts {
            name: name.cloned(),
            kind: definition.ty,
            required: definition
                .variable_definitions
                .iter()
                .map(|variable| &variable.node)
                .filter(|variable| !variable.var_type.node.nullable && variable.default_value.is_none())
                .map(|variable| (variable.name.node.clone(), variable.var_type.node.to_string()))
                .collect(),
            cost: (!estimate.variable).then_some(estimate.values),
            passed: Passed::of(&definition.variable_definitions),
        });
    }
    Ok(Document { text: text.into(), introspects: introspects(&ast), ast, operations })
}

/// Whether a document asks for the schema anywhere. The depth of the recursion was bounded before.
fn introspects(ast: &ExecutableDocument) -> bool {
    fn asks(set: &SelectionSet) -> bool {
        set.items.iter().any(|item| match &item.node {
            Selection::Field(field) => {
                matches!(field.node.name.node.as_str(), "__schema" | "__type") || asks(&field.node.selection_set.node)
            }
            Selection::InlineFragment(fragment) => asks(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => false,
        })
    }
    ast.operations.iter().any(|(_, operation)| asks(&operation.node.selection_set.node))
        || ast.fragments.values().any(|fragment| asks(&fragment.node.selection_set.node))
}

/// The parser's own words are safe: they speak of the text alone. Its first line draws nothing, unlike the rest.
fn parse_failed(error: async_graphql::parser::Error) -> ServerError {
    let position = error.positions().next();
    let message = match &error {
        async_graphql::parser::Error::Syntax { message, .. } => message
            .lines()
            .rev()
            .find_map(|line| line.trim().strip_prefix("= "))
            .unwrap_or("unexpected token")
            .to_owned(),
        other => other.to_string(),
    };
    errors::coded("GRAPHQL_PARSE_FAILED", format!("Syntax error: {message}"), position)
}
#[cfg(test)]
pub(super) mod tests {
    use std::{fmt::Write as _, time::Instant};

    use async_graphql::{Variables, value};

    use super::{Document, Limits, admit};
    use crate::http::{cost, errors};

    const COMPLEX: &str = "QUERY_TOO_COMPLEX";
    const PARSE: &str = "GRAPHQL_PARSE_FAILED";
    const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

    #[track_caller]
    fn refused(text: &str) -> String {
        let started = Instant::now();
        let error = admit(text, &Limits::default()).expect_err("must be refused");
        // Two orders of magnitude above what it takes: the point is that it is not 8^10 steps.
        assert!(started.elapsed().as_millis() < 1_000, "{:?}", started.elapsed());
        errors::code(&error).to_owned()
    }

    #[track_caller]
    fn passes(text: &str) -> Document {
        admit(text, &Limits::default()).expect("must pass")
    }

    /// Ten fragments, each spreading the next eight times: 8^10 fields from a few hundred bytes.
    pub(in crate::http) fn bomb() -> String {
        let mut text = String::from("query{...h0}");
        for level in 0..10 {
            let spread = format!("...h{} ", level + 1).repeat(8);
            let _ = write!(text, "fragment h{level} on Query{{{spread}}}");
        }
        text + "fragment h10 on Query{__typename}"
    }

    #[test]
    fn the_fragment_bomb_is_refused() {
        assert!(bomb().len() < 1_000);
        assert_eq!(refused(&bomb()), COMPLEX);
        // The same bomb where no operation reaches it: validators walk that too.
        assert_eq!(refused(&bomb().replace("{...h0}", "{a}")), COMPLEX);
        // Under an alias of introspection, which is exempt from depth but from nothing else.
        assert_eq!(refused(&bomb().replace("{...h0}", "{__schema{...h0}}")), COMPLEX);
    }

    #[test]
    fn cycles_and_unknown_fragments_are_refused() {
        assert_eq!(refused("{...a} fragment a on Q{...a}"), INVALID);
        assert_eq!(refused("{x} fragment a on Q{b{...b}} fragment b on Q{...{...a}}"), INVALID);
        assert_eq!(refused("{...nowhere}"), INVALID);
    }

    #[test]
    fn a_long_chain_of_fragments_is_refused_without_deep_recursion() {
        let chain = |length: usize| {
            let mut text = String::from("{...f0}");
            for link in 0..length {
                let _ = write!(text, "fragment f{link} on Q{{...f{}}}", link + 1);
            }
            let _ = write!(text, "fragment f{length} on Q{{a}}");
            text
        };
        assert_eq!(refused(&chain(1_000)), COMPLEX);
        passes(&chain(20));
    }

    #[test]
    fn counts_are_limited() {
        let aliases = (0..5_000).fold(String::from("{a{"), |mut text, n| {
            let _ = write!(text, "a{n}:b ");
            text
        }) + "}}";
        assert_eq!(refused(&aliases), COMPLEX);
        let directives = format!("{{a{}}}", "@d".repeat(20_000));
        assert_eq!(refused(&directives), COMPLEX);
        assert_eq!(refused(&format!("{{a{}}}", "@d".repeat(51))), COMPLEX);
        assert_eq!(refused(&format!("query{}{{a}}", "@d".repeat(51))), COMPLEX);
        assert_eq!(refused(&format!("{{...f}} fragment f on Q{}{{a}}", "@d".repeat(51))), COMPLEX);
        passes(&format!("{{a{}}}", "@d".repeat(50)));
        assert_eq!(refused(&format!("{{{}}}", "a ".repeat(21))), COMPLEX);
        assert_eq!(refused(&format!("{{...f}} fragment f on Q{{{}}}", "a ".repeat(21))), COMPLEX);
        passes(&format!("{{{}}}", "a ".repeat(20)));
        assert_eq!(refused(&format!("{{a{{{}}}}}", "b ".repeat(2_001))), COMPLEX);
        passes(&format!("{{a{{{}}}}}", "b ".repeat(1_900)));
    }

    #[test]
    fn text_is_limited_before_it_is_parsed() {
        assert_eq!(refused(&"{a}".repeat(33_000)), COMPLEX);
        assert_eq!(refused(&format!("{{a(b:\"{}\")}}", "x".repeat(101 * 1024))), COMPLEX);
        assert_eq!(refused(&"a ".repeat(50_000)), COMPLEX);
        for (open, close) in [("{a", "}"), ("[", "]"), ("(", ")")] {
            let deep = format!("{{a(b:{}{})}}", open.repeat(40_000), close.repeat(10));
            assert_eq!(refused(&deep), COMPLEX, "{open}");
        }
        assert_eq!(refused(&format!("{{a(b:{}1{})}}", "[".repeat(63), "]".repeat(63))), COMPLEX);
        passes(&format!("{{a(b:{}1{})}}", "[".repeat(60), "]".repeat(60)));
        let types = format!("query($a:{}Int{}){{a}}", "[".repeat(80), "]".repeat(80));
        assert_eq!(refused(&types), COMPLEX);
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count_and_cannot_hide_others() {
        let many = "{".repeat(200);
        passes(&format!("{{a(b:\"{many}\\\"{many}\") # {many}\n}}"));
        passes(&format!("{{a(b:\"\"\"{many}\\\"\"\"{many}\n\"{many}\"\"\")}}"));
        let deep = "[".repeat(200);
        // To a parser these are strings that end early, and brackets.
        assert_eq!(refused(&format!("{{a(b:[\"\"\"x\"{deep}")), PARSE);
        assert_eq!(refused(&format!("{{a(b:[\"x\n{deep}")), PARSE);
        assert_eq!(refused(&format!("{{a(b:\"\"{deep}1)}}")), COMPLEX);
        assert_eq!(refused(&format!("{{a(b:\"\\\\\"{deep}1)}}")), COMPLEX);
        assert_eq!(refused(&format!("{{a #\r{deep}1)}}")), COMPLEX);
    }

    #[test]
    fn depth_is_limited_through_fragments() {
        let nested = |depth| format!("{}a{}", "{a".repeat(depth), "}".repeat(depth));
        passes(&nested(14));
        assert_eq!(refused(&nested(15).replace("aa", "a{a}")), COMPLEX);
        let upper = format!("{}...f{}", "{a".repeat(8) + "{", "}".repeat(9));
        let halves = format!("{upper} fragment f on Q{}", nested(8));
        assert_eq!(refused(&halves), COMPLEX);
    }

    #[test]
    fn parse_errors_are_told_in_one_line() {
        let error = admit("{ a(", &Limits::default()).expect_err("no document");
        assert_eq!(errors::code(&error), PARSE);
        assert!(error.message.starts_with("Syntax error: expected "), "{}", error.message);
        assert!(!error.message.contains('\n'));
        assert_eq!(error.locations.len(), 1);
        for text in ["", "#", "{", "{}", "{a}{b}", "type A{a:Int}", "\u{0}", "{a(b:\"\\x\")}"] {
            assert_eq!(refused(text), PARSE, "{text}");
        }
    }

    #[test]
    fn introspection_is_exempt_from_depth_but_not_from_nesting() {
        passes(include_str!("tests/introspection.graphql"));
        let nested = |lists: usize| {
            let open = "fields{type{".repeat(lists);
            format!("{{__schema{{types{{{open}name{}}}}}}}", "}}".repeat(lists))
        };
        passes(&nested(2));
        assert_eq!(refused(&nested(3)), COMPLEX);
        let split = "{__type(name:\"A\"){fields{type{...f}}}} \
                     fragment f on __Type{possibleTypes{inputFields{name}}}";
        assert_eq!(refused(split), COMPLEX);
        assert_eq!(refused(&format!("{{{}}}", "__schema{types{name}}".repeat(6))), COMPLEX);
        // The same names in the product's own types are nobody's business.
        passes("{form{fields{form{fields{form{fields{name}}}}}}}");
    }

    #[test]
    fn the_page_of_an_inbox_passes_and_a_cycle_of_them_does_not() {
        let document = passes(include_str!("tests/inbox.graphql"));
        let (_, operation) = document.ast.operations.iter().next().expect("an operation");
        let page = |first: u32| {
            let variables = Variables::from_value(value!({ "first": first }));
            cost::estimate(&document.ast, &operation.node, Some(&variables)).values
        };
        assert!((3_000..8_000).contains(&page(100)), "{}", page(100));
        assert!(page(50) < page(100));
        assert_eq!(page(1_000_000), page(100), "the list refuses that, by name");
        let cycle = "{messages(first:10){nodes{visitor{messages(first:10){nodes{\
                     visitor{messages(first:10){nodes{visitor{messages(first:10){nodes{id}}}}}}}}}}}}";
        assert_eq!(refused(cycle), COMPLEX);
    }

    #[test]
    fn whoever_asks_for_the_schema_is_known_wherever_they_ask() {
        for asks in [
            "{__schema{types{name}}}",
            "{a:__type(name:\"X\"){name}}",
            "{...f} fragment f on Q{...{__schema{types{name}}}}",
        ] {
            assert!(passes(asks).introspects, "{asks}");
        }
        for asks_not in ["{__typename a{__typename}}", "{a(b:\"__schema\")}"] {
            assert!(!passes(asks_not).introspects, "{asks_not}");
        }
    }
}
