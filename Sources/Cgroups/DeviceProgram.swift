import CLinux
import Glibc
package import LinuxSystem

/// The BPF program that decides about device access on cgroup v2, see bpf(2) and the kernel's cgroup-v2.rst.
package struct DeviceProgram: Equatable, Sendable {
    /// Instructions of eight bytes each.
    package private(set) var instructions: [Instruction] = []

    package struct Instruction: Equatable, Sendable {
        package var code: UInt8
        package var registers: UInt8
        package var offset: Int16
        package var immediate: Int32
    }

    /// The last rule that matches decides, so the rules are asked in reverse.
    package init(rules: [DeviceRule]) {
        // r1 points to bpf_cgroup_dev_ctx {access_type, major, minor}; type is in the low half of access_type.
        load(register: 2, offset: 0)
        emit(0xbf, 3, source: 2)  // r3 = r2
        emit(0x57, 2, immediate: 0xffff)  // r2 &= 0xffff: type
        emit(0x77, 3, immediate: 16)  // r3 >>= 16: access
        load(register: 4, offset: 4)
        load(register: 5, offset: 8)
        for rule in rules.reversed() {
            append(rule)
            if rule.isTotal { return }
        }
        answer(allow: false)
    }

    private mutating func append(_ rule: DeviceRule) {
        var test = DeviceProgram(empty: ())
        switch rule.kind {
        case .all: break
        case .block: test.emit(0x55, 2, immediate: 1)  // BPF_DEVCG_DEV_BLOCK
        case .character: test.emit(0x55, 2, immediate: 2)  // BPF_DEVCG_DEV_CHAR
        }
        if rule.access.count < 3 {
            // Deny rules match when any of their accesses is asked for, allow rules only when all asked for are theirs.
            var mask: Int32 = 0
            if rule.access.contains("m") { mask |= 1 }
            if rule.access.contains("r") { mask |= 2 }
            if rule.access.contains("w") { mask |= 4 }
            test.emit(0xbc, 1, source: 3)  // w1 = w3
            if rule.allow {
                test.emit(0x54, 1, immediate: mask)
                test.emit(0x5d, 1, source: 3)  // unequal: something else is asked for
            } else {
                test.emit(0x54, 1, immediate: mask)
                test.emit(0x15, 1, immediate: 0)
            }
        }
        if let major = rule.major { test.emit(0x55, 4, immediate: Int32(bitPattern: major)) }
        if let minor = rule.minor { test.emit(0x55, 5, immediate: Int32(bitPattern: minor)) }
        test.answer(allow: rule.allow)
        // Every conditional jump leaves the rule.
        for index in test.instructions.indices where [0x55, 0x5d, 0x15].contains(test.instructions[index].code) {
            test.instructions[index].offset = Int16(test.instructions.count - index - 1)
        }
        instructions += test.instructions
    }

    private init(empty: ()) {}

    private mutating func load(register: UInt8, offset: Int16) {
        instructions.append(Instruction(code: 0x61, registers: register | 1 << 4, offset: offset, immediate: 0))
    }

    private mutating func emit(_ code: UInt8, _ register: UInt8, source: UInt8 = 0, immediate: Int32 = 0) {
        instructions.append(
            Instruction(code: code, registers: register | source << 4, offset: 0, immediate: immediate))
    }

    private mutating func answer(allow: Bool) {
        emit(0xb7, 0, immediate: allow ? 1 : 0)
        emit(0x95, 0)
    }

    /// Loads the program and attaches it to a cgroup; it goes away with the cgroup.
    ///
    /// - Parameter replaces: Whether the one program that may be there goes: a device is allowed if all programs do.
    package func attach(toCgroup path: String, replaces: Bool) throws(SystemError) {
        let cgroup = try Descriptor.open(path, O_RDONLY | Int32(LINUX_O_DIRECTORY))
        let license: StaticString = "Apache"
        var result: Int32 = -1
        instructions.withUnsafeBufferPointer { program in
            var attributes = bpf_attr()
            attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE.rawValue
            attributes.insn_cnt = UInt32(program.count)
            attributes.insns = UInt64(UInt(bitPattern: program.baseAddress))
            attributes.license = UInt64(UInt(bitPattern: license.utf8Start))
            result = linux_bpf(Int32(BPF_PROG_LOAD.rawValue), &attributes, UInt32(MemoryLayout<bpf_attr>.size))
        }
        let loaded = Descriptor(owning: try systemCall("bpf load device program", path) { result })
        var attributes = bpf_attr()
        attributes.target_fd = UInt32(cgroup.rawValue)
        attributes.attach_bpf_fd = UInt32(loaded.rawValue)
        attributes.attach_type = BPF_CGROUP_DEVICE.rawValue
        attributes.attach_flags = UInt32(BPF_F_ALLOW_MULTI)
        var former: Int32 = -1
        if replaces { former = try Self.onlyProgram(of: cgroup.rawValue, path) }
        defer { if former >= 0 { close(former) } }
        if former >= 0 {
            attributes.attach_flags |= UInt32(BPF_F_REPLACE)
            attributes.replace_bpf_fd = UInt32(former)
        }
        try systemCall("bpf attach device program", path) {
            linux_bpf(Int32(BPF_PROG_ATTACH.rawValue), &attributes, UInt32(MemoryLayout<bpf_attr>.size))
        }
    }

    /// A descriptor of the program that a cgroup has; -1 where it has none, or several, or one that is not for us.
    private static func onlyProgram(of cgroup: Int32, _ path: String) throws(SystemError) -> Int32 {
        var attributes = bpf_attr()
        var ids: (UInt32, UInt32) = (0, 0)
        var result: Int32 = -1
        withUnsafeMutablePointer(to: &ids) { pointer in
            attributes.query.target_fd = UInt32(cgroup)
            attributes.query.attach_type = BPF_CGROUP_DEVICE.rawValue
            attributes.query.prog_ids = UInt64(UInt(bitPattern: pointer))
            attributes.query.prog_cnt = 2
            result = linux_bpf(Int32(BPF_PROG_QUERY.rawValue), &attributes, UInt32(MemoryLayout<bpf_attr>.size))
        }
        let reason = errno
        guard result == 0 else {
            // ENOSPC: there are more.
            if reason == ENOSPC { return -1 }
            throw SystemError(operation: "bpf query device programs", path: path, errno: reason)
        }
        guard attributes.query.prog_cnt == 1 else { return -1 }
        attributes = bpf_attr()
        attributes.prog_id = ids.0
        return linux_bpf(Int32(BPF_PROG_GET_FD_BY_ID.rawValue), &attributes, UInt32(MemoryLayout<bpf_attr>.size))
    }
}
