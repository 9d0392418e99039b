import CLinux
// Dispatch sources may be used from any thread; the module does not say so.
@preconcurrency import Dispatch
import Glibc
import LinuxSystem
import Synchronization

/// Tells when files change, by one inotify(7) instance for all that watch.
final class DirectoryMonitor: Sendable {
    /// Ends the watch when it goes away.
    final class Watch: Sendable {
        private let monitor: DirectoryMonitor
        private let number: Int

        fileprivate init(_ monitor: DirectoryMonitor, _ number: Int) {
            self.monitor = monitor
            self.number = number
        }

        deinit { monitor.remove(number) }
    }

    private struct Watcher {
        var watch: Int32
        var name: [UInt8]
        var action: @Sendable () -> Void
    }

    private struct State {
        var watchers: [Int: Watcher] = [:]
        var next = 0
    }

    private static let events = UInt32(
        IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR)

    private let state = Mutex(State())
    private let instance: Int32
    private let source: any DispatchSourceRead

    init() throws(SystemError) {
        instance = try systemCall("inotify_init") { inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) }
        let number = instance
        source = DispatchSource.makeReadSource(fileDescriptor: number, queue: DispatchQueue(label: "skiff.inotify"))
        source.setCancelHandler { close(number) }
        source.setEventHandler { [weak self] in self?.readEvents() }
        source.activate()
    }

    deinit { source.cancel() }

    /// Calls the action at each change to the file of this name in the directory, whichever file that is by then.
    func watch(
        directory: String, name: String, _ action: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Watch {
        // In one step with the registration, so that a removal cannot take the kernel's watch away in between.
        let result: Result<Int, SystemError> = state.withLock { state in
            do throws(SystemError) {
                let watch = try systemCall("watch", directory) { inotify_add_watch(instance, directory, Self.events) }
                let number = state.next
                state.next += 1
                state.watchers[number] = Watcher(watch: watch, name: Array(name.utf8), action: action)
                return .success(number)
            } catch { return .failure(error) }
        }
        return Watch(self, try result.get())
    }

    private func remove(_ number: Int) {
        state.withLock { state in
            guard let watcher = state.watchers.removeValue(forKey: number) else { return }
            if !state.watchers.values.contains(where: { $0.watch == watcher.watch }) {
                inotify_rm_watch(instance, watcher.watch)
            }
        }
    }

    private func readEvents() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(instance, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            for action in actions(for: UnsafeRawBufferPointer(rebasing: buffer[..<count])) { action() }
        }
    }

    private func actions(for events: UnsafeRawBufferPointer) -> [@Sendable () -> Void] {
        let headerSize = MemoryLayout<inotify_event>.size
        var numbers: Set<Int> = []
        return state.withLock { state in
            var place = 0
            while place + headerSize <= events.count {
                let event = events.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
                let end = min(events.count, place + headerSize + Int(event.len))
                let name = events[place + headerSize..<end].prefix { $0 != 0 }
                // An event without a name is about the directory itself, or says that events were lost.
                let isLost = event.mask & UInt32(IN_Q_OVERFLOW) != 0
                for (number, watcher) in state.watchers
                where isLost || (watcher.watch == event.wd && (name.isEmpty || name.elementsEqual(watcher.name))) {
                    numbers.insert(number)
                }
                place = end
            }
            return numbers.compactMap { state.watchers[$0]?.action }
        }
    }
}
