//! `guichet explain`: the page of a stable code, offline.

use std::io::{self, Write};

use super::exit::Exit;
use crate::code::Code;

/// Explain a code such as E0231
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  guichet explain E0231\n  guichet explain           every code with its title")]
pub struct Explain {
    /// The code, as it stands in the message; left out, all codes are listed
    code: Option<String>,
    /// The page as JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    /// Prints the page to `out`; what else there is to say goes to `talk`.
    pub fn run(&self, out: &mut dyn Write, talk: &mut dyn Write) -> io::Result<Exit> {
        let Some(text) = &self.code else { return self.list(out) };
        match text.parse::<Code>() {
            Ok(code) if self.json => {
                let page =
                    serde_json::json!({ "version": 1, "code": code, "title": code.title(), "page": code.page() });
                writeln!(out, "{page}")?;
                Ok(Exit::Done)
            }
            Ok(code) => {
                out.write_all(code.page().as_bytes())?;
                Ok(Exit::Done)
            }
            Err(_) => {
                writeln!(talk, "error[{}]: no code `{}`", Code::E0650, text.escape_debug())?;
                for near in Code::suggestions(text) {
                    writeln!(talk, " hint: did you mean {near}, {}?", near.title())?;
                }
                writeln!(talk, "All codes: guichet explain")?;
                Ok(Exit::Error)
            }
        }
    }

    fn list(&self, out: &mut dyn Write) -> io::Result<Exit> {
        if self.json {
            let entry = |code: &Code| serde_json::json!({ "code": code, "title": code.title() });
            let codes: Vec<_> = Code::ALL.iter().map(entry).collect();
            writeln!(out, "{}", serde_json::json!({ "version": 1, "codes": codes }))?;
        } else {
            Code::ALL.iter().try_for_each(|code| writeln!(out, "{code}  {}", code.title()))?;
        }
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(code: Option<&str>, json: bool) -> (Exit, String, String) {
        let (mut out, mut talk) = (Vec::new(), Vec::new());
        let exit = Explain { code: code.map(str::to_owned), json }.run(&mut out, &mut talk).unwrap();
        (exit, String::from_utf8(out).unwrap(), String::from_utf8(talk).unwrap())
    }

    #[test]
    fn a_code_is_explained_by_its_page() {
        let (exit, out, talk) = explained(Some("e0231"), false);
        assert_eq!((exit, talk.as_str()), (Exit::Done, ""));
        assert!(out.starts_with("# E0231: redirect address must use https\n"));
    }

    #[test]
    fn an_unknown_code_gets_suggestions() {
        let (exit, out, talk) = explained(Some("E0321"), false);
        assert_eq!((exit, out.as_str()), (Exit::Error, ""));
        assert!(talk.contains("did you mean E0231, redirect address must use https?"), "{talk}");
    }

    #[test]
    fn all_codes_are_listed_and_scripts_read_them() {
        assert_eq!(explained(None, false).1.lines().count(), Code::ALL.len());
        let list: serde_json::Value = serde_json::from_str(&explained(None, true).1).unwrap();
        assert_eq!(list["codes"].as_array().unwrap().len(), Code::ALL.len());
        let page: serde_json::Value = serde_json::from_str(&explained(Some("E0412"), true).1).unwrap();
        assert_eq!((page["version"].as_u64(), page["code"].as_str()), (Some(1), Some("E0412")));
    }
}
