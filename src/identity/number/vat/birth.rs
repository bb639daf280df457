//! Days of birth inside numbers of persons: a check rule like a check digit.

/// Whether there was such a day.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    let date = || {
        let (year, month, day) = (year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?);
        jiff::civil::Date::new(year, month, day).ok()
    };
    date().is_some()
}
