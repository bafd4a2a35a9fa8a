import CBench

/// The bare calls of OpenSSL, see `floor.h`.
final class Floor: @unchecked Sendable {
    // Sendable: figures are measured one after the other, and where one runs two tasks, each task has its own floor.

    struct Failure: Error {}

    /// The decoded parts of a token for the floor.
    final class Token: @unchecked Sendable {
        // Sendable: the parts are set before the token is shared, and the floor only reads them.
        fileprivate let pointer = bench_token_new()

        deinit { bench_token_free(pointer) }

        func set(_ part: bench_part, _ bytes: some Collection<UInt8>) {
            let bytes = Array(bytes)
            bench_token_set(pointer, part, bytes, bytes.count)
        }
    }

    private let pointer: OpaquePointer

    init(
        decryption: String, signing: String, verification: String, encryption: String, directKey: [UInt8],
        macKey: [UInt8]
    ) throws {
        guard let pointer = bench_floor_new(decryption, signing, verification, encryption, directKey, macKey) else {
            throw Failure()
        }
        self.pointer = pointer
    }

    deinit { bench_floor_free(pointer) }

    func validate(_ token: Token, _ encryption: bench_encryption) throws {
        guard bench_floor_validate(pointer, token.pointer, encryption) == 1 else { throw Failure() }
    }

    func validateSymmetric(_ token: Token) throws {
        guard bench_floor_validate_symmetric(pointer, token.pointer) == 1 else { throw Failure() }
    }

    func sign(_ input: [UInt8]) throws {
        guard bench_floor_sign(pointer, input, input.count) == 1 else { throw Failure() }
    }

    func signAndEncrypt(_ input: [UInt8], plaintext: [UInt8], header: [UInt8]) throws {
        guard
            bench_floor_sign_and_encrypt(
                pointer, input, input.count, plaintext, plaintext.count, header, header.count) == 1
        else { throw Failure() }
    }

    func seal(_ plaintext: [UInt8]) throws {
        guard bench_floor_seal(pointer, plaintext, plaintext.count) == 1 else { throw Failure() }
    }
}
