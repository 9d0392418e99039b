internal import LinuxSystem

/// A connected socket, closed when the last holder lets go of it. Holders on the event loop's thread
/// deregister it before they do.
final class OpenSocket: Sendable {
    private let descriptor: Descriptor
    var fd: Int32 { descriptor.rawValue }

    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}
