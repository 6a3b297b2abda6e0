//! `[meta]`: what the app says about itself; `[env]` and `[i18n.locales]`.

use super::{COMMAS, Key, Kind, Values};

section! {
    /// What the app says about itself.
    Meta, META {
        /// Unique name of the app in every store and on every system, in reverse-DNS order.
        bundle_identifier: String = Key::new("meta", "bundle_identifier", Kind::BundleId)
            .required()
            .example("com.example.my-app");
        /// Title in menus and packages; the name in `[build]` if absent.
        /// A window's title comes from its page.
        title: String = Key::new("meta", "title", Kind::Text).example("My App");
        /// Version of the app.
        version: String = Key::new("meta", "version", Kind::Version).default("1.0.0");
        /// What the app does, in one sentence.
        description: Option<String> =
            Key::new("meta", "description", Kind::Text).example("Keeps notes in one place");
        /// Who holds the rights.
        copyright: Option<String> =
            Key::new("meta", "copyright", Kind::Text).example("(c) 2026 Example Ltd");
        /// Who looks after the app.
        maintainer: Option<String> =
            Key::new("meta", "maintainer", Kind::Text).example("Example Ltd <hello@example.com>");
        /// Language and region of the app.
        lang: Option<String> = Key::new("meta", "lang", Kind::Text).example("en-us");
        /// Scheme of links that open the app. If absent, the bundle identifier with
        /// a dash for every dot and underscore.
        application_protocol: String =
            Key::new("meta", "application_protocol", Kind::Scheme).example("my-app");
        /// Links that open the app: hosts whose https addresses belong to it.
        application_links: Vec<String> =
            Key::new("meta", "application_links", COMMAS).example("example.com").since_0_6();
        /// How many files the process may hold open.
        file_limit: Option<u64> =
            Key::new("meta", "file_limit", Kind::Integer { min: 16, max: 1_048_576 })
                .example("1024");
        /// `extension` for an extension, which then needs neither name nor identifier.
        kind: Option<String> =
            Key::new("meta", "type", Kind::OneOf(&["application", "extension"]))
                .example("application");
        /// Name of an extension.
        name: Option<String> = Key::new("meta", "name", Kind::Text).example("sqlite3");
        /// Number of the build within a version.
        revision: Option<String> = Key::new("meta", "revision", Kind::Text).example("1");
        /// Whether bitcode is compiled in.
        compile_bitcode: Option<bool> = Key::new("meta", "compile_bitcode", Kind::Flag)
            .example("false")
            .only(&["ios", "mac"]);
        /// Whether bitcode is uploaded to the App Store.
        upload_bitcode: Option<bool> = Key::new("meta", "upload_bitcode", Kind::Flag)
            .example("false")
            .only(&["ios", "mac"]);
        /// Whether debug symbols are uploaded to the App Store.
        upload_symbols: Option<bool> = Key::new("meta", "upload_symbols", Kind::Flag)
            .example("true")
            .only(&["ios", "mac"]);
        /// Folder of every locale that has none of its own in `[i18n.locales]`.
        locales_default: String =
            Key::new("i18n.locales", "default", Kind::Text).default("i18n/locales");
    }
}

keys! {
    FREE {
        /// Folder with the messages of each locale: `locale = folder`.
        key = Key::free("i18n.locales", "fr = i18n/locales/fr-FR");
        /// Environment variables given to the app: `NAME = value`.
        key = Key::free("env", "API_URL = https://example.com");
    }
}
