//! Arithmetic on digits: what check rules are made of.
//!
//! Nothing here can overflow or index: digits come in arrays of a known length, sums are of at most a few thousand, and
//! long numbers are only ever known by their remainder.

/// Exactly `N` ASCII digits, as numbers.
pub(super) fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    if text.len() != N {
        return None;
    }
    let values: Vec<u32> = text.chars().map(|character| character.to_digit(10)).collect::<Option<_>>()?;
    values.try_into().ok()
}

/// Whether a text is exactly so many ASCII digits.
pub(super) fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is zeros only.
pub(super) fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'0')
}

/// The sum of digits, each times its weight; digits beyond the weights do not count.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The remainder of the number that the digits write.
pub(super) fn modulo(digits: &[u32], divisor: u32) -> u32 {
    digits.iter().fold(0, |remainder, digit| (remainder * 10 + digit) % divisor)
}

/// Luhn's sum: from the right, every second digit doubled, nine taken off what is above nine.
pub(super) fn luhn_sum(digits: &[u32]) -> u32 {
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, double) if double > 9 => double - 9,
        (_, double) => double,
    };
    digits.iter().rev().enumerate().map(doubled).sum()
}

/// Whether the last digit is Luhn's for those before it (ISO/IEC 7812-1, annex B).
pub(super) fn luhn(digits: &[u32]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

/// Whether the last digit is that of ISO 7064, MOD 11,10, for those before it.
pub(super) fn mod_11_10(digits: &[u32]) -> bool {
    let Some((last, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| match (product + digit) % 10 {
        0 => 9, // ten stands for zero: twice ten, modulo eleven
        sum => sum * 2 % 11,
    });
    (product + last) % 10 == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn domain_1_luhn_cannot_see_zeros_nor_a_nine_that_changes_places_with_a_zero() {
        assert!(luhn(&[0; 9]));
        assert!(luhn(&[0; 14]));
        assert_eq!(luhn_sum(&[0, 9]), luhn_sum(&[9, 0]));
    }

    #[test]
    fn digits_are_ascii_and_as_many_as_asked() {
        assert_eq!(digits::<3>("105"), Some([1, 0, 5]));
        for text in ["", "10", "1050", "1O5", "1٠", "é5"] {
            assert_eq!(digits::<3>(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn each_body_has_one_check_digit_by_luhn_and_by_mod_11_10(body in proptest::collection::vec(0_u32..10, 1..20)) {
            for rule in [luhn, mod_11_10] {
                let right = (0..10).filter(|last| rule(&[body.as_slice(), &[*last]].concat())).count();
                prop_assert_eq!(right, 1);
            }
        }

        #[test]
        fn a_remainder_is_that_of_the_number(number in any::<u64>(), divisor in 1_u32..1000) {
            let digits: Vec<u32> = number.to_string().chars().filter_map(|c| c.to_digit(10)).collect();
            prop_assert_eq!(u64::from(modulo(&digits, divisor)), number % u64::from(divisor));
        }
    }
}
