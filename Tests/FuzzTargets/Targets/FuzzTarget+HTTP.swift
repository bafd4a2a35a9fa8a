import HTTPTypes
import ItsmeRP
import WebFormats

extension FuzzTarget {
    /// Header fields that come over the network or go into it. The first byte says what the rest is.
    static let httpHeader = FuzzTarget(
        name: "http-header", maximumSize: 4096,
        seeds: {
            [
                Chosen.seed("0", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
                Chosen.seed(
                    "0", "HTTP/1.1 100 Continue\r\n\r\nHTTP/2 204 \r\nX: \u{E9}\r\nContent-Encoding: gzip\r\n\r\n"),
                Chosen.seed("0", "HTTP/1.0 401\nWWW-Authenticate: Bearer error=\"invalid_token\"\n\nbody"),
                Chosen.seed("1", "GET\nhttps\nidp.example:443\n/a?b=c\nAccept: */*\nCookie: a=b\nContent-Length: 0"),
                Chosen.seed("1", "POST\nhttp\n[::1]:80\n\nAuthorization: Bearer a\nX-Empty:\nHost: b"),
                Chosen.seed("2", "public, max-age=3600, must-revalidate"), Chosen.seed("2", "no-store,max-age=\"1\""),
                Chosen.seed("3", "Bearer error=\"invalid_token\", error_description=\"expired\", realm=a"),
                Chosen.seed("3", "bearer error=invalid_token"),
                Chosen.seed("3", "Basic realm=\"a, b\\\"\", Negotiate YQ==, Bearer realm=\"c\", error=\"d\""),
                Chosen.seed("0", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
                Chosen.seed("4", "nl-BE,fr;q=0.8, en;q=0.5,*;q=0"),
                Chosen.seed("5", "prefetch;prerender"), Chosen.seed("6", "/account?tab=cards#a%20b"),
                Chosen.seed("6", "https://shop.example/cart"), Chosen.seed("6", "//evil.example/%2e%2e/"),
            ]
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let text = String(decoding: input.rest, as: UTF8.self)
            switch input.form {
            case "0": try expectSmallReply(input.rest)
            case "1": try expectOneRequest(text)
            case "2":
                let reply = HTTPReply(response: response([.cacheControl: text]))
                if let lifetime = CacheControl(reply.response.headerFields).lifetime {
                    try expect(lifetime >= .zero, "a lifetime is negative")
                }
            case "3":
                let reply = HTTPReply(response: response([.wwwAuthenticate: text]))
                if let error = ProviderError(challengeOf: reply) {
                    let code = Array(error.code.rawValue.utf8)
                    // Control characters have become spaces, and an escape is the character behind it.
                    let text = HTTPField(name: .wwwAuthenticate, value: text).value
                    try expect(
                        Array(text.utf8).contains(code)
                            || Array(text.utf8.filter { $0 != 0x5C }).contains(code.filter { $0 != 0x5C }),
                        "the code is not of the challenge")
                    _ = (error.advice, "\(error)")
                }
            case "4", "5":
                let site = try FuzzSite.shared.get()
                guard let purpose = HTTPField.Name("Sec-Purpose") else { return }
                let name: HTTPField.Name = input.form == "4" ? .acceptLanguage : purpose
                let request = HTTPRequest(
                    method: .get, scheme: "https", authority: "rp.example", path: "/itsme/callback?error=a",
                    headerFields: [name: text])
                try expect(try !site.respond(to: request), "an error was taken for a login")
            case "6":
                guard let target = try? PostLoginTarget(text, allowedOrigins: ["https://shop.example"]) else { return }
                try expectOwnPlace(target.text)
            default: break
            }
        })

    private static func response(_ fields: HTTPFields) -> HTTPResponse {
        HTTPResponse(status: .unauthorized, headerFields: fields)
    }

    /// Gives the collector what libcurl would: line after line, then the body in pieces.
    private static func expectSmallReply(_ input: [UInt8]) throws {
        let limits = HTTPLimits(maximumBodySize: 64, maximumHeaderSize: 512)
        var collector = ReplyCollector(limits: limits, isHead: input.count % 7 == 0)
        var goesOn = true
        var rest = input[...]
        while goesOn, !collector.hasHead, !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            goesOn = collector.receiveHeaderLine(Array(rest[..<end]))
            rest = rest[end...]
        }
        while goesOn, !rest.isEmpty {
            goesOn = collector.receiveBody(Array(rest.prefix(24)))
            rest = rest.dropFirst(24)
        }
        guard let reply = try? collector.reply() else { return }
        try expect(goesOn, "an answer is left of a failure")
        try expect((200...599).contains(reply.response.status.code), "the status is none of an answer")
        try expect(reply.body.count <= 64 && input.suffix(reply.body.count) == reply.body[...], "the body is another")
        // What is not UTF-8 would grow as a string.
        let size = reply.response.headerFields.reduce(0) { size, field in
            size + field.name.rawName.utf8.count + field.withUnsafeBytesOfValue { $0.count }
        }
        try expect(size <= 512, "the header fields are larger than allowed")
        _ = CacheControl(reply.response.headerFields)
        _ = ProviderError(challengeOf: reply)
    }

    /// A request whose parts stand in lines: whatever they are, nothing of it starts another line or another request.
    private static func expectOneRequest(_ text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 4, let method = HTTPRequest.Method(lines[0]) else { return }
        var request = HTTPRequest(method: method, scheme: lines[1], authority: lines[2], path: lines[3])
        for line in lines.dropFirst(4) {
            let pieces = line.split(separator: ":", maxSplits: 1)
            guard pieces.count == 2, let name = HTTPField.Name(String(pieces[0])) else { continue }
            request.headerFields.append(HTTPField(name: name, value: String(pieces[1])))
        }
        guard let checked = try? CheckedRequest(request, body: []) else { return }
        for line in checked.headerLines + [checked.url, checked.origin] {
            try expect(
                line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }, "a line holds a control character")
        }
        try expect(checked.url.hasPrefix(checked.origin + "/"), "the path runs on from the host")
        try expect(
            checked.origin.utf8.filter { $0 == UInt8(ascii: "/") }.count == 2, "the host holds a slash")
        try expect(!checked.origin.utf8.contains(UInt8(ascii: "@")), "the host holds user information")
    }

    private static func expectOwnPlace(_ target: String) throws {
        let isOfOrigin = target.hasPrefix("https://shop.example")
        let place = isOfOrigin ? target.dropFirst("https://shop.example".count) : target[...]
        try expect(place.isEmpty ? isOfOrigin : place.hasPrefix("/"), "the target is at another place")
        try expect(!place.hasPrefix("//") && !place.hasPrefix("/\\"), "the target is at another host")
        try expect(target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }, "the target breaks the line")
    }
}
