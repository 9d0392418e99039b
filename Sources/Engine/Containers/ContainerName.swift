/// The names of containers.
package enum ContainerName {
    private static let adjectives = [
        "able", "agile", "amber", "ample", "apt", "azure", "bold", "brave", "bright", "brisk", "calm", "candid",
        "clever", "cosmic", "crisp", "deft", "eager", "early", "fair", "fleet", "fond", "frank", "gentle", "glad",
        "golden", "grand", "happy", "hardy", "honest", "jolly", "keen", "kind", "lively", "loyal", "lucid", "mellow",
        "merry", "mild", "modest", "neat", "nimble", "noble", "patient", "plucky", "polite", "proud", "quick", "quiet",
        "rapid", "ready", "robust", "serene", "sharp", "silent", "sleek", "smart", "solid", "steady", "sunny", "swift",
        "tidy", "vivid", "warm", "wise", "witty", "zesty",
    ]

    private static let boats = [
        "barge", "bark", "brig", "canoe", "caravel", "carrack", "catamaran", "clipper", "cog", "coracle", "corvette",
        "currach", "cutter", "dhow", "dinghy", "dory", "dugout", "felucca", "ferry", "frigate", "galleon", "galley",
        "gondola", "hoy", "hulk", "jolly", "junk", "kayak", "keel", "ketch", "knarr", "launch", "longship", "lugger",
        "nef", "outrigger", "packet", "pinnace", "pirogue", "pontoon", "pram", "proa", "punt", "raft", "sampan",
        "schooner", "scow", "scull", "shallop", "skerry", "skipjack", "sloop", "smack", "tartane", "tender", "trawler",
        "trimaran", "tug", "umiak", "wherry", "xebec", "yacht", "yawl",
    ]

    /// A name that reads well; a number is added after several tries that were taken.
    package static func random(isTaken: (String) -> Bool) -> String {
        for attempt in 0... {
            var name = (adjectives.randomElement() ?? "plain") + "_" + (boats.randomElement() ?? "boat")
            if attempt > 5 { name += String(Int.random(in: 0..<10_000)) }
            if !isTaken(name) { return name }
        }
        return ContainerID.random()
    }

    /// A user's name without its slash, checked.
    package static func check(_ text: String) throws(EngineError) -> String {
        let name = text.hasPrefix("/") ? String(text.dropFirst()) : text
        let bytes = Array(name.utf8)
        guard bytes.count >= 2, isAlphanumeric(bytes[0]),
            bytes.allSatisfy({ isAlphanumeric($0) || [0x5F, 0x2E, 0x2D].contains($0) })
        else {
            throw EngineError(
                .invalidParameter,
                "Invalid container name (\(text)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        }
        return name
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
