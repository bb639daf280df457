//! HTML of the demonstration's own pages: the order portal and the mailbox.
//!
//! Element and attribute names are literals, everything else is escaped on its way in, and nothing takes markup as
//! text: what a person typed cannot become a tag. The hosted pages are templates and live in `themes`.

/// A piece of a page, already safe.
#[derive(Debug, Clone)]
pub(crate) struct Html(String);

/// Elements that have no content and no end tag (HTML Living Standard §13.1.2).
const VOID: [&str; 5] = ["meta", "link", "input", "br", "hr"];

/// An element with its attributes and its children.
pub(crate) fn element<C>(name: &'static str, attributes: &[(&'static str, &str)], children: C) -> Html
where
    C: IntoIterator<Item = Html>,
{
    let mut out = format!("<{name}");
    for (attribute, value) in attributes {
        out.push(' ');
        out.push_str(attribute);
        out.push_str("=\"");
        escape_into(&mut out, value);
        out.push('"');
    }
    out.push('>');
    if !VOID.contains(&name) {
        for Html(child) in children {
            out.push_str(&child);
        }
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
    Html(out)
}

/// An element that holds one text.
pub(crate) fn labelled(name: &'static str, attributes: &[(&'static str, &str)], words: &str) -> Html {
    element(name, attributes, [text(words)])
}

/// An element without content.
pub(crate) fn empty(name: &'static str, attributes: &[(&'static str, &str)]) -> Html {
    element(name, attributes, [])
}

/// Words, as words.
pub(crate) fn text(words: &str) -> Html {
    let mut out = String::with_capacity(words.len());
    escape_into(&mut out, words);
    Html(out)
}

/// Pieces one after the other.
pub(crate) fn group(pieces: impl IntoIterator<Item = Html>) -> Html {
    Html(pieces.into_iter().map(|Html(piece)| piece).collect())
}

/// A whole page around its head and its body.
pub(crate) fn document(language: &str, head: Html, body: Html) -> String {
    let Html(root) =
        element("html", &[("lang", language)], [element("head", &[], [head]), element("body", &[], [body])]);
    format!("<!doctype html>\n{root}\n")
}

fn escape_into(out: &mut String, words: &str) {
    for character in words.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_never_becomes_markup() {
        for (typed, shown) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onmouseover=\"x", "&quot; onmouseover=&quot;x"),
            ("' autofocus onfocus='x", "&#39; autofocus onfocus=&#39;x"),
            ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
            ("D’Été & fils", "D’Été &amp; fils"),
        ] {
            let Html(out) = element("p", &[("title", typed)], [text(typed)]);
            assert_eq!(out, format!("<p title=\"{shown}\">{shown}</p>"));
        }
    }

    #[test]
    fn elements_without_content_have_no_end_tag() {
        let Html(out) = group([empty("br", &[]), empty("p", &[])]);
        assert_eq!(out, "<br><p></p>");
    }

    #[test]
    fn a_page_says_its_language_first() {
        let page = document("fr", labelled("title", &[], "Accueil"), labelled("h1", &[], "Accueil"));
        assert!(page.starts_with("<!doctype html>\n<html lang=\"fr\"><head><title>Accueil"));
    }
}
