import Registry
import Testing

@Suite("Registry URLs")
struct RegistryURLTests {
    @Test
    func `a location is resolved against where it came from`() throws {
        let url = try RegistryURL("https://Example.org:5000/v2/x/blobs/y?z=1")
        #expect(url.host == "example.org:5000")
        #expect(try url.resolving("http://other/path") == "http://other/path")
        #expect(try url.resolving("//other/path") == "https://other/path")
        #expect(try url.resolving("/path?a=b") == "https://example.org:5000/path?a=b")
        #expect(try url.resolving("data") == "https://example.org:5000/v2/x/blobs/data")
    }

    @Test(arguments: ["", "example.org", "ftp://example.org/", "https://", "https://u:p@example.org/", "file:///etc"])
    func `only HTTP to a host is taken`(_ text: String) {
        #expect(throws: RegistryError.self) { try RegistryURL(text) }
    }
}
