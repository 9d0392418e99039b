extension StringProtocol {
    /// Without white space at either end.
    package var trimmed: SubSequence {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    /// The parts before and after the first `separator`, or nil where there is none.
    package func cut(at separator: Character) -> (before: String, after: String)? {
        guard let index = firstIndex(of: separator) else { return nil }
        return (String(self[..<index]), String(self[self.index(after: index)...]))
    }
}
