package import OCISpec

/// Finds a container's users and groups in the container's own /etc/passwd and /etc/group.
///
/// The files are the image's: they may be links that point anywhere, devices, or endless. They are opened below the
/// root by the kernel's own resolution, must be regular files, and are read as a stream up to a limit.
package struct UserLookup: ~Copyable {
    private static let greatestID: Int64 = 0x7fff_ffff

    private let root: Int32?

    /// - Parameter root: An open directory, borrowed for as long as this value lives; nil if there is none to look in.
    package init(root: Int32?) {
        self.root = root
    }

    /// The process's user for a `--user` text: empty, `name`, `uid`, `name:group` or `uid:gid`.
    package func user(_ text: String, groupAdd: [String] = []) throws(SpecError) -> OCISpec.User {
        let (userArgument, groupArgument) = try Self.split(text)
        let wantedID = try userArgument.flatMap { name throws(SpecError) in try Self.id(name) }

        var user = OCISpec.User()
        var matchedName: String?
        try AccountFile.forEachLine(of: "/etc/passwd", below: root) { line throws(SpecError) in
            let entry = line.fields(limit: 7)
            guard entry.count >= 4, let uid = Int64(entry[2]), let gid = Int64(entry[3]) else { return .proceed }
            let found =
                if let wantedID { uid == wantedID } else if let userArgument { entry[0] == userArgument } else {
                    uid == 0
                }
            guard found else { return .proceed }
            user.uid = try Self.checked(uid)
            user.gid = try Self.checked(gid)
            matchedName = entry[0]
            return .stop
        }
        if matchedName == nil, let userArgument {
            guard let wantedID else { throw .unknownUser(userArgument) }
            user.uid = try Self.checked(wantedID)
        }

        var supplementary: [UInt32] = []
        if let groupArgument {
            user.gid = try group(groupArgument)
        } else if let matchedName {
            supplementary = try groups(ofUser: matchedName)
        }
        user.additionalGids = [user.gid] + supplementary
        for name in groupAdd {
            let gid = try group(name)
            if !user.additionalGids.contains(gid) { user.additionalGids.append(gid) }
        }
        return user
    }

    private func group(_ name: String) throws(SpecError) -> UInt32 {
        let wantedID = try Self.id(name)
        var found: UInt32?
        try AccountFile.forEachLine(of: "/etc/group", below: root) { line throws(SpecError) in
            let entry = line.fields(limit: 4)
            guard entry.count >= 3, let gid = Int64(entry[2]) else { return .proceed }
            guard wantedID.map({ gid == $0 }) ?? (entry[0] == name) else { return .proceed }
            found = try Self.checked(gid)
            return .stop
        }
        if let found { return found }
        guard let wantedID else { throw .unknownGroup(name) }
        return try Self.checked(wantedID)
    }

    private func groups(ofUser name: String) throws(SpecError) -> [UInt32] {
        var groups: [UInt32] = []
        let wanted = Array(name.utf8)
        try AccountFile.forEachLine(of: "/etc/group", below: root) { line throws(SpecError) in
            guard line.lastField(4, lists: wanted) else { return .proceed }
            let entry = line.fields(limit: 4)
            guard entry.count == 4, let gid = Int64(entry[2]) else { return .proceed }
            groups.append(try Self.checked(gid))
            // The kernel takes no more, see NGROUPS_MAX.
            return groups.count < 65_536 ? .proceed : .stop
        }
        return groups
    }

    private static func split(_ text: String) throws(SpecError) -> (user: String?, group: String?) {
        if text.isEmpty { return (nil, nil) }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { throw .malformedUser(text) }
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }

    /// The number that the text is, nil if it is a name.
    private static func id(_ text: String) throws(SpecError) -> Int64? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        guard let value = Int64(text) else { throw .idOutOfRange }
        return Int64(try checked(value))
    }

    private static func checked(_ id: Int64) throws(SpecError) -> UInt32 {
        guard (0...greatestID).contains(id) else { throw .idOutOfRange }
        return UInt32(id)
    }
}
