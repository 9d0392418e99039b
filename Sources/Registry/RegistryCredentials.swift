/// Who a user is to a registry, with the fields of Docker's `X-Registry-Auth`.
public struct RegistryCredentials: Sendable, Equatable {
    /// The user's name.
    public var username: String
    /// The user's password.
    public var password: String
    /// A token that stands for both, from an earlier login.
    public var identityToken: String?
    /// A bearer token to be sent as it is.
    public var registryToken: String?

    /// Memberwise.
    public init(
        username: String = "", password: String = "", identityToken: String? = nil, registryToken: String? = nil
    ) {
        self.username = username
        self.password = password
        self.identityToken = identityToken
        self.registryToken = registryToken
    }
}
