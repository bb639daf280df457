//! Where organisations are: countries, departments, postcodes, telephone numbers (DOMAIN.md §4).
//!
//! What a person types becomes one of these types or a reason why not; a form keeps what was typed and says the reason.

mod calling;
pub mod country;
pub mod department;
pub mod phone;
pub mod postcode;

pub use self::country::{Country, UnknownCountry};
pub use self::department::Department;
pub use self::phone::{PhoneNumber, WrongPhone};
pub use self::postcode::{Postcode, WrongPostcode};
