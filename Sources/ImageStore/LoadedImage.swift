/// An image that an archive held.
public enum LoadedImage: Sendable, Equatable {
    /// It has a name, as users write it.
    case named(String, id: String)
    /// It has none; this is its id.
    case unnamed(id: String)

    /// Its id, as `sha256:…`.
    public var id: String {
        switch self {
        case .named(_, let id), .unnamed(let id): id
        }
    }
}

extension LoadedImage: CustomStringConvertible {
    /// The line that `docker load` prints.
    public var description: String {
        switch self {
        case .named(let name, _): "Loaded image: \(name)"
        case .unnamed(let id): "Loaded image ID: \(id)"
        }
    }
}
