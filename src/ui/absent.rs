//! What a page gets for a module that Socket Runtime has and this runtime does not yet.
//!
//! The stand-in exports the same names, so that an import of any of them links, and throws
//! an error that names the module when it is evaluated. The list is `absent.txt`.

/// The stand-in for `socket:<name>`, if Socket Runtime has such a module.
pub(crate) fn stand_in(name: &str) -> Option<String> {
    let (_, exports) = LIST
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(listed, _)| *listed == name)?;
    let names: Vec<_> = exports.split_whitespace().collect();
    Some(format!(
        "import {{ unsupported }} from 'socket:internal/unsupported';\n\
         unsupported('The module socket:{name}');\n\
         export const [{}] = [];\nexport default undefined;\n",
        names.join(", ")
    ))
}

/// One line a module: its name, a colon and the names of its exports but `default`.
const LIST: &str = include_str!("absent.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_names_its_module_and_exports_what_the_module_would() {
        let source = stand_in("dns/promises").unwrap();
        assert!(source.contains("unsupported('The module socket:dns/promises')"));
        assert!(source.contains("export const [lookup] = [];"), "{source}");
        assert_eq!(stand_in("nosuch"), None);
    }
}
