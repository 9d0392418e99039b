import CLinux
import Glibc
import LinuxSystem

/// Unpacks a layer into a directory as overlayfs wants it: whiteouts become character devices 0/0, opaque directories
/// an attribute. Everything happens relative to the directory's descriptor.
package struct LayerUnpacker: ~Copyable {
    var root: ExtractionRoot
    private let reader: TarReader
    private let limits: ArchiveLimits
    private var entries = 0
    private var rememberedBytes = 0
    private var size: Int64 = 0
    private var sawRoot = false
    private var implied: Set<EntryPath> = []
    private var directoryTimes: [(path: [UInt8], time: timespec)] = []

    /// The directory should be empty and nobody else's; its descriptor stays the caller's.
    package init(reader: TarReader, into directory: Int32, limits: ArchiveLimits = ArchiveLimits()) {
        self.reader = reader
        self.limits = limits
        root = ExtractionRoot(directory)
    }

    /// Unpacks everything. After an error the directory holds a part and is to be removed.
    package consuming func unpack() throws(ArchiveError) -> UnpackedLayer {
        while let entry = try reader.next() {
            try count(1)
            guard let bytes = entry.path else { throw .corrupt("an entry without a readable name") }
            guard bytes.count <= limits.pathLength else { throw .limit("a name of \(bytes.count) bytes") }
            guard let path = EntryPath(bytes) else { throw .outside(String(decoding: bytes, as: UTF8.self)) }
            try at(path) { unpacker throws in try unpacker.unpack(entry, path) }
        }
        let diffID = try reader.finish()
        try setDirectoryTimes()
        return UnpackedLayer(
            diffID: diffID, size: size,
            impliedDirectories: (sawRoot ? [] : [EntryPath(parent: [0], name: [0])])
                + implied.sorted { $0.full.lexicographicallyPrecedes($1.full) })
    }

    /// Gives a system's error the path it was about.
    private mutating func at(
        _ path: EntryPath, _ body: (inout LayerUnpacker) throws -> Void
    ) throws(ArchiveError) {
        do {
            try body(&self)
        } catch let error as ArchiveError {
            throw error
        } catch let error as SystemError {
            throw .entry(path: path.text, cause: error)
        } catch {
            throw .corrupt("\(path.text): \(error)")
        }
    }

    private mutating func unpack(_ entry: TarEntry, _ path: EntryPath) throws {
        let kind = entry.kind
        if path.isRoot {
            guard kind == .directory else { throw ArchiveError.outside(".") }
            sawRoot = true
            try describeDirectory(entry, path)
            return
        }
        // AUFS kept its own files in names like these at the top.
        if path.full.starts(with: Array(".wh..wh.plnk/".utf8)) { return }
        let parent = try parent(of: path)
        if let whiteout = Whiteout(name: path.name) {
            try apply(whiteout, path, in: parent)
            return
        }
        switch kind {
        case .file: try makeFile(entry, path, in: parent)
        case .directory: try makeDirectory(entry, path, in: parent)
        case .symbolicLink(let target): try makeSymbolicLink(entry, to: target, path, in: parent)
        case .hardLink(let target): try makeHardLink(to: target, path)
        case .characterDevice: try makeNode(entry, S_IFCHR, path, in: parent)
        case .blockDevice: try makeNode(entry, S_IFBLK, path, in: parent)
        case .fifo: try makeNode(entry, S_IFIFO, path, in: parent)
        case .unknown: throw ArchiveError.corrupt("\(path.text) is of an unknown type")
        }
    }

    private mutating func parent(of path: EntryPath) throws -> Int32 {
        var made: [EntryPath] = []
        let directory = try root.directory(path.parent) { step throws(ArchiveError) in made.append(step) }
        for step in made {
            try count(1)
            try remember(step.full.count)
            implied.insert(step)
        }
        return directory
    }

    private mutating func makeFile(_ entry: TarEntry, _ path: EntryPath, in parent: Int32) throws {
        let name = chars(path.name)
        let create = { () throws(SystemError) in
            Descriptor(
                owning: try systemCall("create") {
                    linux_openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
                })
        }
        let file = try replacing(path, in: parent, create)
        var end: Int64 = 0
        while let (bytes, offset) = try reader.nextBlock() {
            try write(bytes, to: file.rawValue, at: offset)
            end = max(end, offset + Int64(bytes.count))
        }
        if entry.size > end { try systemCall("truncate") { ftruncate(file.rawValue, Int(entry.size)) } }
        size += max(end, entry.size)
        try describe(file.rawValue, entry)
        try setTimes(entry.modificationTime, of: file.rawValue)
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int64) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            done += try systemCall("write") { pwrite(file, rest.baseAddress, rest.count, Int(offset) + done) }
        }
    }

    private mutating func makeDirectory(_ entry: TarEntry, _ path: EntryPath, in parent: Int32) throws {
        let name = chars(path.name)
        do throws(SystemError) {
            try systemCall("mkdir") { mkdirat(parent, name, 0o700) }
        } catch {
            guard error.errno == EEXIST else { throw error }
            var status = stat()
            try systemCall("stat") { fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) }
            if status.st_mode & S_IFMT != S_IFDIR {
                let wasWhiteout = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0
                try removeExisting(path, in: parent)
                try systemCall("mkdir") { mkdirat(parent, name, 0o700) }
                if wasWhiteout { try markOpaque(path) }
            }
            implied.remove(path)
        }
        try describeDirectory(entry, path)
    }

    private mutating func makeSymbolicLink(
        _ entry: TarEntry, to target: [UInt8], _ path: EntryPath, in parent: Int32
    ) throws {
        let name = chars(path.name)
        let target = chars(target + [0])
        try replacing(path, in: parent) { () throws(SystemError) in
            try systemCall("symlink") { symlinkat(target, parent, name) }
        }
        try describeName(entry, name, in: parent, isLink: true)
    }

    /// The target is a name in the archive as well; a link there is linked itself, not followed.
    private mutating func makeHardLink(to target: [UInt8], _ path: EntryPath) throws {
        let link = { (text: String) in ArchiveError.badLink(path: path.text, target: text) }
        guard let source = EntryPath(target), !source.isRoot else {
            throw link(String(decoding: target, as: UTF8.self))
        }
        if source == path { return }
        let sourceParent: Int32
        let opened: Descriptor
        do throws(SystemError) {
            opened = try root.open(
                source.parent.count == 1 ? [UInt8(ascii: "."), 0] : source.parent, Int32(LINUX_O_PATH) | O_DIRECTORY)
            sourceParent = opened.rawValue
        } catch {
            throw link(source.text)
        }
        let parent = try root.directory(path.parent)
        try replacing(path, in: parent) { () throws(SystemError) in
            try systemCall("link") { linkat(sourceParent, chars(source.name), parent, chars(path.name), 0) }
        }
    }

    private mutating func makeNode(_ entry: TarEntry, _ type: mode_t, _ path: EntryPath, in parent: Int32) throws {
        let name = chars(path.name)
        try replacing(path, in: parent) { () throws(SystemError) in
            try systemCall("mknod") { mknodat(parent, name, type | 0o600, type == S_IFIFO ? 0 : entry.device) }
        }
        try describeName(entry, name, in: parent, isLink: false)
    }

    private mutating func apply(_ whiteout: Whiteout, _ path: EntryPath, in parent: Int32) throws {
        switch whiteout {
        case .ignored: return
        case .invalid: throw ArchiveError.outside(path.text)
        case .opaque:
            guard let directory = EntryPath(path.parent.dropLast()) else { throw ArchiveError.outside(path.text) }
            try markOpaque(directory)
        case .hides(let name):
            do throws(SystemError) {
                try systemCall("mknod") { mknodat(parent, chars(name), S_IFCHR, 0) }
            } catch {
                guard error.errno == EEXIST else { throw error }
                // The layer has the name itself: it stays, and hides what a directory would merge with.
                var status = stat()
                try systemCall("stat") { fstatat(parent, chars(name), &status, AT_SYMLINK_NOFOLLOW) }
                if status.st_mode & S_IFMT == S_IFDIR { try markOpaque(EntryPath(parent: path.parent, name: name)) }
            }
        }
    }

    private func markOpaque(_ path: EntryPath) throws(SystemError) {
        let directory = try root.open(path.full, O_RDONLY | O_DIRECTORY)
        try systemCall("setxattr trusted.overlay.opaque") {
            fsetxattr(directory.rawValue, "trusted.overlay.opaque", "y", 1, 0)
        }
    }

    /// Makes something; where the name is taken, what has it goes first.
    @discardableResult
    private mutating func replacing<T: ~Copyable>(
        _ path: EntryPath, in parent: Int32, _ make: () throws(SystemError) -> T
    ) throws -> T {
        do throws(SystemError) {
            return try make()
        } catch {
            guard error.errno == EEXIST else { throw error }
        }
        try removeExisting(path, in: parent)
        return try make()
    }

    private mutating func removeExisting(_ path: EntryPath, in parent: Int32) throws {
        try TreeRemover.remove(path.name, at: parent)
        root.forget()
    }

    private mutating func describeDirectory(_ entry: TarEntry, _ path: EntryPath) throws {
        let directory = try root.open(path.full, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        try describe(directory.rawValue, entry)
        guard let time = entry.modificationTime else { return }
        try remember(path.full.count)
        directoryTimes.append((path.full, time))
    }

    /// A directory's time changes with every entry in it, so it is set last.
    private func setDirectoryTimes() throws(ArchiveError) {
        for (path, time) in directoryTimes {
            do throws(SystemError) {
                let directory = try root.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                try setTimes(time, of: directory.rawValue)
            } catch {
                // A later entry may have taken the directory's place.
                guard [ENOENT, ENOTDIR, ELOOP].contains(error.errno) else {
                    throw .entry(path: String(decoding: path.dropLast(), as: UTF8.self), cause: error)
                }
            }
        }
    }

    private mutating func count(_ more: Int) throws(ArchiveError) {
        entries += more
        guard entries <= limits.entries else { throw .limit("more than \(limits.entries) entries") }
    }

    private mutating func remember(_ bytes: Int) throws(ArchiveError) {
        rememberedBytes += bytes
        guard rememberedBytes <= limits.rememberedNames else { throw .limit("too many directory names") }
    }
}
