import Foundation
import ItsmeRP
import XCTest

final class PhotoImageTests: XCTestCase {
    private let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0xFB, 0xFF, 0xFE]
    private let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00]
    private let jp2: [UInt8] = [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A, 1]
    private let codestream: [UInt8] = [0xFF, 0x4F, 0xFF, 0x51, 0]

    func testReadsMediaTypeAndBytes() throws {
        for (bytes, type, format) in [
            (jpeg, "image/jpeg", ImageFormat.jpeg), (jpeg, "image/jpg", .jpeg), (png, "image/png", .png),
            (jp2, "image/jp2", .jpeg2000), (codestream, "image/jp2", .jpeg2000),
        ] {
            let photo = try XCTUnwrap(try claims(.photo, photoText(type, bytes))[.photo]?.value)
            XCTAssertEqual(photo.bytes, bytes)
            XCTAssertEqual(photo.format, format)
        }
    }

    func testRefusesWhatIsNoImageWhateverItIsCalled() throws {
        for type in ["text/html", "image/jpeg", "image/svg+xml"] {
            try assertMalformed(.photo, photoText(type, Array("<script>".utf8)))
            try assertMalformed(.photo, photoText(type, []))
        }
    }

    func testReadsAPhotoWhateverItsFormatIsCalled() throws {
        let value = Data(jpeg).base64EncodedString()
        for members in [
            #""format":null,"#, #""format":"","#, #""format":["image/jpeg"],"#, #""format":"JPEG","#, "",
            #""format":"image/png","#, #""format":"text/html","#, #""format":1,"size":null,"#,
        ] {
            let photo = try claims(.photo, #"{\#(members)"value":"\#(value)"}"#)[.photo]?.value
            XCTAssertEqual(photo?.bytes, jpeg, members)
            XCTAssertEqual(photo?.mediaType, "image/jpeg", "what it is served as is what its first bytes show")
        }
    }

    func testReadsAPhotoAsBase64AloneAndAsAStringThatHoldsJSON() throws {
        let value = Data(png).base64EncodedString()
        for text in [#""\#(value)""#, #""{\"format\":\"image/png\",\"value\":\"\#(value)\"}""#] {
            XCTAssertEqual(try claims(.photo, text)[.photo]?.value.bytes, png)
            let legacy = try claims(#"{"tag:sixdots.be,2017-05:claim_photo":\#(text)}"#)
            XCTAssertEqual(legacy[.photo]?.value.format, .png)
        }
    }

    func testRefusesBrokenBase64() throws {
        let good = Data(jpeg).base64EncodedString()
        for value in [
            "", "=", "====", String(good.dropLast()), good + "A", good.replacing("/", with: "_"), "\(good)\\n",
        ] {
            try assertMalformed(.photo, #"{"format":"image/jpeg","value":"\#(value)"}"#)
        }
    }

    func testReadsEveryPaddingOfBase64() throws {
        for count in 0..<4 {
            let bytes = jpeg + Array(repeating: 0x5A, count: count)
            XCTAssertEqual(try claims(.photo, photoText("image/jpeg", bytes))[.photo]?.value.bytes, bytes)
        }
    }

    func testRefusesAPhotoWithoutAnImage() throws {
        try assertMalformed(.photo, #"{"format":"image/jpeg"}"#)
        try assertMalformed(.photo, #"{"format":"image/jpeg","value":null}"#)
        try assertMalformed(.photo, #"{"format":"image/jpeg","value":["/9j/4A=="]}"#)
        for text in [#""""#, #""https://a.example/photo""#, #""{}""#, #""{""#, "null", "[]"] {
            try assertMalformed(.photo, text)
        }
    }

    func testRecognisesAFormatByItsFirstBytes() {
        XCTAssertEqual(PhotoImage(bytes: jpeg)?.mediaType, "image/jpeg")
        XCTAssertEqual(PhotoImage(bytes: png)?.mediaType, "image/png")
        XCTAssertEqual(PhotoImage(bytes: jp2)?.mediaType, "image/jp2")
        XCTAssertNil(PhotoImage(bytes: []))
        XCTAssertNil(PhotoImage(bytes: [0xFF, 0xD8]))
        XCTAssertNil(PhotoImage(bytes: Array("GIF89a".utf8)))
    }

    private func photoText(_ format: String, _ bytes: [UInt8]) -> String {
        #"{"format":"\#(format)","value":"\#(Data(bytes).base64EncodedString())"}"#
    }
}
