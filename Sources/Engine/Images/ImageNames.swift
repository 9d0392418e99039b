import ImageStore

/// The names of images in messages.
enum ImageNames {
    /// `busybox` as `busybox:latest`; what is no name stays as it is.
    static func familiar(_ text: String) -> String {
        (try? ImageReference(parsing: text))?.familiar ?? text
    }
}
