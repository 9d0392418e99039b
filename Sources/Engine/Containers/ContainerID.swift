/// The ids of containers, execs and anonymous volumes: 64 random hexadecimal digits.
package enum ContainerID {
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var id = ""
        id.reserveCapacity(64)
        for _ in 0..<4 {
            let digits = String(generator.next(), radix: 16)
            id += String(repeating: "0", count: 16 - digits.count) + digits
        }
        return id
    }

    /// The first 12 digits, as users see them.
    package static func short(_ id: String) -> String { String(id.prefix(12)) }
}
