//! `[android]` and `[ios]`.

use super::{COMMAS, Key, Kind, SPACES, Values};

/// A key of `[android]`.
const fn android(name: &'static str, kind: Kind, example: &'static str) -> Key {
    Key::new("android", name, kind)
        .example(example)
        .only(&["android"])
}

/// A key of `[android.codesign]`.
const fn codesign(name: &'static str, example: &'static str) -> Key {
    Key::new("android.codesign", name, Kind::Text)
        .example(example)
        .since_0_6()
        .only(&["android"])
}

/// A key of `[ios]`.
const fn ios(name: &'static str, kind: Kind, example: &'static str) -> Key {
    Key::new("ios", name, kind).example(example).only(&["ios"])
}

section! {
    /// The app on Android.
    Android, ANDROID {
        /// File with the app's icon.
        icon: Option<String> = android("icon", Kind::Text, "icons/icon.png");
        /// Sizes that are made of it: pixels, `@` and the scale.
        icon_sizes: Vec<String> = android("icon_sizes", COMMAS, "512@1x").since_0_6();
        /// Endings of files that are stored uncompressed.
        aapt_no_compress: Vec<String> = android("aapt_no_compress", COMMAS, "mp4, webm");
        /// Whether Gradle drives the native build.
        enable_standard_ndk_build: Option<bool> =
            android("enable_standard_ndk_build", Kind::Flag, "false");
        /// Class of the main activity.
        main_activity: Option<String> = android("main_activity", Kind::Text, "MainActivity");
        /// Permissions that the app asks for.
        manifest_permissions: Vec<String> =
            android("manifest_permissions", COMMAS, "INTERNET, CAMERA");
        /// Processor families that are built for.
        native_abis: Vec<String> = android("native_abis", COMMAS, "arm64-v8a, x86_64");
        /// Options for the native compiler.
        native_cflags: Vec<String> = android("native_cflags", SPACES, "-O3");
        /// Native source files.
        native_sources: Vec<String> = android("native_sources", SPACES, "native/module.cc");
        /// Makefile of the native build.
        native_makefile: Option<String> =
            android("native_makefile", Kind::Text, "native/Android.mk");
        /// Kotlin source files.
        sources: Vec<String> = android("sources", SPACES, "kotlin/Main.kt");
        /// Whether hosts may be reached without TLS.
        allow_cleartext: Option<bool> = android("allow_cleartext", Kind::Flag, "false");
        /// Intents that the main activity answers.
        activity_intent_filters: Option<String> =
            android("activity_intent_filters", Kind::Text, "android/filters.xml").since_0_6();
        /// Name of the signing key in its store.
        codesign_key_alias: Option<String> = codesign("key_alias", "release");
        /// Password of the signing key; better kept in .sscrc.
        codesign_key_password: Option<String> = codesign("key_password", "secret");
        /// File with the signing key.
        codesign_keystore_file: Option<String> = codesign("keystore_file", "certs/release.jks");
        /// Password of that file; better kept in .sscrc.
        codesign_keystore_password: Option<String> = codesign("keystore_password", "secret");
    }
}

section! {
    /// The app on iOS.
    Ios, IOS {
        /// File with the app's icon.
        icon: Option<String> = ios("icon", Kind::Text, "icons/icon.png");
        /// Sizes that are made of it: pixels, `@` and the scale.
        icon_sizes: Vec<String> = ios("icon_sizes", COMMAS, "29@2x 40@2x 60@3x").since_0_6();
        /// Identity that the app is signed with; better kept in .sscrc.
        codesign_identity: Option<String> =
            ios("codesign_identity", Kind::Text, "iPhone Developer: Example (ABCDE12345)");
        /// How Xcode exports the app: app-store, package, ad-hoc, release-testing,
        /// enterprise, development or developer-id.
        distribution_method: Option<String> = ios("distribution_method", Kind::Text, "ad-hoc");
        /// File with the provisioning profile; better kept in .sscrc.
        provisioning_profile: Option<String> =
            ios("provisioning_profile", Kind::Text, "example.mobileprovision");
        /// Name of the provisioning profile.
        provisioning_specifier: Option<String> =
            ios("provisioning_specifier", Kind::Text, "Example Development");
        /// Device that the simulator shows.
        simulator_device: Option<String> = ios("simulator_device", Kind::Text, "iPhone 15");
        /// The same by its identifier.
        simulator_uuid: Option<String> =
            ios("simulator_uuid", Kind::Text, "00000000-0000-0000-0000-000000000000").since_0_6();
        /// Whether the app uses encryption that must be declared for export.
        nonexempt_encryption: bool = Key::new("ios", "nonexempt_encryption", Kind::Flag)
            .default("false")
            .only(&["ios"]);
        /// Oldest iOS that the app runs on.
        deployment_target: Option<String> =
            ios("deployment_target", Kind::SystemVersion, "16.0").since_0_6();
        /// Scheme of links that open the app, where it differs from `[meta]`.
        protocol: Option<String> = ios("protocol", Kind::Scheme, "my-app").since_0_6();
        /// Category in the App Store.
        category: Option<String> =
            ios("category", Kind::Text, "public.app-category.productivity").since_0_6();
        /// File whose text is added to Info.plist.
        info_plist_file: Option<String> = ios("info_plist_file", Kind::Text, "ios/Info.plist");
        /// Text that is added to Info.plist.
        info_plist_data: Option<String> =
            ios("info_plist_data", Kind::Text, "<key>UIFileSharingEnabled</key><true/>");
        /// Hosts that may be reached without TLS.
        app_transport_security_domain_exceptions: Vec<String> =
            ios("app_transport_security_domain_exceptions", COMMAS, "example.com").since_0_6();
    }
}
