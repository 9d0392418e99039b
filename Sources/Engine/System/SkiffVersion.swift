/// The version of Skiff.
package enum SkiffVersion {
    package static let number = "0.1.0"
    package static let commit = "unknown"
}
