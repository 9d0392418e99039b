import CLinux
import Glibc
internal import LinuxSystem

extension RuntimeCommand {
    static func create(_ arguments: inout Arguments, _ global: GlobalOptions) throws(RuntimeError) -> Int32 {
        var options = CreationOptions()
        while let flag = try arguments.nextFlag() {
            guard try options.read(flag, &arguments) else { throw Arguments.unknown(flag) }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        try options.complete(global)
        try global.runtime.create(id, options)
        return 0
    }

    static func runContainer(_ arguments: inout Arguments, _ global: GlobalOptions) throws(RuntimeError) -> Int32 {
        var options = CreationOptions()
        var detach = false
        var keep = false
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-d", "--detach": detach = try arguments.isOn()
            case "--keep": keep = try arguments.isOn()
            case "--no-subreaper": options.reapsOrphans = try !arguments.isOn()
            default: guard try options.read(flag, &arguments) else { throw Arguments.unknown(flag) }
            }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        try options.complete(global)
        return try global.runtime.run(id, options, detach: detach, keep: keep)
    }

    static func kill(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var all = false
        while let flag = try arguments.nextFlag() {
            guard ["-a", "--all"].contains(flag) else { throw Arguments.unknown(flag) }
            all = try arguments.isOn()
        }
        let id = try arguments.required("container-id")
        let name = arguments.optional() ?? ""
        try arguments.finish()
        guard let signal = SignalName.number(of: name.isEmpty ? "SIGTERM" : name) else {
            // A container that is not there is the first thing to say.
            _ = try runtime.state(id)
            throw .other("unknown signal \"\(name)\"")
        }
        try runtime.kill(id, signal: signal, all: all)
    }

    static func delete(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var force = false
        while let flag = try arguments.nextFlag() {
            guard ["-f", "--force"].contains(flag) else { throw Arguments.unknown(flag) }
            force = try arguments.isOn()
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        try runtime.delete(id, force: force)
    }
}

extension CreationOptions {
    /// Takes a flag that `create` and `run` share; false where it is none of them.
    fileprivate mutating func read(_ flag: String, _ arguments: inout Arguments) throws(RuntimeError) -> Bool {
        switch flag {
        case "-b", "--bundle": bundle = try arguments.value()
        case "--console-socket": consoleSocket = try arguments.value()
        case "--pidfd-socket": pidfdSocket = try arguments.value()
        case "--pid-file": pidFile = try arguments.value()
        case "--no-pivot": usesPivot = try !arguments.isOn()
        case "--no-new-keyring": newSessionKeyring = try !arguments.isOn()
        case "--preserve-fds": preservedDescriptors = max(0, try arguments.number())
        default: return false
        }
        return true
    }

    /// Takes what the environment has, and closes what the container is not to inherit.
    mutating func complete(_ global: GlobalOptions) throws(RuntimeError) {
        forgetsCode = true
        finishStep()
        usesSystemd = global.usesSystemd
        notifySocket = NotifySocket.hostPath
        listenDescriptors = InheritedDescriptors.listening
        try InheritedDescriptors.keep(listenDescriptors, preserved: preservedDescriptors)
    }
}
