import Archive

/// An archive of images, taken apart into blobs on their way. Names in it are only looked up, never paths on disk.
struct ImageArchive: @unchecked Sendable {
    private enum Entry {
        case file(BlobWriter)
        case link(EntryPath)
    }

    private var entries: [String: Entry] = [:]

    /// Archives hold a few files for each layer.
    private static let maximumEntries = 100_000
    /// A document is read into memory.
    static let maximumDocument = 8 << 20

    /// Reads all of an archive, compressed or not. Blocks as long as the writer takes.
    static func read(_ descriptor: Int32, layout: StoreLayout) throws -> ImageArchive {
        let reader = try TarReader(DecompressedStream(DescriptorSource(descriptor)), digesting: false)
        var archive = ImageArchive()
        var count = 0
        while let entry = try reader.next() {
            count += 1
            guard count <= maximumEntries else { throw ArchiveError.limit("more than \(maximumEntries) entries") }
            guard let bytes = entry.path, let path = EntryPath(bytes) else {
                throw ArchiveError.outside(String(decoding: entry.path ?? [], as: UTF8.self))
            }
            switch entry.kind {
            case .file:
                let writer = try BlobWriter(layout)
                while let (block, _) = try reader.nextBlock() { try writer.write(block) }
                archive.entries[path.text] = .file(writer)
            case .symbolicLink(let target):
                let base = target.first == UInt8(ascii: "/") ? [] : path.parent.dropLast() + [UInt8(ascii: "/")]
                // Links that lead out are no links to content.
                archive.entries[path.text] = EntryPath(base + target).map { .link($0) }
            case .hardLink(let target):
                archive.entries[path.text] = EntryPath(target).map { .link($0) }
            default: continue
            }
        }
        _ = try reader.finish()
        guard !archive.entries.isEmpty else {
            throw ImageStoreError.malformed(what: "archive", reason: "no images: it is empty or truncated")
        }
        return archive
    }

    func contains(_ name: String) -> Bool { file(name) != nil }

    /// The file of a name, links followed.
    func file(_ name: String) -> BlobWriter? {
        guard var path = EntryPath(Array(name.utf8))?.text else { return nil }
        for _ in 0..<8 {
            switch entries[path] {
            case .file(let writer): return writer
            case .link(let target): path = target.text
            case nil: return nil
            }
        }
        return nil
    }

    func document(_ name: String) throws -> [UInt8] {
        guard let file = file(name) else {
            throw ImageStoreError.malformed(what: "archive", reason: "it holds no file \"\(name)\"")
        }
        return try file.read(limit: Self.maximumDocument)
    }
}
