/// The options of a bind mount.
package struct BindOptions: Codable, Equatable, Sendable {
    package var propagation: String?
    package var nonRecursive: Bool?
    package var createMountpoint: Bool?
    package var readOnlyNonRecursive: Bool?
    package var readOnlyForceRecursive: Bool?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case propagation = "Propagation"
        case nonRecursive = "NonRecursive"
        case createMountpoint = "CreateMountpoint"
        case readOnlyNonRecursive = "ReadOnlyNonRecursive"
        case readOnlyForceRecursive = "ReadOnlyForceRecursive"
    }
}
