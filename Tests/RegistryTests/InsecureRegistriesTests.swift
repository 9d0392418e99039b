import Registry
import Testing

@Suite("Insecure registries")
struct InsecureRegistriesTests {
    @Test(arguments: ["127.0.0.1:5000", "127.9.9.9", "localhost:5000", "[::1]:5000"])
    func `loopback needs no verified certificate`(_ host: String) {
        #expect(InsecureRegistries([]).contain(host))
    }

    @Test(arguments: ["10.0.0.1:5000", "example.org", "localhost.example.org", "[2001:db8::1]:5000", "127.example.org"])
    func `others do unless they are named`(_ host: String) {
        #expect(!InsecureRegistries([]).contain(host))
    }

    @Test
    func `a name with a port is only that port, one without is all`() {
        let registries = InsecureRegistries(["one.example.org:5000", "Two.example.org"])
        #expect(registries.contain("one.example.org:5000"))
        #expect(!registries.contain("one.example.org:5001"))
        #expect(!registries.contain("one.example.org"))
        #expect(registries.contain("two.example.org:1"))
    }

    @Test
    func `a range holds its addresses`() {
        let registries = InsecureRegistries(["10.0.0.0/15", "2001:db8::/33"])
        #expect(registries.contain("10.0.0.1:5000") && registries.contain("10.1.255.255"))
        #expect(!registries.contain("10.2.0.0"))
        #expect(registries.contain("[2001:db8::1]:5000"))
        #expect(!registries.contain("[2001:db8:8000::1]:5000"))
    }
}
