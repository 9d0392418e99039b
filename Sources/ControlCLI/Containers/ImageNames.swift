import ImageStore

/// Image names as ctr writes them: in full.
enum ImageNames {
    static func canonical(_ name: String) -> String {
        (try? ImageReference(parsing: name))?.canonical ?? name
    }
}
