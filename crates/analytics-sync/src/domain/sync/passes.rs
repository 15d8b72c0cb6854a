//! When a day is whole. Pages are read by offset while the source changes, so what is read may move over the border of two pages
//! and be left out. A day that fits into one page is whole where the page has as many as there are. Any other is read again until
//! a pass finds nothing new and as many as there are.

/// How often a day is read before it is given up.
pub const PASSES: i32 = 5;
/// The most records of a day.
pub const MOST: i32 = 500_000;

/// What is known of a day after a page of it.
#[derive(Debug, Clone, Copy)]
pub struct Read {
    /// Which pass this is, from 1.
    pub pass: i32,
    /// Behind how many records the page begins.
    pub offset: i32,
    /// How many records the page has.
    pub page: i32,
    /// How many there are, says the page.
    pub total: i32,
    /// How many this pass told of, each once.
    pub seen: i32,
    /// How many of those no pass before told of.
    pub new: i32,
    /// Whether the day goes on at the source: more may come at any moment.
    pub is_open: bool,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The page behind so many records.
    Page(i32),
    /// The day from its beginning.
    Again,
    /// The next day: this one is whole.
    Whole,
    /// The next day: this one is not whole.
    Lacking,
}

/// What comes after a page.
pub fn next(read: Read) -> Next {
    let end = read.offset.saturating_add(read.page);
    if read.page > 0 && end < read.total && end < MOST {
        return Next::Page(end);
    }
    let all = read.seen >= read.total;
    if read.pass == 1 && read.offset == 0 && all && read.page == read.total {
        return Next::Whole;
    }
    if read.pass > 1 && all && (read.new == 0 || read.is_open) {
        return Next::Whole;
    }
    if read.pass < PASSES { Next::Again } else { Next::Lacking }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Read = Read { pass: 1, offset: 0, page: 3, total: 3, seen: 3, new: 3, is_open: false };

    #[test]
    fn a_day_is_whole_where_a_pass_finds_nothing_new() {
        assert_eq!(next(ONE), Next::Whole);
        assert_eq!(next(Read { page: 0, total: 0, seen: 0, new: 0, ..ONE }), Next::Whole, "a day without any");
        assert_eq!(next(Read { page: 3, total: 7, ..ONE }), Next::Page(3));
        // Several pages: once more, whatever the counts say.
        let last = Read { offset: 3, page: 3, total: 6, seen: 6, new: 6, ..ONE };
        assert_eq!(next(last), Next::Again);
        assert_eq!(next(Read { pass: 2, new: 0, ..last }), Next::Whole);
        assert_eq!(next(Read { pass: 2, new: 1, ..last }), Next::Again);
        assert_eq!(next(Read { pass: 2, new: 1, is_open: true, ..last }), Next::Whole);
        // One that was told of twice, and another not at all.
        assert_eq!(next(Read { pass: 2, seen: 5, new: 0, ..last }), Next::Again);
        assert_eq!(next(Read { pass: PASSES, seen: 5, new: 0, ..last }), Next::Lacking);
        // A page that was lost.
        assert_eq!(next(Read { page: 0, offset: 3, total: 6, seen: 3, ..ONE }), Next::Again);
        // One page that tells of less than there is.
        assert_eq!(next(Read { seen: 2, ..ONE }), Next::Again);
    }
}
