/// The options of a tmpfs mount.
package struct TmpfsOptions: Codable, Equatable, Sendable {
    package var sizeBytes: Int64?
    package var mode: Int?
    package var options: [[String]]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case sizeBytes = "SizeBytes"
        case mode = "Mode"
        case options = "Options"
    }
}
