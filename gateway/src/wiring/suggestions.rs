//! Names that somebody may have meant.

use async_graphql::Response;

/// What the validator's suggestion of other names begins with.
const SUGGESTION: &str = " Did you mean \"";
/// How many names are suggested.
const SUGGESTED: usize = 3;

/// Leaves the nearest names in what is said of unknown fields and arguments, and none for strangers: by guessing they would
/// read the schema where they may not ask for it.
pub fn suggest(response: &mut Response, told: bool) {
    for error in response.errors.iter_mut().filter(|error| error.path.is_empty()) {
        let Some(at) = error.message.find(SUGGESTION) else { continue };
        let nearest: Vec<_> = error.message[at..].trim_end_matches('?').split(", ").take(SUGGESTED).collect();
        let nearest = nearest.join(", ");
        error.message.truncate(at);
        if told {
            error.message.push_str(&nearest);
            error.message.push('?');
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::ServerError;

    use super::*;

    #[test]
    fn the_nearest_names_are_for_those_who_are_known() {
        let said = |told| {
            let errors = vec![
                ServerError::new("Unknown field \"a\" on type \"B\". Did you mean \"c\", \"d\", \"e\", \"f\"?", None),
                ServerError::new("Unknown field \"a\" on type \"B\".", None),
            ];
            let mut response = Response::from_errors(errors);
            suggest(&mut response, told);
            response.errors.into_iter().map(|error| error.message).collect::<Vec<_>>()
        };
        let plain = "Unknown field \"a\" on type \"B\".";
        assert_eq!(said(false), [plain, plain]);
        assert_eq!(said(true), [format!("{plain} Did you mean \"c\", \"d\", \"e\"?"), plain.to_owned()]);
    }
}
