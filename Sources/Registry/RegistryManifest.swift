/// A manifest or index as a registry sent it.
package struct RegistryManifest: Equatable, Sendable {
    /// The document; whoever knows its digest checks it.
    package let bytes: [UInt8]
    /// What the registry says it is, without parameters; empty where it does not say.
    package let mediaType: String
    /// The digest that the registry says it has.
    package let digest: String?

    /// No registry has to take larger ones (distribution specification, pushing manifests).
    package static let maximumSize = 4 << 20
}
