import CCRIU
import Glibc

extension CRIURequest {
    /// The message as CRIU reads it.
    ///
    /// All that the C structures point to is allocated by malloc, so that the library frees the whole message.
    package var bytes: [UInt8] {
        let message = allocate(Criu__Request.self)
        criu__request__init(message)
        defer { criu__request__free_unpacked(message, nil) }
        switch self {
        case .version: message.pointee.kind = CRIU__KIND__VERSION
        case .notified:
            message.pointee.kind = CRIU__KIND__NOTIFY
            message.pointee.has_notified = 1
            message.pointee.notified = 1
        case .features(let features):
            message.pointee.kind = CRIU__KIND__FEATURE_CHECK
            message.pointee.features = Self.message(features)
        case .preDump(let options): Self.fill(message, CRIU__KIND__PRE_DUMP, options)
        case .dump(let options): Self.fill(message, CRIU__KIND__DUMP, options)
        case .restore(let options): Self.fill(message, CRIU__KIND__RESTORE, options)
        }
        let size = criu__request__get_packed_size(message)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = buffer.baseAddress.map { criu__request__pack(message, $0) } ?? 0
        }
    }

    private static func message(_ features: CRIUFeatures) -> UnsafeMutablePointer<Criu__Features> {
        let message = allocate(Criu__Features.self)
        criu__features__init(message)
        message.pointee.has_memory_tracking = features.memoryTracking ? 1 : 0
        message.pointee.memory_tracking = 1
        message.pointee.has_lazy_pages = features.lazyPages ? 1 : 0
        message.pointee.lazy_pages = 1
        return message
    }

    private static func fill(
        _ message: UnsafeMutablePointer<Criu__Request>, _ kind: Criu__Kind, _ options: CRIUOptions
    ) {
        message.pointee.kind = kind
        message.pointee.options = options.message
    }
}

extension CRIUOptions {
    fileprivate var message: UnsafeMutablePointer<Criu__Options> {
        let message = allocate(Criu__Options.self)
        criu__options__init(message)
        message.pointee.images = images
        set(&message.pointee.work_directory, &message.pointee.has_work_directory, workDirectory)
        message.pointee.log_file = strdup(logFile)
        // As much as runc asks for: the log is all there is to find out why something failed.
        set(&message.pointee.log_level, &message.pointee.has_log_level, 4)
        set(&message.pointee.pid, &message.pointee.has_pid, pid)
        message.pointee.root = text(root)
        set(&message.pointee.notifies, &message.pointee.has_notifies, true)
        set(&message.pointee.sends_orphan_terminal, &message.pointee.has_sends_orphan_terminal, true)
        message.pointee.parent_images = text(parentImages)
        set(&message.pointee.tracks_memory, &message.pointee.has_tracks_memory, parentImages != nil)
        set(&message.pointee.empty_namespaces, &message.pointee.has_empty_namespaces, emptyNamespaces)
        message.pointee.freezer = text(freezer)
        message.pointee.configuration_file = text(configurationFile)
        message.pointee.security_profile = text(securityProfile)
        message.pointee.mount_context = text(mountContext)
        setSwitches(message)
        setCgroups(message)
        setLists(message)
        if let pageServer {
            let server = allocate(Criu__PageServer.self)
            criu__page_server__init(server)
            server.pointee.address = strdup(pageServer.address)
            set(&server.pointee.port, &server.pointee.has_port, pageServer.port)
            message.pointee.page_server = server
        }
        return message
    }

    /// Those that are off are left out.
    private func setSwitches(_ message: UnsafeMutablePointer<Criu__Options>) {
        set(&message.pointee.leave_running, &message.pointee.has_leave_running, leavesRunning)
        set(&message.pointee.external_unix_sockets, &message.pointee.has_external_unix_sockets, externalUnixSockets)
        set(&message.pointee.tcp_established, &message.pointee.has_tcp_established, tcpEstablished)
        set(&message.pointee.tcp_skips_in_flight, &message.pointee.has_tcp_skips_in_flight, tcpSkipsInFlight)
        set(&message.pointee.evasive_devices, &message.pointee.has_evasive_devices, evasiveDevices)
        set(&message.pointee.shell_job, &message.pointee.has_shell_job, shellJob)
        set(&message.pointee.file_locks, &message.pointee.has_file_locks, fileLocks)
        set(&message.pointee.link_remap, &message.pointee.has_link_remap, linkRemap)
        set(&message.pointee.auto_dedup, &message.pointee.has_auto_dedup, autoDedup)
        set(&message.pointee.as_sibling, &message.pointee.has_as_sibling, asSibling)
        set(&message.pointee.lazy_pages, &message.pointee.has_lazy_pages, lazyPages)
    }

    private func setCgroups(_ message: UnsafeMutablePointer<Criu__Options>) {
        set(&message.pointee.manages_cgroups, &message.pointee.has_manages_cgroups, true)
        if let cgroupMode {
            message.pointee.has_cgroup_mode = 1
            message.pointee.cgroup_mode =
                switch cgroupMode {
                case .ignore: CRIU__CGROUP_MODE__IGNORE
                case .soft: CRIU__CGROUP_MODE__SOFT
                case .full: CRIU__CGROUP_MODE__FULL
                case .strict: CRIU__CGROUP_MODE__STRICT
                }
        }
        message.pointee.n_cgroup_roots = cgroupRoots.count
        message.pointee.cgroup_roots = list(cgroupRoots) { entry in
            let root = allocate(Criu__CgroupRoot.self)
            criu__cgroup_root__init(root)
            root.pointee.controller = strdup(entry.key)
            root.pointee.path = strdup(entry.value)
            return root
        }
    }

    private func setLists(_ message: UnsafeMutablePointer<Criu__Options>) {
        message.pointee.n_inherited_descriptors = inherited.count
        message.pointee.inherited_descriptors = list(inherited) { entry in
            let descriptor = allocate(Criu__InheritedDescriptor.self)
            criu__inherited_descriptor__init(descriptor)
            descriptor.pointee.key = strdup(entry.key)
            descriptor.pointee.descriptor = entry.descriptor
            return descriptor
        }
        message.pointee.n_joined_namespaces = joinedNamespaces.count
        message.pointee.joined_namespaces = list(joinedNamespaces) { entry in
            let namespace = allocate(Criu__JoinedNamespace.self)
            criu__joined_namespace__init(namespace)
            namespace.pointee.kind = strdup(entry.key)
            namespace.pointee.path = strdup(entry.value)
            return namespace
        }
        message.pointee.n_external = external.count
        message.pointee.external = list(external) { strdup($0) }
    }
}

// MARK: C structures

/// Room for one value.
private func allocate<T>(_ type: T.Type) -> UnsafeMutablePointer<T> { room(for: type, 1) }

/// Where there is no memory the program ends, as Swift's own allocations have it.
private func room<T>(for type: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
    guard let memory = calloc(count, MemoryLayout<T>.stride) else { abort() }
    return memory.bindMemory(to: type, capacity: count)
}

private func text(_ value: String?) -> UnsafeMutablePointer<CChar>? { value.flatMap { strdup($0) } }

/// `nil` where there is nothing.
private func list<Element, Item>(
    _ elements: [Element], _ make: (Element) -> UnsafeMutablePointer<Item>?
) -> UnsafeMutablePointer<UnsafeMutablePointer<Item>?>? {
    guard !elements.isEmpty else { return nil }
    let result = room(for: UnsafeMutablePointer<Item>?.self, elements.count)
    for (index, element) in elements.enumerated() { result[index] = make(element) }
    return result
}

/// A member that may be absent.
private func set<T: FixedWidthInteger>(_ member: inout T, _ isPresent: inout Int32, _ value: T?) {
    guard let value else { return }
    member = value
    isPresent = 1
}

/// A switch, absent where it is off.
private func set(_ member: inout Int32, _ isPresent: inout Int32, _ value: Bool) {
    guard value else { return }
    member = 1
    isPresent = 1
}
