import CCap
import CLinux
package import LinuxSystem
package import OCISpec

/// The capability sets a program is to start with, and the steps by which this process takes them on.
package struct ProcessCapabilities: Equatable, Sendable {
    package var bounding: CapabilitySet
    package var effective: CapabilitySet
    package var permitted: CapabilitySet
    package var inheritable: CapabilitySet
    package var ambient: CapabilitySet
    /// Names that neither the library nor the kernel knows: the specification wants a warning, no failure.
    package var unknown: [String] = []

    /// What the specification asks for; without any, no capability at all.
    package init(_ sets: OCISpec.Capabilities?) {
        var unknown: [String] = []
        bounding = CapabilitySet(names: sets?.bounding ?? [], unknown: &unknown)
        effective = CapabilitySet(names: sets?.effective ?? [], unknown: &unknown)
        permitted = CapabilitySet(names: sets?.permitted ?? [], unknown: &unknown)
        inheritable = CapabilitySet(names: sets?.inheritable ?? [], unknown: &unknown)
        ambient = CapabilitySet(names: sets?.ambient ?? [], unknown: &unknown)
        if !unknown.isEmpty { self.unknown = Array(Set(unknown)).sorted() }
    }

    /// Leaves out what this process does not have itself, and so cannot give. Answers whether something was left out.
    @discardableResult
    package mutating func limitToOwn() throws(SystemError) -> Bool {
        let own = try Self.ownPermitted()
        let before = self
        bounding.bits &= own.bits
        permitted.bits &= own.bits
        effective.bits &= permitted.bits
        inheritable.bits &= own.bits
        ambient.bits &= permitted.bits & inheritable.bits
        return self != before
    }

    private static func ownPermitted() throws(SystemError) -> CapabilitySet {
        guard let state = cap_get_proc() else { throw SystemError(operation: "cap_get_proc", errno: currentErrno()) }
        defer { cap_free(UnsafeMutableRawPointer(state)) }
        var set = CapabilitySet()
        for number in 0..<cap_max_bits() {
            var value = CAP_CLEAR
            if cap_get_flag(state, number, CAP_PERMITTED, &value) == 0, value == CAP_SET {
                set.bits |= 1 << UInt64(number)
            }
        }
        return set
    }

    /// Takes everything but `bounding` out of the bounding set; needs CAP_SETPCAP, so it comes before the others.
    package func dropBounding() throws(SystemError) {
        for number in 0..<cap_max_bits() where !bounding.contains(number) {
            try systemCall("drop bounding capability", "\(number)") { cap_drop_bound(number) }
        }
    }

    /// Takes on the effective, permitted and inheritable sets, then the ambient one.
    package func apply() throws(SystemError) {
        guard let state = cap_init() else { throw SystemError(operation: "cap_init", errno: currentErrno()) }
        defer { cap_free(UnsafeMutableRawPointer(state)) }
        for (set, flag) in [
            (effective, CAP_EFFECTIVE), (permitted, CAP_PERMITTED), (inheritable, CAP_INHERITABLE),
        ] {
            var numbers = (0..<cap_max_bits()).filter { set.contains($0) }
            if numbers.isEmpty { continue }
            try systemCall("cap_set_flag") { cap_set_flag(state, flag, Int32(numbers.count), &numbers, CAP_SET) }
        }
        try systemCall("set capabilities") { cap_set_proc(state) }
        // cap_reset_ambient(3) asks for each capability first.
        try systemCall("clear ambient capabilities") {
            linux_prctl(Int32(PR_CAP_AMBIENT), UInt(PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)
        }
        for number in 0..<cap_max_bits() where ambient.contains(number) {
            try systemCall("raise ambient capability", "\(number)") { cap_set_ambient(number, CAP_SET) }
        }
    }
}
