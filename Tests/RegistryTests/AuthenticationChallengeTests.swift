import Registry
import Testing

@Suite("Authentication challenges")
struct AuthenticationChallengeTests {
    @Test
    func `a bearer challenge has its parameters, quoted or not`() {
        let header = #"Bearer realm="https://auth.example.org/token",service="a \"b\", c",Scope=repository:x/y:pull"#
        #expect(
            AuthenticationChallenge.parse(header).map(\.parameters) == [
                [
                    "realm": "https://auth.example.org/token", "service": #"a "b", c"#,
                    "scope": "repository:x/y:pull",
                ]
            ])
    }

    @Test
    func `one header may hold several challenges`() {
        let challenges = AuthenticationChallenge.parse(#"Negotiate, Basic realm="one", BEARER realm="two""#)
        #expect(challenges.map(\.scheme) == ["negotiate", "basic", "bearer"])
        #expect(challenges.map { $0.parameters["realm"] } == [nil, "one", "two"])
    }

    @Test(arguments: ["", ",", "=", "\"", "Bearer realm=\"open", "Bearer =\"x\"", "= = =", "a=b=c"])
    func `whatever a registry sends is read to its end`(_ header: String) {
        #expect(AuthenticationChallenge.parse(header).count <= 1)
    }
}
