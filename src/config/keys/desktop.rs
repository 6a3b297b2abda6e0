//! `[linux]`, `[mac]`, `[win]`, `[apple]` and `[native]`.

use super::{COMMAS, Key, Kind, SPACES, Values};

section! {
    /// The app on Linux.
    Linux, LINUX {
        /// Command of the back end: a program that talks to the app by lines on its
        /// standard input and output.
        cmd: Option<String> =
            Key::new("linux", "cmd", Kind::Text).example("node backend.js").only(&["linux"]);
        /// Categories in the system's menu.
        categories: Option<String> =
            Key::new("linux", "categories", Kind::Text).example("Development").only(&["linux"]);
        /// File with the app's icon.
        icon: Option<String> =
            Key::new("linux", "icon", Kind::Text).example("icons/icon.png").only(&["linux"]);
        /// Sizes that are made of it: pixels, `@` and the scale.
        icon_sizes: Vec<String> =
            Key::new("linux", "icon_sizes", COMMAS).example("512@1x").since_0_6().only(&["linux"]);
        /// Whether the desktop shows that the app is starting.
        startup_notify: Option<bool> = Key::new("linux.desktop", "startup_notify", Kind::Flag)
            .example("true")
            .since_0_6()
            .only(&["linux"]);
    }
}

section! {
    /// The app on macOS.
    Mac, MAC {
        /// Command of the back end; see `[linux] cmd`.
        cmd: Option<String> =
            Key::new("mac", "cmd", Kind::Text).example("node backend.js").only(&["mac"]);
        /// Category in the App Store.
        category: Option<String> = Key::new("mac", "category", Kind::Text)
            .example("public.app-category.productivity")
            .only(&["mac"]);
        /// File with the app's icon.
        icon: Option<String> =
            Key::new("mac", "icon", Kind::Text).example("icons/icon.icns").only(&["mac"]);
        /// Sizes that are made of it: pixels, `@` and the scale.
        icon_sizes: Vec<String> = Key::new("mac", "icon_sizes", COMMAS)
            .example("16@1x 32@1x 128@1x")
            .since_0_6()
            .only(&["mac"]);
        /// Identity that the app is signed with.
        codesign_identity: Option<String> = Key::new("mac", "codesign_identity", Kind::Text)
            .example("Developer ID Application: Example (ABCDE12345)")
            .only(&["mac"]);
        /// More files to sign.
        codesign_paths: Vec<String> =
            Key::new("mac", "codesign_paths", COMMAS).example("lib/helper").only(&["mac"]);
        /// Oldest macOS that the app runs on.
        minimum_supported_version: String =
            Key::new("mac", "minimum_supported_version", Kind::SystemVersion)
                .default("13.0.0")
                .since_0_6()
                .only(&["mac"]);
        /// Where the three buttons sit in a window whose title bar is `hiddenInset`.
        window_control_offsets: Option<(f64, f64)> =
            Key::new("mac", "window_control_offsets", Kind::Offset)
                .example("10x24")
                .since_0_6()
                .only(&["mac"])
                .aliases(&["mac.trafficLightPosition"]);
        /// Whether the app runs in Apple's sandbox.
        sandbox: Option<bool> =
            Key::new("mac", "sandbox", Kind::Flag).example("true").only(&["mac"]);
        /// Identity that the installer is signed with.
        productbuild_identity: Option<String> =
            Key::new("mac.productbuild", "identity", Kind::Text)
                .example("Developer ID Installer: Example (ABCDE12345)")
                .only(&["mac"]);
        /// Folder that the installer writes to.
        productbuild_install_path: Option<String> =
            Key::new("mac.productbuild", "install_path", Kind::Text)
                .example("/Applications")
                .only(&["mac"]);
        /// File whose text is added to Info.plist.
        info_plist_file: Option<String> =
            Key::new("mac", "info_plist_file", Kind::Text).example("mac/Info.plist").only(&["mac"]);
        /// Text that is added to Info.plist.
        info_plist_data: Option<String> = Key::new("mac", "info_plist_data", Kind::Text)
            .example("<key>LSUIElement</key><true/>")
            .only(&["mac"]);
        /// Hosts that may be reached without TLS.
        app_transport_security_domain_exceptions: Vec<String> =
            Key::new("macos", "app_transport_security_domain_exceptions", COMMAS)
                .example("example.com")
                .since_0_6()
                .only(&["mac"])
                .aliases(&["mac.app_transport_security_domain_exceptions"]);
    }
}

section! {
    /// The app on Windows.
    Win, WIN {
        /// Command of the back end; see `[linux] cmd`.
        cmd: Option<String> =
            Key::new("win", "cmd", Kind::Text).example("node backend.js").only(&["win"]);
        /// File with the app's icon.
        icon: Option<String> =
            Key::new("win", "icon", Kind::Text).example("icons/icon.ico").only(&["win"]);
        /// Sizes that are made of it: pixels, `@` and the scale.
        icon_sizes: Vec<String> =
            Key::new("win", "icon_sizes", COMMAS).example("512@1x").since_0_6().only(&["win"]);
        /// Picture of the app in its package.
        logo: Option<String> =
            Key::new("win", "logo", Kind::Text).example("icons/icon.png").only(&["win"]);
        /// File with the certificate that the package is signed with.
        pfx: Option<String> =
            Key::new("win", "pfx", Kind::Text).example("certs/cert.pfx").only(&["win"]);
        /// Publisher as the certificate names it.
        publisher: Option<String> =
            Key::new("win", "publisher", Kind::Text).example("CN=Example Ltd").only(&["win"]);
    }
}

section! {
    /// What both of Apple's systems share.
    Apple, APPLE {
        /// Team that signs the app.
        team_identifier: Option<String> = Key::new("apple", "team_identifier", Kind::Text)
            .example("ABCDE12345")
            .only(&["ios", "mac"]);
        /// Account that the app is notarised with.
        identifier: Option<String> = Key::new("apple", "identifier", Kind::Text)
            .example("hello@example.com")
            .only(&["ios", "mac"]);
    }
}

section! {
    /// C++ files that Socket Runtime compiled in. Nothing is compiled here.
    Native, NATIVE {
        /// C++ files; kept and not used.
        files: Vec<String> = Key::new("native", "files", SPACES).example("module.cc");
        /// Their headers; kept and not used.
        headers: Vec<String> = Key::new("native", "headers", SPACES).example("module.hh");
    }
}
