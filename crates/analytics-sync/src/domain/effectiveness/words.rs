//! What people write when they are glad, and when they are not. Six languages, folded as texts are compared.

use kernel::text::fold;

/// English, Spanish, German, French, Portuguese, Italian.
const THANKS: &str = "thank you|thanks|thx|great|perfect|excellent|awesome|very kind|solved|it works now\
    |gracias|muchas gracias|perfecto|excelente|muy amable|genial|solucionado|ya funciona\
    |danke|vielen dank|super|prima|perfekt|klasse|erledigt|funktioniert wieder\
    |merci|parfait|tres gentil|resolu|ca marche\
    |obrigado|obrigada|perfeito|otimo|resolvido\
    |grazie|perfetto|ottimo|gentilissimo|risolto";
/// The same languages in the same order.
const ANGER: &str = "angry|terrible|worst|unacceptable|useless|ridiculous|disappointed|frustrated|refund|complaint|still waiting|nobody answers\
    |pesimo|terrible|inaceptable|molesto|molesta|enojado|enojada|decepcionado|decepcionada|queja|reclamo|reembolso|sigo esperando|nadie responde|ridiculo\
    |argerlich|schlecht|unverschamt|enttauscht|beschwerde|inakzeptabel|warte immer noch|niemand antwortet|frechheit\
    |inadmissible|decu|decue|scandaleux|plainte|remboursement|j'attends toujours|personne ne repond\
    |pessimo|inaceitavel|reclamacao|ainda estou esperando|ninguem responde\
    |inaccettabile|deluso|delusa|reclamo|rimborso|sto ancora aspettando|nessuno risponde";

/// A text as it is looked through.
#[derive(Debug, Clone)]
pub struct Folded(String);

impl Folded {
    /// Folds a text: its words, with a blank before and after each.
    pub fn of(text: &str) -> Self {
        let folded = fold(text);
        let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
        Self(words.fold(" ".to_owned(), |all, word| all + word + " "))
    }

    fn first_of(&self, words: &'static str) -> Option<&'static str> {
        words.split('|').map(str::trim).find(|word| self.0.contains(&format!(" {word} ")))
    }

    /// The first word of thanks in it.
    pub fn thanks(&self) -> Option<&'static str> {
        self.first_of(THANKS)
    }

    /// The first word of anger in it.
    pub fn anger(&self) -> Option<&'static str> {
        self.first_of(ANGER)
    }
}

/// Whether somebody asks something.
pub fn asks(text: &str) -> bool {
    text.contains(['?', '¿', '？', '؟', '՞'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_as_texts_are_compared() {
        for word in THANKS.split('|').chain(ANGER.split('|')).map(str::trim) {
            assert_eq!(Folded::of(word).0.trim(), word, "as it is compared");
        }
    }

    #[test]
    fn words_are_found_whatever_their_case_and_accents() {
        assert_eq!(Folded::of("¡Muchas GRACIAS!").thanks(), Some("gracias"));
        assert_eq!(Folded::of("C'est scandaleux").anger(), Some("scandaleux"));
        assert_eq!(Folded::of("Ich warte immer noch.").anger(), Some("warte immer noch"));
        assert_eq!(Folded::of("Obrigado").thanks(), Some("obrigado"));
        assert_eq!(Folded::of("thanksgiving").thanks(), None);
        assert!(asks("¿Cuándo?") && asks("いつですか？") && !asks("Hello; I am here."));
    }
}
