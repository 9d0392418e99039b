/// An OCI runtime that containers may use.
package struct RuntimeInfo: Codable, Equatable, Sendable {
    package var path: String?
    package var runtimeArgs: [String]?
    package var runtimeType: String?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case path
        case runtimeArgs
        case runtimeType
    }
}
