import CLinux
import CSeccomp
import Glibc
import LinuxSystem
package import OCISpec

/// Compiles the specification's filter by libseccomp.
package enum SeccompCompiler {
    private static let field = "linux.seccomp"

    package static func compile(_ seccomp: OCISpec.Seccomp) throws(SeccompError) -> SeccompFilter {
        let notifies = try checkNotifications(seccomp)
        let standard = try SeccompNames.action(
            seccomp.defaultAction, errno: seccomp.defaultErrnoRet, field: "\(field).defaultAction")
        guard let context = seccomp_init(standard) else { throw .library(field: field, errno: ENOMEM) }
        defer { seccomp_release(context) }
        // no_new_privs is the process's own setting, not the library's business.
        try check("\(field)", seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0))
        for (index, name) in seccomp.architectures.enumerated() {
            let field = "\(field).architectures[\(index)]"
            let result = seccomp_arch_add(context, try SeccompNames.architecture(name, field: field))
            if result != -EEXIST { try check(field, result) }
        }
        var flags: UInt32 = 0
        // As runc, a profile that says nothing of flags does not ask for the slow mitigation either.
        for (index, name) in (seccomp.flags ?? ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"]).enumerated() {
            flags |= try SeccompNames.flag(name, field: "\(field).flags[\(index)]")
        }
        // Only a filter with a listener may wait for one.
        if notifies {
            flags |= UInt32(SECCOMP_FILTER_FLAG_NEW_LISTENER)
        } else {
            flags &= ~UInt32(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
        }
        for (index, rule) in seccomp.syscalls.enumerated() {
            try add(rule, to: context, standard: standard, field: "\(field).syscalls[\(index)]")
        }
        return SeccompFilter(program: UnknownCallStub(seccomp).program + (try export(context)), flags: flags)
    }

    /// Whether a rule notifies; the process must be able to tell the runtime about the listener before there is
    /// anybody to ask, so some rules cannot be.
    private static func checkNotifications(_ seccomp: OCISpec.Seccomp) throws(SeccompError) -> Bool {
        let name = "SCMP_ACT_NOTIFY"
        guard seccomp.defaultAction != name else {
            throw .invalid(field: "\(field).defaultAction", problem: "\(name) cannot be used as default action")
        }
        var notifies = false
        for (index, rule) in seccomp.syscalls.enumerated() where rule.action == name {
            guard !rule.names.contains("write") else {
                throw .invalid(
                    field: "\(field).syscalls[\(index)]", problem: "\(name) cannot be used for the write syscall")
            }
            notifies = true
        }
        guard !notifies || seccomp.listenerPath?.isEmpty == false else {
            throw .invalid(field: "\(field).listenerPath", problem: "seccomp listenerPath is not set")
        }
        return notifies
    }

    private static func add(
        _ rule: OCISpec.Syscall, to context: scmp_filter_ctx, standard: UInt32, field: String
    ) throws(SeccompError) {
        guard !rule.names.isEmpty else { throw .invalid(field: "\(field).names", problem: "names no system call") }
        let action = try SeccompNames.action(rule.action, errno: rule.errnoRet, field: "\(field).action")
        // The library refuses a rule that says what happens anyway.
        if action == standard { return }
        var comparisons: [scmp_arg_cmp] = []
        for (index, argument) in rule.args.enumerated() {
            let field = "\(field).args[\(index)]"
            guard argument.index < 6 else {
                throw .invalid(field: "\(field).index", problem: "\(argument.index) is above 5")
            }
            let comparison = try SeccompNames.comparison(argument.op, field: "\(field).op")
            comparisons.append(
                scmp_arg_cmp(
                    arg: argument.index, op: comparison, datum_a: argument.value, datum_b: argument.valueTwo ?? 0))
        }
        // Conditions on one argument twice cannot stand in one rule: they are alternatives, as in runc.
        let repeated = Set(comparisons.map(\.arg)).count < comparisons.count
        for (index, name) in rule.names.enumerated() {
            let number = seccomp_syscall_resolve_name(name)
            // A name the library does not know yet cannot be filtered; profiles list newer calls as well.
            if number == __NR_SCMP_ERROR { continue }
            let field = "\(field).names[\(index)] (\(name))"
            if repeated {
                for comparison in comparisons {
                    try check(
                        field,
                        withUnsafePointer(to: comparison) { seccomp_rule_add_array(context, action, number, 1, $0) })
                }
            } else {
                try check(
                    field, seccomp_rule_add_array(context, action, number, UInt32(comparisons.count), comparisons))
            }
        }
    }

    private static func export(_ context: scmp_filter_ctx) throws(SeccompError) -> [UInt8] {
        do throws(SystemError) {
            let memory = try Descriptor.memory(name: "seccomp", flags: 0)
            let result = seccomp_export_bpf(context, memory.rawValue)
            if result < 0 { throw SystemError(operation: "export filter", errno: -result) }
            try systemCall("seek") { lseek(memory.rawValue, 0, SEEK_SET) }
            return try memory.readToEnd()
        } catch {
            throw .system(error)
        }
    }

    private static func check(_ field: String, _ result: Int32) throws(SeccompError) {
        if result < 0 { throw .library(field: field, errno: -result) }
    }
}
