internal import Glibc

/// Growing raw memory for one batch of log lines, reused from batch to batch.
package final class ByteBuffer {
    package private(set) var bytes: UnsafeMutablePointer<UInt8>
    package private(set) var count = 0
    private var capacity: Int

    package init(capacity: Int = 4096) {
        self.capacity = capacity
        bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    }

    deinit { bytes.deallocate() }

    /// What was written since the last ``clear()``.
    package var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }

    package func clear() { count = 0 }

    /// Gives memory back that only a burst needed.
    func shrink(to limit: Int) {
        guard capacity > limit, count == 0 else { return }
        bytes.deallocate()
        capacity = limit
        bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: limit)
    }

    /// Makes room for `more` bytes behind those there are.
    @inline(__always)
    func reserve(_ more: Int) {
        if count + more > capacity { grow(to: count + more) }
    }

    /// Appends without checking; ``reserve(_:)`` made room.
    @inline(__always)
    func put(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }

    /// Appends without checking; ``reserve(_:)`` made room.
    @inline(__always)
    func put(_ source: UnsafePointer<UInt8>, _ length: Int) {
        memcpy(bytes + count, source, length)
        count += length
    }

    func append(_ source: UnsafeRawBufferPointer) {
        guard let base = source.baseAddress else { return }
        reserve(source.count)
        memcpy(bytes + count, base, source.count)
        count += source.count
    }

    func append(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount)
        put(text.utf8Start, text.utf8CodeUnitCount)
    }

    private func grow(to needed: Int) {
        var larger = capacity * 2
        while larger < needed { larger *= 2 }
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        memcpy(moved, bytes, count)
        bytes.deallocate()
        bytes = moved
        capacity = larger
    }
}
