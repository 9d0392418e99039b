/// The client's own version.
package enum SkiffVersion {
    package static let number = "0.1.0"
    package static let commit = "HEAD"
    package static let userAgent = "Skiff-Client/\(number) (linux)"

    package static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "unknown"
        #endif
    }
}
