/// A mount asked for with `--mount`.
package struct ContainerMount: Codable, Equatable, Sendable {
    package var type: String?
    package var source: String?
    package var target: String?
    package var readOnly: Bool?
    package var consistency: String?
    package var bindOptions: BindOptions?
    package var volumeOptions: VolumeOptions?
    package var tmpfsOptions: TmpfsOptions?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case source = "Source"
        case target = "Target"
        case readOnly = "ReadOnly"
        case consistency = "Consistency"
        case bindOptions = "BindOptions"
        case volumeOptions = "VolumeOptions"
        case tmpfsOptions = "TmpfsOptions"
    }
}
