/// Which addresses of a subnet are taken; the lowest free one is given first, as Docker does.
package struct AddressPool: Sendable {
    package let subnet: IPv4Prefix
    private var taken: Set<UInt32> = []
    /// No address below this one is free, so a search starts here.
    private var lowest: UInt32

    /// - Parameter reserved: addresses never given, such as the gateway; network and broadcast address never are.
    package init(subnet: IPv4Prefix, reserved: [IPv4Address]) {
        self.subnet = subnet.subnet
        lowest = subnet.first.value
        for address in reserved { taken.insert(address.value) }
        if subnet.length < 31 {
            taken.insert(subnet.first.value)
            taken.insert(subnet.last.value)
        }
    }

    /// The lowest free address, now taken; nil where none is left.
    package mutating func allocate() -> IPv4Address? {
        var candidate = lowest
        while candidate <= subnet.last.value {
            if taken.insert(candidate).inserted {
                lowest = candidate == UInt32.max ? candidate : candidate + 1
                return IPv4Address(value: candidate)
            }
            guard candidate < UInt32.max else { break }
            candidate += 1
        }
        lowest = candidate
        return nil
    }

    /// Takes this very address; false where it is outside the subnet or taken.
    package mutating func reserve(_ address: IPv4Address) -> Bool {
        subnet.contains(address) && taken.insert(address.value).inserted
    }

    package mutating func release(_ address: IPv4Address) {
        guard taken.remove(address.value) != nil else { return }
        lowest = min(lowest, address.value)
    }
}
