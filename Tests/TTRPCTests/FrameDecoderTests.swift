import TTRPC
import Testing

@Suite struct FrameDecoderTests {
    private func feed(_ bytes: [UInt8], to decoder: inout FrameDecoder) -> [FrameDecoder.Element] {
        bytes.withUnsafeBytes { decoder.append($0) }
        var elements: [FrameDecoder.Element] = []
        while let element = decoder.next() { elements.append(element) }
        return elements
    }

    @Test func `A frame is ten bytes of header, big endian, and its payload`() {
        var bytes: [UInt8] = []
        Frame(stream: 0x0102_0304, kind: .data, flags: [.remoteClosed], payload: [9, 8]).encode(into: &bytes)
        #expect(bytes == [0, 0, 0, 2, 1, 2, 3, 4, 3, 1, 9, 8])
    }

    @Test func `Frames are found whatever pieces they arrive in`() {
        let frames = [
            Frame(stream: 1, kind: .request, payload: [1, 2, 3]), Frame(stream: 3, kind: .response),
            Frame(stream: 5, kind: .data, payload: [UInt8](repeating: 7, count: 1000)),
        ]
        var bytes: [UInt8] = []
        for frame in frames { frame.encode(into: &bytes) }
        for size in [1, 2, 9, 10, 11, 100, bytes.count] {
            var decoder = FrameDecoder()
            var found: [FrameDecoder.Element] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += feed(Array(bytes[start..<min(start + size, bytes.count)]), to: &decoder)
            }
            #expect(found == frames.map { .frame($0) })
            #expect(decoder.isAtBoundary)
        }
    }

    @Test func `An oversized frame is reported and skipped`() {
        let length = Frame.maximumPayload + 5
        var decoder = FrameDecoder()
        let header: [UInt8] = [0, 0x40, 0, 5, 0, 0, 0, 1, 1, 0]
        var found = feed(header + [UInt8](repeating: 0, count: 100), to: &decoder)
        found += feed([UInt8](repeating: 0, count: length - 100), to: &decoder)
        var next: [UInt8] = []
        Frame(stream: 3, kind: .request, payload: [1]).encode(into: &next)
        found += feed(next, to: &decoder)
        #expect(
            found == [
                .oversized(stream: 1, kind: .request, length: length),
                .frame(Frame(stream: 3, kind: .request, payload: [1])),
            ])
    }
}
