import CLinux
import Glibc
import LinuxSystem

/// systemd's own interface (org.freedesktop.systemd1(5)), as far as scopes need it.
package struct SystemdManager: ~Copyable {
    private var connection: DBusConnection
    private var knownVersion: Int?

    private static let service = "org.freedesktop.systemd1"
    private static let path = "/org/freedesktop/systemd1"
    private static let interface = "org.freedesktop.systemd1.Manager"
    /// How long an answer may take, and a job.
    private static let patience: Int64 = 30_000

    /// Whether the host was booted with systemd, see sd_booted(3).
    package static var isRunning: Bool {
        guard let status = try? File.status("/run/systemd/system", followingLinks: false) else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// Connects to the system's systemd, or to the user's.
    package init(user: Bool) throws(SystemdError) {
        guard Self.isRunning else { throw .notRunning }
        connection = try Self.connect(to: user ? Self.userPlaces() : Self.systemPlaces())
    }

    private static func connect(to places: [Place]) throws(SystemdError) -> DBusConnection {
        let deadline = Deadline.after(milliseconds: patience)
        var failure: SystemdError = .noUserBus
        for place in places {
            do throws(SystemdError) {
                var connection = try DBusConnection.open(place.socket, deadline: deadline)
                if place.isBus { try enlist(&connection, deadline) }
                return connection
            } catch {
                // What the first place says is what should have worked.
                if failure == .noUserBus { failure = error }
            }
        }
        throw failure
    }

    private struct Place {
        var socket: String
        /// Whether others share it; otherwise systemd itself is at the other end.
        var isBus: Bool
    }

    private static func systemPlaces() -> [Place] {
        // systemd takes root's connections itself, which spares a bus.
        var result = geteuid() == 0 ? [Place(socket: "/run/systemd/private", isBus: false)] : []
        let address = environment("DBUS_SYSTEM_BUS_ADDRESS") ?? "unix:path=/run/dbus/system_bus_socket"
        for socket in DBusAddress.sockets(address) { result.append(Place(socket: socket, isBus: true)) }
        return result
    }

    private static func userPlaces() -> [Place] {
        var result: [Place] = []
        for socket in DBusAddress.sockets(environment("DBUS_SESSION_BUS_ADDRESS") ?? "") {
            result.append(Place(socket: socket, isBus: true))
        }
        if let directory = environment("XDG_RUNTIME_DIR") {
            if result.isEmpty, File.exists("\(directory)/bus") {
                result.append(Place(socket: "\(directory)/bus", isBus: true))
            }
            if File.exists("\(directory)/systemd/private") {
                result.append(Place(socket: "\(directory)/systemd/private", isBus: false))
            }
        }
        return result
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// A bus wants a greeting, and passes on the signals that were asked for.
    private static func enlist(
        _ connection: inout DBusConnection, _ deadline: Deadline
    ) throws(SystemdError) {
        let bus = "org.freedesktop.DBus"
        _ = try connection.call(bus, path: "/org/freedesktop/DBus", interface: bus, "Hello", [], deadline: deadline)
        let rule = "type='signal',sender='\(service)',interface='\(interface)',member='JobRemoved'"
        _ = try connection.call(
            bus, path: "/org/freedesktop/DBus", interface: bus, "AddMatch", [.string(rule)], deadline: deadline)
        _ = try connection.call(
            service, path: path, interface: interface, "Subscribe", [], deadline: deadline)
    }

    private mutating func call(
        _ member: String, _ arguments: [DBusValue], _ deadline: Deadline
    ) throws(SystemdError) -> [DBusValue] {
        try connection.call(
            Self.service, path: Self.path, interface: Self.interface, member, arguments, deadline: deadline)
    }

    // MARK: Units

    /// Makes a unit that lives as long as it has processes, and waits until it is there.
    package mutating func startTransient(_ unit: String, _ properties: [SystemdProperty]) throws(SystemdError) {
        let arguments: [DBusValue] = [
            .string(unit), .string("replace"), SystemdProperty.list(properties), .array(of: "(sa(sv))", []),
        ]
        let deadline = Deadline.after(milliseconds: Self.patience)
        var reply: [DBusValue]
        do throws(SystemdError) {
            reply = try call("StartTransientUnit", arguments, deadline)
        } catch  where error.isReply("org.freedesktop.systemd1.UnitExists") {
            // It may be one that failed and waits to be forgotten.
            try? resetFailed(unit)
            reply = try call("StartTransientUnit", arguments, deadline)
        }
        let result = try awaitJob(
            reply, deadline, else: "Timeout waiting for systemd to create \(unit)")
        guard result == "done" else {
            try? resetFailed(unit)
            throw .job(unit: unit, result: result)
        }
    }

    /// Stops a unit and has it forgotten; one that is not there is fine. Answers what became of it, as `done`.
    package mutating func stop(_ unit: String) throws(SystemdError) -> String {
        let deadline = Deadline.after(milliseconds: Self.patience)
        var result = "done"
        do throws(SystemdError) {
            let reply = try call("StopUnit", [.string(unit), .string("replace")], deadline)
            result = try awaitJob(reply, deadline, else: "Timed out while waiting for systemd to remove \(unit)")
        } catch  where error.isReply("org.freedesktop.systemd1.NoSuchUnit") {
            return result
        }
        try? resetFailed(unit)
        return result
    }

    package mutating func set(_ properties: [SystemdProperty], of unit: String) throws(SystemdError) {
        _ = try call(
            "SetUnitProperties", [.string(unit), .boolean(true), SystemdProperty.list(properties)],
            .after(milliseconds: Self.patience))
    }

    private mutating func resetFailed(_ unit: String) throws(SystemdError) {
        _ = try call("ResetFailedUnit", [.string(unit)], .after(milliseconds: Self.patience))
    }

    private mutating func awaitJob(
        _ reply: [DBusValue], _ deadline: Deadline, else complaint: String
    ) throws(SystemdError) -> String {
        guard case .objectPath(let job) = reply.first else { throw .malformed("an answer without a job") }
        do throws(SystemdError) {
            let signal = try connection.signal(deadline: deadline) { signal in
                signal.member == "JobRemoved" && signal.body.count >= 4 && signal.body[1] == .objectPath(job)
            }
            return signal.body[3].text ?? ""
        } catch .connection(let cause) where cause.errno == ETIMEDOUT {
            throw .timeout(complaint)
        }
    }

    // MARK: Properties

    private mutating func property(_ name: String) throws(SystemdError) -> String {
        let reply = try connection.call(
            Self.service, path: Self.path, interface: "org.freedesktop.DBus.Properties", "Get",
            [.string(Self.interface), .string(name)], deadline: .after(milliseconds: Self.patience))
        return reply.first?.text ?? ""
    }

    /// The cgroup that systemd has the units in.
    package mutating func controlGroup() throws(SystemdError) -> String { try property("ControlGroup") }

    /// The number at the start of a version as `252.39-1~deb12u2`; 0 where there is none.
    package mutating func version() throws(SystemdError) -> Int {
        if let knownVersion { return knownVersion }
        let version = Self.version(try property("Version"))
        knownVersion = version
        return version
    }

    package static func version(_ text: String) -> Int {
        let digits = text.drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) }
        return Int(digits) ?? 0
    }
}
