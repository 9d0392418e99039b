internal import CLinux
internal import Cgroups
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// Reports when the kernel kills a process of the container for want of memory.
final class OutOfMemoryWatch {
    private var notifier: OOMNotifier
    private let loop: EventLoop
    private let action: () -> Void

    /// `nil` where the host has no memory controller.
    init?(_ cgroup: ContainerCgroup, loop: EventLoop, action: @escaping () -> Void) throws(SystemError) {
        guard let notifier = try OOMNotifier.watching(cgroup) else { return nil }
        self.notifier = notifier
        self.loop = loop
        self.action = action
        let interest = EventLoop.Readiness(rawValue: UInt32(UInt16(bitPattern: self.notifier.events)))
        try loop.register(self.notifier.descriptor.rawValue, interest) { [unowned self] _ in check() }
    }

    deinit { loop.deregister(notifier.descriptor.rawValue) }

    /// Looks once more; the news of a kill may come after that of the process's end.
    func check() {
        do throws(SystemError) {
            if try notifier.takeKills() > 0 { action() }
        } catch {
            // The cgroup is gone, and with it what there was to watch.
            loop.deregister(notifier.descriptor.rawValue)
        }
    }
}
