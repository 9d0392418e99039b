internal import Glibc
package import TTRPC

/// What all streams of a shim share: the loop, one read buffer, one batch of log records, and where to complain.
package final class StreamContext {
    package let loop: EventLoop
    package let report: (String) -> Void
    /// Runs the programs that take or compress output.
    let reaper: ChildReaper
    let records = ByteBuffer()
    /// Pages are touched only as far as reads fill them.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 4096)
    private var shrinking: EventLoop.Timer?

    init(loop: EventLoop, reaper: ChildReaper, report: @escaping (String) -> Void) {
        self.loop = loop
        self.reaper = reaper
        self.report = report
    }

    deinit { input.deallocate() }

    /// Gives the memory of a burst back once the container is quiet for a second.
    func usedBuffers() {
        guard shrinking == nil else { return }
        shrinking = loop.schedule(after: 1_000_000_000) { [weak self] in
            guard let self else { return }
            shrinking = nil
            records.shrink(to: 4096)
            madvise(input.baseAddress, input.count, MADV_DONTNEED)
        }
    }
}
