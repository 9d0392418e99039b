/// Names a container: an id is unique within its namespace.
struct TaskKey: Hashable, Sendable {
    let namespace: String
    let id: String

    /// Both become directory names and parts of command lines.
    init(namespace: String, id: String) throws(SupervisorError) {
        guard TaskKey.isValid(namespace) else { throw .invalid("bad namespace \"\(namespace)\"") }
        guard TaskKey.isValid(id) else {
            throw .invalid("bad id \"\(id)\": letters, digits and ._- are allowed, up to 128")
        }
        self.namespace = namespace
        self.id = id
    }

    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 128 else { return false }
        return isAlphanumeric(first) && name.utf8.allSatisfy { isAlphanumeric($0) || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
