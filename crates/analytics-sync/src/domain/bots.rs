//! Programs that are nobody.

/// What the programs of no person call themselves, in lower case: the general words of the list that the npm package `isbot`
/// keeps (github.com/omrilotan/isbot, public domain). Those who want to be taken for people are not known by their name.
const WORDS: &[&str] = &[
    "apache-httpclient",
    "archiver",
    "bot",
    "crawl",
    "curl/",
    "facebookexternalhit",
    "feedfetcher",
    "go-http-client",
    "headless",
    "java/",
    "libwww",
    "lighthouse",
    "monitor",
    "phantomjs",
    "pingdom",
    "preview",
    "python-",
    "scan",
    "scrape",
    "slurp",
    "spider",
    "validator",
    "wget",
];
/// What has such a word in it and is a telephone.
const PEOPLE: &[&str] = &["cubot"];

/// Whether a program says that nobody sits before it. One that says nothing may be anybody's.
pub fn is_bot(agent: &str) -> bool {
    let agent = agent.to_lowercase();
    let agent = PEOPLE.iter().fold(agent, |agent, phone| agent.replace(phone, ""));
    WORDS.iter().any(|word| agent.contains(word))
}

#[cfg(test)]
mod tests {
    use super::is_bot;

    #[test]
    fn programs_are_told_from_people() {
        for bot in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
            "facebookexternalhit/1.1",
            "curl/8.5.0",
            "python-requests/2.31.0",
        ] {
            assert!(is_bot(bot), "{bot}");
        }
        for person in [
            "",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:124.0) Gecko/20100101 Firefox/124.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 13; CUBOT_X70) AppleWebKit/537.36 Chrome/123.0.0.0 Mobile Safari/537.36",
        ] {
            assert!(!is_bot(person), "{person}");
        }
    }
}
