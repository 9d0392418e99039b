/// What an archive may hold; more is taken for a bomb.
package struct ArchiveLimits: Sendable {
    /// Uncompressed bytes that need no justification by the archive's own size.
    package var uncompressedFloor: Int64
    /// Uncompressed bytes per compressed byte above the floor.
    package var uncompressedRatio: Int64
    /// Entries, with the directories that names imply.
    package var entries: Int
    /// Bytes of one name.
    package var pathLength: Int
    /// Bytes of the names that have to be remembered until the end (directories).
    package var rememberedNames: Int

    package init(
        uncompressedFloor: Int64 = 4 << 30,
        uncompressedRatio: Int64 = 200,
        entries: Int = 1 << 21,
        pathLength: Int = 4095,
        rememberedNames: Int = 64 << 20
    ) {
        self.uncompressedFloor = uncompressedFloor
        self.uncompressedRatio = uncompressedRatio
        self.entries = entries
        self.pathLength = pathLength
        self.rememberedNames = rememberedNames
    }

    /// How many bytes an archive of this size may become.
    package func allowance(compressed: Int64) -> Int64 {
        let (product, tooLarge) = compressed.multipliedReportingOverflow(by: uncompressedRatio)
        let (sum, overflow) = product.addingReportingOverflow(uncompressedFloor)
        return tooLarge || overflow ? .max : sum
    }
}
