//! Serves the `socket:` and `node:` modules from inside the executable.
//!
//! Every module has one canonical specifier; its other spellings are answered with a
//! module that re-exports it, so that a realm holds one instance of each.

use std::borrow::Cow;

use include_dir::{Dir, include_dir};
use serde_json::Value;

use super::absent;

/// Specifier of the module that hands token and bootstrap data to our own modules.
pub(crate) const SESSION_MODULE: &str = "internal/session";

/// What the preload shows values with.
const FORMATTING: [&str; 4] = [
    "internal/util/types",
    "internal/util/inspect",
    "internal/util/format",
    "internal/util/table",
];

static API: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/ui/api");

/// Finds the source of `socket:<specifier>` or, if `is_node`, of `node:<specifier>`.
pub(crate) fn source(specifier: &str, is_node: bool) -> Option<Cow<'static, str>> {
    let specifier = specifier.split(['?', '#']).next().unwrap_or_default();
    let name = canonical(specifier);
    if is_node && name.split('/').next() == Some("internal") {
        return None;
    }
    let found = [format!("{name}.js"), format!("{name}/index.js")]
        .iter()
        .find_map(|path| API.get_file(path)?.contents_utf8());
    let Some(text) = found else {
        return absent::stand_in(name).map(Cow::Owned);
    };
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
    Some(
        template
            .replacen("__RUNTIME_FORMATTING__", &classic(&FORMATTING)?, 1)
            .replacen("__RUNTIME_SESSION__", &session.to_string(), 1),
    )
}

/// Modules as statements of a classic script, which cannot import: `modules[specifier]`
/// holds the exports of each. They stand in the order in which they need each other.
fn classic(names: &[&str]) -> Option<String> {
    names.iter().try_fold(String::new(), |mut script, name| {
        let text = API.get_file(format!("{name}.js"))?.contents_utf8()?;
        let mut exports = Vec::new();
        script.push_str(&format!("modules['socket:{name}'] = (() => {{\n"));
        for line in text.lines() {
            let line = match line.strip_prefix("export ") {
                Some(line) => {
                    exports.extend(declared(line));
                    line.to_owned()
                }
                None => imported(line).unwrap_or_else(|| line.to_owned()),
            };
            script.push_str(&line);
            script.push('\n');
        }
        script.push_str(&format!("return {{ {} }}\n}})()\n", exports.join(", ")));
        Some(script)
    })
}

/// The name that `function name (…`, `const name = …` or `class name …` declares.
fn declared(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(' ')?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

/// `import { … } from 'socket:…'` as the statement of a classic script.
fn imported(line: &str) -> Option<String> {
    let (names, from) = line.strip_prefix("import ")?.split_once(" from ")?;
    Some(format!("const {names} = modules[{from}]"))
}

fn canonical(specifier: &str) -> &str {
    let name = specifier.strip_suffix(".js").unwrap_or(specifier);
    match name.strip_suffix("/index") {
        // Where both exist, each is a module: one passes on what the other holds.
        Some(folder) if API.get_file(format!("{folder}.js")).is_none() => folder,
        _ => name,
    }
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
            ("fs/index.js", "fs/index"),
            ("test/index", "test"),
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
    fn the_preload_is_a_classic_script_without_gaps() {
        let script = preload_script("ab", &serde_json::json!({ "argv": [] })).unwrap();
        for line in script.lines() {
            assert!(
                !line.starts_with("import ") && !line.starts_with("export "),
                "{line}"
            );
        }
        assert!(!script.contains("__RUNTIME_"));
        assert!(script.contains("return { inspect }\n"));
        let expected = "const { inspect } = modules['socket:internal/util/inspect']";
        assert!(script.contains(expected));
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
