import HTTPTypes
import ItsmeRP
import XCTest

/// `WWW-Authenticate` as RFC 9110 §11.6.1 writes it.
final class ChallengeTests: XCTestCase {
    private func error(_ fields: String...) -> ProviderError? {
        var header = HTTPFields()
        for field in fields { header.append(HTTPField(name: .wwwAuthenticate, value: field)) }
        return ProviderError(challengeOf: HTTPReply(response: .init(status: .unauthorized, headerFields: header)))
    }

    func testReadsQuotedCommasAndEscapes() {
        let found = error(
            #"Bearer realm="a, b=\"c\", error=\"no\"", error_description="x \\ \"y\", z", "#
                + #"error="invalid_token""#)
        XCTAssertEqual(found?.code, .invalidToken)
        XCTAssertEqual(found?.errorDescription, #"x \ "y", z"#)
    }

    func testReadsTheChallengeOfBearerWhereverItStands() {
        for fields in [
            [#"Basic realm="a, b", charset="UTF-8", Bearer error="invalid_token""#],
            [#"Negotiate, Bearer error="invalid_token""#], [#"Negotiate YWJj==, Bearer error=invalid_token"#],
            [#"DPoP algs="ES256 RS256", error="other", bEaReR  error = "invalid_token" , Basic error="other""#],
            ["Basic realm=x", #"Bearer realm="y",,error="invalid_token""#], [#", ,Bearer  ERROR=invalid_token"#],
            [#"Digest nonce="x"#, "Bearer error=invalid_token"],
        ] {
            var header = HTTPFields()
            for field in fields { header.append(HTTPField(name: .wwwAuthenticate, value: field)) }
            let reply = HTTPReply(response: .init(status: .unauthorized, headerFields: header))
            XCTAssertEqual(ProviderError(challengeOf: reply)?.code, .invalidToken, "\(fields)")
        }
    }

    func testWhatIsNoChallengeOfBearerHasNoError() {
        for field in [
            "", ",", "=", "error=invalid_token", #"Basic error="invalid_token""#, #"Basic realm="Bearer error=x""#,
            "Bearer", "Bearer invalid_token", "Bearer YQ==", #"Bearer realm="error=x""#, #"Bearer "error"="x""#,
            #"Bearer error="x"#, #"Bearer error="x\"#, "BearerX error=x", "Bearer;error=x", #""Bearer error=x"#,
        ] {
            XCTAssertNil(error(field), field)
        }
    }

    func testTheFirstOfTwoParametersCounts() {
        XCTAssertEqual(error("Bearer error=first, error=second")?.code.rawValue, "first")
    }
}
