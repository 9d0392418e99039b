import Glibc
import LinuxSystem

/// Where an archive's bytes come from.
package protocol ArchiveSource: AnyObject {
    /// Fills a buffer and answers how much, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
}

/// An open file, pipe or socket. The descriptor stays the caller's.
package final class DescriptorSource: ArchiveSource {
    private let descriptor: Int32
    private let didRead: (Int) -> Bool

    /// `didRead` hears of every read and answers whether to go on.
    package init(_ descriptor: Int32, didRead: @escaping (_ count: Int) -> Bool = { _ in true }) {
        self.descriptor = descriptor
        self.didRead = didRead
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let count: Int
        do throws(SystemError) {
            count = try systemCall("read archive") { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
        } catch {
            throw .source(error)
        }
        guard didRead(count) else { throw .cancelled }
        return count
    }
}
