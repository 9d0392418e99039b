package import OCISpec

/// A seccomp profile in Docker's format: the runtime specification's rules with conditions on the host's
/// architecture and kernel and on the container's capabilities, under which each rule applies.
package struct SeccompProfile: Codable, Equatable, Sendable {
    package var defaultAction: String?
    package var defaultErrnoRet: UInt32?
    package var architectures: [String]?
    package var archMap: [ArchitectureMap]?
    package var flags: [String]?
    package var listenerPath: String?
    package var listenerMetadata: String?
    package var syscalls: [Rule]?

    package struct ArchitectureMap: Codable, Equatable, Sendable {
        package var architecture: String
        package var subArchitectures: [String]?
    }

    package struct Rule: Codable, Equatable, Sendable {
        package var name: String?
        package var names: [String]?
        package var action: String
        package var errnoRet: UInt32?
        package var args: [Argument]?
        package var includes: Condition?
        package var excludes: Condition?
    }

    package struct Argument: Codable, Equatable, Sendable {
        package var index: UInt32
        package var value: UInt64
        package var valueTwo: UInt64?
        package var op: String
    }

    /// What of the host and of the container a rule depends on.
    package struct Condition: Codable, Equatable, Sendable {
        package var caps: [String]?
        package var arches: [String]?
        package var minKernel: String?
    }

    /// Reads a profile as `--security-opt seccomp=` carries it.
    package init(json text: String) throws(SpecError) {
        do {
            self = try OCIJSON.decode(SeccompProfile.self, from: Array(text.utf8))
        } catch {
            throw .seccompProfile("\(error)")
        }
        if architectures?.isEmpty == false && archMap?.isEmpty == false {
            throw .seccompProfile(
                "both 'architectures' and 'archMap' are specified in the seccomp profile, use either of them")
        }
        for rule in syscalls ?? [] where rule.name?.isEmpty == false && rule.names?.isEmpty == false {
            throw .seccompProfile(
                "both 'name' and 'names' are specified in the seccomp profile, use either of them")
        }
    }

    package init(
        defaultAction: String, defaultErrnoRet: UInt32?, archMap: [ArchitectureMap], syscalls: [Rule]
    ) {
        self.defaultAction = defaultAction
        self.defaultErrnoRet = defaultErrnoRet
        self.archMap = archMap
        self.syscalls = syscalls
    }
}

extension SeccompProfile {
    /// The filter for a container with these bounding capabilities on a host with this kernel;
    /// nil if the profile says nothing, which leaves the container without a filter.
    package func filter(capabilities: [String], kernel: KernelVersion) throws(SpecError) -> OCISpec.Seccomp? {
        let rules = syscalls ?? []
        guard let defaultAction, !defaultAction.isEmpty || !rules.isEmpty else {
            if rules.isEmpty { return nil }
            throw .seccompProfile("no defaultAction: name one, such as SCMP_ACT_ERRNO")
        }
        var filter = OCISpec.Seccomp(defaultAction: defaultAction)
        filter.defaultErrnoRet = defaultErrnoRet
        filter.flags = flags
        filter.listenerPath = listenerPath
        filter.listenerMetadata = listenerMetadata
        filter.architectures = architectures ?? []
        if let map = archMap?.first(where: { $0.architecture == Self.hostFilterArchitecture }) {
            filter.architectures += [map.architecture] + (map.subArchitectures ?? [])
        }
        for rule in rules where try rule.applies(capabilities: capabilities, kernel: kernel) {
            filter.syscalls.append(rule.syscall)
        }
        return filter
    }

    #if arch(x86_64)
        static let hostArchitecture = "amd64"
        static let hostFilterArchitecture = "SCMP_ARCH_X86_64"
    #elseif arch(arm64)
        static let hostArchitecture = "arm64"
        static let hostFilterArchitecture = "SCMP_ARCH_AARCH64"
    #endif
}

extension SeccompProfile.Rule {
    fileprivate func applies(capabilities: [String], kernel: KernelVersion) throws(SpecError) -> Bool {
        if let excludes {
            if excludes.arches?.contains(SeccompProfile.hostArchitecture) == true { return false }
            if excludes.caps?.contains(where: capabilities.contains) == true { return false }
            if let minimum = try excludes.minimumKernel, kernel >= minimum { return false }
        }
        if let includes {
            if let arches = includes.arches, !arches.isEmpty, !arches.contains(SeccompProfile.hostArchitecture) {
                return false
            }
            if includes.caps?.allSatisfy(capabilities.contains) == false { return false }
            if let minimum = try includes.minimumKernel, kernel < minimum { return false }
        }
        return true
    }

    fileprivate var syscall: OCISpec.Syscall {
        var syscall = OCISpec.Syscall(names: names ?? [], action: action, errnoRet: errnoRet)
        if let name, !name.isEmpty { syscall.names = [name] }
        syscall.args = (args ?? []).map {
            OCISpec.SeccompArg(
                index: $0.index, value: $0.value, valueTwo: $0.valueTwo == 0 ? nil : $0.valueTwo, op: $0.op)
        }
        return syscall
    }
}

extension SeccompProfile.Condition {
    fileprivate var minimumKernel: KernelVersion? {
        get throws(SpecError) {
            guard let minKernel, !minKernel.isEmpty else { return nil }
            guard let version = KernelVersion(twoNumbers: minKernel) else {
                throw .seccompProfile("invalid kernel version: \(minKernel), expected \"<kernel>.<major>\"")
            }
            return version
        }
    }
}
