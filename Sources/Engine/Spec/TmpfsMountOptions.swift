/// The mount options of a tmpfs: Docker's defaults and what the user added, of which the last word counts.
enum TmpfsMountOptions {
    private static let defaults = ["noexec", "nosuid", "nodev", "rprivate"]

    /// Each word with the name of what it decides; words of one name exclude each other.
    private static let flags: [String: String] = {
        let groups = [
            ["ro", "rw"], ["suid", "nosuid"], ["dev", "nodev"], ["exec", "noexec"], ["sync", "async"],
            ["dirsync"], ["mand", "nomand"], ["atime", "noatime"], ["diratime", "nodiratime"], ["bind"], ["rbind"],
            ["relatime", "norelatime"], ["strictatime", "nostrictatime"],
            [
                "private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable",
            ],
        ]
        return Dictionary(uniqueKeysWithValues: groups.flatMap { group in group.map { ($0, group[0]) } })
    }()

    private static let values: Set<Substring> = ["size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"]

    static func merge(_ options: String) throws(SpecError) -> [String] {
        var merged: [String] = []
        var decided: Set<String> = []
        let words = options.isEmpty ? [] : options.split(separator: ",", omittingEmptySubsequences: false)
        for word in (defaults + words.map(String.init)).reversed() where word != "defaults" {
            let name: String
            if let flag = flags[word] {
                name = flag
            } else {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, values.contains(parts[0]) else {
                    throw .unsupported("invalid tmpfs option [\"\(word)\"]")
                }
                name = String(parts[0])
            }
            if decided.insert(name).inserted { merged.append(word) }
        }
        return merged.reversed()
    }
}
