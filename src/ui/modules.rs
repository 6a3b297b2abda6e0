//! Serves the `socket:` and `node:` modules from inside the executable.
//!
//! Every module has one canonical specifier; its other spellings are answered with a
//! module that re-exports it, so that a realm holds one instance of each.

use std::borrow::Cow;

use include_dir::{Dir, include_dir};
use serde_json::Value;

/// Specifier of the module that hands token and bootstrap data to our own modules.
pub(crate) const SESSION_MODULE: &str = "internal/session";

static API: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/ui/api");

/// Finds the source of `socket:<specifier>` or, if `is_node`, of `node:<specifier>`.
pub(crate) fn source(specifier: &str, is_node: bool) -> Option<Cow<'static, str>> {
    let specifier = specifier.split(['?', '#']).next().unwrap_or_default();
    let name = canonical(specifier);
    if is_node && name.split('/').next() == Some("internal") {
        return None;
    }
    let text = [format!("{name}.js"), format!("{name}/index.js")]
        .iter()
        .find_map(|path| API.get_file(path)?.contents_utf8())?;
    if is_node || name != specifier {
        Some(alias(name, text).into())
    } else {
        Some(text.into())
    }
}

/// The module `socket:internal/session` of one window.
pub(crate) fn session_source(token: &str, args: &Value) -> String {
    format!("export const token = '{token}';\nexport const bootstrap = {args};\n")
}

/// The script that runs before the page's own; `None` if the build holds none.
pub(crate) fn preload_script(token: &str, args: &Value) -> Option<String> {
    let template = API.get_file("internal/preload.js")?.contents_utf8()?;
    let session = serde_json::json!({ "token": token, "args": args });
    Some(template.replace("__RUNTIME_SESSION__", &session.to_string()))
}

fn canonical(specifier: &str) -> &str {
    let name = specifier.strip_suffix(".js").unwrap_or(specifier);
    name.strip_suffix("/index").unwrap_or(name)
}

fn alias(name: &str, text: &str) -> String {
    let mut alias = format!("export * from 'socket:{name}';\n");
    if text.contains("export default") || text.contains("as default") {
        alias.push_str(&format!("export {{ default }} from 'socket:{name}';\n"));
    }
    alias
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_share_one_canonical_name() {
        for (specifier, expected) in [
            ("fs", "fs"),
            ("fs.js", "fs"),
            ("fs/index.js", "fs"),
            ("fs/promises", "fs/promises"),
            ("fs/promises.js", "fs/promises"),
        ] {
            assert_eq!(canonical(specifier), expected);
        }
    }

    #[test]
    fn paths_out_of_the_tree_find_nothing() {
        for specifier in [
            "",
            "..",
            "../mod",
            "/etc/passwd",
            "no/such",
            "internal/session",
        ] {
            assert_eq!(source(specifier, false), None, "{specifier}");
        }
    }

    #[test]
    fn no_module_is_only_an_alias_of_itself() {
        for name in ["fs", "path", "test", "url"] {
            let text = source(name, false).unwrap();
            assert!(!text.contains(&format!("'socket:{name}/index'")), "{name}");
        }
    }

    #[test]
    fn an_alias_keeps_the_default_export() {
        assert_eq!(
            alias("a", "export const b = 1"),
            "export * from 'socket:a';\n"
        );
        assert!(alias("a", "export default b").contains("export { default } from 'socket:a'"));
    }

    #[test]
    fn session_data_is_javascript() {
        let text = session_source("ab", &serde_json::json!({ "argv": ["'"] }));
        assert_eq!(
            text,
            "export const token = 'ab';\nexport const bootstrap = {\"argv\":[\"'\"]};\n"
        );
    }
}
